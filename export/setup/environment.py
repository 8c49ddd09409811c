"""The project's virtual environment, .venv, and the pinned Python packages in it."""

import os
import re
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .apt import apt_install
from .machine import Machine, SetupError
from .stamp import Stamp, fingerprint

CONSTRAINTS = Path(__file__).with_name("constraints.txt")

NO_PIP = f"""pip cannot be had for {sys.executable}. Install it and start again:
  Debian, Ubuntu: sudo apt-get install python3-venv
  other systems:  see https://pip.pypa.io/en/stable/installation/"""

SOON = ("--retries", "0", "--timeout", "5")  # what is waited for where there is no network


class Environment:
    """A virtual environment that repairs itself: what an interrupted installation left is built
    anew."""

    def __init__(self, root: Path, machine: Machine):
        self._root, self._machine = root, machine
        self.folder = root / ".venv"
        self.scripts = self.folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = self.scripts / ("python.exe" if os.name == "nt" else "python")
        self._unfinished = Stamp(self.folder / ".unfinished")

    def make(self) -> None:
        """Makes the environment where there is none that works; without pip, which serving does not
        need."""
        if self._works():
            return
        self._machine.say("Making .venv ...")
        self._machine.run(sys.executable, "-m", "venv", "--without-pip", "--clear", self.folder)

    def install(self, extra: str, with_project: bool = False) -> None:
        """Installs one extra of pyproject.toml, and what the project itself depends on, unless they
        are there."""
        self.make()
        requirements = self.requirements(extra, with_project)
        wanted = fingerprint(
            "\n".join(requirements), CONSTRAINTS.read_bytes(), self._version() or ""
        )
        done = Stamp(self.folder / f".installed-{extra}")
        if done.holds(wanted):
            return
        self._machine.say(f"Installing Python packages for '{extra}' (pip) ...")
        with self._marked_unfinished():
            self._machine.run(
                *self._pip(),
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-input",
                *_when_to_compile(),
                "--constraint",
                CONSTRAINTS,
                *requirements,
            )
        done.write(wanted)

    def offer_pip(self) -> None:
        """Puts pip into the environment for whoever wants to add packages later; set-up goes on
        where it cannot be had."""
        if self._has_pip():
            return
        self._machine.say("Adding pip to .venv ...")
        with self._marked_unfinished():
            if not (self._pip_by_the_systems() or self._bundled_pip()):
                self._machine.say(f"Nothing needs it yet. {NO_PIP}")

    def requirements(self, extra: str, with_project: bool) -> list[str]:
        project = tomllib.loads((self._root / "pyproject.toml").read_text())["project"]
        return [
            *(project["dependencies"] if with_project else ()),
            *project["optional-dependencies"][extra],
        ]

    @contextmanager
    def _marked_unfinished(self) -> Iterator[None]:
        """Leaves a mark when the block is interrupted; pip changes nothing when it fails by
        itself."""
        self._unfinished.write("")
        try:
            yield
        except SetupError:
            self._unfinished.remove()
            raise
        self._unfinished.remove()

    def _works(self) -> bool:
        version = self._version()
        return self.python.exists() and version is not None and not self._unfinished.path.exists()

    def _version(self) -> str | None:
        """The environment's Python version as its pyvenv.cfg names it; None when too old or not
        there."""
        try:
            config = (self.folder / "pyvenv.cfg").read_text()
        except OSError:
            return None
        found = re.search(r"^version(?:_info)? *= *(\d+)\.(\d+)\S*", config, re.MULTILINE)
        return found[0] if found and (int(found[1]), int(found[2])) >= (3, 11) else None

    def _pip(self) -> tuple[str | Path, ...]:
        """A pip that installs into the environment: its own, a bundled one, the system's, or
        Debian's."""
        own = (self.python, "-m", "pip")
        if self._machine.succeeds(*own, "--version") or self._bundled_pip():
            return own
        if self._machine.succeeds(*self._systems_pip, "--version"):
            return self._systems_pip
        if apt_install(self._machine, "python3-venv") and self._bundled_pip():
            return own
        raise SetupError(NO_PIP)

    def _has_pip(self) -> bool:
        """Asked at every start, so without starting Python."""
        places = ("lib/python*/site-packages/pip", "Lib/site-packages/pip")
        return any(any(self.folder.glob(f"{place}/__main__.py")) for place in places)

    @property
    def _systems_pip(self) -> tuple[str, ...]:
        return (sys.executable, "-m", "pip", "--python", str(self.python))

    def _pip_by_the_systems(self) -> bool:
        """The pinned one: the pip that comes with Python 3.11 takes twice its time to find
        packages."""
        how = ("--quiet", "--disable-pip-version-check", *SOON, *_when_to_compile())
        return self._machine.succeeds(
            *self._systems_pip, "install", *how, "--constraint", CONSTRAINTS, "pip"
        )

    def _bundled_pip(self) -> bool:
        return self._machine.succeeds(self.python, "-m", "ensurepip", "--default-pip")


def _when_to_compile() -> tuple[str, ...]:
    """Compiling all modules takes longer than the rest of pip's work: Python compiles what is
    imported, where it may keep the result."""
    return () if sys.dont_write_bytecode else ("--no-compile",)
