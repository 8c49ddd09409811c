"""What happens on the page and in which order, with fakes in the place of the browser."""

import asyncio
import json
from contextlib import contextmanager
from dataclasses import asdict

import pytest

from py_frontend.core.catalog import Catalog
from py_frontend.core.chooser import BackendChooser
from py_frontend.core.errors import BackendUnavailable, PageError
from py_frontend.core.link import Link, from_fragment, to_fragment
from py_frontend.core.page import GPU_LOST, READY, Page
from py_frontend.core.panels import AlwaysOpen, Panels
from py_frontend.core.reader import Reader
from py_frontend.core.record import Record
from py_frontend.core.strokes import Stroke
from py_frontend.core.timing import Span
from py_frontend.core.trial import Trial
from tests.support.fakes import Machine, finished, model, settle

LINE = (Stroke("pen", 16, ((100, 80), (110, 200))),)


class Timeline:
    """A clock that moves by a millisecond at each look, and the names of what was recorded."""

    def __init__(self):
        self.now, self.recorded = 0.0, []

    def now_ms(self):
        self.now += 1
        return self.now

    @contextmanager
    def measured(self, name):
        span = Span(self.now_ms())
        yield span
        span.ms = self.measure(name, span.start_ms)

    def measure(self, name, start_ms):
        self.recorded.append(name)
        return self.now_ms() - start_ms

    def mark_once(self, name):
        if name not in self.recorded:
            self.recorded.append(name)


class Address:
    def __init__(self, fragment):
        self.fragment, self.shared = fragment, []

    def share(self, fragment):
        self.shared.append(fragment)


class Pad:
    def __init__(self):
        self.tool, self.strokes, self.can_undo, self.can_redo = "pen", (), False, False
        self.steps = []

    def load(self, strokes):
        self.strokes = tuple(strokes)

    def undo(self):
        self.steps.append("undo")

    def redo(self):
        self.steps.append("redo")

    def clear(self):
        self.steps.append("clear")
        self.strokes = ()


class Controls:
    """The toolbar and both choices."""

    def __init__(self, name="", backend=None):
        self.name, self.offered, self.tool, self.idle = name, [], "", {}
        self.backend = type("Backend", (), {"name": backend})()

    def offer(self, entries, chosen):
        self.offered, self.name = [entry.name for entry in entries], chosen

    def show_tool(self, tool):
        self.tool = tool

    def show_idle(self, **idle):
        self.idle = idle


class Status:
    def __init__(self):
        self.sentences, self.worked = [], 0

    def loading(self, sentence):
        self.sentences.append(sentence)

    ready = loading

    def works(self):
        self.worked += 1


class Card(AlwaysOpen):
    """A panel that remembers what it showed."""

    def __init__(self):
        self.shown, self.described = [], []

    def show(self, answer):
        self.shown.append(answer and (answer.model.name, answer.prediction.digit))

    def describe(self, entry, backend):
        self.described.append((entry.name, backend))


class Drawer(Card):
    """A panel that is closed until the test opens it."""

    name = "drawer"
    is_open = False

    def on_open(self, handler):
        self._handler = handler

    def open(self):
        self.is_open = True
        self._handler()


class Visit:
    """A page on a made-up machine. Errors of what runs in the background are kept in `errors`."""

    def __init__(
        self, backends=("webgpu", "wasm"), wanted_model=None, wanted_backend=None, fragment=""
    ):
        self.machine = Machine()
        self.runtime = self.machine.runtime(*backends)
        self.index: str | Exception = json.dumps([asdict(model(name)) for name in ("mlp", "cnn")])
        self.catalog = Catalog(self.fetch_index)
        self.address = Address(fragment)
        self.fetches, self.errors, self.tasks = [], [], set()
        self.timeline, self.pad, self.record = Timeline(), Pad(), Record()
        self.controls, self.status = Controls("mlp", wanted_backend), Status()
        self.card, self.drawer = Card(), Drawer()
        trial = Trial(self.runtime, self.timeline.now_ms, settle, self.record.note_first)
        self.page = Page(
            self.run,
            self.catalog,
            self.address,
            wanted_model,
            pad=self.pad,
            toolbar=self.controls,
            models=self.controls,
            backends=self.controls.backend,
            runtime=self.runtime,
            chooser=BackendChooser(self.runtime, self, trial, self.gpu_name),
            reader=Reader(self.runtime, self.timeline),
            status=self.status,
            panels=Panels((self.card, self.drawer)),
            record=self.record,
            timeline=self.timeline,
        )
        self.runtime.on_lost = self.page.gpu_lost

    def run(self, work, *arguments):
        async def guarded():
            try:
                await work(*arguments)
            except PageError as error:
                self.errors.append(str(error))

        task = asyncio.create_task(guarded())
        self.tasks.add(task)

    async def rest(self):
        """Returns once nothing runs in the background any more."""
        while self.tasks:
            done, self.tasks = self.tasks, set()
            await asyncio.gather(*done)

    async def fetch_index(self):
        self.fetches.append("index")
        await asyncio.sleep(0)
        if isinstance(self.index, Exception):
            raise self.index
        return self.index

    async def gpu_name(self):
        await asyncio.sleep(0)
        return "card"

    def recall(self, key):
        return None

    def keep(self, key, text):
        pass

    async def open(self):
        self.run(self.page.start)
        await self.rest()

    async def draw(self, strokes=LINE):
        self.pad.strokes = strokes
        self.page.drawn(strokes)
        await self.rest()


