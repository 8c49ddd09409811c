"""The most active units of a linear layer, and the weights that they look for."""

from __future__ import annotations

from array import array

from pyscript import document

from core.activations import Layer, strongest
from core.image import SIDE_PX

from ..pictures import paint_signed
from ..weights import Weights

COLUMNS = 32  # of the weights of a unit that is not given an image


class Units:
    """A figure for each of the most active units, as many as index.html has room for."""

    def __init__(self):
        self._section, self._figures = map(document.getElementById, ("layer-vector", "layer-units"))

    def hide(self) -> None:
        self._section.hidden = True

    def show(self, layer: Layer, values: array[float], weights: Weights) -> None:
        self._section.hidden = False
        figures = list(self._figures.children)
        units = strongest(values, len(figures))
        for place, figure in enumerate(figures):
            figure.hidden = place >= len(units)
        for figure, unit in zip(figures, units, strict=False):
            canvas, caption = figure.children
            caption.textContent = f"Unit {unit + 1}: {values[unit]:.1f}"
            _paint_weights(canvas, unit, layer.weights_among(weights), weights)


def _paint_weights(canvas, unit: int, name: str, weights: Weights) -> None:
    """The weights of a unit, as an image where it is given one."""
    _, inputs = weights.shape(name)
    row = weights.elements(name, unit * inputs, (unit + 1) * inputs)
    columns = SIDE_PX if inputs == SIDE_PX * SIDE_PX else COLUMNS
    paint_signed(canvas, row, columns, inputs // columns)
