"""Paints polylines of one width into a small square image, antialiased, from distances alone."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from math import ceil, sqrt

from .strokes import Point

FAR = 1e9


def rasterize(
    paths: Sequence[Sequence[Point]], width: float, edge: float, size: int
) -> array[float]:
    """Ink in 0..1, `size` rows of `size` pixels; pixel (0, 0) covers the square from (0, 0) to (1,
    1).

    All lengths are in pixels. A line is `width` wide with round ends; over `edge` about its rim the
    ink fades out. A line narrower than that edge is paler.
    """
    reach = (width + edge) / 2
    squares = [FAR] * (size * size)
    for path in paths:
        for start, end in zip(path, path[1:] or path, strict=False):
            _approach(squares, size, start, end, reach)
    limit, full = reach * reach, min(1.0, width / edge)
    return array(
        "f",
        [min(full, (reach - sqrt(square)) / edge) if square < limit else 0.0 for square in squares],
    )


def _approach(squares: list[float], size: int, start: Point, end: Point, reach: float) -> None:
    """Lowers each pixel's squared distance to what it is from the segment, wherever that is within
    `reach`."""
    ax, ay = start[0] - 0.5, start[1] - 0.5
    ux, uy = end[0] - start[0], end[1] - start[1]
    length_squared = ux * ux + uy * uy
    inverse = 1 / length_squared if length_squared > 1e-12 else 0.0
    columns = box = _covered(ax, ax + ux, reach, size)
    is_slanted = (
        abs(ux) > reach and abs(uy) > reach
    )  # so that most of the box around it is too far from it
    half = reach * sqrt(length_squared) / abs(uy) if is_slanted else 0.0
    for y in _covered(ay, ay + uy, reach, size):
        wy = y - ay
        row = y * size
        if is_slanted:
            middle = ax + wy * ux / uy
            columns = range(
                max(box.start, ceil(middle - half)), min(box.stop, int(middle + half) + 1)
            )
        for x in columns:
            wx = x - ax
            t = (wx * ux + wy * uy) * inverse
            if t <= 0:
                square = wx * wx + wy * wy
            elif t >= 1:
                square = (wx - ux) ** 2 + (wy - uy) ** 2
            else:
                square = (wx * uy - wy * ux) ** 2 * inverse
            if square < squares[row + x]:
                squares[row + x] = square


def _covered(a: float, b: float, reach: float, size: int) -> range:
    """The whole numbers of an image's side that lie within `reach` of the span between a and b."""
    return range(max(0, ceil(min(a, b) - reach)), min(size - 1, int(max(a, b) + reach)) + 1)
