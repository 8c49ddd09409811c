"""What happens on the page, and in which order: its start, the choice of a model, the backend that
it settles on, the answers, and a GPU that is lost."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from .backend_timer import infer_sample
from .benchmark import Subject
from .catalog import Catalog, ModelEntry, first_choice
from .chooser import BackendChooser
from .drawing import Content
from .errors import FileError
from .examples import DIGITS
from .handover import handover_text
from .latest import LatestOnly
from .link import Link, LinkError, from_fragment, to_fragment
from .options import Options
from .panels import Panels
from .picture import Picture
from .reader import Answer, Reader
from .record import Record
from .runtime import Runtime
from .sketch import Sketch
from .strokes import Stroke, Tool
from .teacher import Teacher
from .timing import Timeline

READY = "Ready: draw a digit."
NEW_RELEASE = (
    "A new release of this page is on the server, and its models have changed. "
    "Reload the page, or retry to go on with the new models."
)
GPU_LOST = "The GPU was lost; the model was reloaded."

Run = Callable[..., None]


class Pad(Protocol):
    """Where the person draws."""

    tool: Tool

    @property
    def content(self) -> Content: ...
    @property
    def sketch(self) -> Sketch: ...
    @property
    def can_undo(self) -> bool: ...
    @property
    def can_redo(self) -> bool: ...

    def load(self, content: Content) -> None: ...
    async def play(self, strokes: Sequence[Stroke]) -> None: ...
    def undo(self) -> None: ...
    def redo(self) -> None: ...
    def clear(self) -> None: ...


class Toolbar(Protocol):
    """The buttons for tools and commands."""

    def show_tool(self, tool: Tool) -> None: ...
    def show_idle(self, **idle: bool) -> None: ...


class ModelChoice(Protocol):
    """The person's choice of a model."""

    @property
    def name(self) -> str: ...

    def offer(self, entries: Iterable[ModelEntry], chosen: str) -> None: ...


class BackendChoice(Protocol):
    """The person's choice of a backend; its name is None where the page is to choose."""

    @property
    def name(self) -> str | None: ...


class Address(Protocol):
    """The address of the page, whose fragment may hold a drawing."""

    @property
    def fragment(self) -> str: ...

    @property
    def plays(self) -> bool:
        """Whether a link is to draw stroke by stroke."""

    def share(self, fragment: str) -> None:
        """Gives the person the address with this fragment."""


class Status(Protocol):
    """Says how the page is, in a sentence."""

    def loading(self, sentence: str) -> None: ...
    def ready(self, sentence: str) -> None: ...
    def works(self) -> None:
        """An answer was shown: an error that was told before is over."""

    def raise_fault(self) -> None:
        """Raises the first error so far that nobody has foreseen."""


