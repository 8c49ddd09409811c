"""The panel that shows the training images most like the drawing, and a map of all digits."""

from __future__ import annotations

from array import array
from collections.abc import Callable

from pyscript import document

from core.catalog import ModelEntry
from core.image import SIDE_PX
from core.latest import LatestOnly
from core.neighbours import MAP_UNITS, ON_MAP, Neighbour, Prototypes
from core.reader import Answer
from core.runtime import Runtime

from ..events import Throttled, on_colour_scheme
from ..pictures import paint_classes, paint_ink
from ..weights import tensors
from .disclosure import Disclosure

REFRESH_MS = 120
FEATURES = "features"
DOT = 1  # pixels of the map on each side of a prototype's place
NOTHING = "Draw a digit."


class NeighboursPanel(Disclosure):
    """The nearest training images with labels and distances, and the drawing as a dot on the map,
    which moves while one draws."""

    def __init__(self, runtime: Runtime, run: Callable[..., None]):
        super().__init__("neighbours")
        self._runtime, self._run = runtime, run
        self._list, self._map, self._dot, self._caption = map(
            document.getElementById,
            ("neighbour-list", "neighbour-map", "neighbour-dot", "neighbour-caption"),
        )
        self._latest = LatestOnly(self._read, self._show)
        self._answer: Answer | None = None
        self._known: dict[str, Prototypes] = {}
        self._ask = Throttled(self._submit, REFRESH_MS)
        on_colour_scheme(self._paint_map)

    def show(self, answer: Answer | None) -> None:
        self._answer = answer
        if answer is None:
            self._latest.drop()
            self._show(())
        else:
            self._ask.ask()

    def describe(self, model: ModelEntry, backend: str) -> None:
        """An answer says which model it is of."""

    def _submit(self) -> None:
        if self._answer and self.is_open:
            self._run(self._latest.submit, self._answer)

    async def _read(self, answer: Answer) -> tuple[Neighbour, ...]:
        model = answer.model
        if model.neighbours is None or model.images is None:
            return ()
        if model.name not in self._known:
            self._known[model.name] = await _prototypes(model)
            self._paint_map()
        found = await self._runtime.run(
            model, lambda network: network.outputs(answer.drawn.ink, [FEATURES])
        )
        return tuple(self._known[model.name].nearest(found[FEATURES], ON_MAP))

    def _show(self, neighbours: tuple[Neighbour, ...]) -> None:
        self._dot.hidden = not neighbours
        self._caption.textContent = _sentence(neighbours)
        prototypes = self._known.get(self._answer.model.name) if self._answer else None
        for place, figure in enumerate(self._list.children):
            figure.hidden = place >= len(neighbours)
            if not figure.hidden:
                canvas, caption = figure.children
                neighbour = neighbours[place]
                paint_ink(canvas, prototypes.image(neighbour.number), SIDE_PX)
                caption.textContent = f"{neighbour.label}: {neighbour.distance:.0f}"
        if neighbours:
            x, y = prototypes.place_of(neighbours)
            self._dot.style.left, self._dot.style.top = f"{x:.1%}", f"{y:.1%}"

    def _paint_map(self) -> None:
        """All prototypes, each class in its colour; of the model that answered last."""
        prototypes = self._known.get(self._answer.model.name) if self._answer else None
        if prototypes is None or not self.is_open:
            return
        paint_classes(self._map, prototypes.places, prototypes.labels, MAP_UNITS + 1, DOT)


def _sentence(neighbours: tuple[Neighbour, ...]) -> str:
    if not neighbours:
        return NOTHING
    labels = [neighbour.label for neighbour in neighbours]
    most = max(labels, key=labels.count)
    count = labels.count(most)
    if count == len(labels):
        return f"All {count} of the nearest training images are {most}s."
    return f"{count} of the {len(labels)} nearest training images are {most}s."


async def _prototypes(model: ModelEntry) -> Prototypes:
    found = await tensors(model.neighbours, model.neighbours_sha256)
    images = await tensors(model.images, model.images_sha256)
    bytes_of = lambda tensor: tensor.data.to_bytes()
    floats_of = lambda tensor: array("f", tensor.data.to_bytes())
    return Prototypes(
        floats_of(found.get("mean")),
        floats_of(found.get("axes")),
        *(bytes_of(found.get(name)) for name in ("points", "places", "labels")),
        bytes_of(images.get("images")),
    )
