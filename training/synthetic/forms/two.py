"""2: an arch, a stem that falls to the left, and a foot: flat, round, waved, looped or short."""

import numpy as np

from ..handwriting import TURN, Node, Template
from .form import Form, chance

WIDTH = (0.5, 0.85)
FOOT = (0.55, 1.35)  # parts of the width; a shorter one makes a 7
FOOT_RISE = (-0.12, 0.12)


def arch(rng: np.random.Generator, width: float) -> list[Node]:
    """From the upper left to the right; some begin with a curl."""
    start = (rng.uniform(-0.05, 0.15) * width, rng.uniform(0.08, 0.36))
    right = (width * rng.uniform(0.9, 1.05), rng.uniform(0.16, 0.34))
    nodes = [start, (width * rng.uniform(0.4, 0.6), rng.normal(0, 0.02)), right]
    if chance(rng, 0.15):
        x, y = start
        nodes = [(x + 0.16, y - 0.02), (x + 0.14, y + 0.12), (x, y + 0.06), *nodes[1:]]
    return nodes


def fall(rng: np.random.Generator, width: float) -> Node:
    return (width * rng.uniform(0.5, 0.72), rng.uniform(0.5, 0.64))


def flat(rng: np.random.Generator) -> Template:
    width = rng.uniform(*WIDTH)
    corner = (width * rng.uniform(-0.15, 0.15), rng.uniform(0.9, 1.0))
    end = (corner[0] + width * rng.uniform(*FOOT), corner[1] + rng.uniform(*FOOT_RISE))
    bow = ((corner[0] + end[0]) / 2, (corner[1] + end[1]) / 2 + rng.normal(0, 0.03))
    return [[*arch(rng, width), fall(rng, width), (*corner, TURN), bow, end]]


def looped(rng: np.random.Generator) -> Template:
    """The stem turns into the foot in a loop, large, small or filled."""
    width, size = rng.uniform(*WIDTH), rng.uniform(0.06, 0.42)
    left = (width * rng.uniform(-0.15, 0.1), 1 - size * rng.uniform(0.3, 0.6))
    top = (left[0] + size * rng.uniform(0.5, 0.9), 1 - size * rng.uniform(0.9, 1.2))
    bottom = (left[0] + size * 0.6, rng.uniform(0.95, 1.03))
    after = (left[0] + width * 0.6, 1 - size * rng.uniform(0.1, 0.5))
    end = (left[0] + width * rng.uniform(0.8, 1.4), 1 + rng.uniform(-0.12, 0.06))
    order = [bottom, left, top, after, end]
    return [[*arch(rng, width), fall(rng, width), *order]]


def waved(rng: np.random.Generator) -> Template:
    width = rng.uniform(*WIDTH)
    corner = (width * rng.uniform(-0.12, 0.12), rng.uniform(0.9, 1.0))
    end = (width * rng.uniform(0.85, 1.3), corner[1] + rng.uniform(-0.1, 0.05))
    crest = (width * 0.35, corner[1] - rng.uniform(0.04, 0.14))
    trough = (width * rng.uniform(0.6, 0.8), corner[1] + rng.uniform(0, 0.08))
    return [[*arch(rng, width), fall(rng, width), (*corner, TURN), crest, trough, end]]


def angular(rng: np.random.Generator) -> Template:
    """Like a Z, its top flat or rising to a corner."""
    width = rng.uniform(*WIDTH)
    corner = (width * rng.uniform(-0.1, 0.1), rng.uniform(0.9, 1.0))
    right = (width * rng.uniform(0.9, 1.1), rng.uniform(-0.05, 0.12))
    end = (corner[0] + width * rng.uniform(0.8, 1.3), corner[1] + rng.uniform(*FOOT_RISE))
    return [[(0, rng.uniform(0.0, 0.22)), (*right, TURN), (*corner, TURN), end]]


def short(rng: np.random.Generator) -> Template:
    """Narrow, with an upright stem and hardly a foot, as of a swan."""
    width = rng.uniform(0.4, 0.6)
    corner = (width * rng.uniform(0.1, 0.35), rng.uniform(0.88, 0.97))
    end = (corner[0] + width * rng.uniform(0.5, 0.9), corner[1] + rng.uniform(-0.06, 0.08))
    return [[*arch(rng, width), (width * 0.75, rng.uniform(0.5, 0.6)), corner, end]]


FORMS = (
    Form("flat foot", 4, flat),
    Form("looped", 3, looped),
    Form("waved foot", 1, waved),
    Form("angular", 1.5, angular),
    Form("short foot", 1, short),
)
