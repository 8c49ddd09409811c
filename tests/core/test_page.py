"""What happens on the page and in which order, with fakes in the place of the browser."""

import asyncio
import json
from dataclasses import asdict

import pytest

from py_frontend.core.backend_timer import RUNS, WARM_UPS
from py_frontend.core.chooser import KEY
from py_frontend.core.drawing import Drawing
from py_frontend.core.errors import BackendUnavailable, FileError, NetworkLost, PageError
from py_frontend.core.examples import DIGITS
from py_frontend.core.handover import parse_handover
from py_frontend.core.link import Link, from_fragment, to_fragment
from py_frontend.core.options import Options
from py_frontend.core.page import GPU_LOST, NEW_RELEASE, READY
from py_frontend.core.sketch import Sketch
from py_frontend.core.strokes import Stroke
from tests.support.fakes import LINE, finished, model, settle
from tests.support.page_fakes import Visit

OTHER = (Stroke("pen", 16.0, ((50.0, 1.0), (9.0, 99.0), (200.0, 99.0))),)


def test_a_page_offers_its_models_loads_the_first_and_is_ready():
    async def scenario():
        made = await Visit(backend="wasm").open()
        assert made.models.offered == ["mlp", "cnn"] and made.page.model == model("mlp")
        assert (made.status.states, made.status.sentence) == (["loading", "ready"], READY)
        assert made.card.described == ("mlp", "wasm")
        assert made.stopwatch.marks == ["app:ready"]
        assert made.machine.log == ["fetch models", "start wasm", "load mlp on wasm"]

    finished(scenario())


@pytest.mark.parametrize("wanted, name", [("cnn", "cnn"), ("nonsense", "mlp"), (None, "mlp")])
def test_the_model_that_the_address_asks_for_is_the_first(wanted, name):
    async def scenario():
        made = await Visit(wanted_model=wanted).open()
        assert made.page.model == model(name) and made.models.name == name

    finished(scenario())


def test_where_nothing_is_known_of_the_machine_the_page_is_ready_without_asking_for_its_gpu():
    async def scenario():
        made = Visit()
        made.machine.hold("ask for the GPU")
        await made.open()
        assert made.status.states[-1] == "ready"
        await made.machine.release("ask for the GPU")

    finished(scenario())


def test_what_was_drawn_before_a_model_could_read_is_read_as_soon_as_it_can():
    async def scenario():
        made = Visit(backend="wasm")
        made.machine.hold("load mlp on wasm")
        await made.open()
        await made.draw()
        assert made.card.answer is None and not made.runs
        await made.machine.release("load mlp on wasm")
        assert made.card.answer.drawn.strokes == LINE
        assert made.stopwatch.marks == ["app:ready", "app:first-prediction"]

    finished(scenario())


def test_what_is_drawn_is_read_shown_measured_and_recorded():
    async def scenario():
        made = await Visit(backend="wasm", wasm=3.0).open()
        made.panel.open()
        made.machine.logits = [0.0] * 7 + [9.0, 0.0, 0.0]
        await made.draw()
        assert made.card.answer.prediction.digit == made.panel.told[-1] == 7
        assert made.stopwatch.measures[-4:] == [
            "predict:image",
            "predict:inference",
            "predict:view",
            "predict:total",
        ]
        await made.draw(OTHER)
        assert made.record.count("mlp", "wasm") == 1
        assert made.record.figures("mlp", "wasm")["total"].last == 3.0
        assert made.stopwatch.marks.count("app:first-prediction") == 1

    finished(scenario())


def test_an_empty_drawing_shows_no_answer_and_idle_buttons():
    async def scenario():
        made = await Visit(backend="wasm").open()
        await made.draw()
        made.pad.can_undo = True
        await made.draw(())
        assert made.card.answer is None
        assert made.toolbar.idle == {"undo": False, "redo": True, "clear": True}

    finished(scenario())


def test_while_an_inference_runs_only_the_newest_drawing_waits():
    async def scenario():
        made = await Visit(backend="wasm").open()
        made.machine.hold("run mlp on wasm")
        for strokes in (LINE, LINE * 2, LINE * 3, OTHER):
            await made.draw(strokes)
        await made.machine.release("run mlp on wasm")
        assert len(made.runs) == 2 and made.card.answer.drawn.strokes == OTHER

    finished(scenario())