def visit(scenario, **options):
    async def play():
        made = Visit(**options)
        await scenario(made)
        await made.rest()

    finished(play())


def test_a_page_offers_its_models_loads_the_first_and_is_ready():
    async def scenario(made):
        await made.open()
        assert made.controls.offered == ["mlp", "cnn"]
        assert made.status.sentences == ["Loading the mlp ...", READY]
        assert "app:ready" in made.timeline.recorded and not made.errors
        assert made.card.described[0][0] == "mlp"

    visit(scenario)


@pytest.mark.parametrize("wanted, name", [("cnn", "cnn"), ("nonsense", "mlp"), (None, "mlp")])
def test_the_model_that_the_address_asks_for_is_the_first(wanted, name):
    async def scenario(made):
        await made.open()
        assert made.page.model == model(name)

    visit(scenario, wanted_model=wanted)


def test_what_is_drawn_is_read_shown_and_recorded():
    async def scenario(made):
        await made.open()
        await made.draw()
        assert made.card.shown[-1] == ("mlp", 0)
        assert made.status.worked > 0
        assert made.timeline.recorded.count("app:first-prediction") == 1
        assert {"predict:image", "predict:inference", "predict:view", "predict:total"} <= set(
            made.timeline.recorded
        )
        assert made.record.figures("mlp", made.runtime.backend_name)["total"].last is not None

    visit(scenario)


def test_what_was_drawn_before_a_model_could_read_is_read_as_soon_as_it_can():
    async def scenario(made):
        made.pad.strokes = LINE
        made.page.drawn(LINE)
        assert made.card.shown == []
        await made.open()
        assert made.card.shown[-1] == ("mlp", 0)

    visit(scenario)


def test_an_empty_drawing_shows_no_answer_and_idle_buttons():
    async def scenario(made):
        await made.open()
        await made.draw()
        made.pad.can_undo = True
        await made.draw(())
        assert made.card.shown[-1] is None
        assert made.controls.idle == {"undo": False, "redo": True, "clear": True}

    visit(scenario)


def test_no_answer_to_what_was_there_before_is_shown_after_a_command():
    async def scenario(made):
        await made.open()
        made.page.drawn(LINE)
        await asyncio.sleep(0)
        made.page.commands["clear"]()
        shown = len(made.card.shown)
        await made.rest()
        assert made.pad.steps == ["clear"] and len(made.card.shown) == shown

    visit(scenario)


def test_commands_take_tools_and_step_through_the_drawing():
    async def scenario(made):
        for name in ("eraser", "pen", "undo", "redo", "clear"):
            made.page.commands[name]()
        assert made.pad.steps == ["undo", "redo", "clear"]
        made.page.commands["eraser"]()
        assert (made.pad.tool, made.controls.tool) == ("eraser", "eraser")

    visit(scenario)


def test_another_model_takes_the_old_answer_away_and_reads_the_drawing_again():
    async def scenario(made):
        await made.open()
        await made.draw()
        made.controls.name = "cnn"
        made.page.choose()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert made.card.shown[-1] is None
        await made.rest()
        assert made.card.shown[-1] == ("cnn", 0)
        assert made.status.sentences[-2:] == ["Loading the cnn ...", READY]

    visit(scenario)


