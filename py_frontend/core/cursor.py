"""The pen that keys move: where it is, and the words for that."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from .capsule import Box
from .parts import place_in
from .placement import CANVAS_UNITS
from .strokes import Point, Tool

STEP = CANVAS_UNITS / 20
SMALL_STEP = CANVAS_UNITS / 100
WAYS = {"ArrowLeft": (-1, 0), "ArrowRight": (1, 0), "ArrowUp": (0, -1), "ArrowDown": (0, 1)}


@dataclass(frozen=True)
class Cursor:
    """A point of the pad, in canvas units, and whether the tool is down there."""

    point: Point = (CANVAS_UNITS / 2, CANVAS_UNITS / 2)
    is_down: bool = False

    def moved(self, held: Collection[str], is_small: bool, area: Box) -> Cursor:
        """One step on, in the direction of all arrow keys that are held, within the pad."""
        step = SMALL_STEP if is_small else STEP
        left, top, right, bottom = area
        x = self.point[0] + step * sum(WAYS[key][0] for key in held)
        y = self.point[1] + step * sum(WAYS[key][1] for key in held)
        return Cursor((min(max(x, left), right), min(max(y, top), bottom)), self.is_down)

    def words(self, tool: Tool, area: Box) -> str:
        left, top, right, bottom = area
        x, y = self.point
        across, down = (x - left) / (right - left), (y - top) / (bottom - top)
        state = "down" if self.is_down else "up"
        place = f"{place_in(area, x, y)}, {across:.0%} across, {down:.0%} down the pad"
        return f"{tool.capitalize()} {state} {place}"
