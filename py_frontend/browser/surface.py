"""The visible canvas: its place and size on the screen, and what is painted on it.

What it shows of a stroke, core/erasing.py computes: both must know the same tools and the same rim.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pyscript import window

from core.capsule import Box
from core.drawing import Content
from core.image import SIDE_PX
from core.paths import svg_path
from core.picture import Picture
from core.placement import CANVAS_UNITS, Placement
from core.strokes import Point, Stroke

from .events import on_colour_scheme, on_resize
from .pictures import ink_bitmap, text_colour

COMPOSITION = {"pen": "source-over", "eraser": "destination-out"}


class Surface:
    """Paints in canvas units, as sharp as the screen; calls `redraw` when everything has to be
    painted again."""

    def __init__(self, canvas, redraw: Callable[[], None]):
        self._canvas = canvas
        self._redraw = redraw
        self._context = canvas.getContext("2d")
        self._look: Look | None = None
        on_resize(canvas, redraw)
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

    @property
    def area(self) -> Box | None:
        """What is seen of the canvas plane, in canvas units, since the last drawing."""
        return self._look.area if self._look else None

    def draw(self, content: Content) -> None:
        """Paints everything again, as sharp as the screen is and in the colour that the page has
        now."""
        context, canvas, look = self._context, self._canvas, self._look_now()
        if (
            canvas.width,
            canvas.height,
        ) != look.pixels:  # to set it wipes the canvas, even to what it is
            canvas.width, canvas.height = look.pixels
        context.setTransform(1, 0, 0, 1, 0, 0)
        context.clearRect(0, 0, canvas.width, canvas.height)
        context.setTransform(look.scale, 0, 0, look.scale, 0, 0)
        context.lineCap = context.lineJoin = "round"
        context.strokeStyle = look.colour
        self._look = look
        if isinstance(content, Picture):
            self._paint_picture(content)
            return
        for stroke in content:
            self._paint(stroke, stroke.points)

    def draw_line(self, stroke: Stroke, points: Sequence[Point]) -> None:
        """Paints a part of a stroke on top of what is there, or everything where that looks
        otherwise by now; one point makes a dot."""
        if self._look_now() == self._look:
            self._paint(stroke, points)
        else:
            self._redraw()

    def _paint(self, stroke: Stroke, points: Sequence[Point]) -> None:
        self._context.globalCompositeOperation = COMPOSITION[stroke.tool]
        self._context.lineWidth = stroke.width
        self._context.stroke(window.Path2D.new(svg_path(points)))

    def _paint_picture(self, picture: Picture) -> None:
        """In large pixels, over the square that a digit is drawn in."""
        self._context.globalCompositeOperation = COMPOSITION["pen"]
        self._context.imageSmoothingEnabled = False
        bitmap = ink_bitmap(picture.levels, text_colour(self._canvas), SIDE_PX)
        self._context.drawImage(bitmap, 0, 0, CANVAS_UNITS, CANVAS_UNITS)

    def _look_now(self) -> "Look":
        canvas, placement, ratio = self._canvas, self.placement(), window.devicePixelRatio
        return Look(
            colour=window.getComputedStyle(canvas).color,
            pixels=(round(placement.width * ratio), round(placement.height * ratio)),
            scale=ratio / placement.units_per_px,
            area=placement.area,
        )


class Look(NamedTuple):
    """What the pixels of a drawing depend on: the colour of the ink, one canvas pixel for each
    pixel of the screen, how many of them a canvas unit takes, and what they show."""

    colour: str
    pixels: tuple[int, int]
    scale: float
    area: Box | None


def _px(length: str) -> float:
    return float(length.removesuffix("px") or 0)
