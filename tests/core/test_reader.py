"""From strokes to an answer, and the choice of the model that gives it."""

import asyncio

import pytest

from py_frontend.core.abstention import Abstention
from py_frontend.core.errors import BackendUnavailable, PageError
from py_frontend.core.image import PIXELS, mnist_image
from py_frontend.core.picture import Picture
from py_frontend.core.prediction import Prediction, softmax
from py_frontend.core.reader import Drawn, Reader
from py_frontend.core.session import Inference
from py_frontend.core.strokes import Stroke
from tests.support.fakes import LINE, Machine, Stopwatch, finished, model, settle


def reader_on(machine: Machine) -> Reader:
    return Reader(machine.runtime("wasm"), Stopwatch(machine))


def test_a_reader_without_a_model_gives_no_answer():
    assert finished(reader_on(Machine()).read(LINE)) is None


def test_an_answer_tells_all_from_the_strokes_to_the_prediction_and_what_each_step_took():
    async def scenario():
        machine = Machine(wasm=3.0)
        machine.logits = [0.0] * 9 + [1.0]
        stopwatch = Stopwatch(machine)
        reader = Reader(machine.runtime("wasm"), stopwatch)
        entry = model(temperature=2.0)
        assert await reader.choose(entry) and reader.is_ready
        await reader.read(LINE)
        begun_ms = machine.clock
        answer = await reader.read(LINE)
        assert answer.drawn == Drawn(LINE, mnist_image(LINE), begun_ms, 0.0)
        assert answer.inference == Inference(machine.logits, "wasm", False)
        assert answer.prediction == Prediction(softmax(machine.logits, 2.0))
        assert (answer.model, answer.inference_ms) == (entry, 3.0)
        assert stopwatch.measures == ["predict:image", "predict:inference"] * 2

    finished(scenario())


def test_without_ink_there_is_no_answer_and_no_inference():
    async def scenario():
        machine = Machine()
        reader = reader_on(machine)
        await reader.choose(model())
        assert await reader.read([]) is None
        assert not [event for event in machine.log if event.startswith("run")]

    finished(scenario())


def test_a_picture_is_read_as_it_is():
    picture = Picture(bytes(place % 256 for place in range(PIXELS)))
    reader = reader_on(Machine())
    drawn = reader.draw(picture)
    assert (drawn.strokes, drawn.ink) == ((), picture.ink)
    assert reader.sees_ink(picture)


def test_there_is_no_ink_beyond_the_pad():
    pad, beyond = (0.0, 0.0, 280.0, 150.0), (Stroke("pen", 16.0, ((100.0, 200.0),)),)
    reader = Reader(None, Stopwatch(Machine()), lambda: pad)
    drawn = reader.draw(LINE)
    assert (drawn.area, drawn.ink) == (pad, mnist_image(LINE, pad))
    assert drawn.ink != mnist_image(LINE)
    assert reader.sees_ink(LINE) and not reader.sees_ink(beyond)
    assert reader.draw(beyond) is None


def test_another_model_reads_the_same_image_again(monkeypatch):
    async def scenario():
        machine = Machine(wasm=4.0)
        stopwatch = Stopwatch(machine)
        reader = Reader(machine.runtime("wasm"), stopwatch)
        await reader.choose(model())
        answer = await reader.read(LINE)
        unused = []
        monkeypatch.setattr("py_frontend.core.reader.mnist_image", unused.append)
        machine.logits = [0.0] * 8 + [3.0, 0.0]
        measured = list(stopwatch.measures)
        cnn = model("cnn", temperature=0.5)
        other = await reader.answer(cnn, answer.drawn)
        assert other.drawn is answer.drawn
        assert (other.model, other.prediction.digit) == (cnn, 8)
        assert other.prediction == Prediction(softmax(machine.logits, 0.5)) and not unused
        assert (other.inference_ms, other.inference.is_first) == (104.0, True)
        assert stopwatch.measures == measured
        monkeypatch.undo()
        assert (await reader.read(LINE)).model == model()

    finished(scenario())


