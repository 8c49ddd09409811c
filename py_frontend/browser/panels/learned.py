"""The panel that shows what was taught, and what it brought."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pyscript import document

from core.catalog import ModelEntry
from core.effect import NONE_TAUGHT, UNUSED, Effect, captions, effect_of, label_name
from core.image import SIDE_PX, mnist_image
from core.latest import LatestOnly
from core.pupil import Studied
from core.reader import Answer
from core.taught import TaughtDrawing
from core.teacher import Teacher

from ..events import listen, on_colour_scheme
from ..pictures import paint_ink
from .disclosure import Disclosure


class LearnedPanel(Disclosure):
    """A picture of each taught drawing, which can be taken back, and what all of them changed."""

    def __init__(
        self, teacher: Teacher, pause: Callable[[], Awaitable[None]], run: Callable[..., None]
    ):
        super().__init__("learned")
        self._teacher, self._pause, self._run = teacher, pause, run
        self._list, self._effect = map(document.getElementById, ("learned-list", "learned-effect"))
        self._latest = LatestOnly(self._measure, self._show_effect)
        self._model: ModelEntry | None = None
        self._figures: dict[TaughtDrawing, _Figure] = {}
        teacher.on_taught(self._redraw)
        teacher.on_learned(self._redraw)
        on_colour_scheme(self._repaint)
        listen(self._list, "click", self._take_back)

    def show(self, answer: Answer | None) -> None:
        """It shows what was taught, whatever is drawn."""

    def describe(self, model: ModelEntry, backend: str) -> None:
        self._model = model
        self._redraw()

    def _redraw(self) -> None:
        if not self.is_open or self._model is None:
            return
        taught = self._teacher.taught
        self._figures = {one: self._figures.get(one) or _Figure(one) for one in taught}
        self._list.replaceChildren(*(figure.element for figure in self._figures.values()))
        self._teacher.learned(self._model)
        self._run(self._latest.submit, self._teacher.studied(self._model))

    def _repaint(self) -> None:
        self._figures = {}
        self._redraw()

    async def _measure(self, studied: Studied | None) -> Effect | None:
        for figure in tuple(self._figures.values()):
            await self._pause()
            figure.paint()
        if studied is None:
            return None
        for drawing, caption in zip(studied.drawings, captions(studied), strict=True):
            if drawing in self._figures:
                self._figures[drawing].say(caption)
        return await effect_of(studied, self._pause)

    def _show_effect(self, effect: Effect | None) -> None:
        nothing = UNUSED if self._teacher.taught else NONE_TAUGHT
        self._effect.textContent = " ".join(effect.sentences()) if effect else nothing

    def _take_back(self, event) -> None:
        """Takes a drawing back; the next one's button gets the focus that would be lost."""
        place = [figure.button.isSameNode(event.target) for figure in self._figures.values()]
        if True not in place:
            return
        number = place.index(True)
        self._teacher.take_back([*self._figures][number].strokes)
        buttons = [figure.button for figure in self._figures.values()]
        if buttons:
            buttons[min(number, len(buttons) - 1)].focus()


class _Figure:
    """The picture of a taught drawing, with a button that takes it back."""

    def __init__(self, drawing: TaughtDrawing):
        self._drawing, self._is_painted = drawing, False
        self.element, self._canvas, self._caption, self.button = map(
            document.createElement, ("figure", "canvas", "figcaption", "button")
        )
        self._canvas.ariaHidden = "true"
        self.button.type, self.button.textContent = "button", "Take back"
        self.element.append(self._canvas, self._caption, self.button)
        self.say(label_name(drawing.label))

    def say(self, caption: str) -> None:
        self._caption.textContent = caption
        self.button.ariaLabel = f"Take back {caption}"

    def paint(self) -> None:
        if not self._is_painted:
            self._is_painted = True
            paint_ink(
                self._canvas, mnist_image(self._drawing.strokes) or bytes(SIDE_PX**2), SIDE_PX
            )
