"""4: open or closed at the top, in two strokes or in one, angular or round."""

import numpy as np

from ..handwriting import TURN, Node, Template
from .form import Form, chance

BAR_HEIGHT = (0.45, 0.78)  # from the top
PAST_STEM = (0.02, 0.42)  # how far the bar goes beyond the stem


def corner(x: float, y: float, rng: np.random.Generator, sharp: float = 0.6) -> Node:
    return (x, y, TURN) if chance(rng, sharp) else (x, y)


def opened(rng: np.random.Generator) -> Template:
    """A corner or bend on the left, and a stem of its own on the right."""
    stem_x, height = rng.uniform(0.28, 0.68), rng.uniform(*BAR_HEIGHT)
    end = (stem_x + rng.uniform(*PAST_STEM), height + rng.uniform(-0.16, 0.06))
    left = [(stem_x * rng.uniform(0.1, 0.8), rng.uniform(-0.06, 0.12)), corner(0, height, rng), end]
    top = (stem_x + rng.uniform(-0.02, 0.12), height * rng.uniform(-0.1, 0.75))
    return [left, [top, (stem_x + rng.normal(0, 0.08), rng.uniform(0.95, 1.15))]]


def square(rng: np.random.Generator) -> Template:
    """Its left stroke upright and its bar level or round, like a chair."""
    stem_x, height = rng.uniform(0.25, 0.6), rng.uniform(0.42, 0.78)
    bend = (
        [(0.02, height - 0.1), (stem_x * 0.3, height + 0.02)]
        if chance(rng, 0.5)
        else [(0, height, TURN)]
    )
    end = (stem_x + rng.uniform(0.0, 0.25), height + rng.uniform(-0.1, 0.06))
    left = [(rng.uniform(0, 0.14), rng.uniform(-0.06, 0.1)), *bend, end]
    top = (stem_x + rng.normal(0.02, 0.04), height * rng.uniform(-0.1, 0.85))
    return [left, [top, (stem_x + rng.normal(0, 0.06), rng.uniform(0.95, 1.15))]]


def low_seated(rng: np.random.Generator) -> Template:
    """A tall left stroke, a low round seat and a short stem through it, as of an h upside down."""
    stem_x, height = rng.uniform(0.16, 0.45), rng.uniform(0.58, 0.84)
    bend = (0.03 * stem_x, height - 0.12) if chance(rng, 0.5) else (0, height - 0.03)
    seat = (stem_x * rng.uniform(0.3, 0.6), height + rng.uniform(-0.02, 0.06))
    end = (stem_x + rng.uniform(-0.02, 0.2), height + rng.uniform(-0.14, 0.02))
    left = [(stem_x * rng.uniform(0.1, 0.7), 0), bend, seat, end]
    top = (stem_x + rng.normal(0.0, 0.03), height * rng.uniform(0.5, 0.9))
    return [left, [top, (stem_x + rng.normal(-0.02, 0.04), rng.uniform(0.9, 1.08))]]


def closed(rng: np.random.Generator) -> Template:
    """A triangle whose slope and stem meet at the top, in two strokes."""
    stem_x, height = rng.uniform(0.35, 0.75), rng.uniform(*BAR_HEIGHT)
    end = (stem_x + rng.uniform(*PAST_STEM), height + rng.uniform(-0.1, 0.06))
    left = [
        (stem_x + rng.uniform(-0.08, 0.04), rng.uniform(-0.04, 0.08)),
        corner(0, height, rng, 0.85),
        end,
    ]
    return [
        left,
        [
            (stem_x + rng.normal(0, 0.03), rng.uniform(-0.04, 0.1)),
            (stem_x + rng.normal(-0.03, 0.06), rng.uniform(0.95, 1.15)),
        ],
    ]


def in_one_stroke(rng: np.random.Generator) -> Template:
    """Down, to the right, up without lifting the pen and down the stem, often through the bar."""
    stem_x, height = rng.uniform(0.35, 0.75), rng.uniform(0.36, 0.66)
    end = (stem_x + rng.uniform(-0.04, 0.2), height + rng.uniform(-0.14, 0.06))
    top = (stem_x + rng.uniform(-0.02, 0.14), height * rng.uniform(-0.1, 0.7))
    start = (stem_x * rng.uniform(0.3, 0.95), rng.uniform(-0.04, 0.1))
    bend = [corner(0, height, rng, 0.7)]
    bottom = (stem_x + rng.normal(-0.05, 0.07), rng.uniform(0.95, 1.1))
    return [[start, *bend, corner(*end, rng, 0.4), corner(*top, rng, 0.7), bottom]]


def looped(rng: np.random.Generator) -> Template:
    """As a lightning: down, up to the right in a bend, and down."""
    stem_x, height = rng.uniform(0.3, 0.85), rng.uniform(0.4, 0.68)
    top_y = rng.uniform(0.0, 0.4)
    return [
        [
            (stem_x * rng.uniform(0.2, 1.05), 0),
            corner(rng.uniform(-0.04, 0.06), height, rng, 0.4),
            (stem_x * 0.5, height + rng.uniform(-0.08, 0.04)),
            (stem_x, top_y, TURN),
            (stem_x * 0.92, (1 + top_y) / 2),
            (stem_x * rng.uniform(0.65, 1.0), 1),
        ]
    ]


def small_headed(rng: np.random.Generator) -> Template:
    """A small sharp triangle on a long stem; the bar goes beyond it, else it were a 9."""
    height = rng.uniform(0.28, 0.46)
    stem_x = rng.uniform(0.3, 0.6)
    end = (stem_x + rng.uniform(0.05, 0.25), height + rng.uniform(-0.1, 0.04))
    top = (stem_x + rng.uniform(-0.03, 0.08), rng.uniform(-0.05, 0.12))
    stem = [top, (stem_x + rng.normal(-0.04, 0.05), 1)]
    left = [(stem_x + rng.uniform(-0.12, 0.0), rng.uniform(-0.04, 0.06)), (0, height, TURN), end]
    return [[*left[:-1], (*end, TURN), (*top, TURN), stem[1]]] if chance(rng, 0.5) else [left, stem]


FORMS = (
    Form("open", 4, opened),
    Form("square", 2, square),
    Form("low seated", 1.5, low_seated),
    Form("closed", 2.5, closed),
    Form("in one stroke", 2, in_one_stroke),
    Form("like a lightning", 1.3, looped),
    Form("small head", 1, small_headed),
)
