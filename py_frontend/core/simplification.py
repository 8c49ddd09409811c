"""Simplification: fewer points for the same line, so that a slow hand costs no more than a quick
one."""

from collections.abc import Sequence
from math import atan2, hypot, remainder, tau

from .strokes import Point


def spaced(points: Sequence[Point], distance: float) -> list[Point]:
    """Those of `points` that lie at least `distance` from the one kept before them; first and last
    are kept."""
    kept = [points[0]]
    last_x, last_y = points[0]
    least = distance * distance
    for x, y in points:
        if (x - last_x) ** 2 + (y - last_y) ** 2 >= least:
            kept.append((x, y))
            last_x, last_y = x, y
    if kept[-1] != points[-1]:
        kept.append(points[-1])
    return kept


def simplified(points: Sequence[Point], tolerance: float) -> list[Point]:
    """Some of `points`, first and last included, whose polyline passes within 2.5 tolerances of all
    the others.

    One pass. From the last kept point a cone of directions is open, and each point that follows
    narrows it to the directions that pass that point within `tolerance`. A point outside the cone,
    or behind the farthest one, bends the line.
    """
    kept = [points[0]]
    near = tolerance * tolerance
    anchor_x, anchor_y = last_x, last_y = points[0]
    axis = low = high = reach = 0.0
    for x, y in points:
        if (x - last_x) ** 2 + (y - last_y) ** 2 < near:
            continue
        distance = hypot(x - anchor_x, y - anchor_y)
        direction = atan2(y - anchor_y, x - anchor_x)
        if reach:
            turn = remainder(direction - axis, tau)
            if not low <= turn <= high or distance < reach - tolerance:
                kept.append((last_x, last_y))
                anchor_x, anchor_y = last_x, last_y
                distance = hypot(x - anchor_x, y - anchor_y)
                direction = atan2(y - anchor_y, x - anchor_x)
                reach = 0.0
        if not reach:
            axis, turn, low, high = direction, 0.0, -tau, tau
        # From within the tolerance every direction passes the point.
        spread = tolerance / distance if distance > tolerance else tau
        low, high = max(low, turn - spread), min(high, turn + spread)
        reach = max(reach, distance)
        last_x, last_y = x, y
    for point in ((last_x, last_y), points[-1]):
        if point != kept[-1]:
            kept.append(point)
    return kept
