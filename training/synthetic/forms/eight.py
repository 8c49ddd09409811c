"""8: two loops, begun anywhere, of any two sizes, closed, gaping or filled."""

import numpy as np

from ..handwriting import TURN, Node, Template, ellipse
from .form import Form, chance

UPPER, LOWER = (0.2, 0.75), (0.2, 0.85)  # widths of the loops, parts of the digit's height
WAIST = (0.34, 0.58)  # from the top


def loops(rng: np.random.Generator) -> list[Node]:
    """The closed line of an 8, from the top round to the left and back to it; not the first node
    again."""
    waist = rng.uniform(*WAIST)
    upper, lower = rng.uniform(*UPPER) / 2, rng.uniform(*LOWER) / 2
    upper_x, lower_x = 0.0, rng.normal(0, 0.05)
    y1, y2 = waist / 2, (1 + waist) / 2
    crossing = (upper_x + lower_x) / 2 + rng.normal(0, 0.02)
    corner = rng.uniform(0.68, 0.95)
    return [
        (upper_x, 0.0),
        (upper_x - upper * corner, y1 * 0.35),
        (upper_x - upper, y1),
        (crossing, waist),
        (lower_x + lower, y2),
        (lower_x + lower * corner, y2 + (1 - y2) * 0.65),
        (lower_x, 1.0),
        (lower_x - lower * corner, y2 + (1 - y2) * 0.65),
        (lower_x - lower, y2),
        (crossing, waist),
        (upper_x + upper, y1),
        (upper_x + upper * corner, y1 * 0.35),
    ]


def around(nodes: list[Node], start: int) -> list[Node]:
    """The closed line begun and ended at one of its nodes."""
    return [*nodes[start:], *nodes[: start + 1]]


def moved(node: Node, rng: np.random.Generator, deviation: float) -> Node:
    x, y = node[:2]
    return (x + rng.normal(0, deviation), y + rng.normal(0, deviation))


def closed(rng: np.random.Generator) -> Template:
    """Begun at the top or on its right, its ends meeting, missing one another or crossing."""
    nodes = loops(rng)
    line = around(nodes, int(rng.choice([0, 11, 10])))
    return [[moved(line[0], rng, 0.03), *line[1:-1], moved(line[-1], rng, 0.05)]]


def from_the_middle(rng: np.random.Generator) -> Template:
    line = around(loops(rng), int(rng.choice([3, 9])))
    return [[moved(line[0], rng, 0.03), *line[1:-1], moved(line[-1], rng, 0.05)]]


def left_open(rng: np.random.Generator) -> Template:
    """As an S whose end rises past its beginning, a gap left at the upper right."""
    nodes = loops(rng)
    upper = abs(nodes[2][0])
    start = (nodes[0][0] + upper * rng.uniform(0.3, 1.2), rng.uniform(0.02, 0.14))
    end = (nodes[10][0] * rng.uniform(0.8, 1.6) + 0.04, rng.uniform(0.05, 0.3))
    return [[start, *nodes[:10], end]]


def with_straight_back(rng: np.random.Generator) -> Template:
    """An S, then a straight stroke from its foot up to its beginning."""
    nodes = loops(rng)
    upper = abs(nodes[2][0])
    start = (nodes[0][0] + upper * rng.uniform(0.6, 1.3), rng.uniform(0.0, 0.12))
    left = nodes[8]
    end = (start[0] + rng.normal(0.02, 0.06), start[1] + rng.normal(0, 0.05))
    return [[start, *nodes[:8], (*left[:2], TURN) if chance(rng, 0.3) else left, end]]


def of_two_rings(rng: np.random.Generator) -> Template:
    waist = rng.uniform(*WAIST)
    upper, lower = rng.uniform(0.25, 0.75) / 2, rng.uniform(0.3, 0.85) / 2
    gap = rng.uniform(-0.06, 0.05)
    begun = lambda: rng.uniform(-0.5, 0.5)
    return [
        ellipse(0, waist / 2, upper, waist / 2, begun(), -rng.uniform(0.93, 1.15)),
        ellipse(
            rng.normal(0, 0.06),
            (1 + waist + gap) / 2,
            lower,
            (1 - waist - gap) / 2,
            begun(),
            -rng.uniform(0.93, 1.15),
        ),
    ]


def ribbon(rng: np.random.Generator) -> Template:
    """So narrow that its loops are slits, as of a fast hand."""
    waist, upper, lower = rng.uniform(0.35, 0.6), rng.uniform(0.07, 0.2), rng.uniform(0.07, 0.2)
    lean = rng.uniform(-0.05, 0.3)
    x = lambda y: lean * (1 - y)
    start = (x(0.04) + rng.uniform(0.0, 0.2), rng.uniform(0, 0.12))
    nodes = [
        start,
        (x(0.0) - 0.02, 0.0),
        (x(waist / 2) - upper, waist / 2),
        (x(waist), waist),
        (x(0.8) + lower, 0.78),
        (x(1), 1.0),
        (x(0.8) - lower, 0.8),
        (x(waist), waist),
    ]
    return [[*nodes, (x(0.1) + rng.uniform(0.02, 0.2), rng.uniform(0.02, 0.18))]]


FORMS = (
    Form("closed", 4, closed),
    Form("begun in the middle", 1.2, from_the_middle),
    Form("left open", 2.2, left_open),
    Form("straight back", 2, with_straight_back),
    Form("two rings", 1.5, of_two_rings),
    Form("ribbon", 1, ribbon),
)
