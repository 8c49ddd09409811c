"""Why a network says what it says: what its logit loses when ink is taken away.

Occlusion (Zeiler & Fergus 2014) with soft round patches, and what the answer would be without each
of the person's own strokes, or a part of one.
"""

from __future__ import annotations

from array import array
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp
from random import Random

from .capsule import Box
from .image import PIXELS, SIDE_PX, mnist_image
from .parts import parts_of
from .prediction import highest
from .strokes import Stroke

STEP_PX = 2  # from one patch to the next
SIGMA_PX = 2.0  # of a patch, whose edge is a Gaussian's
CURVE_POINTS = 11  # of a deletion curve, none and all of the ink included
SEED = 0

Logits = Sequence[float]
Infer = Callable[["array[float]"], Awaitable[Logits]]
Pause = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Heat:
    """How much each pixel's ink adds to the logit of `digit`: 784 values, negative where the ink
    speaks against the digit."""

    digit: int
    values: array[float]


@dataclass(frozen=True)
class WithoutStroke:
    """What the answer would be without one stroke: its number in the drawing, and the digit; None
    where nothing would be left."""

    number: int
    digit: int | None


async def heat_of(
    ink: array[float], logits: Logits, digit: int, infer: Infer, pause: Pause
) -> Heat:
    """The heat of a drawing, whose `logits` are known; `pause` is awaited between inferences."""
    sums, weights = array("d", bytes(8 * PIXELS)), array("d", bytes(8 * PIXELS))
    for patch in patches():
        occluded = without(ink, patch)
        if occluded == ink:
            loss = 0.0
        else:
            await pause()
            loss = logits[digit] - (await infer(occluded))[digit]
        for pixel, share in patch:
            sums[pixel] += share * loss
            weights[pixel] += share
    values = (total / weight if weight else 0.0 for total, weight in zip(sums, weights))
    return Heat(digit, array("f", values))


@cache
def patches() -> tuple[tuple[tuple[int, float], ...], ...]:
    """All patches: the pixels of each, and which share of their ink it takes away."""
    places = range(0, SIDE_PX + 1, STEP_PX)
    return tuple(tuple(_patch(x, y)) for y in places for x in places)


def _patch(x: int, y: int) -> Iterator[tuple[int, float]]:
    reach = int(3 * SIGMA_PX)
    for row in range(max(0, y - reach), min(SIDE_PX, y + reach)):
        for column in range(max(0, x - reach), min(SIDE_PX, x + reach)):
            square = (column + 0.5 - x) ** 2 + (row + 0.5 - y) ** 2
            yield row * SIDE_PX + column, exp(-square / (2 * SIGMA_PX**2))


def without(ink: array[float], patch: Sequence[tuple[int, float]]) -> array[float]:
    """`ink` with what `patch` takes away."""
    left = ink[:]
    for pixel, share in patch:
        if left[pixel]:
            left[pixel] *= 1 - share
    return left


async def strokes_mattering(
    strokes: Sequence[Stroke], infer: Infer, pause: Pause, area: Box | None = None
) -> tuple[WithoutStroke, ...]:
    """What the answer would be without each pen stroke in turn, where there are several.

    `area` is the pad in canvas units, beyond which there is no ink.
    """
    found = []
    pens = [number for number, stroke in enumerate(strokes) if stroke.tool == "pen"]
    for number in pens if len(pens) > 1 else ():
        await pause()
        ink = mnist_image([*strokes[:number], *strokes[number + 1 :]], area)
        digit = None if ink is None else highest(await infer(ink))
        found.append(WithoutStroke(number, digit))
    return tuple(found)


@dataclass(frozen=True)
class WithoutPart:
    """What the answer would be without a part of a stroke, which `words` name."""

    words: str
    digit: int | None


async def parts_mattering(
    strokes: Sequence[Stroke], infer: Infer, pause: Pause, area: Box | None = None
) -> tuple[WithoutPart, ...]:
    """What the answer would be without each part of each pen stroke in turn."""
    found = []
    for number, stroke in enumerate(strokes):
        parts = parts_of(strokes, number) if stroke.tool == "pen" else ()
        for place, part in enumerate(parts):
            others = [other.stroke for other in (*parts[:place], *parts[place + 1 :])]
            await pause()
            ink = mnist_image([*strokes[:number], *others, *strokes[number + 1 :]], area)
            digit = None if ink is None else highest(await infer(ink))
            found.append(WithoutPart(part.words, digit))
    return tuple(found)


@dataclass(frozen=True)
class Curves:
    """The logit as ink is deleted step by step, from none to all: by heat, and at random."""

    by_heat: tuple[float, ...]
    at_random: tuple[float, ...]

    @property
    def is_honest(self) -> bool:
        """Whether deleting what the heat calls important lowers the logit faster than chance."""
        return sum(self.by_heat) < sum(self.at_random)


async def deletion_curves(ink: array[float], heat: Heat, infer: Infer, pause: Pause) -> Curves:
    """Checks an explanation: the inked pixels are deleted, the most important first, and beside
    that in a random order that is always the same (Petsiuk et al. 2018)."""
    inked = [pixel for pixel in range(PIXELS) if ink[pixel] > 0]
    by_heat = sorted(inked, key=heat.values.__getitem__, reverse=True)
    at_random = Random(SEED).sample(inked, len(inked))
    return Curves(
        await _curve(ink, by_heat, heat.digit, infer, pause),
        await _curve(ink, at_random, heat.digit, infer, pause),
    )


async def _curve(
    ink: array[float], order: Sequence[int], digit: int, infer: Infer, pause: Pause
) -> tuple[float, ...]:
    found = []
    for point in range(CURVE_POINTS):
        left = ink[:]
        for pixel in order[: len(order) * point // (CURVE_POINTS - 1)]:
            left[pixel] = 0.0
        await pause()
        found.append((await infer(left))[digit])
    return tuple(found)
