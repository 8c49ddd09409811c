"""Forms of digits that people draw but MNIST hardly has: made by rule as pen strokes, drawn as the page draws them.

MNIST's writers were American, and their 1 is a bare stroke. Elsewhere it begins with a flag, which looks like a 7 to
whoever has never seen one.
"""
from math import cos, pi, radians, sin

import numpy as np

from .data import Examples
from .strokes import drawn_image

Path = list[tuple[float, float]]

SLANT_DEG = (-12.0, 32.0)           # of the stem, to the right of upright
BEND = 0.06                         # largest bulge of stem and flag, parts of their length
FLAG_LENGTH = (0.2, 0.7)            # parts of the stem's
FLAG_BELOW_LEVEL_DEG = (22.0, 72.0)
FOOT_SHARE, FOOT_LENGTH = 0.1, (0.25, 0.6)
POINTS = 8                          # of each line


def flagged_ones(count: int, seed: int) -> Examples:
    """`count` images of a 1 with a flag, some with a foot as well."""
    rng = np.random.default_rng([seed, 1])
    images = [drawn_image(flagged_one(rng)) for _ in range(count)]
    return Examples((np.array(images).reshape(-1, 784) * 255).round().astype(np.uint8), np.ones(count, np.uint8))


def flagged_one(rng: np.random.Generator) -> list[Path]:
    """Pen strokes of one: up the flag and down the stem without lifting the pen; y grows downwards."""
    slant, below = radians(rng.uniform(*SLANT_DEG)), radians(rng.uniform(*FLAG_BELOW_LEVEL_DEG))
    length = rng.uniform(*FLAG_LENGTH)
    top, bottom = (sin(slant), 0.0), (0.0, cos(slant))
    tip = (top[0] - length * cos(below), length * sin(below))
    strokes = [line(tip, top, rng) + line(top, bottom, rng)[1:]]
    if rng.random() < FOOT_SHARE:
        half = rng.uniform(*FOOT_LENGTH) / 2
        strokes.append(line((-half, bottom[1]), (half, bottom[1]), rng))
    return strokes


def line(start: tuple[float, float], end: tuple[float, float], rng: np.random.Generator) -> Path:
    """A hand's line from `start` to `end`: bulging a little to one side."""
    (ax, ay), (bx, by) = start, end
    bulge = rng.uniform(-BEND, BEND)
    sideways = lambda t: bulge * sin(pi * t)
    places = np.linspace(0, 1, POINTS).tolist()
    return [(ax + (bx - ax) * t - (by - ay) * sideways(t), ay + (by - ay) * t + (bx - ax) * sideways(t)) for t in places]
