"""`python -m tests.bench inference`: median and 95th percentile of single inferences, ours beside
those of others."""

import json
import sys
from argparse import ArgumentTypeError
from pathlib import Path
from tempfile import TemporaryDirectory

from export.publish.site_files import ROOT
from tests.support.machine_load import load_average
from training.files import write_atomically
from training.networks.models import MODELS

from . import in_chromium, in_node
from .case import write_case
from .files import MissingPackage, bench_files, onnx_writer

MACHINES = {"chromium": in_chromium.race, "node": in_node.race}


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser(
        "inference", help="time single inferences", description=__doc__, allow_abbrev=False
    )
    parser.add_argument(
        "--under",
        choices=MACHINES,
        default="chromium",
        help="default: %(default)s; node runs on Dawn",
    )
    parser.add_argument(
        "--models", nargs="+", choices=MODELS, default=list(MODELS), help="default: all"
    )
    parser.add_argument(
        "--runs",
        type=count,
        default=1000,
        help="inferences of each contestant (default: %(default)s)",
    )
    parser.add_argument(
        "--json",
        type=Path,
        help="file for every single time (default: runs/inference-<under>.json)",
    )
    parser.set_defaults(run=run)


def count(text: str) -> int:
    """A whole number of runs, at least one."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of runs")
    return int(text)


def run(args) -> int:
    file = args.json or ROOT / "runs" / f"inference-{args.under}.json"
    try:
        found = race(args.under, args.models, args.runs)
    except MissingPackage as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    print("\n\n".join(f"{name}\n{table}" for name, table in found["tables"].items()))
    print("\n" + json.dumps(found["environment"]))
    write_atomically(file, json.dumps(found))
    return int(any("error" in result for results in found["models"].values() for result in results))


def race(under: str, models: list[str], runs: int) -> dict:
    """What the contestants took: {environment, models, tables}, as page.mjs and dawn.mjs give it,
    and the machine's load before."""
    load, write_onnx = load_average(), onnx_writer()
    with TemporaryDirectory() as case:
        write_case(Path(case), models)
        write_onnx(Path(case), models)
        found = MACHINES[under](bench_files(Path(case)), models, runs)
    return found | {"environment": found["environment"] | {"load_before": load}}