def test_of_many_choices_the_last_one_wins():
    async def scenario(made):
        await made.open()
        made.pad.strokes = LINE
        for name in ("cnn", "mlp", "cnn", "mlp", "cnn"):
            made.controls.name = name
            made.page.choose()
        await made.rest()
        assert made.card.shown[-1] == ("cnn", 0)
        assert made.card.described[-1][0] == "cnn"

    visit(scenario)


def test_a_list_of_models_that_failed_is_fetched_again_at_the_next_try():
    async def scenario(made):
        index, made.index = made.index, PageError("no connection")
        made.page.choose()
        await made.rest()
        assert made.errors == ["no connection"] and made.page.model is None
        made.index = index
        made.page.choose()
        await made.rest()
        assert made.fetches == ["index"] * 2 and made.status.sentences[-1] == READY
        made.page.choose()
        await made.rest()
        assert made.fetches == ["index"] * 2

    visit(scenario)


def test_a_model_that_cannot_be_loaded_leaves_no_answer_and_can_be_tried_again():
    async def scenario(made):
        await made.open()
        await made.draw()
        made.machine.broken["load cnn on wasm"] = [PageError("missing")]
        made.machine.broken["load cnn on webgpu"] = [PageError("missing")]
        made.controls.name = "cnn"
        made.page.choose()
        await made.rest()
        assert made.errors == ["missing"] and made.card.shown[-1] is None
        made.machine.broken.clear()
        made.page.choose()
        await made.rest()
        assert made.card.shown[-1] == ("cnn", 0)

    visit(scenario)


def test_a_lost_gpu_is_told_and_the_drawing_is_read_again():
    async def scenario(made):
        await made.open()
        await made.draw()
        made.machine.devices[0].lose()
        await made.rest()
        assert made.status.sentences[-1] == f"{READY} {GPU_LOST}"
        assert made.card.shown[-1] == ("mlp", 0)

    visit(scenario, backends=("webgpu",), wanted_backend="webgpu")


def test_why_a_backend_was_left_is_part_of_the_ready_sentence():
    async def scenario(made):
        made.machine.broken["start webgpu"] = [BackendUnavailable("No GPU.")] * 9
        await made.open()
        assert made.status.sentences[-1] == f"{READY} No GPU."
        assert made.card.described[-1] == ("mlp", "wasm")

    visit(scenario)


def test_a_closed_panel_is_told_nothing_and_catches_up_when_it_opens():
    async def scenario(made):
        await made.open()
        await made.draw()
        assert made.drawer.shown == made.drawer.described == []
        made.drawer.open()
        assert made.drawer.described == [made.card.described[-1]]
        assert made.drawer.shown == [("mlp", 0)]
        await made.draw(())
        assert made.drawer.shown[-1] is None

    visit(scenario)


def test_there_is_something_to_time_once_a_model_is_ready():
    async def scenario(made):
        assert made.page.subject is None
        await made.open()
        subject = made.page.subject
        assert subject.title == f"MLP on {made.runtime.backend_name}"
        assert (await subject.infer()).logits == [1.0] * 10

    visit(scenario)


def test_a_link_opens_its_drawing_its_model_and_its_panels():
    async def scenario(made):
        await made.open()
        assert made.pad.strokes == LINE
        assert made.card.shown[-1] == ("cnn", 0)
        assert made.drawer.is_open

    visit(scenario, fragment="#" + to_fragment(Link(LINE, "cnn", ("drawer", "unknown"))))


def test_a_link_of_what_is_on_the_page_opens_the_same():
    async def scenario(made):
        await made.open()
        await made.draw()
        made.drawer.open()
        made.page.share()
        assert from_fragment(made.address.shared[0]) == Link(LINE, "mlp", ("drawer",))

    visit(scenario)


def test_a_damaged_link_is_told_and_leaves_the_pad_empty():
    async def scenario(made):
        await made.open()
        assert made.pad.strokes == () and not made.errors
        assert made.status.sentences[-1].startswith(READY)
        assert "damaged" in made.status.sentences[-1]

    visit(scenario, fragment="#d=1.$$$")


def test_a_link_that_is_opened_on_the_open_page_takes_its_place():
    async def scenario(made):
        await made.open()
        made.address.fragment = "#" + to_fragment(Link(LINE, "cnn"))
        made.page.follow_link()
        await made.rest()
        assert made.card.shown[-1] == ("cnn", 0)

    visit(scenario)
