"""The choice of the backend: the person's, else the faster one, which is measured once."""

import asyncio
import json
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from py_frontend.core.backend_timer import (
    RUNS,
    WARM_UPS,
    BackendTimer,
    fingerprint,
    from_text,
    in_words,
    to_text,
)
from py_frontend.core.chooser import KEY, BackendChooser
from py_frontend.core.errors import BackendUnavailable, NetworkLost, PageError
from py_frontend.core.runtime import Runtime
from tests.support.fakes import Machine, finished, inferred, model, prepared


class Notes:
    """A browser's storage."""

    def __init__(self, kept=()):
        self.kept = dict(kept)

    def recall(self, key):
        return self.kept.get(key)

    def keep(self, key, text):
        self.kept[key] = text


class Laptop(Machine):
    """A machine that can be visited."""

    def __init__(self, **ms: float):
        super().__init__(**ms)
        self.pauses, self.firsts = 0, []
        self.names = tuple(ms)

    async def pause(self):
        self.pauses += 1
        await asyncio.sleep(0)

    def note_first(self, entry, backend, ms):
        self.firsts.append((entry.name, backend, ms))

    def visit(self, notes=None, gpu="card") -> tuple[BackendChooser, Runtime]:
        runtime = self.runtime(*self.names)
        chooser = BackendChooser(
            runtime,
            notes or Notes(),
            BackendTimer(runtime, self.now_ms, self.pause, self.note_first),
            partial(self.gpu_name, gpu),
        )
        return chooser, runtime

    async def gpu_name(self, name):
        self.log.append("asked for the GPU")
        await asyncio.sleep(0)
        return name


async def open_page(chooser, runtime, entry, wanted=None) -> bool:
    await chooser.choose(entry, wanted)
    await prepared(runtime, entry)
    return await chooser.settle()


@pytest.mark.parametrize(
    "webgpu, wasm, faster, has_changed",
    [(5, 0.3, "wasm", True), (0.3, 5, "webgpu", False), (1, 1, "webgpu", False)],
)
def test_the_faster_backend_is_kept_and_the_figures_are_known(webgpu, wasm, faster, has_changed):
    async def scenario():
        chooser, runtime = Laptop(webgpu=webgpu, wasm=wasm).visit()
        assert chooser.times(model()) == {}
        assert await open_page(chooser, runtime, model()) is has_changed
        assert runtime.backend_name == faster
        assert chooser.times(model()) == pytest.approx({"webgpu": webgpu, "wasm": wasm})
        assert (await inferred(runtime, model())).backend == faster

    finished(scenario())


def test_each_timed_inference_waits_for_its_turn_and_what_was_cold_is_told_apart():
    async def scenario():
        laptop = Laptop(webgpu=5, wasm=0.5)
        chooser, runtime = laptop.visit()
        await open_page(chooser, runtime, model())
        runs = [event for event in laptop.log if event.startswith("run")]
        assert len(runs) == laptop.pauses == 2 * (WARM_UPS + RUNS)
        assert laptop.firsts == [("mlp", "webgpu", 105), ("mlp", "wasm", 100.5)]

    finished(scenario())


def test_the_first_inferences_do_not_count():
    """Each inference takes a millisecond more than the one before it on the same backend, and the
    warm-ups a hundred more, which would show in the median."""

    class Slowing(Laptop):
        def event(self, name):
            super().event(name)
            if name.startswith("run"):
                runs = self.log.count(name)
                self.clock += runs + 100 * (1 < runs <= WARM_UPS)

    async def scenario():
        laptop = Slowing(webgpu=0, wasm=0)
        chooser, runtime = laptop.visit()
        await open_page(chooser, runtime, model())
        middle = WARM_UPS + (RUNS + 1) / 2
        assert chooser.times(model()) == {"webgpu": middle, "wasm": middle}

    finished(scenario())


