"""Lines as a hand draws them: never quite straight, and round where the pen does not stop."""

from itertools import pairwise
from math import cos, pi, sin

import numpy as np

Point = tuple[float, float]
Path = list[Point]

BEND = 0.06  # largest bulge of a straight line, parts of its length
POINTS = 8  # of each line, and of each piece of a curve


def line(start: Point, end: Point, rng: np.random.Generator) -> Path:
    """A hand's line from `start` to `end`: bulging a little to one side."""
    (ax, ay), (bx, by) = start, end
    bulge = rng.uniform(-BEND, BEND)
    sideways = lambda t: bulge * sin(pi * t)
    places = np.linspace(0, 1, POINTS).tolist()
    return [
        (ax + (bx - ax) * t - (by - ay) * sideways(t), ay + (by - ay) * t + (bx - ax) * sideways(t))
        for t in places
    ]


def joined(corners: np.ndarray, rng: np.random.Generator) -> Path:
    """A hand's lines from corner to corner (N, 2), without lifting the pen."""
    places = as_path(corners)
    return places[:1] + [point for a, b in pairwise(places) for point in line(a, b, rng)[1:]]


def as_path(places: np.ndarray) -> Path:
    return [tuple(place) for place in places.tolist()]


def writing(width: float, slant: float, turn: float) -> np.ndarray:
    """The linear map (2, 2), for rows (x, y): wider, then slanted to the right for each unit up,
    then turned by radians."""
    return np.array(
        [
            [width * cos(turn), width * sin(turn)],
            [-slant * cos(turn) - sin(turn), cos(turn) - slant * sin(turn)],
        ]
    )


def curve(nodes: np.ndarray) -> np.ndarray:
    """The Catmull-Rom spline through `nodes` (N, 2), from the first to the last, as points (M,
    2)."""
    padded = np.concatenate([2 * nodes[:1] - nodes[1:2], nodes, 2 * nodes[-1:] - nodes[-2:-1]])
    before, start, end, after = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = np.linspace(0, 1, POINTS, endpoint=False)[:, None, None]
    pieces = 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * start - before - 3 * end + after) * t**3
    )
    return np.concatenate([pieces.swapaxes(0, 1).reshape(-1, 2), nodes[-1:]])
