"""`python -m export neighbours`: write what the panel of neighbours needs beside the models in
site/models, from their own weights and from MNIST."""

import sys
from pathlib import Path

from export.publish.site_files import ROOT

FOLDER = "neighbours"
IMAGES = f"{FOLDER}/images.safetensors"
CREDIT = f"{FOLDER}/MNIST.txt"
CREDIT_TEXT = """The images in images.safetensors are from the MNIST database of handwritten digits
by Yann LeCun, Corinna Cortes and Christopher J. C. Burges, reduced to sixteen levels of grey.
MNIST is available under the Creative Commons Attribution-Share Alike 3.0 license
(https://creativecommons.org/licenses/by-sa/3.0/), and so are these images.
"""


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser(
        "neighbours",
        help="write the training images that the page compares drawings with",
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
        for line in write_neighbours(args.out, load_mnist(args.data).train):
            print(line)
    except (DataError, ExportError, RunError, ValueError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


def write_neighbours(out: Path, train) -> list[str]:
    """Writes the files and names them in `out`/index.json; gives a sentence for each."""
    from training.files import write_atomically

    from .catalog import name_files, read
    from .package import read_exported, sha256
    from .prototypes import chosen, images_file, prototypes_file

    prototypes = chosen(train)
    images = images_file(prototypes)
    write_atomically(out / IMAGES, images)
    write_atomically(out / CREDIT, CREDIT_TEXT)
    said = [f"{out / IMAGES}: {len(images):,} bytes"]
    for entry in read(out / "index.json"):
        name = f"{FOLDER}/{entry['name']}.safetensors"
        content = prototypes_file(read_exported(out / entry["name"]), prototypes)
        write_atomically(out / name, content)
        files = {
            "neighbours": name,
            "neighbours_sha256": sha256(content),
            "images": IMAGES,
            "images_sha256": sha256(images),
        }
        name_files(out / "index.json", entry["name"], files)
        said.append(f"{out / name}: {len(content):,} bytes")
    return said
