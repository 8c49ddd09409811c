"""What learning needs of MNIST: images of it as a network sees them, which hold the ground."""

from __future__ import annotations

import json
from dataclasses import dataclass

from .embedding import COSINE, Embedder, Embedding
from .errors import FileError
from .packed import PackedRows
from .prediction import CLASSES
from .tensors import Tensors, read_tensors

FORMAT, ABOUT = "2", "about"
MARGIN_STEPS = 8  # in a logit
NEAREST_STEPS = 32767  # in a cosine of one


@dataclass(frozen=True)
class Anchor:
    """One image: how far its logit is above each other, and the cosines of the nearest other image
    and of the nearest one of a further digit."""

    label: int
    margins: tuple[float, ...]
    nearest: float
    nearest_label: int
    further: float

    def nearest_other_than(self, label: int) -> float:
        """The cosine of the nearest other image that is not a `label`."""
        return self.further if label == self.nearest_label else self.nearest


class Anchors:
    """Images of MNIST in the order of their digits, and how to make embeddings like theirs.

    A taught drawing is to be read with its logit `margin` above the others. Its vote begins where a
    drawing resembles it more than `gate` of how much it resembles MNIST's nearest image, and is
    whole after one part in `steepness` of the way from there to the drawing itself.
    """

    def __init__(self, tensors: Tensors):
        arrays, about = tensors.arrays, about_anchors(tensors)
        self.embedder = Embedder(
            tuple(map(int, about["shape"].split(","))),
            float(about["levels"]),
            float(about["ink levels"]),
            arrays["directions"].tobytes(),
            arrays["offsets"],
            arrays["weights"],
        )
        self.margin, self.gate, self.steepness = (
            float(about[name]) for name in ("margin", "gate", "steepness")
        )
        self.all = tuple(
            Anchor(
                label,
                tuple(
                    steps / MARGIN_STEPS
                    for steps in arrays["margins"][CLASSES * number : CLASSES * (number + 1)]
                ),
                arrays["nearest"][2 * number] / NEAREST_STEPS,
                nearest_label,
                arrays["nearest"][2 * number + 1] / NEAREST_STEPS,
            )
            for number, (label, nearest_label) in enumerate(
                zip(arrays["labels"], arrays["nearest_labels"])
            )
        )
        self._rows = PackedRows.of_rows(arrays["rows"].tobytes(), tensors.shapes["rows"][1])
        starts = [list(arrays["labels"]).index(digit) for digit in range(CLASSES)]
        self._spans = list(zip(starts, [*starts[1:], len(self.all)]))

    def cosines(self, embedding: Embedding) -> list[float]:
        """How much a drawing resembles each image, -1..1."""
        return [product * COSINE for product in self._rows.products(embedding)]

    def nearest(self, embedding: Embedding) -> list[float]:
        """How much a drawing resembles the nearest image of each digit."""
        products = self._rows.products(embedding)
        return [max(products[start:end]) * COSINE for start, end in self._spans]


def about_anchors(tensors: Tensors) -> dict[str, str]:
    """The texts of the file by name: in JSON, as the format itself keeps no order of its texts."""
    about: dict[str, str] = json.loads(tensors.texts[ABOUT])
    if about.get("format") != FORMAT:
        raise ValueError(f"its format is not {FORMAT}")
    return about


def parse_anchors(content: bytes) -> Anchors:
    try:
        return Anchors(read_tensors(content))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise FileError(
            f"What learning needs of MNIST is damaged ({error}). Reload the page."
        ) from error
