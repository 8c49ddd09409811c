"""A page of fakes around the real core, on a machine that the test makes up."""

import asyncio
import json
from dataclasses import asdict

from py_frontend.core.adapted import AdaptedRuntime
from py_frontend.core.backend_timer import BackendTimer
from py_frontend.core.catalog import Catalog
from py_frontend.core.chooser import BackendChooser
from py_frontend.core.errors import learning_sentence, sentence
from py_frontend.core.image import mnist_image
from py_frontend.core.page import Page
from py_frontend.core.panels import AlwaysOpen, Panels
from py_frontend.core.pupil import Pupil
from py_frontend.core.reader import Reader
from py_frontend.core.record import Record
from py_frontend.core.teacher import Teacher

from .anchors import anchor_file
from .fakes import LINE, Machine, Stopwatch, model, settle


class FakePad:
    def __init__(self):
        self.tool, self.content, self.can_undo, self.can_redo = "pen", (), False, False
        self.steps = []

    def undo(self):
        self.steps.append("undo")

    def redo(self):
        self.steps.append("redo")

    def clear(self):
        self.steps.append("clear")
        self.content = ()

    def load(self, content):
        self.content = content

    async def play(self, strokes):
        self.steps.append("play")
        self.content = strokes


class FakeAddress:
    def __init__(self, fragment):
        self.fragment, self.shared, self.plays = fragment, [], False

    def share(self, fragment):
        self.shared.append(fragment)


class FakeToolbar:
    def __init__(self):
        self.tool, self.idle = "", {}

    def show_tool(self, tool):
        self.tool = tool

    def show_idle(self, **idle):
        self.idle = idle


class FakeChoice:
    """The choice of a model or of a backend."""

    def __init__(self, name):
        self.name, self.offered = name, []

    def offer(self, entries, chosen):
        self.offered, self.name = [entry.name for entry in entries], chosen


class FakeStatus:
    """Every state that the page went through, and what it says now."""

    def __init__(self):
        self.states, self.sentence, self.fault = [], "", None
        self._ready_sentence = ""

    def loading(self, sentence):
        self._set("loading", sentence)

    def ready(self, sentence):
        self._ready_sentence = sentence
        self._set("ready", sentence)

    def failed(self, sentence):
        self._set("error", sentence)

    def works(self):
        if self.states[-1] == "error":
            self.ready(self._ready_sentence)

    def raise_fault(self):
        if self.fault:
            raise self.fault

    def _set(self, state, sentence):
        self.states.append(state)
        self.sentence = sentence


class FakeCard(AlwaysOpen):
    """What is always seen: the newest answer, and what was described."""

    def __init__(self):
        self.answer, self.described = None, None

    def show(self, answer):
        self.answer = answer

    def describe(self, entry, backend):
        self.described = entry.name, backend


class FakePanel:
    """A panel that keeps what it was told."""

    name = "fake"

    def __init__(self, is_open: bool = False):
        self.is_open, self.told, self._on_toggle = is_open, [], None

    def on_toggle(self, handler):
        self._on_toggle = handler

    def open(self):
        self.is_open = True
        self._on_toggle()

    def close(self):
        self.is_open = False
        if self._on_toggle:
            self._on_toggle()

    def describe(self, entry, backend):
        self.told.append((entry.name, backend))

    def show(self, answer):
        self.told.append(answer and answer.prediction.digit)


class Visit:
    """A visit to the page. `ms` are the times of an inference on each backend; by default the page
    has both, and WebGPU is the faster."""

    def __init__(
        self,
        wanted_model: str | None = None,
        backend: str | None = None,
        fragment: str = "",
        **ms: float,
    ):
        self.machine = Machine(**{"webgpu": 0.5, "wasm": 5.0, **ms})
        self.index = json.dumps([asdict(model(name)) for name in ("mlp", "cnn")])
        self.runtime = self.machine.runtime("webgpu", "wasm")
        self.stopwatch, self.record = Stopwatch(self.machine), Record()
        self.pad, self.toolbar, self.status = FakePad(), FakeToolbar(), FakeStatus()
        self.models, self.backends = FakeChoice("mlp"), FakeChoice(backend)
        self.card, self.panel = FakeCard(), FakePanel()
        self.kept: dict[str, str] = {}
        self.address = FakeAddress(fragment)
        self.faults: list[str] = []
        self._tasks = set()
        timer = BackendTimer(self.runtime, self.machine.now_ms, self._pause, self.record.note_first)
        self.chooser = BackendChooser(self.runtime, self, timer, self._gpu_name)
        self.teacher = Teacher(self._pupil, self._run_learning)
        networks = AdaptedRuntime(self.runtime, self.teacher)
        self.page = Page(
            self._run,
            Catalog(self._fetch_index),
            self.address,
            wanted_model,
            pad=self.pad,
            toolbar=self.toolbar,
            models=self.models,
            backends=self.backends,
            runtime=self.runtime,
            chooser=self.chooser,
            reader=Reader(networks, self.stopwatch),
            teacher=self.teacher,
            status=self.status,
            panels=Panels((self.card, self.panel)),
            record=self.record,
            timeline=self.stopwatch,
        )
        self.runtime.on_lost = self.page.gpu_lost
        self.teacher.on_learned(self.page.reread)
        self.runtime.on_left = self.page.choose

    @property
    def runs(self) -> list[str]:
        """The inferences so far."""
        return [event for event in self.machine.log if event.startswith("run")]

    async def open(self) -> "Visit":
        """As main.py does at its end; returns once nothing is left to do."""
        self._run(self.page.start)
        await settle()
        return self

    async def draw(self, strokes=LINE) -> None:
        self.pad.content = strokes
        self.page.drawn(strokes)
        await settle()

    async def choose(self, name: str | None = None, backend: str | None = "same") -> None:
        self.models.name = name or self.models.name
        self.backends.name = self.backends.name if backend == "same" else backend
        self.page.choose()
        await settle()

    def recall(self, key):
        return self.kept.get(key)

    def keep(self, key, text):
        self.kept[key] = text

    def _pupil(self, entry):
        return Pupil(entry, self.runtime, self._fetch_anchors, mnist_image, self._pause)

    async def _fetch_anchors(self, path, sha256):
        await self.machine.reach(f"fetch {path}")
        return anchor_file(sees_ink=False)

    def _run(self, work, *arguments):
        """As the page's status line guards what runs in the background."""

        def fail(error):
            self.page.forget_answer()
            self.status.failed(sentence(error))

        self._guarded(fail, work, *arguments)

    def _run_learning(self, work, *arguments):
        self._guarded(lambda error: self.faults.append(learning_sentence(error)), work, *arguments)

    def _guarded(self, fail, work, *arguments):
        async def guarded():
            try:
                await work(*arguments)
            except Exception as error:
                fail(error)

        task = asyncio.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fetch_index(self):
        await self.machine.reach("fetch models")
        return self.index

    async def _gpu_name(self):
        await self.machine.reach("ask for the GPU")
        return "card"

    async def _pause(self):
        await self.machine.reach("pause")
        await asyncio.sleep(0)
