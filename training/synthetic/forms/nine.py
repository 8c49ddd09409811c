"""9: a head, round, flat, small or gaping, on a stem that is straight, bent or hooked."""

import numpy as np

from ..handwriting import TURN, Node, Template, ellipse
from .form import Form, chance

HEAD_HEIGHT, HEAD_WIDTH = (0.24, 0.58), (0.35, 0.8)


def head(rng: np.random.Generator, width: float, height: float) -> list[Node]:
    """From the upper right to the left and back to the right, nearly closed or beyond."""
    start = (width * rng.uniform(0.72, 1.0), height * rng.uniform(0.05, 0.4))
    back = (width * rng.uniform(0.95, 1.08), height * rng.uniform(0.1, 0.5))
    return [
        start,
        (width * rng.uniform(0.4, 0.55), rng.normal(0, 0.015)),
        (width * rng.uniform(-0.03, 0.06), height * rng.uniform(0.42, 0.6)),
        (width * rng.uniform(0.4, 0.6), height),
        back,
    ]


def tail(rng: np.random.Generator, width: float, kind: str) -> list[Node]:
    """From the head's right down to the end of the stem."""
    lean = rng.uniform(0, 0.35)
    if kind == "straight":
        return [(width - lean * 0.5, 0.6), (width - lean, 1.0)]
    if kind == "bent":
        return [(width * rng.uniform(0.95, 1.1), 0.52), (width * rng.uniform(0.3, 0.75), 1.0)]
    low = rng.uniform(0.93, 1.0)
    return [
        (width * rng.uniform(0.98, 1.12), rng.uniform(0.5, 0.66)),
        (width * rng.uniform(0.5, 0.8), low),
        (width * rng.uniform(-0.15, 0.3), low - rng.uniform(-0.04, 0.2)),
    ]


def turned(nodes: list[Node], rng: np.random.Generator, share: float) -> list[Node]:
    """The pen stops where head and stem meet, in `share` of the cases."""
    return [*nodes[:-1], (*nodes[-1][:2], TURN)] if chance(rng, share) else nodes


def made(kind: str, sharp: float):
    """A form in one stroke: a head and a stem of the given kind."""

    def make(rng: np.random.Generator) -> Template:
        width, height = rng.uniform(*HEAD_WIDTH), rng.uniform(*HEAD_HEIGHT)
        return [[*turned(head(rng, width, height), rng, sharp), *tail(rng, width, kind)]]

    return make


def flat_headed(rng: np.random.Generator) -> Template:
    """A head pressed flat, or a curl in its place."""
    width, height = rng.uniform(0.45, 0.8), rng.uniform(0.15, 0.27)
    kind = ("straight", "bent", "hooked")[rng.integers(3)]
    return [[*turned(head(rng, width, height), rng, 0.5), *tail(rng, width, kind)]]


def small_headed(rng: np.random.Generator) -> Template:
    """A small head high on a long stem that ends in a sweep to the left."""
    width, height = rng.uniform(0.2, 0.42), rng.uniform(0.16, 0.3)
    return [[*head(rng, width, height), *tail(rng, width * rng.uniform(1, 1.5), "hooked")]]


def curled(rng: np.random.Generator) -> Template:
    """A curl for a head, which may fill with ink, and a wide tail that bends as a 3's lower bow."""
    size, x = rng.uniform(0.12, 0.3), rng.uniform(0.25, 0.5)
    squash = rng.uniform(0.6, 1.1)
    curl = ellipse(
        x,
        size * squash / 2,
        size * 0.75,
        size * squash / 2,
        rng.uniform(-0.15, 0.05),
        -rng.uniform(0.9, 1.2),
    )
    neck = (x + rng.uniform(0.02, 0.22), size * squash + rng.uniform(0.02, 0.12))
    low = rng.uniform(0.93, 1.0)
    right = (rng.uniform(0.6, 0.9), rng.uniform(0.5, 0.72))
    bottom = (rng.uniform(0.35, 0.6), low)
    return [[*curl, neck, right, bottom, (rng.uniform(-0.05, 0.2), low - rng.uniform(-0.03, 0.12))]]


def past_the_stem(rng: np.random.Generator) -> Template:
    """The head's end goes through the stem, or the stem starts within it."""
    width, height = rng.uniform(0.3, 0.7), rng.uniform(0.28, 0.55)
    nodes = head(rng, width, height)
    start = (width * rng.uniform(0.85, 1.05), height * rng.uniform(0.0, 0.3))
    end = (width * rng.uniform(1.05, 1.35), height * rng.uniform(0.5, 0.9))
    ring = [start, *nodes[1:3], (width * 0.5, height), end]
    top = (width + rng.normal(0, 0.03), height * rng.uniform(-0.1, 0.3))
    return [ring, [top, (width + rng.normal(-0.05, 0.08), 1.0)]]


def in_two_strokes(rng: np.random.Generator) -> Template:
    """A ring, and a stem that begins above it, at it or apart from it."""
    width, height = rng.uniform(*HEAD_WIDTH), rng.uniform(0.3, 0.6)
    ring = ellipse(
        width / 2,
        height / 2,
        width / 2,
        height / 2,
        rng.uniform(-0.2, 0.15),
        -rng.uniform(0.85, 1.15),
    )
    x = width + rng.normal(0, 0.05)
    kind = ("straight", "bent", "hooked")[rng.choice(3, p=(0.6, 0.25, 0.15))]
    return [ring, [(x, height * rng.uniform(-0.2, 0.6)), *tail(rng, x, kind)]]


def gaping(rng: np.random.Generator) -> Template:
    """A head that stays open at the upper right."""
    width, height = rng.uniform(*HEAD_WIDTH), rng.uniform(0.28, 0.5)
    nodes = head(rng, width, height)
    start = (width * rng.uniform(0.55, 0.8), height * rng.uniform(-0.02, 0.15))
    back = (width * rng.uniform(0.95, 1.1), height * rng.uniform(-0.1, 0.3))
    return [
        turned([start, *nodes[1:4], back], rng, 0.6)
        + tail(rng, width, "straight" if chance(rng, 0.6) else "bent")
    ]


FORMS = (
    Form("straight stem", 4, made("straight", 0.6)),
    Form("bent stem", 2.5, made("bent", 0.25)),
    Form("hooked stem", 2.5, made("hooked", 0.3)),
    Form("flat head", 1, flat_headed),
    Form("small head", 0.7, small_headed),
    Form("curled", 2, curled),
    Form("past the stem", 0.9, past_the_stem),
    Form("in two strokes", 1.2, in_two_strokes),
    Form("gaping head", 0.8, gaping),
)
