"""The visible canvas: its place and size on the screen, and the strokes painted on it."""

from collections.abc import Callable, Sequence

from pyscript import window

from core.paths import svg_path
from core.placement import Placement
from core.strokes import Point, Stroke

from .events import on_colour_scheme, on_resize

COMPOSITION = {"pen": "source-over", "eraser": "destination-out"}


class Surface:
    """Paints in canvas units, as sharp as the screen; calls `redraw` when everything has to be
    painted again."""

    def __init__(self, canvas, redraw: Callable[[], None]):
        self._canvas = canvas
        self._redraw = redraw
        self._context = canvas.getContext("2d")
        on_resize(canvas, self._fit)
        on_colour_scheme(redraw)

    def placement(self) -> Placement:
        canvas = self._canvas
        box, style = canvas.getBoundingClientRect(), window.getComputedStyle(canvas)
        left, right, top, bottom = (
            _px(getattr(style, f"padding{side}")) for side in ("Left", "Right", "Top", "Bottom")
        )
        x_scale = box.width / (canvas.offsetWidth or 1)
        y_scale = box.height / (canvas.offsetHeight or 1)
        return Placement(
            left=box.left + (canvas.clientLeft + left) * x_scale,
            top=box.top + (canvas.clientTop + top) * y_scale,
            width=canvas.clientWidth - left - right,
            height=canvas.clientHeight - top - bottom,
            x_scale=x_scale or 1.0,
            y_scale=y_scale or 1.0,
        )

    def draw(self, strokes: Sequence[Stroke]) -> None:
        """Paints everything again, in the colour that the page has now."""
        context, canvas = self._context, self._canvas
        scale = window.devicePixelRatio / self.placement().units_per_px
        context.setTransform(1, 0, 0, 1, 0, 0)
        context.clearRect(0, 0, canvas.width, canvas.height)
        context.setTransform(scale, 0, 0, scale, 0, 0)
        context.lineCap = context.lineJoin = "round"
        context.strokeStyle = window.getComputedStyle(canvas).color
        for stroke in strokes:
            self.draw_line(stroke, stroke.points)

    def draw_line(self, stroke: Stroke, points: Sequence[Point]) -> None:
        """Paints a part of a stroke on top of what is there; one point makes a dot."""
        self._context.globalCompositeOperation = COMPOSITION[stroke.tool]
        self._context.lineWidth = stroke.width
        self._context.stroke(window.Path2D.new(svg_path(points)))

    def _fit(self) -> None:
        """One canvas pixel for each pixel of the screen. Setting the size, even to what it is,
        wipes the canvas."""
        canvas, area, ratio = self._canvas, self.placement(), window.devicePixelRatio
        width, height = round(area.width * ratio), round(area.height * ratio)
        if (canvas.width, canvas.height) != (width, height):
            canvas.width, canvas.height = width, height
        self._redraw()


def _px(length: str) -> float:
    return float(length.removesuffix("px") or 0)
