"""Lines with many points."""

from itertools import pairwise
from math import cos, hypot, pi, sin

from tests.support.glyphs import Point


def resampled(line: list[Point], count: int) -> list[Point]:
    """The same line through `count` points at equal distances."""
    lengths = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(line)]
    step, points, covered, remaining = (
        sum(lengths) / (count - 1),
        [],
        0.0,
        list(zip(line, line[1:], lengths, strict=False)),
    )
    for position in range(count):
        while len(remaining) > 1 and covered + remaining[0][2] < position * step:
            covered += remaining.pop(0)[2]
        (ax, ay), (bx, by), length = remaining[0]
        t = min(1.0, (position * step - covered) / length)
        points.append((ax + t * (bx - ax), ay + t * (by - ay)))
    return points


def scribble(count: int) -> list[Point]:
    """Goes to and fro all over the canvas, and never twice the same way."""
    return [
        (0.5 + 0.4 * cos(2 * pi * 0.0191 * i), 0.5 + 0.4 * sin(2 * pi * 0.0133 * i))
        for i in range(count)
    ]
