"""The panel that shows what the network gets, and how it was made from the drawing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pyscript import document

from core.catalog import ModelEntry
from core.descriptions import (
    NOTHING,
    describe_boxed,
    describe_centred,
    describe_drawn,
    describe_erased,
    describe_ink,
    describe_penned,
)
from core.image import BOX_PX, PIXELS, SIDE_PX, Steps, steps
from core.placement import CANVAS_UNITS
from core.reader import Answer, Drawn
from core.strokes import Stroke

from ..events import listen, on_colour_scheme
from ..pictures import Sketch, paint_ink
from .disclosure import Disclosure

NO_INK = bytes(PIXELS)
THIN_PX = 0.35  # of lines that only explain, in pixels of the image
CROSS_PX = 3.0


@dataclass(frozen=True)
class Drawing:
    """What the pictures are made from: the strokes as drawn, and the steps to the image."""

    strokes: tuple[Stroke, ...]
    steps: Steps


def _drawing_of(drawn: Drawn) -> Drawing | None:
    """None for a picture, which no steps have led to."""
    made = steps(drawn.strokes, drawn.area)
    return Drawing(drawn.strokes, made) if made else None


@dataclass(frozen=True)
class Picture:
    """One step: its name in index.html, how many units its picture is across, how it is painted,
    and what it shows in words."""

    name: str
    units: float
    paint: Callable[[Sketch, Drawing], None]
    describe: Callable[[Drawing], str]


def _drawn(sketch: Sketch, drawing: Drawing) -> None:
    for stroke in drawing.strokes:
        colour = "--ink" if stroke.tool == "pen" else "--muted"
        sketch.lines([stroke.points], stroke.width, colour)


def _erased(sketch: Sketch, drawing: Drawing) -> None:
    for stroke in drawing.steps.pen:
        sketch.lines([stroke.points], stroke.width, "--ink")


def _boxed(sketch: Sketch, drawing: Drawing) -> None:
    margin = (SIDE_PX - BOX_PX) / 2
    sketch.box(margin, margin, BOX_PX, THIN_PX, "--accent")
    sketch.lines(drawing.steps.boxed, 2 * THIN_PX, "--ink")


def _centred(sketch: Sketch, drawing: Drawing) -> None:
    sketch.lines(drawing.steps.placed, 2 * THIN_PX, "--ink")
    middle = SIDE_PX / 2
    arms = (
        [(middle - CROSS_PX, middle), (middle + CROSS_PX, middle)],
        [(middle, middle - CROSS_PX), (middle, middle + CROSS_PX)],
    )
    sketch.lines(arms, THIN_PX, "--accent")


def _penned(sketch: Sketch, drawing: Drawing) -> None:
    for line, width in zip(drawing.steps.placed, drawing.steps.widths):
        sketch.lines([line], width, "--ink")


PICTURES = (
    Picture("drawn", CANVAS_UNITS, _drawn, lambda drawing: describe_drawn(drawing.strokes)),
    Picture("erased", CANVAS_UNITS, _erased, lambda drawing: describe_erased(drawing.steps)),
    Picture("boxed", SIDE_PX, _boxed, lambda drawing: describe_boxed(drawing.steps)),
    Picture("centred", SIDE_PX, _centred, lambda drawing: describe_centred(drawing.steps)),
    Picture("penned", SIDE_PX, _penned, lambda drawing: describe_penned(drawing.steps)),
)


class InputPanel(Disclosure):
    """The 28x28 image, large, and the steps that made it, each of which can be enlarged."""

    def __init__(self):
        super().__init__("input")
        self._image, self._enlarged, self._caption = map(
            document.getElementById, ("input-image", "input-step", "input-caption")
        )
        self._drawing: Drawing | None = None
        self._ink: Sequence[float] = NO_INK
        self._chosen: Picture | None = None
        self._buttons = {
            picture: document.getElementById(f"step-{picture.name}") for picture in PICTURES
        }
        self._sketches = {
            picture: Sketch(button.querySelector("canvas"), picture.units)
            for picture, button in self._buttons.items()
        }
        self._plain_caption = self._caption.textContent
        for picture, button in self._buttons.items():
            listen(button, "click", lambda _event, picture=picture: self._choose(picture))
        on_colour_scheme(self._paint)

    def show(self, answer: Answer | None) -> None:
        self._drawing = _drawing_of(answer.drawn) if answer else None
        self._ink = answer.drawn.ink if answer else NO_INK
        self._paint()

    def describe(self, model: ModelEntry, backend: str) -> None:
        """All models are given the same image."""

    def _choose(self, picture: Picture) -> None:
        """Enlarges a step; a second press shows the image again."""
        self._chosen = None if self._chosen is picture else picture
        for each, button in self._buttons.items():
            button.ariaPressed = "true" if each is self._chosen else "false"
        chosen = self._buttons[self._chosen] if self._chosen else None
        self._caption.textContent = chosen.title if chosen else self._plain_caption
        self._image.hidden, self._enlarged.hidden = bool(chosen), not chosen
        self._paint()

    def _paint(self) -> None:
        if not self.is_open:
            return
        paint_ink(self._image, self._ink, SIDE_PX)
        self._image.ariaLabel = describe_ink(self._ink)
        for picture, sketch in self._sketches.items():
            self._paint_step(sketch, picture)
        if self._chosen:
            self._paint_step(Sketch(self._enlarged, self._chosen.units), self._chosen)
            words = self._chosen.describe(self._drawing) if self._drawing else NOTHING
            name = self._buttons[self._chosen].textContent
            self._enlarged.ariaLabel = f"{name}, enlarged: {words}"

    def _paint_step(self, sketch: Sketch, picture: Picture) -> None:
        sketch.begin()
        if self._drawing:
            picture.paint(sketch, self._drawing)
