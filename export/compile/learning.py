"""`python -m export learning`: write what the page needs to learn from corrections beside the
models in site/models, from their own weights and from MNIST."""

from pathlib import Path

from .beside import add_command

FOLDER = "learning"


def add_parser(subparsers) -> None:
    summary = "write the images of MNIST that hold the ground while the page learns"
    add_command(subparsers, "learning", summary, __doc__, write_anchors)


def write_anchors(out: Path, mnist) -> list[str]:
    """Writes the files and names them in `out`/index.json; gives a sentence for each."""
    from training.files import write_atomically

    from .anchors import anchor_file
    from .catalog import name_files, read
    from .package import read_exported, sha256

    said = []
    for entry in read(out / "index.json"):
        name = f"{FOLDER}/{entry['name']}.safetensors"
        content = anchor_file(read_exported(out / entry["name"]), mnist.train, entry["sha256"])
        write_atomically(out / name, content)
        files = {"anchors": name, "anchors_sha256": sha256(content)}
        name_files(out / "index.json", entry["name"], files)
        said.append(f"{out / name}: {len(content):,} bytes")
    return said


def shipped_anchors(entry: dict, models: Path) -> bytes | None:
    """The file of a model in the catalogue of the folder `models`; None where it has none."""
    return (models / entry["anchors"]).read_bytes() if "anchors" in entry else None
