"""1: a stroke, with or without a flag, a foot, serifs.

A flag that lies flatter than a limit would make a 7 of it, and is left out.
"""

from collections.abc import Sequence
from math import cos, pi, radians, sin

import numpy as np

from ..handwriting import TURN, Node, Template
from .form import Form, chance

STEM_SLANT_DEG = (-14.0, 38.0)  # to the right of upright
MAX_BULGE = 0.14  # of a plain stroke, parts of its length
FLAG_LENGTH = (0.15, 0.95)  # parts of the stem's
FLAG_OFF_STEM_DEG = (8.0, 75.0)
# At least, and as much more for a flag as long as the stem: a flatter one makes a 7.
FLAG_BELOW_LEVEL_DEG = (16.0, 16.0)
FLAG_OVER_FOOT_DEG = (0.0, 60.0)  # below level
MAX_HOOK = 0.25  # of the flag's beginning, parts of its length
FOOT_SHARE, FOOT_LENGTH = 0.18, (0.25, 0.9)
ROUND_SHARE = 0.3  # of those that go from flag to stem in a bend
BEND_PART = 0.25  # of flag and stem, where the bend begins and ends
NEEDLE_WIDTH = (0.03, 0.12)  # a wider eye makes a 9


def stem(rng: np.random.Generator) -> tuple[tuple[float, float], tuple[float, float]]:
    """Its top and its bottom, one unit apart."""
    slant = radians(rng.uniform(*STEM_SLANT_DEG))
    return (sin(slant), 0.0), (0.0, cos(slant))


def between(start, end, bulge: float) -> Node:
    """The middle, moved sideways by `bulge` parts of the length."""
    (ax, ay), (bx, by) = start, end
    return ((ax + bx) / 2 + (by - ay) * bulge, (ay + by) / 2 - (bx - ax) * bulge)


def foot(bottom, rng: np.random.Generator) -> list[Node]:
    left, right = rng.uniform(*FOOT_LENGTH, 2) / 2
    rise = rng.normal(0, 0.04)
    x, y = bottom
    return [(x - left, y + rise), (x + right, y - rise)]


def plain(rng: np.random.Generator) -> Template:
    top, bottom = stem(rng)
    bulge = rng.uniform(-1, 1) * abs(rng.normal(0, MAX_BULGE / 2))
    nodes = [top, between(top, bottom, float(np.clip(bulge, -MAX_BULGE, MAX_BULGE))), bottom]
    if chance(rng, 0.12):  # retraced upwards
        nodes = [
            *nodes[:-1],
            (*bottom, TURN),
            (top[0] + rng.normal(0, 0.04), top[1] + rng.uniform(0, 0.3)),
        ]
    return [nodes]


def flag_tip(top, bottom, rng: np.random.Generator):
    """Where a flag begins that ends at `top`."""
    slant = pi / 2 - np.arctan2(bottom[1] - top[1], top[0] - bottom[0])
    length = rng.uniform(*FLAG_LENGTH)
    flattest, more_when_long = map(radians, FLAG_BELOW_LEVEL_DEG)
    below = max(
        pi / 2 - slant - radians(rng.uniform(*FLAG_OFF_STEM_DEG)),
        flattest + more_when_long * length,
    )
    return (top[0] - length * cos(below), length * sin(below)), length


def flagged(rng: np.random.Generator) -> Template:
    """Up the flag, which may begin with a hook, sharply or in a bend down the stem; some stand on a
    foot."""
    top, bottom = stem(rng)
    tip, length = flag_tip(top, bottom, rng)
    if chance(rng, ROUND_SHARE):
        before, after = (np.array(top) + BEND_PART * np.subtract(end, top) for end in (tip, bottom))
        nodes = [tip, tuple(before.tolist()), tuple(after.tolist()), bottom]
    else:
        hook, angle = length * rng.uniform(0, MAX_HOOK), rng.uniform(0, 2 * pi)
        start = (tip[0] + hook * cos(angle), tip[1] + hook * sin(angle))
        bow = between(tip, top, rng.normal(0, 0.05))
        nodes = [
            start,
            (*tip, TURN),
            bow,
            (*top, TURN),
            between(top, bottom, rng.normal(0, 0.03)),
            bottom,
        ]
    return [nodes, foot(bottom, rng)] if chance(rng, FOOT_SHARE) else [nodes]


def standing(rng: np.random.Generator) -> Template:
    """On a foot, the pen lifted or not; with a flag, which may be flat as the foot makes it a 1, or
    without."""
    top, bottom = stem(rng)
    below, length = radians(rng.uniform(*FLAG_OVER_FOOT_DEG)), rng.uniform(0.1, 0.45)
    tip = (top[0] - length * cos(below), length * sin(below))
    nodes: Sequence[Node] = [tip, (*top, TURN), bottom] if chance(rng, 0.75) else [top, bottom]
    if chance(rng, 0.12):
        [nodes] = needle(rng)
        bottom = nodes[-1]
    left, right = foot(bottom, rng)
    if chance(rng, 0.3):
        return [[*nodes[:-1], (*bottom, TURN), (*left, TURN), right]]
    return [nodes, [left, right]]


def with_serifs(rng: np.random.Generator) -> Template:
    top, bottom = (rng.normal(0, 0.06), 0.0), (0.0, 1.0)
    left, right = rng.uniform(0.1, 0.28, 2)
    return [
        [top, bottom],
        [(top[0] - left, 0.0), (top[0] + right, rng.normal(0, 0.03))],
        foot(bottom, rng),
    ]


def needle(rng: np.random.Generator) -> Template:
    """Up beside the stem and down again, so near that there is hardly an eye between."""
    top, bottom = stem(rng)
    start, width = rng.uniform(0.3, 0.9), rng.uniform(*NEEDLE_WIDTH)
    at = lambda part: (top[0] + (bottom[0] - top[0]) * part, top[1] + (bottom[1] - top[1]) * part)
    x, y = at(start / 2)
    return [[at(start), (x - width, y), top, at(0.4), bottom]]


FORMS = (
    Form("stroke", 4, plain, upright=True),
    Form("with a flag", 6, flagged, upright=True),
    Form("with a foot", 1.5, standing, upright=True),
    Form("with serifs", 0.5, with_serifs),
    Form("needle", 0.5, needle, upright=True),
)
