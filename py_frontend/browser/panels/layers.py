"""The panel that shows what each layer of the network makes of the drawing."""

from __future__ import annotations

from array import array
from collections.abc import Callable

from pyscript import document

from core.activations import Layer
from core.catalog import ModelEntry
from core.latest import LatestOnly
from core.reader import Answer
from core.runtime import Runtime
from core.session import LoadedNetwork

from ..events import listen, on_colour_scheme
from ..weights import Weights
from .disclosure import Disclosure
from .maps import Maps
from .units import Units


class LayersPanel(Disclosure):
    """One layer at a time: the feature maps of a convolution, or the most active units of a linear
    layer."""

    def __init__(self, runtime: Runtime, run: Callable[..., None]):
        super().__init__("layers")
        self._runtime, self._run = runtime, run
        self._choice = document.getElementById("layer-choice")
        self._maps, self._units = Maps(), Units()
        self._latest = LatestOnly(self._read, self._show)
        self._answer: Answer | None = None
        self._model: ModelEntry | None = None  # whose layers these are
        self._layers: dict[str, Layer] = {}
        self._weights: Weights | None = None
        listen(self._choice, "change", lambda _event: self._redraw())
        on_colour_scheme(self._redraw)

    def show(self, answer: Answer | None) -> None:
        self._answer = answer
        if answer is None:
            self._latest.drop()
            self._show(None)
        else:
            self._run(self._latest.submit, answer)

    def describe(self, model: ModelEntry, backend: str) -> None:
        self._run(self._learn, model)

    async def _learn(self, model: ModelEntry) -> None:
        """Which layers the model has, and their weights."""
        layers, weights = await self._runtime.run(model, _layers), await Weights.of(model)
        self._model, self._weights = model, weights
        self._layers = {layer.name: layer for layer in layers}
        chosen = self._choice.value
        self._choice.replaceChildren(*map(_option, layers))
        self._choice.value = chosen if chosen in self._layers else layers[0].name
        self._redraw()

    def _redraw(self) -> None:
        if self.is_open:
            self.show(self._answer)

    async def _read(self, answer: Answer) -> tuple[Layer, array[float]] | None:
        layer = self._layers.get(self._choice.value)
        if layer is None or answer.model != self._model:  # until the layers of its model are known
            return None
        found = await self._runtime.run(
            answer.model, lambda network: network.outputs(answer.drawn.ink, [layer.name])
        )
        return layer, found[layer.name]

    def _show(self, found: tuple[Layer, array[float]] | None) -> None:
        for picture, is_image in ((self._maps, True), (self._units, False)):
            if found is None or self._weights is None or found[0].is_image is not is_image:
                picture.hide()
            else:
                picture.show(*found, self._weights)


async def _layers(network: LoadedNetwork) -> tuple[Layer, ...]:
    """Work that tells what can be read of a network; features are the last layer once more."""
    return tuple(layer for layer in network.layers if layer.number is not None)


def _option(layer: Layer):
    option = document.createElement("option")
    option.value, option.textContent = layer.name, layer.title
    return option
