"""`python -m export misread`: write which of MNIST's test images each model in site/models
misreads, and how often it takes each digit for which."""

from pathlib import Path

from .beside import MNIST_CREDIT, add_command

FOLDER = "misread"
CREDIT = f"{FOLDER}/MNIST.txt"
CREDIT_TEXT = MNIST_CREDIT.format(files="these files", change="")


def add_parser(subparsers) -> None:
    summary = "write the test images that the models misread"
    add_command(subparsers, "misread", summary, __doc__, write_misread)


def write_misread(out: Path, mnist) -> list[str]:
    """Writes the files and names them in `out`/index.json; gives a sentence for each."""
    from training.files import write_atomically

    from .catalog import name_files, read
    from .confusion import misread_file
    from .package import read_exported, sha256

    write_atomically(out / CREDIT, CREDIT_TEXT)
    said = []
    for entry in read(out / "index.json"):
        name = f"{FOLDER}/{entry['name']}.safetensors"
        content = misread_file(read_exported(out / entry["name"]), mnist.test)
        write_atomically(out / name, content)
        files = {"misread": name, "misread_sha256": sha256(content)}
        name_files(out / "index.json", entry["name"], files)
        said.append(f"{out / name}: {len(content):,} bytes")
    return said
