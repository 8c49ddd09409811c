"""`python -m export neighbours`: write what the panel of neighbours needs beside the models in
site/models, from their own weights and from MNIST."""

from pathlib import Path

from .beside import MNIST_CREDIT, add_command

FOLDER = "neighbours"
IMAGES = f"{FOLDER}/images.safetensors"
CREDIT = f"{FOLDER}/MNIST.txt"
CREDIT_TEXT = MNIST_CREDIT.format(
    files="images.safetensors", change=", reduced to sixteen levels of grey"
)


def add_parser(subparsers) -> None:
    summary = "write the training images that the page compares drawings with"
    add_command(subparsers, "neighbours", summary, __doc__, write_neighbours)


def write_neighbours(out: Path, mnist) -> list[str]:
    """Writes the files and names them in `out`/index.json; gives a sentence for each."""
    from training.files import write_atomically

    from .catalog import name_files, read
    from .package import read_exported, sha256
    from .prototypes import chosen, images_file, prototypes_file

    prototypes = chosen(mnist.train)
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
