"""Where the canvas lies on the screen, and so which canvas units a place on the screen is."""

from dataclasses import dataclass

from .capsule import Box
from .strokes import Point

CANVAS_UNITS = 280.0  # the shorter side of the drawing area, whatever its size on the screen


@dataclass(frozen=True)
class Placement:
    """The drawing area: the content box of the canvas, inside border and padding.

    `left` and `top` are in CSS pixels of the viewport, `width` and `height` in CSS pixels of the
    layout. The scales lead from the layout to the viewport; they are one unless there is a CSS
    transform.
    """

    left: float
    top: float
    width: float
    height: float
    x_scale: float = 1.0
    y_scale: float = 1.0

    @property
    def units_per_px(self) -> float:
        """Canvas units per layout pixel, the same in both directions: a digit keeps its aspect."""
        return CANVAS_UNITS / max(1.0, min(self.width, self.height))

    @property
    def area(self) -> Box | None:
        """The canvas units that are seen; None where the page hides the canvas."""
        if min(self.width, self.height) < 1:
            return None
        scale = self.units_per_px
        return 0.0, 0.0, self.width * scale, self.height * scale

    def to_client(self, point: Point) -> Point:
        """The point of the viewport over these canvas units."""
        x_px, y_px = (at / self.units_per_px for at in point)
        return self.left + x_px * self.x_scale, self.top + y_px * self.y_scale

    def to_units(self, client_x: float, client_y: float) -> Point:
        """The canvas units under a point of the viewport."""
        x_px = (client_x - self.left) / self.x_scale
        y_px = (client_y - self.top) / self.y_scale
        return x_px * self.units_per_px, y_px * self.units_per_px
