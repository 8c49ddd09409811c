"""0: a ring that closes, gapes or overlaps, plain or struck through."""

from math import cos, hypot, radians, sin

import numpy as np

from ..handwriting import TURN, Node, Template, ellipse
from .form import Form, chance

WIDTH = (0.4, 1.05)  # of the ring, parts of its height
START = (-0.25, 0.08)  # mean and deviation: at the top, in turns
MAX_GAP, MAX_OVERLAP = 0.09, 0.2  # turns
DRIFT = (0.7, 1.2)  # of the radius, from where a ring begins to its end
SQUARE = (0.75, 1.35)  # below 1 a diamond, above it a box
CROSSING = (0.1, 0.26)  # from the top, where the ends of a ring cross; lower makes an 8
STEEP_DEG, SLANTED_DEG, BACKWARD_DEG = (68, 102), (22, 70), (105, 145)  # a slash, from level
SLASH_REACH = (0.55, 2.4)  # from the middle, parts of the way to the ring
JOINED_SHARE = 0.25  # of slashes that are drawn without lifting the pen


def ring(rng: np.random.Generator, width: tuple[float, float] = WIDTH) -> list[Node]:
    """About (0, 0), half a unit up and down."""
    rx = rng.uniform(*width) / 2
    extra = rng.uniform(-MAX_GAP, MAX_OVERLAP) if chance(rng, 0.6) else rng.normal(0, 0.02)
    sense = 1 if chance(rng, 0.2) else -1
    nodes = ellipse(
        0,
        0,
        rx,
        0.5,
        rng.normal(*START),
        sense * (1 + extra),
        rng.uniform(*DRIFT) if extra > 0.02 else 1,
    )
    return boxed(nodes, rng.uniform(*SQUARE), rx)


def boxed(nodes: list[Node], squareness: float, rx: float) -> list[Node]:
    """The nodes of an ellipse moved towards a box (more than 1) or a diamond (less)."""
    power = lambda v, size: size * np.sign(v) * abs(v / size) ** (1 / squareness)
    return [(float(power(x, rx)), float(power(y, 0.5))) for x, y in nodes]


def plain(rng: np.random.Generator) -> Template:
    return [ring(rng)]


def with_tail(rng: np.random.Generator) -> Template:
    """The pen leaves to the right at the top, as a written o does."""
    nodes = ellipse(0, 0, rng.uniform(*WIDTH) / 2, 0.5, rng.uniform(-0.3, -0.15), -1)
    x, y = nodes[-1]
    return [[*nodes, (x + rng.uniform(0.1, 0.4), y + rng.uniform(-0.12, 0.1))]]


def with_crossing_ends(rng: np.random.Generator) -> Template:
    """Begun at the upper left and ended at the upper right, like a ribbon."""
    rx, at = rng.uniform(0.3, 0.5), rng.uniform(*CROSSING)
    reach = rng.uniform(0.4, 1.1) * rx
    nodes = [
        (rx * x, y)
        for x, y in (
            (0.8, 0.42),
            (0.95, 0.7),
            (0.5, 0.95),
            (-0.5, 0.95),
            (-0.95, 0.7),
            (-0.8, 0.42),
        )
    ]
    ends = (
        [(-reach, rng.uniform(-0.02, 0.08)), (0, at)],
        [(0, at), (reach, rng.uniform(-0.05, 0.08))],
    )
    return [[*ends[0], *nodes, *ends[1]]]


def dotted(rng: np.random.Generator) -> Template:
    x, y, length = rng.normal(0, 0.05), rng.normal(0, 0.08), rng.uniform(0.02, 0.12)
    return [ring(rng, (0.55, 1.05)), [(x, y), (x + length / 3, y + length)]]


def slash(rng: np.random.Generator, rx: float) -> list[Node]:
    """Through the middle of a ring, from its upper end to its lower."""
    angle = radians(
        rng.uniform(*(STEEP_DEG, SLANTED_DEG, BACKWARD_DEG)[rng.choice(3, p=(0.5, 0.46, 0.04))])
    )
    to_ring = 1 / hypot(cos(angle) / rx, sin(angle) / 0.5)
    reach = rng.uniform(*SLASH_REACH)
    up, down = (to_ring * max(0.45, reach + rng.normal(0, 0.2)) for _ in range(2))
    x, y = rng.normal(0, 0.12 * rx), rng.normal(0, 0.05)
    bulge = rng.normal(0, 0.05) * (up + down)
    return [
        (x + up * cos(angle), y - up * sin(angle)),
        (x + bulge * sin(angle), y + bulge * cos(angle)),
        (x - down * cos(angle), y + down * sin(angle)),
    ]


def slashed(rng: np.random.Generator) -> Template:
    nodes = ring(rng)
    bar = slash(rng, max(x for x, _ in nodes))
    if chance(rng, JOINED_SHARE):
        return [[*nodes[:-1], (*nodes[-1], TURN), (*bar[0], TURN), *bar[1:]]]
    return [nodes, bar]


FORMS = (
    Form("ring", 5, plain),
    Form("ring with a tail", 0.5, with_tail),
    Form("slashed", 4, slashed),
    Form("with crossing ends", 0.5, with_crossing_ends),
    Form("dotted", 0.3, dotted),
)
