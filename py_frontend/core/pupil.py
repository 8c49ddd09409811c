"""One model, as it learns the drawings that are taught."""

from __future__ import annotations

from array import array
from asyncio import Lock
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from .anchors import Anchors, parse_anchors
from .catalog import ModelEntry
from .errors import FileError
from .learning import Learned, Lesson, lesson
from .runtime import Runtime
from .strokes import Stroke
from .taught import Taught, TaughtDrawing

Fetch = Callable[[str, str | None], Awaitable[bytes]]  # by path and SHA-256
Image = Callable[[tuple[Stroke, ...]], "array[float] | None"]
Pause = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Studied:
    """What a model has learned of what was taught: `drawings` are those of its lessons, one by one,
    without any that has no ink."""

    taught: Taught
    drawings: tuple[TaughtDrawing, ...]
    learned: Learned


class Pupil:
    """Learns each drawing once, and nothing before the first: then `fetch` gives the file of
    anchors, and `image` the ink of a drawing. It pauses between drawings."""

    def __init__(
        self, model: ModelEntry, runtime: Runtime, fetch: Fetch, image: Image, pause: Pause
    ):
        self._model, self._runtime = model, runtime
        self._fetch, self._image, self._pause = fetch, image, pause
        self._anchors: Anchors | None = None
        self._loading = Lock()
        self._lessons: dict[TaughtDrawing, Lesson] = {}

    async def prepare(self) -> None:
        """Loads what learning needs, before it is needed."""
        await self._load()

    async def study(self, taught: Taught) -> Studied:
        """What the model knows after these drawings, and no others."""
        anchors = await self._load()
        lessons = {}
        for drawing in taught:
            ink = None if drawing in self._lessons else self._image(drawing.strokes)
            if drawing in self._lessons:
                lessons[drawing] = self._lessons[drawing]
            elif ink is not None:
                await self._pause()
                lessons[drawing] = await self._lesson(anchors, drawing.label, ink)
        self._lessons = lessons
        return Studied(taught, tuple(lessons), Learned(anchors, tuple(lessons.values())))

    async def _load(self) -> Anchors:
        if self._model.anchors is None:
            raise FileError(
                f"The {self._model.title.lower()} was exported without what learning needs. "
                "Export it again: python -m export learning"
            )
        async with self._loading:
            if self._anchors is None:
                content = await self._fetch(self._model.anchors, self._model.anchors_sha256)
                self._anchors = parse_anchors(content)
            return self._anchors

    async def _lesson(self, anchors: Anchors, label: int, ink: array[float]) -> Lesson:
        inference = await self._runtime.run(self._model, lambda network: network.observe(ink))
        return lesson(anchors, label, inference.features, ink, inference.logits)
