"""3: two bows, the upper round or flat, that meet in a point, a bend or a loop."""

import numpy as np

from ..handwriting import TURN, Node, Template
from .form import Form, chance

WIDTH = (0.5, 0.85)
MIN_WAIST = 0.14  # how far the bows stand out beyond the waist; less makes a 7, a 9 or a bracket
SHALLOW = (0.08, 0.16)  # the same, of the form that hardly has one


def upper(rng: np.random.Generator, width: float) -> list[Node]:
    start = (width * rng.uniform(-0.1, 0.2), rng.uniform(0.02, 0.22))
    right = (width * rng.uniform(0.75, 1.0), rng.uniform(0.14, 0.26))
    nodes = [start, (width * rng.uniform(0.4, 0.6), rng.normal(0, 0.02)), right]
    if chance(rng, 0.12):  # begun with a curl
        nodes.insert(0, (start[0] + 0.12, start[1] + 0.08))
    return nodes


def lower(rng: np.random.Generator, width: float) -> list[Node]:
    """From the waist down: its end far or short, curled up or running off to the left."""
    right = (width * rng.uniform(0.85, 1.15), rng.uniform(0.62, 0.78))
    bottom = (width * rng.uniform(0.4, 0.65), rng.uniform(0.95, 1.02))
    end = (width * rng.uniform(-0.25, 0.2), rng.uniform(0.76, 1.03))
    return [right, bottom, end]


def waist(rng: np.random.Generator, width: float) -> Node:
    return (width * rng.uniform(0.3, 0.95) - MIN_WAIST, rng.uniform(0.4, 0.5))


def pointed(rng: np.random.Generator) -> Template:
    width = rng.uniform(*WIDTH)
    return [[*upper(rng, width), (*waist(rng, width), TURN), *lower(rng, width)]]


def bent(rng: np.random.Generator) -> Template:
    width = rng.uniform(*WIDTH)
    return [[*upper(rng, width), waist(rng, width), *lower(rng, width)]]


def shallow(rng: np.random.Generator) -> Template:
    """A waist that is hardly one, on a long lower bow."""
    width = rng.uniform(*WIDTH)
    low = rng.uniform(0.36, 0.46)
    x = width * 0.85 - rng.uniform(*SHALLOW)
    return [[*upper(rng, width), (x, low), *lower(rng, width)]]


def looped(rng: np.random.Generator) -> Template:
    """A loop at the waist, to the left."""
    width, size = rng.uniform(*WIDTH), rng.uniform(0.05, 0.2)
    x, y = width * rng.uniform(0.3, 0.6), rng.uniform(0.42, 0.5)
    loop = [(x, y + size / 3), (x - size, y + size / 6), (x - size / 2, y - size / 3)]
    return [[*upper(rng, width), *loop, *lower(rng, width)]]


def flat_topped(rng: np.random.Generator) -> Template:
    """A bar, then a stroke back to the middle, then a bow."""
    width = rng.uniform(*WIDTH)
    bar = [
        (width * rng.uniform(-0.1, 0.15), rng.uniform(-0.02, 0.1)),
        (width * rng.uniform(0.8, 1.1), rng.uniform(-0.05, 0.08), TURN),
    ]
    middle = (width * rng.uniform(0.2, 0.55), rng.uniform(0.34, 0.46))
    return [[*bar, (*middle, TURN) if chance(rng, 0.7) else middle, *lower(rng, width)]]


def angular(rng: np.random.Generator) -> Template:
    """Straight strokes throughout."""
    width = rng.uniform(*WIDTH)
    corners = [
        (0, rng.uniform(0, 0.12)),
        (width * rng.uniform(0.8, 1.05), rng.uniform(0.08, 0.24), TURN),
        (width * rng.uniform(0.15, 0.5), rng.uniform(0.4, 0.5), TURN),
        (width * rng.uniform(0.85, 1.1), rng.uniform(0.6, 0.78), TURN),
        (width * rng.uniform(-0.2, 0.2), rng.uniform(0.92, 1.02)),
    ]
    return [corners]


FORMS = (
    Form("pointed waist", 4, pointed),
    Form("bent waist", 3, bent),
    Form("looped waist", 2, looped),
    Form("shallow waist", 0.7, shallow),
    Form("flat top", 3, flat_topped),
    Form("angular", 0.8, angular),
)