class Page:
    """Connects what the person does with what the page shows.

    `run` starts a coroutine function in the background and tells the person when it fails.
    """

    def __init__(
        self,
        run: Run,
        catalog: Catalog,
        address: Address,
        wanted_model: str | None,
        *,
        pad: Pad,
        toolbar: Toolbar,
        models: ModelChoice,
        backends: BackendChoice,
        runtime: Runtime,
        chooser: BackendChooser,
        reader: Reader,
        teacher: Teacher,
        status: Status,
        panels: Panels,
        record: Record,
        timeline: Timeline,
    ):
        self._run = run
        self._catalog = catalog
        self._address = address
        self._wanted_model = wanted_model
        self._pad = pad
        self._toolbar = toolbar
        self._models = models
        self._backends = backends
        self._runtime = runtime
        self._chooser = chooser
        self._reader = reader
        self._teacher = teacher
        self._status = status
        self._panels = panels
        self._record = record
        self._timeline = timeline
        self._latest = LatestOnly(reader.read, self._show)

    @property
    def commands(self) -> dict[str, Callable[[], None]]:
        """What buttons and keys do, by the name of the command."""
        return {
            "pen": lambda: self._take("pen"),
            "eraser": lambda: self._take("eraser"),
            "undo": lambda: self._change(self._pad.undo),
            "redo": lambda: self._change(self._pad.redo),
            "clear": lambda: self._change(self._pad.clear),
        }

    @property
    def model(self) -> ModelEntry | None:
        """The model that the person has chosen; None until the list of models is there."""
        return self._catalog.entries.get(self._models.name)

    @property
    def subject(self) -> Subject | None:
        """What a benchmark would time now; None while no model can run."""
        model, backend = self.model, self._runtime.backend_name
        if model is None or not self._reader.is_ready:
            return None
        return Subject(
            f"{model.title} on {backend}",
            lambda: self._runtime.run(model, infer_sample, backend),
        )

    async def start(self) -> None:
        """Offers the models and loads the first one. After a start that failed it can be called
        again."""
        await self._catalog.load()
        remark = self._open_link()
        self._offer()
        await self._choose(remark)

    def follow_link(self) -> None:
        """The address has changed while the page is open."""
        if not self._catalog.entries:
            self._run(self.start)
            return
        remark = self._open_link()
        self._offer()
        self._run(self._choose, remark)

    def share(self) -> None:
        """Makes the link to what is on the page now."""
        content, panels = self._pad.content, self._panels.open_names
        link = Link(content, self._models.name, panels, self._address.plays)
        self._address.share(to_fragment(link))

    def choose(self) -> None:
        """The person chose a model or a backend, or wants another try; or a backend was left, and
        the model goes on elsewhere."""
        self._run(self._choose if self._catalog.entries else self.start)

    def gpu_lost(self) -> None:
        self._run(self._choose, GPU_LOST)

    def drawn(self, content: Content) -> None:
        """The drawing has changed."""
        pad, is_empty = self._pad, not self._reader.sees_ink(content)
        self._toolbar.show_idle(undo=not pad.can_undo, redo=not pad.can_redo, clear=is_empty)
        if self._reader.is_ready:
            self._run(self._latest.submit, content)
        else:
            self.forget_answer()

    def correct(self, label: int) -> None:
        """The person says what the drawing is; without an answer there is nothing to correct."""
        answer, content = self._panels.answer, self._pad.content
        if answer is None or isinstance(content, Picture):
            return
        if self._reader.sees_ink(content):
            self._teacher.teach(answer.model, content, label)

    def expect_correction(self) -> None:
        """The person is about to say what the drawing is."""
        answer = self._panels.answer
        if answer is not None:
            self._teacher.prepare(answer.model)

    def reread(self) -> None:
        """A model may read otherwise than before."""
        if self._reader.is_ready:
            self._run(self._latest.submit, self._pad.content)

    def keep(self) -> str:
        """What another version of the page goes on with, as core/handover.py reads it."""
        options = Options(self._backends.name, self._models.name)
        return handover_text(self._pad.sketch, options, self._panels.open_names)

    async def prove(self) -> None:
        """Reads what is drawn, or else a sample, and shows it; raises what went wrong so far."""
        content = self._pad.content
        answer = await self._reader.read(content or DIGITS[0].strokes)
        self._panels.show(answer)
        if not content:
            self.forget_answer()
        self._status.raise_fault()

    def forget_answer(self) -> None:
        """What was shown is no answer any more."""
        self._panels.show(None)

    def _open_link(self) -> str:
        """Shows what the address says; gives a sentence where it makes no sense."""
        try:
            link = from_fragment(self._address.fragment)
        except LinkError as error:
            return str(error)
        if link.plays and not isinstance(link.content, Picture):
            self._run(self._pad.play, link.content)
        elif link.content:
            self._pad.load(link.content)
        self._panels.open(link.panels)
        self._wanted_model = link.model or self._wanted_model
        return ""

    def _offer(self) -> None:
        """What an address, or the visit before, asked for is offered once; then the person's own
        choice counts."""
        entries = self._catalog.entries
        wanted, self._wanted_model = self._wanted_model or self._models.name, None
        self._models.offer(entries.values(), first_choice(wanted, list(entries)))

    def _take(self, tool: Tool) -> None:
        self._pad.tool = tool
        self._toolbar.show_tool(tool)

    def _change(self, step: Callable[[], None]) -> None:
        """Changes the whole drawing; an answer to what was there before is not shown any more."""
        self._latest.drop()
        step()

    async def _choose(self, remark: str = "") -> None:
        self._latest.drop()
        self._reader.release()
        self.forget_answer()
        model = self._catalog.entries[self._models.name]
        self._describe(model)
        self._status.loading(f"Loading the {model.title.lower()} ...")
        if not await self._chooser.choose(model, self._backends.name):
            return
        self._describe(model)
        if await self._load(model):
            self._teacher.retry(model)
            self._describe(model)
            self._status.ready(" ".join(filter(None, [READY, remark, *self._runtime.failures])))
            self._timeline.mark_once("app:ready")
            self.drawn(self._pad.content)
            self._run(self._settle, model)

    async def _load(self, model: ModelEntry) -> bool:
        """As of Reader.choose(). Where a file cannot be had because the server has another release
        by now, the error says so, and the next attempt takes the files of that release."""
        try:
            return await self._reader.choose(model)
        except FileError as error:
            if await self._catalog.refresh():
                self._offer()
                raise FileError(NEW_RELEASE) from error
            raise

    async def _settle(self, model: ModelEntry) -> None:
        """Once the page is ready: which backend is the faster, where nobody knows yet."""
        if await self._chooser.settle():
            self.drawn(self._pad.content)
        if self.model == model:
            self._describe(model)

    def _describe(self, model: ModelEntry) -> None:
        self._panels.describe(model, self._runtime.backend_name)

    def _show(self, answer: Answer | None) -> None:
        if answer is None:
            self.forget_answer()
            return
        with self._timeline.measured("predict:view") as viewing:
            self._panels.show(answer)
            self._status.works()
        total_ms = self._timeline.measure("predict:total", answer.drawn.start_ms)
        self._record.note(answer, viewing.ms, total_ms)
        self._timeline.mark_once("app:first-prediction")
