"""A copy of the project in which mutmut works; the working tree stays as it is."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from export.publish.packages import MODULES
from export.publish.site_files import ROOT

from .areas import Area

NOT_COPIED = shutil.ignore_patterns("node_modules", "__pycache__", "*.pyc", ".hypothesis")
PARTS = (".ci", "export", "py_frontend", "site", "tests", "training")
FILES = ("LICENSE", "Makefile", "README.md", "pyproject.toml")
PYTEST = ("-p", "no:cacheprovider", "-p", "tests.mutation.selection", "--hypothesis-seed=0")


def prepare(folder: Path, area: Area) -> None:
    """Brings the copy in `folder` up to date. What mutmut remembers in it stays: it tries only what
    has changed since."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        shutil.rmtree(folder / part, ignore_errors=True)
        shutil.copytree(ROOT / part, folder / part, ignore=NOT_COPIED)
    for name in FILES:
        shutil.copy2(ROOT / name, folder / name)
    with (folder / "pyproject.toml").open("a") as file:
        file.write(f"\n[tool.mutmut]\n{settings(area)}")
    link = folder / "mutants" / MODULES
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(ROOT / MODULES)


def settings(area: Area) -> str:
    """mutmut's part of pyproject.toml."""
    values = {
        "source_paths": [area.source],
        "only_mutate": [*area.modules],
        "also_copy": [*PARTS, *FILES],
        "pytest_add_cli_args": [*PYTEST],
        "pytest_add_cli_args_test_selection": [*area.tests],
        # tinygrad's threads do not survive a fork of a process that has used them.
        "process_isolation": "forkserver",
        "on_dependency_change": "ignore",
    }
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items())


def run(folder: Path, mutants: list[str], processes: int) -> int:
    """Runs mutmut on `mutants` (all for none; * stands for anything); gives its exit status."""
    command = (sys.executable, "-m", "mutmut", "run", "--max-children", str(processes), *mutants)
    return subprocess.run(command, cwd=folder, env={**os.environ, "DEV": "CPU"}).returncode
