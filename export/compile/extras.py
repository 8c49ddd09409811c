"""`python -m export extras`: write all that the page needs beside the models in site/models, after
each export of a model: neighbours, learning and misread, one after the other."""

from collections.abc import Iterator
from pathlib import Path

from .beside import add_command
from .learning import write_anchors
from .misread import write_misread
from .neighbours import write_neighbours

WRITERS = (write_neighbours, write_anchors, write_misread)


def add_parser(subparsers) -> None:
    summary = "write all that the page needs beside its models"
    add_command(subparsers, "extras", summary, __doc__, write_extras)


def write_extras(out: Path, mnist) -> Iterator[str]:
    """Writes the files and names them in `out`/index.json; gives a sentence for each."""
    for write in WRITERS:
        yield from write(out, mnist)
