"""Forms of digits that people draw but MNIST hardly has: made by rule as pen strokes, drawn as the
page draws them.

MNIST's writers were American. Elsewhere a 1 begins with a flag, which looks like a 7 to whoever has
never seen one, a 7 is crossed, a 4 is open, a 9 ends in a hook. Each form is a template that a
made-up hand writes a little differently every time. No person's strokes are behind them.
"""

from collections.abc import Iterator
from itertools import cycle, pairwise
from math import cos, pi, radians, sin

import numpy as np

from training.data.mnist import Examples
from training.data.strokes import drawn_image
from training.networks.models import PIXELS

from .handwriting import Path, as_path, curve, line, writing

JITTER = 0.04  # standard deviation of a template's nodes, parts of the digit's height
WIDTH = (0.7, 1.25)  # of the digit, times the template's
SLANT = (-0.15, 0.45)  # to the right for each unit up
MAX_TURN = 0.12  # radians

STEM_SLANT_DEG = (-12.0, 35.0)  # of a flagged 1, to the right of upright
FLAG_LENGTH = (0.2, 0.95)  # parts of the stem's
FLAG_OFF_STEM_DEG = (10.0, 75.0)
FLAG_BELOW_LEVEL_DEG = (
    16.0,
    18.0,
)  # at least, and as much more for a flag as long as the stem: a flatter one makes a 7
MAX_HOOK = 0.2  # of the flag's beginning, parts of its length
FOOT_SHARE, FOOT_LENGTH = 0.15, (0.25, 0.8)
ROUND_SHARE = 0.3  # of those that go from flag to stem in a bend
BEND_PART = 0.25  # of flag and stem, where the bend begins and ends

SERIF_SHARE, CROSSED_SHARE = 0.3, 0.75  # of 7s
CROSS_HEIGHT = (0.42, 0.85)  # from the top, parts of the digit's height; so are the next two
CROSS_LENGTH = (0.18, 0.42)  # on either side of the stem
CROSS_RISE = (-0.05, 0.25)  # from left to right

Node = tuple[float, float] | tuple[float, float, str]
Template = list[list[Node]]

ONE, SEVEN, OTHER = "1 with a flag", "7", "template"
KINDS = (ONE, SEVEN, OTHER, ONE, OTHER, OTHER)
TURN = "turn"  # the pen stops and turns sharply at this node; through the others it runs smoothly

