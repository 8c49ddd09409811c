"""`python -m export model`: compile a trained run to WebGPU kernels, WASM and weights for the
page."""

import sys
from pathlib import Path

from export.publish.site_files import ROOT


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser(
        "model",
        help="export a trained network for the page",
        description=__doc__,
        allow_abbrev=False,
    )
    parser.add_argument(
        "run_folder",
        type=Path,
        metavar="RUN",
        help="folder of a training run that has been evaluated, such as runs/mlp-0",
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
    from training.fit.runs import RunError, RunFolder

    from .graph import ExportError
    from .package import export_run

    check_device()
    try:
        print(export_run(RunFolder(args.run_folder), args.out))
    except (ExportError, RunError, ValueError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0
