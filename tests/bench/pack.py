"""`python -m tests.bench pack`: write all that dawn.mjs needs into one folder, for a Linux machine
with Node alone."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from training.networks.models import MODELS

from .case import write_case
from .files import MissingPackage, bench_files, copy_files, onnx_writer


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser(
        "pack",
        help="pack the benchmark for another machine",
        description=__doc__,
        allow_abbrev=False,
    )
    parser.add_argument("folder", type=Path, help="where to; it is made, and must not be there yet")
    parser.set_defaults(run=run)


def run(args) -> int:
    try:
        pack(args.folder, list(MODELS))
    except (MissingPackage, FileExistsError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    name = args.folder.name
    print(f"There, run: node {name}/tests/bench/dawn.mjs --case {name}/case --json inference.json")
    return 0


def pack(folder: Path, models: list[str]) -> None:
    """Fills the new `folder` with the benchmark of `models`."""
    write_onnx = onnx_writer()
    with TemporaryDirectory() as case:
        write_case(Path(case), models)
        write_onnx(Path(case), models)
        copy_files(bench_files(Path(case)), folder)
