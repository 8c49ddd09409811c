"""5: a neck, a bowl, and a bar that is drawn first, last, apart or not at all."""

import numpy as np

from ..handwriting import TURN, Node, Template
from .form import Form, chance

WIDTH = (0.5, 0.85)


def bowl(rng: np.random.Generator, width: float, neck: float) -> list[Node]:
    """From the end of the neck to the lower left, deep or flat, its end short or curled up."""
    nodes = [
        (width * rng.uniform(0.45, 0.65), neck - rng.uniform(-0.02, 0.12)),
        (width * rng.uniform(0.9, 1.15), (neck + 1) / 2 + rng.normal(0, 0.03)),
        (width * rng.uniform(0.4, 0.65), 1 + rng.normal(0, 0.02)),
        (width * rng.uniform(-0.25, 0.15), rng.uniform(0.78, 1.02)),
    ]
    if chance(rng, 0.08):
        nodes.append((width * rng.uniform(0.0, 0.2), rng.uniform(0.72, 0.82)))
    return nodes


def neck_of(rng: np.random.Generator, width: float) -> tuple[Node, Node]:
    """Its top and its foot."""
    x = width * rng.uniform(0.05, 0.45)
    return (x, rng.normal(0, 0.02)), (x - width * rng.uniform(0.0, 0.2), rng.uniform(0.32, 0.5))


def with_bar(rng: np.random.Generator) -> Template:
    """The bar is a stroke of its own, which may miss the neck or begin left of it."""
    width = rng.uniform(*WIDTH)
    top, foot = neck_of(rng, width)
    foot = (*foot, TURN) if chance(rng, 0.75) else foot
    start = (top[0] + rng.normal(-0.03, 0.11), top[1] + rng.normal(0, 0.05))
    end = (start[0] + width * rng.uniform(0.5, 1.3), start[1] + rng.uniform(-0.14, 0.06))
    return [[top, foot, *bowl(rng, width, foot[1])], [start, end]]


def in_one_stroke(rng: np.random.Generator) -> Template:
    """Begun at the right end of the bar."""
    width = rng.uniform(*WIDTH)
    top, foot = neck_of(rng, width)
    start = (top[0] + width * rng.uniform(0.5, 1.1), top[1] + rng.uniform(-0.1, 0.1))
    top = (*top, TURN) if chance(rng, 0.6) else top
    foot = (*foot, TURN) if chance(rng, 0.6) else foot
    return [[start, top, foot, *bowl(rng, width, foot[1])]]


def like_an_s(rng: np.random.Generator) -> Template:
    """Round throughout."""
    width = rng.uniform(*WIDTH)
    nodes = [
        (width * rng.uniform(0.8, 1.1), rng.uniform(0.0, 0.14)),
        (width * rng.uniform(0.4, 0.6), rng.normal(0, 0.02)),
        (width * rng.uniform(0.02, 0.15), rng.uniform(0.18, 0.3)),
        (width * rng.uniform(0.3, 0.5), rng.uniform(0.4, 0.48)),
    ]
    return [[*nodes, *bowl(rng, width, 0.45)[1:]]]


def barless(rng: np.random.Generator) -> Template:
    """The bar is a stub, or forgotten: neck and bowl alone."""
    width = rng.uniform(*WIDTH)
    top, foot = neck_of(rng, width)
    stub = (top[0] + width * rng.uniform(0.12, 0.4), top[1] + rng.uniform(-0.08, 0.02))
    return [[stub, (*top, TURN), (*foot, TURN), *bowl(rng, width, foot[1])]]


FORMS = (
    Form("with a bar", 4, with_bar),
    Form("in one stroke", 4, in_one_stroke),
    Form("like an S", 1.5, like_an_s),
    Form("stub of a bar", 0.7, barless),
)
