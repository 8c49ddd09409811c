"""The panel that shows the training images most like the drawing, and a map of all digits."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

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
NO_MAP = "Map of training images: no drawing on it"


@dataclass(frozen=True)
class Found:
    """The neighbours of a drawing among the prototypes of the model that read it."""

    prototypes: Prototypes
    neighbours: tuple[Neighbour, ...]

    @cached_property
    def place(self) -> tuple[float, float]:
        """On the map, in 0..1 from left and top."""
        return self.prototypes.place_of(self.neighbours)

    @property
    def map_words(self) -> str:
        nearest = self.prototypes.label_near(self.place)
        return f"Map of {len(self.prototypes):,} training images: you are nearest to the {nearest}s"

    @property
    def sentence(self) -> str:
        labels = [neighbour.label for neighbour in self.neighbours]
        most = max(labels, key=labels.count)
        if labels.count(most) == len(labels):
            return f"All {len(labels)} of the nearest training images are {most}s."
        return f"{labels.count(most)} of the {len(labels)} nearest training images are {most}s."


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
        self._on_map: Prototypes | None = None
        self._ask = Throttled(self._submit, REFRESH_MS)
        on_colour_scheme(self._repaint)

    def show(self, answer: Answer | None) -> None:
        self._answer = answer
        if answer is None:
            self._latest.drop()
            self._show(None)
        else:
            self._ask.ask()

    def describe(self, model: ModelEntry, backend: str) -> None:
        """An answer says which model it is of."""

    def _submit(self) -> None:
        if self._answer and self.is_open:
            self._run(self._latest.submit, self._answer)

    async def _read(self, answer: Answer) -> Found | None:
        prototypes = await self._prototypes_of(answer.model)
        if prototypes is None:
            return None
        outputs = await self._runtime.run(
            answer.model, lambda network: network.outputs(answer.drawn.ink, [FEATURES])
        )
        return Found(prototypes, tuple(prototypes.nearest(outputs[FEATURES], ON_MAP)))

    async def _prototypes_of(self, model: ModelEntry) -> Prototypes | None:
        """Fetched when they are first needed; None where the model was exported without them."""
        if model.neighbours is None or model.images is None:
            return None
        if model.name not in self._known:
            self._known[model.name] = _prototypes(
                await tensors(model.neighbours, model.neighbours_sha256),
                await tensors(model.images, model.images_sha256),
            )
        return self._known[model.name]

    def _show(self, found: Found | None) -> None:
        self._caption.textContent = found.sentence if found else NOTHING
        self._dot.hidden = found is None
        self._map.ariaLabel = found.map_words if found else NO_MAP
        for place, figure in enumerate(self._list.children):
            figure.hidden = found is None or place >= len(found.neighbours)
            if found and not figure.hidden:
                _show_neighbour(figure, found.prototypes, found.neighbours[place])
        if found:
            self._show_map(found.prototypes)
            x, y = found.place
            self._dot.style.left, self._dot.style.top = f"{x:.1%}", f"{y:.1%}"

    def _show_map(self, prototypes: Prototypes) -> None:
        """All prototypes, each class in its colour; painted again for another model or theme."""
        if self._on_map is not prototypes:
            self._on_map = prototypes
            paint_classes(self._map, prototypes.places, prototypes.labels, MAP_UNITS + 1, DOT)

    def _repaint(self) -> None:
        self._on_map = None
        self._submit()


def _show_neighbour(figure, prototypes: Prototypes, neighbour: Neighbour) -> None:
    canvas, caption = figure.children
    paint_ink(canvas, prototypes.image(neighbour.number), SIDE_PX)
    caption.textContent = f"{neighbour.label}: {neighbour.distance:.0f}"
    canvas.ariaLabel = f"A {neighbour.label} at distance {neighbour.distance:.0f}"


def _prototypes(found, images) -> Prototypes:
    """The tensors of both files as Python values."""
    mean, axes = (array("f", found.get(name).data.to_bytes()) for name in ("mean", "axes"))
    points, places, labels = (
        found.get(name).data.to_bytes() for name in ("points", "places", "labels")
    )
    return Prototypes(mean, axes, points, places, labels, images.get("images").data.to_bytes())
