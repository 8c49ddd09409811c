"""Small pictures on canvases: images of ink, and lines in the units of an image or of the pad."""

from collections.abc import Iterable, Sequence

from pyscript import window
from pyscript.ffi import to_js

from core.paths import svg_paths
from core.strokes import Point

CHANNELS = 4  # of ImageData: red, green, blue, alpha


def paint_ink(canvas, ink: Sequence[float], side: int) -> None:
    """An image of `side` x `side` values in 0..1, in the canvas's text colour, one pixel each."""
    canvas.width = canvas.height = side
    pixels = bytearray(bytes((*text_colour(canvas), 0)) * (side * side))
    pixels[CHANNELS - 1 :: CHANNELS] = bytes(int(255 * value) for value in ink)
    clamped = window.Uint8ClampedArray.new(to_js(pixels))
    canvas.getContext("2d").putImageData(window.ImageData.new(clamped, side, side), 0, 0)


def text_colour(element) -> tuple[int, int, int]:
    """Red, green and blue of what is written in the element, each in 0..255."""
    numbers = window.getComputedStyle(element).color.partition("(")[2].rstrip(")")
    red, green, blue = (float(part) for part in numbers.replace(",", " ").split()[:3])
    return round(red), round(green), round(blue)


class Sketch:
    """A canvas for lines, `units` across, as sharp as the screen."""

    def __init__(self, canvas, units: float):
        self._canvas, self._units = canvas, units
        self._context = canvas.getContext("2d")

    def begin(self) -> None:
        """An empty sketch."""
        canvas = self._canvas
        side = max(1, round(canvas.clientWidth * window.devicePixelRatio))
        canvas.width = canvas.height = side
        scale = side / self._units
        self._context.setTransform(scale, 0, 0, scale, 0, 0)
        self._context.lineCap = self._context.lineJoin = "round"

    def lines(self, paths: Iterable[Sequence[Point]], width: float, colour: str) -> None:
        """Polylines of a width in units; `colour` is the name of a CSS property."""
        self._prepare(width, colour)
        self._context.stroke(window.Path2D.new(svg_paths(paths)))

    def erase(self, paths: Iterable[Sequence[Point]], width: float) -> None:
        self._context.globalCompositeOperation = "destination-out"
        self.lines(paths, width, "--ink")
        self._context.globalCompositeOperation = "source-over"

    def box(self, left: float, top: float, side: float, width: float, colour: str) -> None:
        self._prepare(width, colour)
        self._context.strokeRect(left, top, side, side)

    def _prepare(self, width: float, colour: str) -> None:
        self._context.lineWidth = width
        style = window.getComputedStyle(self._canvas)
        self._context.strokeStyle = style.getPropertyValue(colour) or style.color
