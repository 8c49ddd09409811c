"""`python -m tests.mutation core|export|training`: changes lines of the code, one at a time, and
counts how many of the changes the tests notice."""

import os
import sys
from argparse import ArgumentParser

from export.publish.site_files import ROOT

from .areas import AREAS
from .report import read, survivors, table
from .workshop import prepare, run

FOLDER = ROOT / "runs" / "mutation"


def main(argv: list[str] | None = None) -> int:
    parser = ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("area", choices=AREAS)
    parser.add_argument(
        "mutants",
        nargs="*",
        help="only these, such as 'py_frontend.core.image.*' (default: all that are not known yet)",
    )
    parser.add_argument(
        "--processes", type=int, default=os.cpu_count(), help="at a time (default: %(default)s)"
    )
    args = parser.parse_args(argv)
    folder = FOLDER / args.area
    prepare(folder, AREAS[args.area])
    if status := run(folder, args.mutants, args.processes):
        return status
    modules = read(folder)
    print(table(modules))
    left = FOLDER / f"{args.area}-survivors.txt"
    left.write_text("\n".join(survivors(folder, modules)))
    print(f"Not noticed: {left.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
