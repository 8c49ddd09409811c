"""6: a stem that runs into a loop, large or small, closed, gaping or drawn past the stem."""

import numpy as np

from ..handwriting import Node, Template
from .form import Form, chance

LOOP_HEIGHT, LOOP_WIDTH = (0.3, 0.64), (0.3, 0.85)
PAST_STEM = (-0.1, 0.28)  # how far the loop's end goes beyond the stem


def loop(rng: np.random.Generator, width: float, height: float) -> list[Node]:
    """From the bottom left round to the right and back to the stem at x = 0."""
    top = 1 - height
    return [
        (width * rng.uniform(0.4, 0.55), 1.0),
        (width * rng.uniform(0.92, 1.05), 1 - height * rng.uniform(0.4, 0.6)),
        (width * rng.uniform(0.45, 0.65), top + rng.normal(0, 0.02)),
        (-width * rng.uniform(*PAST_STEM), top + height * rng.uniform(0.15, 0.6)),
    ]


def curved(rng: np.random.Generator) -> Template:
    width, height = rng.uniform(*LOOP_WIDTH), rng.uniform(*LOOP_HEIGHT)
    top = (width * rng.uniform(0.35, 1.15), rng.uniform(-0.02, 0.1))
    stem = [
        top,
        (top[0] * rng.uniform(0.25, 0.45), rng.uniform(0.2, 0.32)),
        (0, 1 - height * rng.uniform(0.55, 0.8)),
    ]
    return [[*stem, *loop(rng, width, height)]]


def straight(rng: np.random.Generator) -> Template:
    """A stem without a bend, upright or steep."""
    width, height = rng.uniform(*LOOP_WIDTH), rng.uniform(*LOOP_HEIGHT)
    return [
        [
            (rng.uniform(0.0, 0.55), 0),
            (0, 1 - height * rng.uniform(0.4, 0.6)),
            *loop(rng, width, height),
        ]
    ]


def small_looped(rng: np.random.Generator) -> Template:
    """A long stem and a small loop, which may fill with ink."""
    width, height = rng.uniform(0.17, 0.38), rng.uniform(0.2, 0.36)
    stem = [(rng.uniform(0.05, 0.55), 0), (rng.uniform(0.04, 0.18), 0.5), (0, 1 - height * 0.6)]
    return [[*stem, *loop(rng, width, height)]]


def hooked(rng: np.random.Generator) -> Template:
    """The stem begins with a bow to the right."""
    width, height = rng.uniform(*LOOP_WIDTH), rng.uniform(*LOOP_HEIGHT)
    hook = [
        (width * rng.uniform(0.85, 1.1), rng.uniform(0.1, 0.22)),
        (width * rng.uniform(0.55, 0.75), rng.normal(0, 0.02)),
    ]
    return [
        [
            *hook,
            (width * 0.15, rng.uniform(0.22, 0.36)),
            (0, 1 - height * 0.6),
            *loop(rng, width, height),
        ]
    ]


def curled(rng: np.random.Generator) -> Template:
    """The loop's end winds on inside."""
    width, height = rng.uniform(0.45, 0.85), rng.uniform(0.4, 0.64)
    top = (width * rng.uniform(0.4, 1.0), 0)
    nodes = loop(rng, width, height)
    inside = (width * rng.uniform(0.3, 0.5), 1 - height * rng.uniform(0.3, 0.5))
    return [
        [
            top,
            (top[0] * 0.35, 0.26),
            (0, 1 - height * 0.65),
            *nodes[:-1],
            (width * 0.2, 1 - height * 0.75),
            inside,
        ]
    ]


def in_two_strokes(rng: np.random.Generator) -> Template:
    """A stem with a foot, like an L, and a bow closed against it."""
    width, height = rng.uniform(0.35, 0.8), rng.uniform(*LOOP_HEIGHT)
    top, start = 1 - height, (rng.uniform(-0.05, 0.06), 1 - height * rng.uniform(0.6, 0.95))
    stem = [(rng.uniform(0.0, 0.5), 0), (0, 0.6), (0.04, 0.95), (width * 0.5, 1.0)]
    bow = [
        start,
        (width * 0.55, top),
        (width, 1 - height / 2),
        (width * 0.5, 1.0),
        (width * rng.uniform(0, 0.2), 0.97),
    ]
    return [stem[: 4 if chance(rng, 0.5) else 3], bow]


FORMS = (
    Form("curved stem", 4, curved),
    Form("straight stem", 2.5, straight),
    Form("small loop", 1.3, small_looped),
    Form("hooked stem", 1.5, hooked),
    Form("curled loop", 0.6, curled),
    Form("in two strokes", 0.5, in_two_strokes),
)