def test_no_answer_to_what_was_there_before_is_shown_after_a_command():
    async def scenario():
        made = await Visit(backend="wasm").open()
        made.panel.open()
        made.machine.hold("run mlp on wasm")
        await made.draw()
        made.page.commands["clear"]()
        await made.machine.release("run mlp on wasm")
        assert made.pad.steps == ["clear"] and len(made.runs) == 1
        assert made.card.answer is None and 0 not in made.panel.told
        assert "predict:total" not in made.stopwatch.measures

    finished(scenario())


def test_commands_take_tools_and_step_through_the_drawing():
    made = Visit()
    for name in ("eraser", "pen", "undo", "redo", "clear"):
        made.page.commands[name]()
    assert made.pad.steps == ["undo", "redo", "clear"]
    assert (made.pad.tool, made.toolbar.tool) == ("pen", "pen")
    made.page.commands["eraser"]()
    assert (made.pad.tool, made.toolbar.tool) == ("eraser", "eraser")


def test_another_model_reads_the_same_drawing_and_no_old_answer_stands_meanwhile():
    async def scenario():
        made = await Visit(backend="wasm").open()
        await made.draw()
        made.machine.hold("load cnn on wasm")
        await made.choose("cnn")
        assert (made.status.states[-1], made.status.sentence) == ("loading", "Loading the cnn ...")
        assert made.card.answer is None
        await made.draw(OTHER)
        assert made.card.answer is None
        await made.machine.release("load cnn on wasm")
        assert made.card.described == ("cnn", "wasm")
        assert made.card.answer.model.name == "cnn" and made.card.answer.drawn.strokes == OTHER

    finished(scenario())


def test_an_inference_of_the_model_before_is_not_shown_under_the_new_name():
    async def scenario():
        made = await Visit(backend="wasm").open()
        made.machine.hold("run mlp on wasm")
        await made.draw()
        await made.choose("cnn")
        await made.machine.release("run mlp on wasm")
        assert made.card.answer.model.name == "cnn"
        assert made.record.count("mlp", "wasm") == 0

    finished(scenario())


@pytest.mark.parametrize("order", [("mlp", "cnn"), ("cnn", "mlp")])
@pytest.mark.parametrize("error", [None, PageError("missing")])
def test_the_last_choice_stands_whichever_model_loads_first(order, error):
    async def scenario():
        made = Visit(backend="wasm")
        made.machine.hold(*(f"load {name} on wasm" for name in order))
        made.machine.broken["load mlp on wasm"] = [error] if error else []
        await made.open()
        await made.draw()
        await made.choose("cnn")
        for name in order:
            await made.machine.release(f"load {name} on wasm")
        assert made.card.described == ("cnn", "wasm")
        assert made.card.answer.model.name == "cnn"
        assert made.status.states == ["loading", "loading", "ready"]

    finished(scenario())


def test_a_backend_chosen_while_the_gpu_is_asked_for_stands():
    """Regression: the choice that had to wait took effect after the one that had not."""

    async def scenario():
        made = await Visit(backend="wasm").open()
        made.keep(KEY + "cnn", "times of another visit")
        made.machine.hold("ask for the GPU")
        await made.choose("cnn", None)
        assert made.status.states[-1] == "loading"
        await made.choose("mlp", "wasm")
        await made.machine.release("ask for the GPU")
        assert made.card.described == ("mlp", "wasm") and made.status.states[-1] == "ready"
        assert "load cnn on wasm" not in made.machine.log

    finished(scenario())


def test_while_the_gpu_is_asked_for_the_model_before_reads_no_more():
    async def scenario():
        made = await Visit(backend="wasm").open()
        made.keep(KEY + "cnn", "times of another visit")
        made.machine.hold("ask for the GPU")
        await made.choose("cnn", None)
        await made.draw()
        assert made.card.answer is None and not made.runs
        await made.machine.release("ask for the GPU")
        assert made.card.answer.model.name == "cnn"

    finished(scenario())


def test_many_choices_at_once_end_on_the_last():
    async def scenario():
        made = await Visit(webgpu=5.0, wasm=0.5).open()
        await made.draw()
        for turn in range(20):
            made.models.name = ("cnn", "mlp")[turn % 2]
            made.backends.name = (None, "webgpu", "wasm")[turn % 3]
            made.page.choose()
            await asyncio.sleep(0)
        await settle()
        assert made.card.described == ("mlp", "webgpu")
        assert made.card.answer.model.name == "mlp"
        assert made.card.answer.inference.backend == "webgpu"
        assert made.machine.log.count("start webgpu") == 1

    finished(scenario())


