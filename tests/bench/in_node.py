"""The benchmark under Node, with WebGPU from Dawn: no browser between the program and the GPU."""
import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from .files import BENCH, bench_files

# The .js files of a page are modules without a package.json that says so.
NODE = ["node", "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"]


def race(case: Path, models: list[str], runs: int) -> dict:
    bench_files(case)  # says what is not installed
    with TemporaryDirectory() as folder:
        file = Path(folder, "inference.json")
        options = ["--case", case, "--models", ",".join(models), "--runs", str(runs), "--json", file]
        subprocess.run([*NODE, BENCH / "dawn.mjs", *options], stdout=subprocess.DEVNULL, check=True)
        return json.loads(file.read_text())
