"""Debian's package manager, for those who may use it without being asked for a password."""

from .machine import Machine, SetupError


def apt_install(machine: Machine, *packages: str) -> bool:
    """Installs Debian packages as root or through passwordless sudo; says whether that worked."""
    become_root = _become_root(machine)
    if become_root is None or not machine.which("apt-get"):
        return False
    apt_get = (*become_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get")
    machine.say(f"Installing {', '.join(packages)} (apt-get) ...")
    try:
        for command in (("update",), ("install", "--yes", "--no-install-recommends", *packages)):
            machine.run(
                *apt_get, *command, inherit_lock=False
            )  # a daemon that it starts would hold the lock for ever
    except SetupError as error:
        machine.say(str(error))
        return False
    return True


def _become_root(machine: Machine) -> tuple[str, ...] | None:
    """What goes before a command to run it as root; None where that needs a password."""
    if machine.is_root():
        return ()
    if machine.which("sudo") and machine.succeeds("sudo", "-n", "true"):
        return ("sudo", "-n")
    return None
