"""`python -m tests.latency`: latency while drawing, in Chromium, and what the image costs as the
drawing grows."""

import asyncio
import json
import sys
from argparse import ArgumentParser
from pathlib import Path

from export.commands import ending_in_a_sentence
from export.publish.site_files import ROOT
from tests.support.machine_load import in_words, load_average
from training.files import write_atomically

from .table import curve_table, latency_table


def main(argv: list[str] | None = None) -> int:
    with ending_in_a_sentence():
        return _main(argv)


def _main(argv: list[str] | None) -> int:
    from .browser import BACKENDS, CLOSED, MODELS, PANELS, measure

    parser = ArgumentParser(prog="python -m tests.latency", description=__doc__, allow_abbrev=False)
    parser.add_argument(
        "--models", nargs="+", choices=MODELS, default=list(MODELS), help="default: all"
    )
    parser.add_argument(
        "--backends", nargs="+", choices=BACKENDS, default=list(BACKENDS), help="default: all"
    )
    parser.add_argument(
        "--panels",
        nargs="+",
        choices=PANELS,
        default=[CLOSED],
        help="which panel is open, one after the other (default: %(default)s)",
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=3,
        help="how often each of the ten digits is drawn (default: %(default)s)",
    )
    parser.add_argument(
        "--json",
        type=Path,
        default=ROOT / "runs" / "latency.json",
        help="file for every single time (default: %(default)s)",
    )
    args = parser.parse_args(argv)
    load = load_average()
    found = asyncio.run(measure(args.models, args.backends, args.rounds, args.panels))
    print(f"From a pointer event to the chart that shows it\n{latency_table(found['latency'])}\n")
    print(f"One stroke of many points, in ms\n{curve_table(found['curve'])}\n")
    print(f"load before: {in_words(load)}, after: {in_words(load_average())}")
    write_atomically(args.json, json.dumps({**found, "load_before": load}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