@pytest.mark.parametrize("threshold, abstains", [(0.5, False), (1.5, True)])
def test_it_abstains_where_the_chosen_models_abstention_does(threshold, abstains):
    async def scenario():
        machine = Machine()
        machine.logits = [0.0] * 9 + [1.0]
        reader = reader_on(machine)
        await reader.choose(model(abstention=Abstention("margin", threshold)))
        assert (await reader.read(LINE)).prediction.abstains is abstains
        await reader.choose(model())
        assert not (await reader.read(LINE)).prediction.abstains

    finished(scenario())


def test_an_abstention_is_told_the_features_of_the_drawing():
    weights = ((0.0,) * 11,) * 10
    by_features = Abstention("by_features", 0.5, weights, (1, -2), 0.25)

    async def scenario():
        machine, inks = Machine(), []
        machine.features_of = lambda ink: inks.append(ink) or [4.0 * len(inks), 2.0]
        reader, entry = reader_on(machine), model(abstention=by_features)
        drawn = reader.draw(LINE)
        answers = [await reader.answer(entry, drawn) for _ in range(2)]
        assert [answer.prediction.abstains for answer in answers] == [True, False]
        assert inks == [drawn.ink] * 2

    finished(scenario())


@pytest.mark.parametrize("temperature, abstains", [(1.0, False), (9.0, True)])
def test_an_abstention_is_told_the_temperature(temperature, abstains):
    async def scenario():
        machine = Machine()
        machine.logits = [0.0] * 9 + [9.0]
        reader = reader_on(machine)
        entry = model(temperature=temperature, abstention=Abstention("confidence", 0.5))
        answer = await reader.answer(entry, reader.draw(LINE))
        assert answer.prediction.abstains is abstains

    finished(scenario())


LOADS = {name: f"load {name} on wasm" for name in ("mlp", "cnn")}


@pytest.mark.parametrize("order", [("mlp", "cnn"), ("cnn", "mlp")])
@pytest.mark.parametrize("error", [None, PageError("missing")])
def test_the_last_choice_wins_whichever_loads_first_and_whether_the_other_fails(order, error):
    async def scenario():
        machine = Machine()
        reader = reader_on(machine)
        for event in LOADS.values():
            machine.hold(event)
        first, last = (asyncio.create_task(reader.choose(model(name))) for name in LOADS)
        await settle()
        machine.broken[LOADS["mlp"]] = [error] if error else []
        for name in order:
            await machine.release(LOADS[name])
        assert (await first, await last) == (False, True)
        assert (await reader.read(LINE)).model == model("cnn")

    finished(scenario())


@pytest.mark.parametrize("error", [None, BackendUnavailable("no")])
def test_of_two_choices_of_one_model_only_the_last_tells(error):
    """As when another backend is chosen while the model loads on the first."""

    async def scenario():
        machine = Machine()
        runtime = machine.runtime("webgpu", "wasm")
        reader = Reader(runtime, Stopwatch(machine))
        for backend in ("webgpu", "wasm"):
            machine.hold(f"load mlp on {backend}")
        runtime.use("webgpu")
        first = asyncio.create_task(reader.choose(model()))
        await settle()
        runtime.use("wasm")
        last = asyncio.create_task(reader.choose(model()))
        await settle()
        machine.broken["load mlp on webgpu"] = [error] if error else []
        await machine.release("load mlp on webgpu")
        assert not reader.is_ready
        await machine.release("load mlp on wasm")
        assert (await first, await last) == (False, True)
        assert reader.is_ready

    finished(scenario())


def test_a_reader_has_no_model_while_another_loads_or_after_it_failed():
    async def scenario():
        machine = Machine()
        reader = reader_on(machine)
        await reader.choose(model())
        machine.hold(LOADS["cnn"])
        failing = asyncio.create_task(reader.choose(model("cnn")))
        await settle()
        assert not reader.is_ready
        machine.broken[LOADS["cnn"]] = [PageError("missing")]
        await machine.release(LOADS["cnn"])
        with pytest.raises(PageError, match="missing"):
            await failing
        assert not reader.is_ready and await reader.read(LINE) is None

    finished(scenario())
