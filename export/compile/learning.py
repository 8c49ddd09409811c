"""`python -m export learning`: write what the page needs to learn from corrections beside the
models in site/models, from their own weights and from MNIST."""

import sys
from pathlib import Path

from export.publish.site_files import ROOT

FOLDER = "learning"


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser(
        "learning",
        help="write the images of MNIST that hold the ground while the page learns",
        description=__doc__,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=ROOT / "site" / "models",
        help="folder of the exported models (default: site/models)",
    )
    parser.add_argument("--data", metavar="FOLDER", help="where the four MNIST files are")
    parser.set_defaults(run=run)


def run(args) -> int:
    from training.data.mnist import DataError, load_mnist
    from training.device import check_device
    from training.fit.runs import RunError

    from .graph import ExportError

    check_device()
    try:
        for line in write_anchors(args.out, load_mnist(args.data).train):
            print(line)
    except (DataError, ExportError, RunError, ValueError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


def write_anchors(out: Path, train) -> list[str]:
    """Writes the files and names them in `out`/index.json; gives a sentence for each."""
    from training.files import write_atomically

    from .anchors import anchor_file
    from .catalog import name_files, read
    from .package import read_exported, sha256

    said = []
    for entry in read(out / "index.json"):
        name = f"{FOLDER}/{entry['name']}.safetensors"
        content = anchor_file(read_exported(out / entry["name"]), train, entry["sha256"])
        write_atomically(out / name, content)
        files = {"anchors": name, "anchors_sha256": sha256(content)}
        name_files(out / "index.json", entry["name"], files)
        said.append(f"{out / name}: {len(content):,} bytes")
    return said


def shipped_anchors(entry: dict, models: Path) -> bytes | None:
    """The file of a model in the catalogue of the folder `models`; None where it has none."""
    return (models / entry["anchors"]).read_bytes() if "anchors" in entry else None
