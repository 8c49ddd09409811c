"""The committed models read plain drawn digits however they are turned, slanted, stretched and
shaken."""

from functools import cache

import numpy as np
import pytest

from tests.support.glyphs import GLYPHS, Point
from tests.support.shipped import shipped_logits
from training.data.strokes import drawn_image
from training.networks.models import MODELS, PIXELS
from training.synthetic.handwriting import as_path, writing

VARIANTS = 60
MAX_TURN = 0.15  # radians
SLANT = (
    -0.1,
    0.2,
)  # to the right for each unit up; more, or narrower, and a 7 becomes a 1 with a flag
WIDTH = (0.85, 1.3)  # of the digit, times the glyph's
JITTER = 0.008  # standard deviation of a point, parts of the canvas


def varied(digit: int, rng: np.random.Generator) -> list[list[Point]]:
    turn, slant, width = rng.uniform(-MAX_TURN, MAX_TURN), rng.uniform(*SLANT), rng.uniform(*WIDTH)
    shape = writing(width, slant, turn)
    return [
        as_path((np.array(line) + rng.normal(0, JITTER, (len(line), 2))) @ shape)
        for line in GLYPHS[digit]
    ]


@cache
def drawings() -> np.ndarray:
    """Ink (10, VARIANTS, 784)."""
    rng = np.random.default_rng(0)
    return np.array(
        [[drawn_image(varied(digit, rng)) for _ in range(VARIANTS)] for digit in GLYPHS], np.float32
    )


@pytest.mark.parametrize("name", MODELS)
def test_variants_of_plain_digits_are_read(name):
    logits = shipped_logits(name, drawings().reshape(-1, PIXELS))
    answers = logits.argmax(axis=1).reshape(len(GLYPHS), VARIANTS)
    misread = {
        digit: sorted(set(row[row != digit].tolist()))
        for digit, row in zip(GLYPHS, answers, strict=True)
        if (row != digit).any()
    }
    assert not misread
