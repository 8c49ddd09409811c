"""The programs that the tests use and pip cannot bring: Chromium, and clang with a linker for
WebAssembly."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from .apt import apt_install
from .environment import Environment
from .machine import Machine, SetupError

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CLANG_NAMES = ("clang", "wasm-ld")
PLAYWRIGHT_PROGRAMS = (
    "chrome-linux*/chrome",
    "chrome-win*/chrome.exe",
    "chrome-mac*/*.app/Contents/MacOS/*",
)
DOWNLOAD_LIMIT_S = 300
THIS_MACHINE = Machine()

NO_CHROMIUM = """The tests need Chromium or Chrome. Install one and start again:
  Debian:  sudo apt-get install chromium
  Ubuntu:  sudo snap install chromium
  Fedora:  sudo dnf install chromium
  macOS:   brew install --cask google-chrome
  Windows: winget install Google.Chrome
One in an unusual place is named by the environment variable CHROMIUM."""

NO_CLANG = """The tests need {missing} on PATH. Install it and start again:
  Debian, Ubuntu: sudo apt-get install clang lld
  Fedora:         sudo dnf install clang lld
  macOS:          brew install llvm lld
  Windows:        winget install LLVM.LLVM"""


def find_chromium(machine: Machine = THIS_MACHINE) -> str | None:
    """The browser to test with: $CHROMIUM, one on PATH or in its usual place, or Playwright's
    download."""
    if named := machine.environ("CHROMIUM"):
        if not machine.which(named):
            raise SetupError(f"CHROMIUM names {named}, which is not a program.")
        return named
    return next((str(path) for path in _candidates(machine) if _starts(machine, path)), None)


def chromium(machine: Machine = THIS_MACHINE) -> str:
    """The browser to test with; SetupError where there is none."""
    if found := find_chromium(machine):
        return found
    raise SetupError(NO_CHROMIUM)


def install_chromium(machine: Machine, environment: Environment) -> None:
    """Sees to it that find_chromium() finds one."""
    if find_chromium(machine):
        return
    machine.say("Downloading Chromium (Playwright) ...")
    try:
        machine.run(
            environment.python,
            "-m",
            "playwright",
            "install",
            "--no-shell",
            "chromium",
            timeout_s=DOWNLOAD_LIMIT_S,
        )
    except SetupError as error:
        machine.say(f"Playwright's Chromium cannot be had: {str(error).splitlines()[-1]}")
    if find_chromium(machine):
        return
    apt_install(machine, "chromium", "fonts-liberation")
    if not find_chromium(machine):
        raise SetupError(NO_CHROMIUM)


def install_clang(machine: Machine) -> None:
    """Sees to it that clang and wasm-ld are on PATH."""
    if all(map(machine.which, CLANG_NAMES)):
        return
    apt_install(machine, "clang", "lld")
    if missing := [name for name in CLANG_NAMES if not machine.which(name)]:
        raise SetupError(NO_CLANG.format(missing=" and ".join(missing)))


def _starts(machine: Machine, chromium: str | Path) -> bool:
    """Whether its shared libraries are there; on Windows, where asking opens a window, it is taken
    on trust."""
    return os.name == "nt" or machine.succeeds(chromium, "--version")


def _candidates(machine: Machine) -> Iterator[str | Path]:
    yield from filter(None, map(machine.which, CHROMIUM_NAMES))
    yield from filter(Path.is_file, _usual_places(machine))
    yield from _playwright_downloads(machine)


def _usual_places(machine: Machine) -> list[Path]:
    """Where Chrome lies on systems that do not put it on PATH."""
    if sys.platform == "darwin":
        return [Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")]
    folders = filter(
        None, map(machine.environ, ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"))
    )
    return [Path(folder, "Google/Chrome/Application/chrome.exe") for folder in folders]


def _playwright_downloads(machine: Machine) -> Iterator[Path]:
    """Playwright's own Chromiums, the newest revision first."""
    folder = Path(machine.environ("PLAYWRIGHT_BROWSERS_PATH") or _playwright_default())
    for build in sorted(
        folder.glob("chromium-*"), key=lambda build: build.name.zfill(32), reverse=True
    ):
        for pattern in PLAYWRIGHT_PROGRAMS:
            yield from filter(Path.is_file, build.glob(pattern))


def _playwright_default() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/ms-playwright"
    if os.name == "nt":
        return Path.home() / "AppData/Local/ms-playwright"
    return Path.home() / ".cache/ms-playwright"