def test_once_ready_it_settles_on_the_faster_backend_and_reads_again():
    async def scenario():
        made = Visit(webgpu=5.0, wasm=0.5)
        made.pad.content = LINE
        made.machine.hold("start wasm")
        await made.open()
        assert made.card.described == ("mlp", "webgpu")
        assert made.card.answer.inference.backend == "webgpu"
        assert made.status.states[-1] == "ready"
        await made.machine.release("start wasm")
        assert made.card.described == ("mlp", "wasm")
        assert made.card.answer.inference.backend == "wasm"
        assert made.status.states == ["loading", "ready"] and len(made.kept) == 1
        assert made.machine.log.count("pause") == 2 * (WARM_UPS + RUNS)

    finished(scenario())


def test_where_the_backend_in_use_is_the_faster_nothing_is_read_again():
    async def scenario():
        made = Visit(webgpu=0.5, wasm=5.0)
        made.pad.content = LINE
        await made.open()
        assert made.card.described == ("mlp", "webgpu")
        assert made.stopwatch.measures.count("predict:total") == 1

    finished(scenario())


def test_a_model_chosen_while_the_other_is_measured_stays_described():
    async def scenario():
        made = Visit(webgpu=5.0, wasm=0.5)
        made.machine.hold("start wasm", "load cnn on webgpu")
        await made.open()
        await made.choose("cnn")
        await made.machine.release("start wasm")
        assert made.card.described[0] == "cnn"
        await made.machine.release("load cnn on webgpu")
        assert made.card.described[0] == "cnn" and made.status.states[-1] == "ready"

    finished(scenario())


def test_why_a_backend_was_left_is_part_of_the_ready_sentence():
    async def scenario():
        made = Visit()
        made.machine.broken["start webgpu"] = [BackendUnavailable("No GPU.")] * 99
        await made.open()
        assert made.status.sentence == f"{READY} No GPU."
        assert made.card.described == ("mlp", "wasm")

    finished(scenario())


def test_a_backend_that_is_wanted_and_absent_is_an_error_until_another_is_chosen():
    async def scenario():
        made = Visit(backend="webgpu")
        made.machine.broken["start webgpu"] = [BackendUnavailable("No GPU.")]
        await made.open()
        assert (made.status.states[-1], made.status.sentence) == ("error", "No GPU.")
        await made.draw()
        assert made.card.answer is None
        await made.choose(backend="wasm")
        assert (made.status.states[-1], made.status.sentence) == ("ready", READY)
        assert made.card.answer.drawn.strokes == LINE

    finished(scenario())


def test_a_lost_gpu_is_told_and_the_drawing_is_read_again():
    async def scenario():
        made = await Visit(backend="webgpu").open()
        await made.draw()
        first = made.card.answer
        made.machine.devices[0].lose()
        await settle()
        assert (made.status.states[-1], made.status.sentence) == ("ready", f"{READY} {GPU_LOST}")
        assert made.card.answer.drawn.strokes == LINE and made.card.answer is not first
        assert made.machine.log.count("start webgpu") == 2

    finished(scenario())


def test_a_gpu_lost_in_the_middle_of_an_inference_is_told_and_the_drawing_is_read():
    async def scenario():
        made = await Visit(backend="webgpu").open()
        made.machine.hold("run mlp on webgpu")
        await made.draw()
        made.machine.devices[0].lose()
        await made.machine.release("run mlp on webgpu")
        assert made.status.states[-1] == "ready" and GPU_LOST in made.status.sentence
        assert made.card.answer.drawn.strokes == LINE

    finished(scenario())


def test_a_gpu_that_is_lost_each_time_is_left_for_the_processor():
    async def scenario():
        made = Visit()
        made.machine.hold("pause")
        await made.open()
        made.machine.broken["run mlp on webgpu"] = [NetworkLost("gone")] * 2
        await made.draw()
        assert made.card.described == ("mlp", "wasm")
        assert made.card.answer.inference.backend == "wasm"
        assert "The GPU was lost 2 times in a row." in made.status.sentence

    finished(scenario())


@pytest.mark.parametrize("event", ["fetch models", "load mlp on wasm", "start wasm"])
def test_a_start_that_fails_says_so_and_can_be_tried_again(event):
    async def scenario():
        made = Visit(backend="wasm")
        made.machine.broken[event] = [PageError("It is missing.")] * 2
        await made.open()
        assert (made.status.states[-1], made.status.sentence) == ("error", "It is missing.")
        await made.draw()
        assert made.card.answer is None
        await made.choose()
        assert (made.status.states[-1], made.status.sentence) == ("error", "It is missing.")
        await made.choose()
        assert made.status.states[-1] == "ready" and made.card.answer.drawn.strokes == LINE

    finished(scenario())


