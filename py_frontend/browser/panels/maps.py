"""Feature maps side by side, and the one that is pointed at, with what it sees and its weights."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from pyscript import document

from core.activations import Field, Layer, Mosaic, mosaic, strongest, summed
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
    field: Field
    weights: Weights
    mosaic: Mosaic


class Maps:
    """The maps of one convolution. One of them is chosen by pointing at it or with arrow keys."""

    def __init__(self):
        self._section, self._canvas, self._caption, self._kernel = map(
            document.getElementById, ("layer-image", "layer-maps", "layer-caption", "layer-kernel")
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
        self._shown = Shown(layer, layer.field or SEES_ALL, weights, made)
        paint_levels(self._canvas, made.levels, made.width, made.height)
        best = [str(number + 1) for number in strongest(summed(values, layer.shape), NAMED)]
        self._canvas.ariaLabel = f"{layer.title}. Strongest: {', '.join(best) or 'none'}"
        self._show_chosen(self._shown)

    def _show_chosen(self, shown: Shown) -> None:
        """What the chosen map sees, and its weights: a square for each map of the layer before."""
        side = min(shown.field.size, SIDE_PX)
        self._caption.textContent = (
            f"Map {self._chosen + 1} of {shown.layer.shape[0]}: each of its values sees "
            f"{side} by {side} pixels of the input. Its weights:"
        )
        name = shown.layer.weights_among(shown.weights)
        _, inputs, height, width = shown.weights.shape(name)
        size = inputs * height * width
        kernel = shown.weights.elements(name, self._chosen * size, (self._chosen + 1) * size)
        rows = (
            kernel[(number * height + y) * width :][:width]
            for y in range(height)
            for number in range(inputs)
        )
        paint_signed(self._kernel, [value for row in rows for value in row], inputs * width, height)

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
        steps = {"ArrowLeft": -1, "ArrowRight": 1, "ArrowUp": -columns, "ArrowDown": columns}
        if event.key in steps:
            event.preventDefault()
            self._choose(self._shown, self._chosen + steps[event.key])

    def _choose(self, shown: Shown, number: int) -> None:
        if number != self._chosen and 0 <= number < shown.layer.shape[0]:
            self._chosen = number
            self._show_chosen(shown)
