"""Commands that write what the page needs beside the models in site/models, from their own weights
and from MNIST."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from export.publish.site_files import ROOT

if TYPE_CHECKING:
    from training.data.mnist import Mnist

MNIST_CREDIT = """The images in {files} are from the MNIST database of handwritten digits
by Yann LeCun, Corinna Cortes and Christopher J. C. Burges{change}.
MNIST is available under the Creative Commons Attribution-Share Alike 3.0 license
(https://creativecommons.org/licenses/by-sa/3.0/), and so are these images.
"""

Write = Callable[[Path, "Mnist"], Iterable[str]]


def add_command(subparsers, name: str, summary: str, description: str, write: Write) -> None:
    """A command that calls `write` with the folder of the models and MNIST, and prints the
    sentences that it gives."""
    parser = subparsers.add_parser(name, help=summary, description=description, allow_abbrev=False)
    parser.add_argument(
        "--out",
        type=Path,
        default=ROOT / "site" / "models",
        help="folder of the exported models (default: site/models)",
    )
    parser.add_argument("--data", metavar="FOLDER", help="where the four MNIST files are")
    parser.set_defaults(run=lambda args: _run(args, write))


def _run(args, write: Write) -> int:
    from training.data.mnist import DataError, load_mnist
    from training.device import check_device
    from training.fit.runs import RunError

    from .graph import ExportError

    check_device()
    try:
        for line in write(args.out, load_mnist(args.data)):
            print(line)
    except (DataError, ExportError, RunError, ValueError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0