def test_a_list_of_models_is_fetched_until_it_is_there_and_then_no_more():
    async def scenario():
        made = Visit(backend="wasm")
        index, made.index = made.index, "[]"
        await made.open()
        assert "list of models is empty" in made.status.sentence and made.page.model is None
        made.index = index
        for _ in range(3):
            await made.choose()
        assert made.status.states[-1] == "ready"
        assert made.machine.log.count("fetch models") == 2

    finished(scenario())


def test_a_choice_made_before_the_list_of_models_came_is_kept():
    async def scenario():
        made = Visit(backend="wasm")
        made.machine.broken["fetch models"] = [PageError("missing")]
        await made.open()
        await made.choose("cnn")
        assert made.card.described == ("cnn", "wasm") and made.status.states[-1] == "ready"

    finished(scenario())


def test_a_model_that_cannot_be_loaded_leaves_no_answer_and_can_be_tried_again():
    async def scenario():
        made = await Visit(backend="wasm").open()
        await made.draw()
        made.machine.broken["load cnn on wasm"] = [PageError("missing")]
        await made.choose("cnn")
        assert (made.status.states[-1], made.status.sentence) == ("error", "missing")
        assert made.card.answer is None
        await made.choose("cnn")
        assert made.card.answer.model.name == "cnn"

    finished(scenario())


def test_an_inference_that_fails_takes_the_answer_away_and_the_next_brings_it_back():
    async def scenario():
        made = await Visit(backend="wasm").open()
        made.panel.open()
        await made.draw()
        made.machine.logits = [float("nan")] * 10
        await made.draw(OTHER)
        assert made.status.states[-1] == "error" and "finite numbers" in made.status.sentence
        assert made.card.answer is None and made.panel.told[-1] is None
        made.machine.logits = [1.0] * 10
        await made.draw()
        assert (made.status.states[-1], made.status.sentence) == ("ready", READY)
        assert made.card.answer.drawn.strokes == LINE

    finished(scenario())


def test_an_error_of_a_drawing_that_was_cleared_is_not_shown():
    async def scenario():
        made = await Visit(backend="wasm").open()
        made.machine.hold("run mlp on wasm")
        made.machine.broken["run mlp on wasm"] = [PageError("broken")]
        await made.draw()
        made.page.commands["clear"]()
        await made.machine.release("run mlp on wasm")
        assert made.status.states == ["loading", "ready"]

    finished(scenario())


def test_a_closed_panel_is_told_nothing_and_catches_up_when_it_opens():
    async def scenario():
        made = await Visit(backend="wasm").open()
        await made.draw()
        assert made.panel.told == []
        made.panel.open()
        assert made.panel.told == [("mlp", "wasm"), 0]
        await made.draw(())
        assert made.panel.told[-1] is None

    finished(scenario())


def test_there_is_something_to_time_once_a_model_is_ready():
    async def scenario():
        made = Visit(backend="wasm")
        assert made.page.subject is None
        await made.open()
        assert made.page.subject.title == "MLP on wasm"
        assert (await made.page.subject.infer()).logits == [1.0] * 10
        made.machine.hold("load cnn on wasm")
        await made.choose("cnn")
        assert made.page.subject is None

    finished(scenario())


def link_to(strokes, *parts) -> str:
    return "#" + to_fragment(Link(strokes, *parts))


def test_a_link_opens_its_drawing_its_model_and_its_panels():
    async def scenario():
        made = Visit(backend="wasm", fragment=link_to(LINE, "cnn", ("fake", "unknown")))
        await made.open()
        assert made.pad.content == made.card.answer.drawn.strokes == LINE
        assert made.card.described == ("cnn", "wasm")
        assert made.panel.is_open and made.panel.told[-1] == 0

    finished(scenario())


def test_a_link_of_what_is_on_the_page_opens_the_same():
    async def scenario():
        made = await Visit(backend="wasm").open()
        await made.draw()
        made.panel.open()
        made.page.share()
        assert from_fragment(made.address.shared[0]) == Link(LINE, "mlp", ("fake",))

    finished(scenario())


def test_a_link_that_plays_is_drawn_stroke_by_stroke():
    async def scenario():
        fragment = "#" + to_fragment(Link(LINE, plays=True))
        made = await Visit(backend="wasm", fragment=fragment).open()
        assert made.pad.steps == ["play"] and made.pad.content == LINE
        made.address.plays = True
        made.page.share()
        assert from_fragment(made.address.shared[0]).plays

    finished(scenario())


