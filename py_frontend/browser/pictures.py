"""Small pictures on canvases: images of ink, and lines in the units of an image or of the pad."""

from collections.abc import Iterable, Sequence

from pyscript import window
from pyscript.ffi import to_js

from core.paths import svg_paths
from core.strokes import Point

CHANNELS = 4  # of ImageData: red, green, blue, alpha
MAX_LEVEL = 255

Colour = tuple[int, int, int]


def paint_ink(canvas, ink: Sequence[float], side: int) -> None:
    """An image of `side` x `side` values in 0..1, in the canvas's text colour, one pixel each."""
    paint_levels(canvas, bytes(int(MAX_LEVEL * value) for value in ink), side, side)


def paint_levels(canvas, levels: bytes, width: int, height: int) -> None:
    """A picture in the canvas's text colour, whose opacities are given row by row, in 0..255."""
    _put(canvas, _opacities(levels, text_colour(canvas)), width, height)


def ink_bitmap(levels: bytes, colour: Colour, side: int):
    """A canvas that is not shown, with an image of ink for others to draw."""
    canvas = window.OffscreenCanvas.new(side, side)
    _put(canvas, _opacities(levels, colour), side, side)
    return canvas


def _opacities(levels: bytes, colour: Colour) -> bytearray:
    pixels = bytearray(bytes((*colour, 0)) * len(levels))
    pixels[CHANNELS - 1 :: CHANNELS] = levels
    return pixels


def paint_signed(canvas, values: Sequence[float], width: int, height: int) -> None:
    """A picture of positive values in the accent colour and of negative ones in that of errors, as
    opaque as they are far from zero."""
    style = window.getComputedStyle(canvas)
    positive, negative = (
        bytes(_rgb(style.getPropertyValue(name))) for name in ("--accent", "--error")
    )
    scale = MAX_LEVEL / (max(map(abs, values), default=0) or 1)
    pixels = bytearray()
    for value in values:
        pixels += positive if value > 0 else negative
        pixels.append(int(abs(value) * scale))
    _put(canvas, pixels, width, height)


def paint_classes(canvas, places: bytes, labels: bytes, side: int, reach: int) -> None:
    """Dots of `reach` pixels on each side of their places (x, y), in the colour of their class,
    which a CSS property such as --class-7 holds."""
    style = window.getComputedStyle(canvas)
    colours = [
        bytes((*_rgb(style.getPropertyValue(f"--class-{label}")), MAX_LEVEL))
        for label in range(max(labels, default=0) + 1)
    ]
    pixels = bytearray(CHANNELS * side * side)
    for number, label in enumerate(labels):
        x, y = places[2 * number], places[2 * number + 1]
        left, right = max(0, x - reach), min(side, x + reach + 1)
        for row in range(max(0, y - reach), min(side, y + reach + 1)):
            start = CHANNELS * (row * side + left)
            pixels[start : start + CHANNELS * (right - left)] = colours[label] * (right - left)
    _put(canvas, pixels, side, side)


def _put(canvas, pixels: bytearray, width: int, height: int) -> None:
    canvas.width, canvas.height = width, height
    clamped = window.Uint8ClampedArray.new(to_js(pixels))
    image = window.ImageData.new(clamped, width, height)
    canvas.getContext("2d").putImageData(image, 0, 0)


def text_colour(element) -> Colour:
    """Red, green and blue of what is written in the element."""
    return _rgb(window.getComputedStyle(element).color)


def _rgb(colour: str) -> Colour:
    """Red, green and blue of a colour such as #3454d1, #777 or rgb(52, 84, 209)."""
    _, is_function, numbers = colour.partition("(")
    if not is_function:
        digits = colour.strip().removeprefix("#")
        red, green, blue = bytes.fromhex(
            digits if len(digits) == 6 else "".join(2 * each for each in digits)
        )
        return red, green, blue
    parts = numbers.rstrip(")").replace(",", " ").split()
    red, green, blue = (round(float(part)) for part in parts[:3])
    return red, green, blue


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
