"""The shipped networks give the same answer however a person draws a digit: from strokes to ink in
CPython, and on to logits in WASM."""

from functools import cache
from itertools import pairwise
from math import cos, hypot, pi, sin
from random import Random

import numpy as np
import pytest

from py_frontend.core.image import mnist_image
from py_frontend.core.simplification import simplified
from py_frontend.core.strokes import Stroke
from tests.support.glyphs import GLYPHS
from tests.support.shipped import shipped_logits
from training.networks.models import MODELS

PEN = 16.0  # canvas units, as the page's
SIZE = 200.0  # of the whole glyph box
CENTRE = 140.0

UPSIDE_DOWN = "upside down"
WAYS = {
    "small": {"size": 45},
    "large": {"size": 275},
    "in the upper left corner": {"size": 90, "centre": (50, 50)},
    "in the lower right corner": {"size": 90, "centre": (230, 230)},
    "with a thin pen": {"pen": 4},
    "with a fat pen": {"pen": 30},
    "slowly": {"per_unit": 3},
    "slowly with a tremor": {"per_unit": 1, "tremor": 1.2},
    "fast, with few points": {"tolerance": 0.04},
    "leaning right": {"slant": 0.25},
    "leaning left": {"slant": -0.12},
    "wide": {"stretch": 1.25},
    "narrow": {"stretch": 0.75},
    "turned a little": {"turn": 0.12},
    "backwards": {"backwards": True},
    UPSIDE_DOWN: {"turn": pi},
}


def drawn(
    digit: int,
    size=SIZE,
    centre=(CENTRE, CENTRE),
    pen=PEN,
    slant=0.0,
    stretch=1.0,
    turn=0.0,
    per_unit=0.0,
    tremor=0.0,
    tolerance=0.0,
    backwards=False,
) -> list[Stroke]:
    """The glyph `size` units large about `centre`; `tolerance` thins its points, `per_unit` puts
    more between them."""
    hand = Random(digit)
    strokes = []
    for glyph in GLYPHS[digit]:
        points = [
            ((x - 0.5) * stretch - (y - 0.5) * slant, y - 0.5)
            for x, y in simplified(glyph, tolerance or 1e-9)
        ]
        points = [(x * cos(turn) - y * sin(turn), x * sin(turn) + y * cos(turn)) for x, y in points]
        points = [(centre[0] + size * x, centre[1] + size * y) for x, y in points]
        points = [
            (x + hand.gauss(0, tremor), y + hand.gauss(0, tremor))
            for x, y in denser(points, per_unit)
        ]
        strokes.append(Stroke("pen", pen, tuple(reversed(points) if backwards else points)))
    return strokes


def denser(points: list, per_unit: float) -> list:
    """The same line through `per_unit` points a canvas unit; as it is where that is 0."""
    steps = [
        max(1, round(hypot(bx - ax, by - ay) * per_unit)) for (ax, ay), (bx, by) in pairwise(points)
    ]
    between = [
        (ax + (bx - ax) * i / n, ay + (by - ay) * i / n)
        for (ax, ay), (bx, by), n in zip(points, points[1:], steps, strict=False)
        for i in range(n)
    ]
    return [*between, points[-1]]


@cache
def ink() -> np.ndarray:
    """Every digit (10, 784), drawn in every way."""
    drawings = [drawn(digit, **how) for how in WAYS.values() for digit in GLYPHS]
    return np.array([mnist_image(drawing) for drawing in drawings], np.float32)


@cache
def answers(name: str) -> dict[str, list[int]]:
    """What the network reads, by the ways of drawing."""
    read = shipped_logits(name, ink()).argmax(axis=1).reshape(len(WAYS), len(GLYPHS))
    return dict(zip(WAYS, read.tolist(), strict=True))


@pytest.mark.parametrize("way", [way for way in WAYS if way != UPSIDE_DOWN])
@pytest.mark.parametrize("name", MODELS)
def test_each_digit_is_read_however_it_is_drawn(name, way):
    assert answers(name)[way] == list(GLYPHS)


@pytest.mark.parametrize("name", MODELS)
def test_upside_down_digits_are_not_all_read_alike(name):
    """The test above can fail: it does for digits that stand on their head."""
    assert answers(name)[UPSIDE_DOWN] != list(GLYPHS)
