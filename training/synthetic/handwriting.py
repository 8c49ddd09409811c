"""Lines as a hand draws them: never quite straight, and round where the pen does not stop."""

from collections.abc import Sequence
from itertools import pairwise
from math import cos, pi, sin
from typing import Any

import numpy as np

Point = tuple[float, float]
Path = list[Point]
Node = tuple[Any, ...]  # x and y, and TURN where the pen stops
Template = list[Sequence[Node]]

TURN = "turn"  # the pen stops and turns sharply at this node; through the others it runs smoothly
BEND = 0.06  # largest bulge of a straight line, parts of its length
POINTS = 8  # of each line, and of each piece of a curve
NODES_A_TURN = 8  # of an ellipse


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


def ellipse(
    x: float, y: float, rx: float, ry: float, start: float, turns: float, drift: float = 1.0
) -> list[Node]:
    """Nodes along an ellipse about (x, y); angles in turns, clockwise on the screen, 0 is right.

    The radius ends at `drift` times what it began with.
    """
    count = max(3, round(abs(turns) * NODES_A_TURN) + 1)
    nodes = []
    for i in range(count):
        part = i / (count - 1)
        angle, size = 2 * pi * (start + turns * part), 1 + (drift - 1) * part
        nodes.append((x + rx * size * cos(angle), y + ry * size * sin(angle)))
    return nodes


def through(nodes: Sequence[Node], places: np.ndarray) -> np.ndarray:
    """The points (M, 2) of a pen that passes through `places` (N, 2), the nodes' own or moved ones,
    smoothly but for the nodes' sharp turns."""
    turns = [0, *(i for i, node in enumerate(nodes) if node[2:] == (TURN,)), len(nodes) - 1]
    pieces = [curve(places[a : b + 1]) for a, b in pairwise(turns) if a < b]
    return np.concatenate(pieces)


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
