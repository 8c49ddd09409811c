"""Feature maps side by side, and the one that is pointed at, with what it sees and its weights."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from pyscript import document

from core.activations import Field, Layer, Mosaic, mosaic, strongest, summed
from core.descriptions import describe_map, describe_weights
from core.image import SIDE_PX

from ..events import listen
from ..pictures import paint_levels, paint_signed
from ..weights import Weights

NAMED = 3  # of the strongest maps
SEES_ALL = Field(SIDE_PX, 1, 0)


@dataclass(frozen=True)
class Shown:
    """What is on the canvas: a convolution's maps, and the weights that lead to them."""

    layer: Layer
    values: array[float]
    field: Field
    weights: Weights
    mosaic: Mosaic

    def values_of(self, number: int) -> array[float]:
        """The values of one map, row by row."""
        _, height, width = self.layer.shape
        return self.values[number * height * width :][: height * width]


class Maps:
    """The maps of one convolution. One of them is chosen by pointing at it or with arrow keys."""

    def __init__(self):
        self._section, self._canvas, self._mark, self._caption, self._kernel = map(
            document.getElementById,
            ("layer-image", "layer-maps", "layer-mark", "layer-caption", "layer-kernel"),
        )
        self._shown: Shown | None = None
        self._chosen = 0
        listen(self._canvas, "pointermove", self._point)
        listen(self._canvas, "keydown", self._press_key)

    def hide(self) -> None:
        self._section.hidden = True

    def show(self, layer: Layer, values: array[float], weights: Weights) -> None:
        self._section.hidden = False
        if self._shown is None or layer != self._shown.layer:
            self._chosen = 0
        made = mosaic(values, layer.shape)
        self._shown = Shown(layer, values, layer.field or SEES_ALL, weights, made)
        paint_levels(self._canvas, made.levels, made.width, made.height)
        best = [str(number + 1) for number in strongest(summed(values, layer.shape), NAMED)]
        self._canvas.ariaLabel = f"{layer.title}. Strongest: {', '.join(best) or 'none'}"
        self._show_chosen(self._shown)

    def _show_chosen(self, shown: Shown) -> None:
        """Where the chosen map is, what it sees, and its weights: a square for each map of the
        layer before."""
        self._mark_chosen(shown)
        side = min(shown.field.size, SIDE_PX)
        self._caption.textContent = (
            f"Map {self._chosen + 1} of {shown.layer.shape[0]}: each of its values sees "
            f"{side} by {side} pixels of the input. Its weights:"
        )
        name = shown.layer.weights_among(shown.weights)
        _, inputs, height, width = shown.weights.shape(name)
        size = inputs * height * width
        kernel = shown.weights.elements(name, self._chosen * size, (self._chosen + 1) * size)
        self._kernel.ariaLabel = f"Weights of map {self._chosen + 1}: {describe_weights(kernel)}"
        rows = (
            kernel[(number * height + y) * width :][:width]
            for y in range(height)
            for number in range(inputs)
        )
        paint_signed(self._kernel, [value for row in rows for value in row], inputs * width, height)

    def _mark_chosen(self, shown: Shown) -> None:
        made, number, count = shown.mosaic, self._chosen, shown.layer.shape[0]
        words = describe_map(shown.values_of(number), made.map_width)
        self._canvas.ariaValueMax, self._canvas.ariaValueNow = str(count), str(number + 1)
        self._canvas.ariaValueText = f"Map {number + 1} of {count}: {words}"
        left, top = made.place(number)
        style = self._mark.style
        style.left, style.width = f"{left / made.width:.2%}", f"{made.map_width / made.width:.2%}"
        style.top, style.height = f"{top / made.height:.2%}", f"{made.map_height / made.height:.2%}"

    def _point(self, event) -> None:
        if self._shown:
            made, canvas = self._shown.mosaic, self._canvas
            x = event.offsetX / max(1, canvas.clientWidth) * made.width
            y = event.offsetY / max(1, canvas.clientHeight) * made.height
            self._choose(self._shown, made.at(x, y))

    def _press_key(self, event) -> None:
        if self._shown is None:
            return
        columns = self._shown.mosaic.columns
        numbers = {
            "ArrowLeft": self._chosen - 1,
            "ArrowRight": self._chosen + 1,
            "ArrowUp": self._chosen - columns,
            "ArrowDown": self._chosen + columns,
            "Home": 0,
            "End": self._shown.layer.shape[0] - 1,
        }
        if event.key in numbers:
            event.preventDefault()
            self._choose(self._shown, numbers[event.key])
            self._mark.scrollIntoView(block="nearest")

    def _choose(self, shown: Shown, number: int) -> None:
        if number != self._chosen and 0 <= number < shown.layer.shape[0]:
            self._chosen = number
            self._show_chosen(shown)
