"""What the pictures of the panels show, in words for whoever does not see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from .capsule import Box, box_of
from .image import SIDE_PX, Steps
from .occlusion import Curves, Heat
from .parts import place_in
from .strokes import Point, Stroke

NOTHING = "nothing drawn"
STILL_PX = 0.05  # what moves less does not move


def describe_ink(ink: Sequence[float]) -> str:
    """Which rows and columns of an image have ink at least half as dark as its darkest."""
    least = max(ink) / 2
    dark = [divmod(pixel, SIDE_PX) for pixel, value in enumerate(ink) if value > least]
    if not dark:
        return f"{SIDE_PX} by {SIDE_PX} image, no ink"
    rows, columns = sorted(y for y, _ in dark), sorted(x for _, x in dark)
    return (
        f"{SIDE_PX} by {SIDE_PX} image, ink in rows {rows[0] + 1} to {rows[-1] + 1} "
        f"and columns {columns[0] + 1} to {columns[-1] + 1}"
    )


def describe_drawn(strokes: Sequence[Stroke]) -> str:
    erased = sum(stroke.tool == "eraser" for stroke in strokes)
    drawn = _count(len(strokes) - erased, "stroke")
    return f"{drawn} of the pen and {erased} of the eraser" if erased else drawn


def describe_erased(made: Steps) -> str:
    return f"{_count(len(made.pen), 'stroke')} left"


def describe_boxed(made: Steps) -> str:
    left, top, right, bottom = box_of([point for line in made.boxed for point in line])
    return f"lines {right - left:.0f} pixels wide and {bottom - top:.0f} high"


def describe_centred(made: Steps) -> str:
    (x, y), (to_x, to_y) = made.boxed[0][0], made.placed[0][0]
    ways = (_way(to_x - x, "left", "right"), _way(to_y - y, "up", "down"))
    moved = " and ".join(filter(None, ways))
    return f"moved {moved}" if moved else "not moved"


def describe_penned(made: Steps) -> str:
    return f"{_count(len(made.widths), 'line')}, up to {max(made.widths):.1f} pixels thick"


def describe_heat(heat: Heat, ink: Sequence[float]) -> str:
    """Where in the drawing the ink speaks most for the digit, and where against it."""
    inked = [pixel for pixel, amount in enumerate(ink) if amount]
    if not inked:
        return f"Heat map for a {heat.digit}: no ink"
    box = box_of([_point(pixel, SIDE_PX) for pixel in inked])
    sums = _sums_by_place([(pixel, heat.values[pixel]) for pixel in inked], SIDE_PX, box)
    best, worst = max(sums, key=sums.__getitem__), min(sums, key=sums.__getitem__)
    said = [f"ink {best} speaks most for it"] if sums[best] > 0 else []
    said += [f"ink {worst} most against it"] if sums[worst] < 0 else []
    return f"Heat map for a {heat.digit}: {', '.join(said) or 'no ink matters'}"


def describe_curves(curves: Curves) -> str:
    """The logits at the start, and where half of the ink is deleted."""
    half = len(curves.by_heat) // 2
    return (
        f"The logit is {curves.by_heat[0]:.1f}. With half of the ink deleted it is "
        f"{curves.by_heat[half]:.1f} by importance, in blue, "
        f"and {curves.at_random[half]:.1f} at random, in grey"
    )


def describe_map(values: Sequence[float], width: int) -> str:
    """Where a feature map, row by row, answers most strongly."""
    box = (0, 0, *_point(len(values) - 1, width))
    found = _sums_by_place([(at, one) for at, one in enumerate(values) if one > 0], width, box)
    return f"most active {max(found, key=found.__getitem__)}" if found else "not active"


def describe_weights(weights: Sequence[float]) -> str:
    adding, taking = (sum(sign * value > 0 for value in weights) for sign in (1, -1))
    return f"{adding} add, in blue, and {taking} take away, in red"


def _sums_by_place(values: Iterable[tuple[int, float]], width: int, box: Box) -> dict[str, float]:
    """The sums of pixels' values in the nine fields of the box, by the words for each."""
    sums: dict[str, float] = defaultdict(float)
    for pixel, value in values:
        sums[place_in(box, *_point(pixel, width))] += value
    return sums


def _point(pixel: int, width: int) -> Point:
    return pixel % width, pixel // width


def _way(by: float, back: str, forth: str) -> str:
    return f"{abs(by):.1f} pixels {back if by < 0 else forth}" if abs(by) >= STILL_PX else ""


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
