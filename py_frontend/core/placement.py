"""Where the canvas lies on the screen: from the page's coordinates to canvas units and to device
pixels."""

from dataclasses import dataclass

from .strokes import Point

CANVAS_UNITS = 280.0  # the shorter side of the drawing area, whatever its size on the screen


@dataclass(frozen=True)
class Placement:
    """The drawing area: the content box of the canvas, inside border and padding.

    `left` and `top` are in CSS pixels of the viewport, `width` and `height` in CSS pixels of the
    layout; the scales, from the second to the first, differ from one under a CSS transform.
    """

    left: float
    top: float
    width: float
    height: float
    x_scale: float = 1.0
    y_scale: float = 1.0

    @property
    def units_per_px(self) -> float:
        """Canvas units per layout pixel, the same both ways, so that a digit keeps its aspect."""
        return CANVAS_UNITS / max(1.0, min(self.width, self.height))

    def to_units(self, client_x: float, client_y: float) -> Point:
        """The canvas units under a point of the viewport."""
        scale = self.units_per_px
        return (client_x - self.left) / self.x_scale * scale, (
            client_y - self.top
        ) / self.y_scale * scale
