"""`python -m export renew`: export the models in site/models again, from their own weights, after a
change to the kernels."""

import sys
from pathlib import Path

from export.publish.site_files import ROOT


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser(
        "renew", help="export the page's models again", description=__doc__, allow_abbrev=False
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=ROOT / "site" / "models",
        help="folder of the exported models (default: site/models)",
    )
    parser.set_defaults(run=run)


def run(args) -> int:
    from training.device import check_device
    from training.fit.runs import RunError

    from .catalog import read
    from .graph import ExportError
    from .package import renew

    try:
        entries = read(args.out / "index.json")
        if not entries:
            raise ExportError(f"{args.out} holds no models. --out names the folder of index.json.")
        check_device()
        for entry in entries:
            print(renew(args.out, entry))
    except (ExportError, RunError, ValueError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0