def test_a_damaged_link_is_told_and_leaves_the_pad_empty():
    async def scenario():
        made = await Visit(backend="wasm", fragment="#d=1.$$$").open()
        assert made.pad.content == () and made.status.states == ["loading", "ready"]
        assert made.status.sentence.startswith(READY) and "damaged" in made.status.sentence

    finished(scenario())


@pytest.mark.parametrize("name, expected", [("cnn", "cnn"), ("", "mlp")])
def test_a_link_that_is_opened_on_the_open_page_takes_its_place(name, expected):
    """Without a model in it, the model that the person has chosen meanwhile stays."""

    async def scenario():
        made = await Visit(wanted_model="cnn", backend="wasm").open()
        await made.choose("mlp")
        made.address.fragment = link_to(LINE, name)
        made.page.follow_link()
        await settle()
        assert made.card.answer.drawn.strokes == LINE
        assert made.card.described == (expected, "wasm")

    finished(scenario())


def test_a_link_that_is_opened_after_a_failed_start_begins_the_start_again():
    async def scenario():
        made = Visit(backend="wasm")
        made.machine.broken["fetch models"] = [PageError("missing")]
        await made.open()
        made.address.fragment = link_to(LINE, "cnn")
        made.page.follow_link()
        await settle()
        assert made.status.states[-1] == "ready"
        assert made.card.answer.drawn.strokes == LINE

    finished(scenario())


@pytest.mark.parametrize("wanted", [None, "mlp"])
def test_where_the_server_has_another_release_an_error_says_so_and_retry_takes_its_models(wanted):
    """Regression: Retry went back to the model of the visit before."""

    async def scenario():
        made = await Visit(backend="wasm", wanted_model=wanted).open()
        await made.draw()
        new = [asdict(model(name, sha256=f"new digest of {name}")) for name in ("mlp", "cnn")]
        made.index = json.dumps(new)
        made.machine.broken["load cnn on wasm"] = [FileError("cnn is of another version.")]
        await made.choose("cnn")
        assert (made.status.states[-1], made.status.sentence) == ("error", NEW_RELEASE)
        await made.choose()
        assert made.card.answer.model.sha256 == "new digest of cnn"

    finished(scenario())


def test_a_new_release_without_the_chosen_model_offers_what_it_has():
    async def scenario():
        made = await Visit(backend="wasm").open()
        made.index = json.dumps([asdict(model("mlp", sha256="new"))])
        made.machine.broken["load cnn on wasm"] = [FileError("cnn is missing.")]
        await made.choose("cnn")
        assert made.status.sentence == NEW_RELEASE
        assert (made.models.offered, made.models.name) == (["mlp"], "mlp")

    finished(scenario())


@pytest.mark.parametrize("index", ["the same", "<!doctype html>", "[]"])
def test_where_the_list_tells_of_no_other_release_the_file_is_named(index):
    async def scenario():
        made = await Visit(backend="wasm").open()
        made.index = made.index if index == "the same" else index
        made.machine.broken["load cnn on wasm"] = [FileError("cnn is missing.")]
        await made.choose("cnn")
        assert (made.status.states[-1], made.status.sentence) == ("error", "cnn is missing.")
        await made.choose()
        assert made.card.described == ("cnn", "wasm")

    finished(scenario())


def test_the_next_version_is_left_the_drawing_the_choices_and_the_open_panels():
    async def scenario():
        made = await Visit(backend="wasm").open()
        await made.choose("cnn")
        made.panel.open()
        made.pad.sketch = Sketch(Drawing([(), LINE], 1), "pen", None, None)
        kept = parse_handover(made.page.keep())
        assert kept.sketch.drawing.content == LINE
        assert (kept.options, kept.panels) == (Options("wasm", "cnn"), ("fake",))

    finished(scenario())


def test_a_version_proves_itself_on_the_drawing_or_else_on_a_sample():
    async def scenario():
        made = await Visit(backend="wasm").open()
        shown = []
        made.card.show = shown.append
        made.pad.content = OTHER
        await made.page.prove()
        assert [answer.drawn.strokes for answer in shown] == [OTHER]
        made.pad.content = ()
        await made.page.prove()
        assert shown[1].drawn.strokes == DIGITS[0].strokes and shown[2:] == [None]
        made.status.fault = ZeroDivisionError("of a panel")
        with pytest.raises(ZeroDivisionError, match="of a panel"):
            await made.page.prove()

    finished(scenario())