def test_a_second_visit_begins_with_the_faster_and_measures_nothing():
    async def scenario():
        notes = Notes()
        await open_page(*Laptop(webgpu=5, wasm=0.3).visit(notes), model())
        laptop = Laptop(webgpu=5, wasm=0.3)
        chooser, runtime = laptop.visit(notes)
        assert await open_page(chooser, runtime, model()) is False
        assert (runtime.backend_name, laptop.log) == (
            "wasm",
            ["asked for the GPU", "start wasm", "load mlp on wasm"],
        )
        assert chooser.times(model()) == pytest.approx({"webgpu": 5, "wasm": 0.3})

    finished(scenario())


@pytest.mark.parametrize(
    "entry, gpu",
    [(model(sha256="11"), "card"), (model(net_sha256="11"), "card"), (model(), "another card")],
)
def test_new_weights_new_kernels_or_another_gpu_are_measured_anew(entry, gpu):
    async def scenario():
        notes = Notes()
        await open_page(*Laptop(webgpu=5, wasm=0.3).visit(notes), model())
        laptop = Laptop(webgpu=0.2, wasm=0.3)
        chooser, runtime = laptop.visit(notes, gpu)
        await open_page(chooser, runtime, entry)
        assert (runtime.backend_name, laptop.pauses) == ("webgpu", 2 * (WARM_UPS + RUNS))
        assert len(notes.kept) == 1

    finished(scenario())


def test_each_model_has_its_own_faster_backend():
    async def scenario():
        laptop = Laptop(webgpu=5, wasm=0.3)
        chooser, runtime = laptop.visit()
        await open_page(chooser, runtime, model())
        laptop.ms = {"webgpu": 5, "wasm": 50}
        await open_page(chooser, runtime, model("cnn"))
        assert runtime.backend_name == "webgpu"
        await open_page(chooser, runtime, model())
        assert runtime.backend_name == "wasm"
        assert laptop.log.count("start webgpu") == 1

    finished(scenario())


@pytest.mark.parametrize("wanted", ["webgpu", "wasm"])
def test_what_the_person_wants_is_used_alone_and_not_measured(wanted):
    async def scenario():
        laptop = Laptop(webgpu=5, wasm=0.3)
        chooser, runtime = laptop.visit()
        assert await open_page(chooser, runtime, model(), wanted) is False
        assert (runtime.backend_name, laptop.pauses) == (wanted, 0)
        assert "asked for the GPU" not in laptop.log
        laptop.broken[f"start {wanted}"] = [BackendUnavailable("no")]
        chooser, runtime = laptop.visit()
        await chooser.choose(model(), wanted)
        with pytest.raises(BackendUnavailable):
            await prepared(runtime, model())

    finished(scenario())


def test_a_choice_made_during_the_timing_stands():
    async def scenario():
        laptop = Laptop(webgpu=5, wasm=0.3)
        chooser, runtime = laptop.visit()
        await chooser.choose(model(), None)
        await prepared(runtime, model())
        settling = asyncio.create_task(chooser.settle())
        while not laptop.pauses:
            await asyncio.sleep(0)
        await chooser.choose(model(), "webgpu")
        assert await settling is False and runtime.backend_name == "webgpu"
        await chooser.choose(model(), None)
        assert runtime.backend_name == "wasm"

    finished(scenario())


def test_a_choice_made_while_the_gpu_is_asked_for_stands():
    async def scenario():
        kept = Notes({KEY + "mlp": "times of this GPU or of another"})
        chooser, runtime = Laptop(webgpu=5, wasm=0.3).visit(kept)
        first = asyncio.create_task(chooser.choose(model(), None))
        last = asyncio.create_task(chooser.choose(model(), "wasm"))
        assert (await first, await last) == (False, True)
        assert runtime.backend_name == "wasm"

    finished(scenario())


def test_a_first_visit_does_not_wait_for_the_gpu():
    """The answer can take long, and would change nothing while no times are kept."""

    async def scenario():
        laptop = Laptop(webgpu=5, wasm=0.3)
        chooser, runtime = laptop.visit()
        assert await chooser.choose(model(), None)
        await prepared(runtime, model())
        assert "asked for the GPU" not in laptop.log
        await chooser.settle()
        assert "asked for the GPU" in laptop.log

    finished(scenario())


