"""Drawings that are no digits, made up as pen strokes and drawn as the page draws them: to choose
when a network had better not answer, and to see how well that works. No network is trained on them.

What a person could mean as a digit is left out: a single upright line, a closed loop, letters such
as O, I, S, Z and B.
"""

from collections.abc import Callable
from functools import cache
from math import cos, pi, radians, sin
from zlib import crc32

import numpy as np

from training.data.strokes import drawn_image

from .handwriting import Path, as_path, joined
from .letters import LETTERS, written
from .shapes import face, fish, flower, house, square, three_digits, triangle, two_digits

Family = Callable[[np.random.Generator], list[Path]]

CHOOSING, REPORTING = 0, 1  # seeds: drawings that a threshold was chosen with are not reported on
MAX_FLAT_DEG = 25.0  # a line that lies flatter than this is not a 1


@cache
def drawings(name: str, count: int, seed: int) -> np.ndarray:
    """`count` images (count, 784) float32 in 0..1 of a family in `FAMILIES`, read-only; the same
    for the same arguments."""
    rng = np.random.default_rng([seed, crc32(name.encode())])
    images = np.array([drawn_image(FAMILIES[name](rng)) for _ in range(count)])
    images.flags.writeable = False
    return images


def random_walk(rng: np.random.Generator) -> list[Path]:
    """A pen that wanders about, turning all the time, until it has crossed its own way often."""
    direction = np.cumsum(rng.normal(0, 0.6, 220)) + rng.uniform(0, 2 * pi)
    return [
        as_path(np.cumsum(np.stack([np.cos(direction), np.sin(direction)], axis=1) * 0.08, axis=0))
    ]


def scrawl(rng: np.random.Generator) -> list[Path]:
    """Back and forth between random places of a small area, many times."""
    return [joined(rng.uniform(0, 1, (int(rng.integers(9, 16)), 2)), rng)]


def flat_zigzag(rng: np.random.Generator) -> list[Path]:
    """Up and down along a line, with four to eight turns."""
    turns = int(rng.integers(5, 10))
    places = np.stack(
        [
            np.linspace(0, rng.uniform(0.8, 1.6), turns),
            np.arange(turns) % 2 * rng.uniform(0.3, 1.0),
        ],
        axis=1,
    )
    return [joined(turned(places + rng.normal(0, 0.03, places.shape), rng.uniform(-0.4, 0.4)), rng)]


def spiral(rng: np.random.Generator) -> list[Path]:
    """Two to four turns, in either sense."""
    angle = np.linspace(0, 2 * pi * rng.uniform(2.2, 4), 90) * rng.choice([-1, 1])
    radius = np.linspace(0.05, 0.5, 90)
    start = rng.uniform(0, 2 * pi)
    return [
        as_path(
            np.stack(
                [
                    radius * np.cos(angle + start) * rng.uniform(0.8, 1.2),
                    radius * np.sin(angle + start),
                ],
                axis=1,
            )
        )
    ]


def crossing_lines(rng: np.random.Generator) -> list[Path]:
    """Four to six straight lines across one another."""
    return [
        joined(rng.uniform(0, 1, 2) + across(rng.uniform(0, pi), rng.uniform(0.7, 1.2)), rng)
        for _ in range(int(rng.integers(4, 7)))
    ]


def grid(rng: np.random.Generator) -> list[Path]:
    """Two to four lines each way, that reach beyond the outermost crossings."""
    tilt = rng.uniform(-0.2, 0.2)
    rails = lambda: np.linspace(0, 1, int(rng.integers(2, 5)) + 2)[1:-1]
    lines = [np.array([[0.0, at], [1.0, at]]) for at in rails()] + [
        np.array([[at, 0.0], [at, 1.0]]) for at in rails()
    ]
    return [joined(turned(ends + rng.normal(0, 0.02, (2, 2)), tilt), rng) for ends in lines]


