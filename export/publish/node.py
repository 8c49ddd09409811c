"""Runs the build's scripts under Node."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

SCRIPTS = Path(__file__).parent / "image"
LIMIT_S = 600


class NodeError(Exception):
    """A script of the build did not do its work; the message says why."""


def run_script(name: str, order: dict) -> None:
    """Runs a script to its end, with its order as a JSON file."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "order.json")
        file.write_text(json.dumps(order))
        run_node(name, SCRIPTS / name, file)


def run_node(what: str, script: Path, *arguments: str | Path, cwd: Path | None = None) -> None:
    """Runs a script to its end; `what` is its name in error messages."""
    command = [_node(), *map(str, (script, *arguments))]
    try:
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=LIMIT_S,
            cwd=cwd,
        )
    except subprocess.CalledProcessError as error:
        raise NodeError(f"{what} failed under Node:\n{error.stderr.strip()}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NodeError(f"{what} did not run under Node: {error}") from error


def _node() -> str:
    """The one that set-up puts beside Python where PATH has none that will do, or PATH's."""
    beside = Path(sys.executable).parent
    node = shutil.which("node", path=str(beside)) or shutil.which("node")
    if node is None:
        raise NodeError("There is no `node` on PATH.")
    return node