# x to the right and y downwards, about 1 high; each inner list is drawn without lifting the pen.
SEVEN_BARS: list[list[Node]] = [
    [(0, 0.03), (0.75, 0, TURN)],
    [(0, 0.12), (0.2, 0.02), (0.45, 0.08), (0.8, 0.02, TURN)],
    [(0, 0.14), (0.38, 0), (0.7, 0.12)],
    [(0, 0.2), (0.1, 0.05), (0.4, 0), (0.68, 0.14)],
]
TEMPLATES: dict[str, tuple[int, Template]] = {
    "slashed 0": (
        0,
        [
            [
                (0.5, 0),
                (0.1, 0.25),
                (0.1, 0.75),
                (0.5, 1),
                (0.88, 0.75),
                (0.88, 0.25),
                (0.5, 0),
                (0.4, 0.03),
            ],
            [(0.85, 0.1), (0.12, 0.92)],
        ],
    ),
    "0 with its end inside": (
        0,
        [
            [
                (0.55, 0),
                (0.12, 0.25),
                (0.08, 0.72),
                (0.45, 1),
                (0.85, 0.75),
                (0.85, 0.3),
                (0.6, 0.05),
                (0.42, 0.2),
            ]
        ],
    ),
    "0 with crossing ends": (
        0,
        [[(0.15, 0), (0.65, 0.18), (0.88, 0.6), (0.5, 1), (0.1, 0.7), (0.35, 0.22), (0.85, 0)]],
    ),
    "open 4": (4, [[(0.32, 0), (0.02, 0.6, TURN), (0.8, 0.58)], [(0.62, 0.25), (0.52, 1)]]),
    "open 4 with a low bar": (
        4,
        [[(0.28, 0), (0.06, 0.5), (0.08, 0.72), (0.5, 0.74)], [(0.5, 0.42), (0.48, 0.98)]],
    ),
    "narrow open 4": (
        4,
        [[(0.22, 0), (0.1, 0.52), (0.12, 0.76), (0.42, 0.7)], [(0.4, 0.48), (0.43, 0.97)]],
    ),
    "slim open 4": (
        4,
        [[(0.14, 0), (0.08, 0.5), (0.1, 0.7), (0.32, 0.62)], [(0.31, 0.5), (0.29, 0.92)]],
    ),
    "round open 4": (
        4,
        [[(0.2, 0), (0.02, 0.4), (0.25, 0.58), (0.72, 0.42)], [(0.78, 0.08), (0.62, 1)]],
    ),
    "closed 4": (4, [[(0.6, 0, TURN), (0, 0.66, TURN), (0.92, 0.64)], [(0.6, 0), (0.57, 1)]]),
    "4 in one stroke": (
        4,
        [[(0.45, 0), (0.08, 0.48, TURN), (0.4, 0.55), (0.82, 0.28, TURN), (0.66, 0.6), (0.5, 1)]],
    ),
    "4 with a loop": (
        4,
        [
            [
                (0.4, 0),
                (0.06, 0.42),
                (0.2, 0.58),
                (0.6, 0.45),
                (0.78, 0.1, TURN),
                (0.68, 0.5),
                (0.6, 1),
            ]
        ],
    ),
    "hooked 9": (
        9,
        [
            [
                (0.75, 0.14),
                (0.4, 0),
                (0.06, 0.22),
                (0.35, 0.45),
                (0.74, 0.2),
                (0.8, 0.55),
                (0.55, 0.95),
                (0.02, 0.88),
            ]
        ],
    ),
    "9 with a small head": (
        9,
        [
            [
                (0.62, 0.08),
                (0.35, 0),
                (0.22, 0.12),
                (0.42, 0.22),
                (0.64, 0.1),
                (0.72, 0.35),
                (0.85, 0.65),
                (0.55, 0.98),
                (0.0, 0.97),
            ]
        ],
    ),
    "9 with a curl for a head": (
        9,
        [
            [
                (0.62, 0.05),
                (0.42, 0),
                (0.28, 0.12),
                (0.45, 0.23),
                (0.66, 0.1),
                (0.54, 0.3),
                (0.78, 0.62),
                (0.52, 0.96),
                (0, 0.98),
            ]
        ],
    ),
    "9 with a flat head": (
        9,
        [
            [
                (0.85, 0.08),
                (0.5, 0),
                (0.22, 0.12),
                (0.5, 0.2),
                (0.88, 0.06, TURN),
                (0.6, 0.5),
                (0.2, 1),
            ]
        ],
    ),
    "9 with a straight back": (
        9,
        [
            [
                (0.7, 0.1),
                (0.35, 0),
                (0.06, 0.22),
                (0.35, 0.42),
                (0.72, 0.08, TURN),
                (0.66, 0.55),
                (0.6, 1),
            ]
        ],
    ),
    "9 like a g": (
        9,
        [
            [
                (0.7, 0.1),
                (0.35, 0.02),
                (0.06, 0.25),
                (0.4, 0.4),
                (0.7, 0.12, TURN),
                (0.75, 0.6),
                (0.6, 0.93),
                (0.3, 1),
                (0.05, 0.85),
            ]
        ],
    ),
    "8 left open": (
        8,
        [
            [
                (0.78, 0.1),
                (0.4, 0),
                (0.1, 0.2),
                (0.45, 0.45),
                (0.82, 0.72),
                (0.42, 1),
                (0.05, 0.78),
                (0.4, 0.48),
                (0.82, 0.22),
            ]
        ],
    ),
    "narrow 8 left open": (
        8,
        [
            [
                (0.82, 0.05),
                (0.5, 0),
                (0.32, 0.2),
                (0.52, 0.42),
                (0.48, 0.75),
                (0.3, 1),
                (0.2, 0.82),
                (0.44, 0.48),
                (0.8, 0.12),
            ]
        ],
    ),
    "8 begun in the middle": (
        8,
        [
            [
                (0.45, 0.46),
                (0.12, 0.22),
                (0.45, 0),
                (0.76, 0.22),
                (0.4, 0.48),
                (0.05, 0.76),
                (0.45, 1),
                (0.84, 0.74),
                (0.45, 0.46),
            ]
        ],
    ),
    "8 of two rings": (
        8,
        [
            [(0.45, 0), (0.15, 0.2), (0.45, 0.42), (0.74, 0.2), (0.45, 0)],
            [(0.45, 0.42), (0.05, 0.7), (0.45, 1), (0.84, 0.7), (0.45, 0.42)],
        ],
    ),
    "3 with a flat top": (
        3,
        [[(0, 0.02), (0.72, 0, TURN), (0.3, 0.4, TURN), (0.76, 0.62), (0.55, 0.96), (0, 0.92)]],
    ),
    "5 with a bar": (
        5,
        [
            [(0.15, 0.02), (0.1, 0.45, TURN), (0.5, 0.4), (0.78, 0.68), (0.5, 1), (0, 0.92)],
            [(0.15, 0.02), (0.95, -0.03)],
        ],
    ),
    "2 with a flat foot": (
        2,
        [[(0.02, 0.22), (0.38, 0), (0.72, 0.22), (0.4, 0.6), (0.02, 0.97, TURN), (0.85, 0.95)]],
    ),
}


