"""The test images that a network misreads, as export/compile/confusion.py writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import FileError
from .image import PIXELS
from .picture import Picture
from .prediction import CLASSES
from .tensors import read_tensors


@dataclass(frozen=True)
class Mistake:
    """A test image by its number, what it is, and what the network reads."""

    number: int
    label: int
    answer: int
    picture: Picture


@dataclass(frozen=True)
class Confusion:
    """How often a network reads each digit (row) as which (column), and the images it misreads."""

    counts: tuple[tuple[int, ...], ...]
    mistakes: tuple[Mistake, ...]

    @property
    def images(self) -> int:
        """How many images the network has read."""
        return sum(map(sum, self.counts))

    def of(self, label: int, answer: int) -> tuple[Mistake, ...]:
        """Those of one cell."""
        return tuple(one for one in self.mistakes if (one.label, one.answer) == (label, answer))


def parse_confusion(content: bytes, name: str) -> Confusion:
    """From the file `name`; FileError where it is damaged."""
    try:
        arrays = read_tensors(content).arrays
        counts = arrays["counts"].tolist()
        rows = tuple(tuple(counts[row * CLASSES :][:CLASSES]) for row in range(CLASSES))
        return Confusion(rows, tuple(_mistakes(arrays)))
    except (KeyError, TypeError, ValueError) as error:
        raise FileError(f"{name} is damaged ({error}). Export the model again.") from error


def _mistakes(arrays: Mapping[str, Any]) -> Iterator[Mistake]:
    images = arrays["images"].tobytes()
    rows = zip(arrays["numbers"], arrays["labels"], arrays["answers"], strict=True)
    for place, (number, label, answer) in enumerate(rows):
        picture = Picture(images[place * PIXELS : (place + 1) * PIXELS])
        yield Mistake(number, label, answer, picture)
