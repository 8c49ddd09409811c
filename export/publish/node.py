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
        command = [_node(), str(SCRIPTS / name), str(file)]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=LIMIT_S)
        except subprocess.CalledProcessError as error:
            raise NodeError(f"{name} failed under Node:\n{error.stderr.strip()}") from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NodeError(f"{name} did not run under Node: {error}") from error


def _node() -> str:
    """The Node on PATH, or the one that set-up puts beside Python where there is none."""
    beside = Path(sys.executable).parent
    node = shutil.which("node") or shutil.which("node", path=str(beside))
    if node is None:
        raise NodeError("There is no `node` on PATH.")
    return node
