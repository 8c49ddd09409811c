"""What each command needs, in order; every step does nothing when its result is there."""

import signal
from argparse import ArgumentParser

from export.publish.site_files import ROOT

from .browser_packages import browser_packages
from .environment import Environment
from .lock import only_one
from .machine import Machine, SetupError
from .tools import install_chromium, install_clang

UNWRITABLE = f"""Set-up could not write in {ROOT}, where it makes .venv and site/node_modules.
Is the disk full, or does the folder belong to someone else?"""


def set_up_serve(machine: Machine, environment: Environment) -> None:
    environment.make()
    with browser_packages(ROOT, machine, environment):
        environment.offer_pip()
    compile_styles(machine, environment)


def set_up_test(machine: Machine, environment: Environment) -> None:
    environment.make()
    with browser_packages(ROOT, machine, environment, with_tools=True):
        environment.offer_pip()
        environment.install("test", with_project=True)
    compile_styles(machine, environment)
    install_chromium(machine, environment)
    install_clang(machine)


def compile_styles(machine: Machine, environment: Environment) -> None:
    """Compiles the style sheet where its sources have changed."""
    machine.run(environment.python, "-m", "export", "styles", cwd=ROOT)


def set_up_check(machine: Machine, environment: Environment) -> None:
    environment.make()
    with browser_packages(ROOT, machine, environment, with_tools=True):
        environment.offer_pip()
        environment.install("test", with_project=True)
        environment.install("check")


def set_up_mutate(machine: Machine, environment: Environment) -> None:
    set_up_test(machine, environment)
    environment.install("mutation")


PLANS = {
    "serve": set_up_serve,
    "test": set_up_test,
    "check": set_up_check,
    "mutate": set_up_mutate,
}


def main(argv: list[str] | None = None) -> int:
    parser = ArgumentParser(prog="python3 -m export.setup", description=__doc__, allow_abbrev=False)
    parser.add_argument("command", choices=PLANS)
    machine = Machine()
    plan = PLANS[parser.parse_args(argv).command]
    _treat_as_interrupts("SIGTERM", "SIGHUP")
    try:
        with only_one(ROOT / "pyproject.toml", machine):
            plan(machine, Environment(ROOT, machine))
    except SetupError as error:
        machine.say(str(error))
        return 1
    except OSError as error:
        machine.say(f"{UNWRITABLE}\n{error}")
        return 1
    except KeyboardInterrupt:
        machine.say("\nSet-up was interrupted; the next start completes it.")
        return 130
    return 0


def _treat_as_interrupts(*names: str) -> None:
    """Lets set-up end its running command before it ends itself, as it does on Ctrl-C."""
    for name in names:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