def synthetic_digits(count: int, seed: int) -> Examples:
    """`count` images: of every six two are 1s with a flag and one is a 7, the others are of all
    templates in turn."""
    rng = np.random.default_rng([seed, 1])
    templates = cycle(TEMPLATES.values())
    drawings = [
        drawing(kind, templates, rng) for kind, _ in zip(cycle(KINDS), range(count), strict=False)
    ]
    images = np.array([drawn_image(strokes) for _, strokes in drawings]).reshape(-1, PIXELS)
    return Examples(
        (images * 255).round().astype(np.uint8),
        np.array([digit for digit, _ in drawings], np.uint8),
    )


def drawing(
    kind: str, templates: Iterator[tuple[int, Template]], rng: np.random.Generator
) -> tuple[int, list[Path]]:
    """A digit of one of KINDS, and the pen strokes that make it."""
    if kind == ONE:
        return 1, flagged_one(rng)
    digit, template = (7, seven(rng)) if kind == SEVEN else next(templates)
    return digit, written(template, rng)


def written(template: Template, rng: np.random.Generator) -> list[Path]:
    """Pen strokes of `template`: its nodes jittered, then all made wider or narrower, slanted and
    turned."""
    slant, turn, width = rng.uniform(*SLANT), rng.uniform(-MAX_TURN, MAX_TURN), rng.uniform(*WIDTH)
    shape = writing(width, slant, turn)
    return [stroke(nodes, shape, rng) for nodes in template]


def stroke(nodes: list[Node], shape: np.ndarray, rng: np.random.Generator) -> Path:
    """The nodes through the linear map `shape`, joined by a smooth curve from one sharp turn to the
    next."""
    places = (
        np.array([node[:2] for node in nodes]) + rng.normal(0, JITTER, (len(nodes), 2))
    ) @ shape
    turns = [0, *(i for i, node in enumerate(nodes) if node[2:] == (TURN,)), len(nodes) - 1]
    pieces = [curve(places[a : b + 1]) for a, b in pairwise(turns)]
    return as_path(np.concatenate(pieces))


def seven(rng: np.random.Generator) -> Template:
    """The template of a 7: its bar flat, waved or round, some with a serif; most are crossed,
    somewhere along the stem."""
    bar = SEVEN_BARS[rng.integers(len(SEVEN_BARS))]
    serif = [(0.02, 0.22), (*bar[0], TURN)] if rng.random() < SERIF_SHARE else [bar[0]]
    knee, foot = (rng.uniform(0.45, 0.62), 0.5), (rng.uniform(0.15, 0.42), 1.0)
    strokes = [[*serif, *bar[1:], knee, foot]]
    if rng.random() < CROSSED_SHARE:
        height, left, right, rise = (
            rng.uniform(*CROSS_HEIGHT),
            *rng.uniform(*CROSS_LENGTH, 2),
            rng.uniform(*CROSS_RISE),
        )
        middle = np.interp(height, (0.5, 1), (knee[0], foot[0]))
        strokes.append([(middle - left, height + rise / 2), (middle + right, height - rise / 2)])
    return strokes


def flagged_one(rng: np.random.Generator) -> list[Path]:
    """Pen strokes of a 1: up the flag, which may begin with a hook, sharply or in a bend down the
    stem; some stand on a foot."""
    slant = radians(rng.uniform(*STEM_SLANT_DEG))
    length = rng.uniform(*FLAG_LENGTH)
    flattest, more_when_long = map(radians, FLAG_BELOW_LEVEL_DEG)
    below = max(
        pi / 2 - slant - radians(rng.uniform(*FLAG_OFF_STEM_DEG)),
        flattest + more_when_long * length,
    )
    top, bottom = (sin(slant), 0.0), (0.0, cos(slant))
    tip = (top[0] - length * cos(below), length * sin(below))
    if rng.random() < ROUND_SHARE:
        before, after = (np.array(top) + BEND_PART * np.subtract(end, top) for end in (tip, bottom))
        strokes = [as_path(curve(np.array([tip, before, after, bottom])))]
    else:
        hook = length * rng.uniform(0, MAX_HOOK)
        strokes = [hooked(line(tip, top, rng), hook, rng) + line(top, bottom, rng)[1:]]
    if rng.random() < FOOT_SHARE:
        half = rng.uniform(*FOOT_LENGTH) / 2
        strokes.append(line((-half, bottom[1]), (half, bottom[1]), rng))
    return strokes


def hooked(path: Path, length: float, rng: np.random.Generator) -> Path:
    """`path` with a short stroke before it, in any direction."""
    angle = rng.uniform(0, 2 * pi)
    x, y = path[0]
    return [(x + length * cos(angle), y + length * sin(angle)), *path]
