"""The benchmark under Node, with WebGPU from Dawn: no browser between the program and the GPU."""

import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from .files import copy_files

# The .js files of a page are modules without a package.json that says so.
NODE = ["node", "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"]


def race(files: dict[str, Path], models: list[str], runs: int) -> dict:
    with TemporaryDirectory() as folder:
        copy_files(files, Path(folder, "bench"))
        found = Path(folder, "inference.json")
        options = [
            "--case",
            "case",
            "--models",
            ",".join(models),
            "--runs",
            str(runs),
            "--json",
            found,
        ]
        subprocess.run(
            [*NODE, "tests/bench/dawn.mjs", *options],
            cwd=Path(folder, "bench"),
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return json.loads(found.read_text())
