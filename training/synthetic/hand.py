"""A made-up hand: how one person, in one hurry, writes whatever form it is.

A form gives nodes. The hand moves each a little, makes the whole wider or narrower, slants and
turns it, bends it, and then treats the line as fast or careless writing does: corners become round,
ends fall short or go too far, the pen lands and leaves with a hook, it trembles.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .handwriting import Node, Path, Template, as_path, through, writing

STEP = 0.03  # between points of a line, parts of the digit's height; as short as a tremor's waves
TREMOR_STEPS = 2  # over which a tremor is smooth
MAX_HOOK_TURN = 2.6  # radians, between a hook and the line it belongs to


@dataclass(frozen=True)
class Hand:
    """Lengths are parts of the digit's height."""

    width: float = 1.0  # of the digit, times the form's
    slant: float = 0.0  # to the right for each unit up
    turn: float = 0.0  # radians
    jitter: float = 0.0  # standard deviation of nodes that lie a digit's width apart
    bend: float = 0.0  # standard deviation of the bulge of a whole digit to a side, and up or down
    rounding: float = 0.0  # along the line, over which corners are rounded
    reach: float = 0.0  # standard deviation of what ends go too far (or too short, if negative)
    hook: float = 0.0  # largest at pen-down and pen-up
    tremor: float = 0.0  # standard deviation of a point


def any_hand(rng: np.random.Generator, spread: float = 1.0) -> Hand:
    """Careful or hasty, upright or slanted; `spread` widens or narrows all that may vary."""
    haste = rng.beta(1.2, 2.0) * spread
    return Hand(
        width=float(np.exp(rng.normal(0, 0.22) * spread)),
        slant=rng.normal(0.12, 0.17 * spread),
        turn=rng.normal(0, 0.07 * spread),
        jitter=rng.uniform(0.01, 0.05) * spread,
        bend=rng.uniform(0, 0.04) * spread,
        rounding=0.09 * haste if rng.random() < 0.6 else 0.0,
        reach=0.06 * haste,
        hook=0.14 * haste if rng.random() < 0.4 else 0.0,
        tremor=rng.uniform(0.0, 0.008) * spread if rng.random() < 0.35 else 0.0,
    )


def written(template: Template, hand: Hand, rng: np.random.Generator) -> list[Path]:
    """Pen strokes of `template` as `hand` writes it."""
    return rewritten([through(nodes, jittered(nodes, hand, rng)) for nodes in template], hand, rng)


def jittered(nodes: Sequence[Node], hand: Hand, rng: np.random.Generator) -> np.ndarray:
    places = np.array([node[:2] for node in nodes], float)
    return places + rng.normal(0, hand.jitter, places.shape) * spacing(places)


def rewritten(lines: list[np.ndarray], hand: Hand, rng: np.random.Generator) -> list[Path]:
    """Pen strokes of lines (M, 2) that have been drawn, as `hand` had drawn them."""
    shape, warp = writing(hand.width, hand.slant, hand.turn), bending(hand.bend, rng)
    return [as_path(hurried(warp(line @ shape), hand, rng)) for line in lines]


def hurried(points: np.ndarray, hand: Hand, rng: np.random.Generator) -> np.ndarray:
    """A line (M, 2) with the ends, corners and tremor of a hand."""
    points = evenly(points, STEP)
    if hand.reach:
        points = reaching(points, rng.normal(0, hand.reach), rng.normal(0, hand.reach))
    if hand.hook:
        points = hooked(points, hand.hook, rng)
    if hand.rounding:
        points = rounded(evenly(points, STEP), hand.rounding / STEP)
    if hand.tremor:
        points = points + rounded(rng.normal(0, hand.tremor, points.shape), TREMOR_STEPS) * 2
    return points


def spacing(places: np.ndarray) -> np.ndarray:
    """How far each of `places` (N, 2) is from its neighbours, at most 1, as (N, 1): near nodes move
    less, so that a curve through many stays smooth."""
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    nearest = np.minimum(np.r_[steps, steps[-1:]], np.r_[steps[:1], steps])
    return np.minimum(1, 2 * nearest)[:, None]


def bending(deviation: float, rng: np.random.Generator):
    """A smooth map of points (N, 2): half a wave sideways along the height and half a wave up and
    down along the width, so that slant and level change within the digit."""
    amounts, phases = rng.normal(0, deviation, 2), rng.uniform(0, 2 * np.pi, 2)
    rates = rng.uniform(2, 5, 2)
    return lambda points: points + amounts * np.sin(rates * points[:, ::-1] + phases)


def evenly(points: np.ndarray, step: float) -> np.ndarray:
    """The same line through points (M, 2) about `step` apart, both ends kept."""
    lengths = np.r_[0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))]
    places = np.linspace(0, lengths[-1], max(2, round(lengths[-1] / step) + 1))
    return np.stack([np.interp(places, lengths, points[:, axis]) for axis in (0, 1)], axis=1)


def reaching(points: np.ndarray, before: float, after: float) -> np.ndarray:
    """A line (M, 2) made longer at its ends, or shorter where negative, by at most a third."""
    for length in (before, after):
        points = points[::-1]
        if length < 0:
            points = points[: max(2, len(points) - min(round(-length / STEP), len(points) // 3))]
        else:
            ahead = points[-1] - points[-min(3, len(points))]
            norm = np.linalg.norm(ahead)
            points = np.r_[points, points[-1:] + ahead[None] * length / norm] if norm else points
    return points


def hooked(points: np.ndarray, largest: float, rng: np.random.Generator) -> np.ndarray:
    """A line (M, 2) with a short stroke at its beginning, its end or both, at a sharp angle."""
    for _ in range(2):
        points = points[::-1]
        if rng.random() < 0.5:
            back = points[-min(4, len(points))] - points[-1]
            norm = np.linalg.norm(back)
            angle = rng.uniform(-MAX_HOOK_TURN, MAX_HOOK_TURN) / 2
            turned = back @ writing(1, 0, angle)
            length = rng.uniform(0, largest)
            points = np.r_[points, points[-1:] + turned[None] * length / norm] if norm else points
    return points


def rounded(points: np.ndarray, sigma: float) -> np.ndarray:
    """A line (M, 2) smoothed along itself by a Gaussian of `sigma` points; its ends stay."""
    reach = min(int(3 * sigma) + 1, len(points) - 1)
    weights = np.exp(-((np.arange(-reach, reach + 1) / sigma) ** 2) / 2)
    padded = np.pad(points, ((reach, reach), (0, 0)), mode="reflect", reflect_type="odd")
    return np.stack(
        [np.convolve(padded[:, axis], weights / weights.sum(), "valid") for axis in (0, 1)], axis=1
    )