def test_the_gpu_is_asked_for_once():
    async def scenario():
        laptop = Laptop(webgpu=5, wasm=0.3)
        chooser, runtime = laptop.visit()
        for entry in (model(), model("cnn"), model()):
            await open_page(chooser, runtime, entry)
        assert laptop.log.count("asked for the GPU") == 1

    finished(scenario())


def test_one_timing_of_a_model_at_a_time():
    async def scenario():
        laptop = Laptop(webgpu=5, wasm=0.3)
        chooser, _ = laptop.visit()
        await chooser.choose(model(), None)
        assert sorted(await asyncio.gather(chooser.settle(), chooser.settle())) == [False, True]
        assert laptop.pauses == 2 * (WARM_UPS + RUNS)

    finished(scenario())


@pytest.mark.parametrize(
    "event, error",
    [
        ("start webgpu", BackendUnavailable("no GPU")),
        ("load mlp on wasm", PageError("missing")),
        ("run mlp on wasm", NetworkLost("gone")),
    ],
    ids=str,
)
def test_where_a_backend_fails_the_other_stays_and_nothing_is_remembered(event, error):
    async def scenario():
        laptop, notes = Laptop(webgpu=5, wasm=0.3), Notes()
        laptop.broken[event] = [error] * 9
        chooser, runtime = laptop.visit(notes)
        assert await open_page(chooser, runtime, model()) is False
        assert runtime.backend_name == ("wasm" if event == "start webgpu" else "webgpu")
        assert notes.kept == {} and chooser.times(model()) == {}
        assert (await inferred(runtime, model())).logits == [1.0] * 10

    finished(scenario())


def test_a_backend_that_was_left_for_another_is_not_started_again():
    async def scenario():
        laptop = Laptop(webgpu=5, wasm=0.3)
        chooser, runtime = laptop.visit()
        for _ in range(20):
            for wanted in ("webgpu", "wasm", None):
                await open_page(chooser, runtime, model(), wanted)
        assert (laptop.log.count("start webgpu"), laptop.log.count("start wasm")) == (1, 1)

    finished(scenario())


def test_a_device_lost_while_the_other_backend_is_in_use_disturbs_nobody():
    async def scenario():
        laptop = Laptop(webgpu=5, wasm=0.3)
        chooser, runtime = laptop.visit()
        await open_page(chooser, runtime, model())
        [device] = [device for device in laptop.devices if device.name == "webgpu"]
        device.lose()
        assert (runtime.backend_name, laptop.log.count("told")) == ("wasm", 0)
        await open_page(chooser, runtime, model(), "webgpu")
        assert (await inferred(runtime, model())).backend == "webgpu"
        assert laptop.log.count("start webgpu") == 2

    finished(scenario())


@given(st.dictionaries(st.text(), st.floats(0, 1e6)), st.text())
def test_times_survive_being_kept(times, mark):
    assert from_text(to_text(times, mark), mark) == times
    assert from_text(to_text(times, mark), mark + "x") == {}


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{",
        "3",
        "null",
        "[]",
        "{}",
        '{"of": "m"}',
        '{"of": "m", "ms": 3}',
        '{"of": "m", "ms": {"wasm": "quick"}}',
        '{"of": "m", "ms": {"wasm": null}}',
    ],
)
def test_whatever_else_the_storage_holds_is_no_time(text):
    assert from_text(text, "m") == {}


def test_kept_times_that_lack_a_backend_are_measured_anew():
    async def scenario():
        notes = Notes()
        await open_page(*Laptop(webgpu=5, wasm=0.3).visit(notes), model())
        [key] = notes.kept
        notes.kept[key] = json.dumps({"of": fingerprint(model(), "card"), "ms": {"wasm": 1}})
        laptop = Laptop(webgpu=0.1, wasm=0.3)
        chooser, runtime = laptop.visit(notes)
        await open_page(chooser, runtime, model())
        assert runtime.backend_name == "webgpu" and laptop.pauses

    finished(scenario())


def test_times_in_words():
    assert in_words({"webgpu": 5.84, "wasm": 0.3}) == "webgpu 5.8 ms, wasm 0.3 ms"