def hatching(rng: np.random.Generator) -> list[Path]:
    """Three to six lines side by side, at any angle."""
    angle = rng.uniform(0, pi)
    return [
        joined(turned(np.array([[0.0, at], [1.0, at]]) + rng.normal(0, 0.04, (2, 2)), angle), rng)
        for at in np.linspace(0, 1, int(rng.integers(3, 7)))
    ]


def loops(rng: np.random.Generator) -> list[Path]:
    """Four to six loops in a row, as of a coil spring."""
    turns = int(rng.integers(4, 7))
    t = np.linspace(0, turns, 24 * turns)
    x, y = (
        t * rng.uniform(0.25, 0.4) + 0.2 * np.cos(2 * pi * t),
        rng.uniform(0.3, 0.5) * np.sin(2 * pi * t),
    )
    return [as_path(turned(np.stack([x, y], axis=1), rng.uniform(-0.4, 0.4)))]


def dot(rng: np.random.Generator) -> list[Path]:
    """A click, or a press that trembles a little."""
    return [as_path(np.cumsum(rng.normal(0, 0.004, (int(rng.integers(1, 6)), 2)), axis=0))]


def dots(rng: np.random.Generator) -> list[Path]:
    """Two to five clicks."""
    return [as_path(place[None]) for place in rng.uniform(0, 1, (int(rng.integers(2, 6)), 2))]


def dash(rng: np.random.Generator) -> list[Path]:
    """One line that lies flat, short or long."""
    return [
        joined(
            across(radians(rng.uniform(-MAX_FLAT_DEG, MAX_FLAT_DEG)), rng.uniform(0.05, 1.0)), rng
        )
    ]


def dashes(rng: np.random.Generator) -> list[Path]:
    """Several flat dashes about the canvas."""
    return [
        joined(
            rng.uniform(0, 1, 2)
            + across(radians(rng.uniform(-MAX_FLAT_DEG, MAX_FLAT_DEG)), rng.uniform(0.1, 0.4)),
            rng,
        )
        for _ in range(int(rng.integers(3, 6)))
    ]


def wave(rng: np.random.Generator) -> list[Path]:
    """A flat wavy line of one and a half to three periods."""
    t = np.linspace(0, rng.uniform(1.5, 3), 60)
    places = np.stack(
        [t * rng.uniform(0.3, 0.5), rng.uniform(0.08, 0.2) * np.sin(2 * pi * t)], axis=1
    )
    return [as_path(turned(places, rng.uniform(-0.3, 0.3)))]


def across(angle: float, length: float) -> np.ndarray:
    """The ends (2, 2) of a line through the origin."""
    half = np.array([cos(angle), sin(angle)]) * length / 2
    return np.stack([-half, half])


def turned(places: np.ndarray, radians: float) -> np.ndarray:
    """Places (N, 2) turned about the origin."""
    return places @ np.array([[cos(radians), sin(radians)], [-sin(radians), cos(radians)]])


SCRIBBLES: dict[str, Family] = {
    "random walk": random_walk,
    "scrawl": scrawl,
    "flat zigzag": flat_zigzag,
    "spiral": spiral,
    "crossing lines": crossing_lines,
    "grid": grid,
    "hatching": hatching,
    "loops": loops,
    "dot": dot,
    "dots": dots,
    "dash": dash,
    "dashes": dashes,
    "wave": wave,
}
SHAPES: dict[str, Family] = {
    "triangle": triangle,
    "square": square,
    "face": face,
    "two digits": two_digits,
    "house": house,
    "flower": flower,
    "fish": fish,
    "three digits": three_digits,
}
FAMILIES: dict[str, Family] = (
    SCRIBBLES | SHAPES | {name: (lambda rng, name=name: written(name, rng)) for name in LETTERS}
)
# Never seen when a threshold is chosen, so that the report also tells of drawings that nobody
# thought of.
HELD_BACK = (
    "scrawl",
    "grid",
    "hatching",
    "loops",
    "dots",
    "wave",
    "F",
    "K",
    "R",
    "W",
    "star",
    "arrow",
    "house",
    "flower",
    "fish",
    "three digits",
)
CHOSEN_WITH = tuple(name for name in FAMILIES if name not in HELD_BACK)
