"""7: a bar, flat, waved or round, with or without a serif, and a stem; often crossed.

The bar lies flatter than the flag of any 1, and a low cross leaves some of the stem below it, or
the 7 were a 2.
"""

import numpy as np

from ..handwriting import TURN, Node, Template
from .form import Form, chance

# From left to right, for a bar one unit long.
FLAT: list[Node] = [(0, 0.03), (1, 0, TURN)]
WAVED: list[Node] = [(0, 0.12), (0.25, 0.02), (0.56, 0.08), (1, 0.02, TURN)]
ROUND: list[Node] = [(0, 0.14), (0.5, 0), (0.94, 0.12)]
LOW: list[Node] = [(0, 0.2), (0.12, 0.05), (0.5, 0), (0.9, 0.14)]
BARS = (FLAT, WAVED, ROUND, LOW)
BAR_SHARES = (0.5, 0.16, 0.17, 0.17)
BAR_LENGTH = (0.5, 0.85)
BAR_RISE = (-0.06, 0.08)  # from left to right; more would make it the flag of a 1

CROSS_HEIGHT = (0.35, 0.72)  # from the top, parts of the digit's height; so are the next two
CROSS_LENGTH = (0.12, 0.45)  # on either side of the stem
CROSS_RISE = (-0.06, 0.25)  # from left to right
LOW_CROSS = (0.56, 0.86)
FOLD = 0.5  # parts of the bar that a fold covers at most; more makes the head of a 9
FOOT_BELOW_CROSS = 0.1  # at least, for a 7 that is crossed low


def bar(rng: np.random.Generator, kind: list[Node], serif_share: float = 0.3) -> list[Node]:
    length, rise = rng.uniform(*BAR_LENGTH), rng.uniform(*BAR_RISE)
    nodes = [(x * length, y - rise * x, *turn) for x, y, *turn in kind]
    if not chance(rng, serif_share):
        return nodes
    (x, y, *_), drop = nodes[0], rng.uniform(0.06, 0.3)
    return [(x + rng.uniform(-0.04, 0.06), y + drop), (x, y, TURN), *nodes[1:]]


def stem(rng: np.random.Generator, right: float) -> list[Node]:
    """Its middle and its foot, below a bar that ends at `right`."""
    foot = (right * rng.uniform(0.15, 0.72), 1.0)
    middle = rng.uniform(0.4, 0.6)
    bow = rng.normal(0.05, 0.07)
    return [(right + (foot[0] - right) * middle + bow, middle), foot]


def across(height: float, knee: Node, foot: Node, rng: np.random.Generator) -> list[Node]:
    left, right, rise = *rng.uniform(*CROSS_LENGTH, 2), rng.uniform(*CROSS_RISE)
    middle = np.interp(height, (knee[1], foot[1]), (knee[0], foot[0]))
    return [(middle - left, height + rise / 2), (middle + right, height - rise / 2)]


def plain(rng: np.random.Generator) -> Template:
    top = bar(rng, BARS[rng.choice(len(BARS), p=BAR_SHARES)])
    return [[*top, *stem(rng, top[-1][0])]]


def crossed(rng: np.random.Generator) -> Template:
    [nodes] = plain(rng)
    knee, foot = nodes[-2:]
    return [nodes, across(rng.uniform(*CROSS_HEIGHT), knee, foot, rng)]


def crossed_low(rng: np.random.Generator) -> Template:
    """Curled at the top, and crossed so low that cross and foot nearly touch; the pen may run from
    the foot into the cross."""
    top = bar(rng, ROUND if chance(rng, 0.5) else LOW, 0.15)
    curl = rng.uniform(0.0, 0.16)
    top[0] = (top[0][0] + rng.uniform(-0.02, 0.1), top[0][1] + curl)
    foot = (rng.uniform(0.05, 0.4), 1.0)
    right = top[-1][0]
    knee = (foot[0] + (right - foot[0]) * rng.uniform(0.45, 0.85), rng.uniform(0.42, 0.58))
    height = min(rng.uniform(*LOW_CROSS), 1 - FOOT_BELOW_CROSS)
    start, end = across(height, knee, foot, rng)
    body = [*top[:-1], top[-1][:2], knee, foot]
    if chance(rng, 0.2):
        return [[*body[:-1], (*foot, TURN), (*start, TURN), end]]
    return [body, [start, end]]


def folded(rng: np.random.Generator) -> Template:
    """The bar begins with a stroke from the right, shorter than itself, that folds back."""
    length, rise = rng.uniform(*BAR_LENGTH), rng.uniform(*BAR_RISE)
    start = (length * rng.uniform(0.15, FOLD), rng.uniform(0.08, 0.2))
    left: Node = (0, 0.06, TURN) if chance(rng, 0.5) else (0, 0.08)
    return [[start, left, (length, -rise * length, TURN), *stem(rng, length)]]


def hung(rng: np.random.Generator) -> Template:
    """A long serif on the left, as in Japan, and a bar that turns round into the stem."""
    drop, length = rng.uniform(0.2, 0.42), rng.uniform(*BAR_LENGTH)
    left, rise = rng.uniform(-0.04, 0.08), rng.uniform(*BAR_RISE)
    corner: Node = (length, 0.05 - rise, TURN) if chance(rng, 0.6) else (length, 0.1 - rise)
    serif, top = [(left, drop), (0, 0.02)], [(0, 0.02), corner, *stem(rng, length)]
    return [serif, top] if chance(rng, 0.4) else [[serif[0], (0, 0.02, TURN), *top[1:]]]


FORMS = (
    Form("plain", 5, plain),
    Form("crossed", 4, crossed),
    Form("crossed low", 2.5, crossed_low),
    Form("hung", 1, hung),
    Form("folded", 0.4, folded),
)
