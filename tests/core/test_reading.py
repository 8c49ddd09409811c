"""From strokes to an answer: probabilities, the newest drawing, the choice of a model, and backends
that fail."""

import asyncio
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from py_frontend.core.abstention import Abstention
from py_frontend.core.errors import BackendUnavailable, NetworkLost, PageError
from py_frontend.core.image import mnist_image
from py_frontend.core.latest import LatestOnly
from py_frontend.core.prediction import LogitsError, Prediction, softmax
from py_frontend.core.reader import Reader
from py_frontend.core.runtime import MAX_LOSSES, load
from py_frontend.core.session import Inference
from py_frontend.core.strokes import Stroke
from py_frontend.core.timing import Span
from tests.support.fakes import Gate, Machine, finished, inferred, model, prepared, settle

LINE = [Stroke("pen", 16, ((1, 1), (9, 99)))]


@given(st.lists(st.floats(-1e30, 1e30), min_size=10, max_size=10), st.floats(0.1, 10))
def test_probabilities_sum_to_one_and_point_to_the_highest_logit(logits, temperature):
    prediction = Prediction(softmax(logits, temperature))
    assert sum(prediction.probabilities) == pytest.approx(1)
    assert (
        prediction.probabilities[prediction.digit]
        == prediction.probabilities[logits.index(max(logits))]
    )


def test_a_higher_temperature_is_less_sure_of_the_same_digit():
    logits = [0.0] * 7 + [5.0, 1.0, 2.0]
    cold, warm = Prediction(softmax(logits, 1)), Prediction(softmax(logits, 3))
    assert cold.digit == warm.digit == 7 and 0.1 < warm.confidence < cold.confidence


def test_an_answer_in_words():
    prediction = Prediction((0.0,) * 7 + (0.98, 0.02, 0.0))
    assert str(prediction) == "7 (98%)"
    assert (
        prediction.in_words()
        == "Probabilities: 0: 0%, 1: 0%, 2: 0%, 3: 0%, 4: 0%, 5: 0%, 6: 0%, 7: 98%, 8: 2%, 9: 0%"
    )


def test_an_answer_that_abstains_names_the_best_digit_and_the_doubt_instead_of_a_percentage():
    prediction = Prediction((0.0,) * 7 + (0.98, 0.02, 0.0), abstains=True)
    assert str(prediction) == "7? Not sure this is a digit"
    assert prediction.in_words().startswith("Not sure this is a digit. Probabilities: 0: 0%, ")


@pytest.mark.parametrize(
    "logits", [[], [1.0] * 9, [1.0] * 9 + [float("nan")], [float("inf")] + [0.0] * 9]
)
def test_what_is_not_ten_numbers_is_never_shown_as_an_answer(logits):
    with pytest.raises(LogitsError, match="finite numbers"):
        softmax(logits)


def test_while_busy_only_the_newest_value_is_remembered():
    async def scenario():
        gate, shown = Gate(), []
        latest = LatestOnly(gate, shown.append)
        tasks = [asyncio.create_task(latest.submit(value)) for value in "abcd"]
        await settle()
        assert gate.begun == ["a"]
        await gate.open("A")
        await gate.open("D")
        await asyncio.gather(*tasks)
        assert (gate.begun, shown) == (["a", "d"], ["A", "D"])

    finished(scenario())


def test_what_was_dropped_is_never_shown_but_what_came_after_is():
    async def scenario():
        gate, shown = Gate(), []
        latest = LatestOnly(gate, shown.append)
        tasks = [asyncio.create_task(latest.submit(value)) for value in "ab"]
        await settle()
        latest.drop()
        tasks.append(asyncio.create_task(latest.submit("c")))
        await settle()
        await gate.open("A")
        await gate.open("C")
        await asyncio.gather(*tasks)
        assert (gate.begun, shown) == (["a", "c"], ["C"])

    finished(scenario())


def test_an_error_of_the_newest_value_is_raised_and_the_next_value_runs():
    async def scenario():
        gate, shown = Gate(), []
        latest = LatestOnly(gate, shown.append)
        first = asyncio.create_task(latest.submit("a"))
        await settle()
        await gate.open(error=PageError("broken"))
        with pytest.raises(PageError, match="broken"):
            await first
        second = asyncio.create_task(latest.submit("b"))
        await settle()
        await gate.open("B")
        await second
        assert shown == ["B"]

    finished(scenario())


@pytest.mark.parametrize("overtake", ["submit", "drop"])
def test_an_error_of_an_overtaken_value_is_of_no_interest(overtake):
    async def scenario():
        gate, shown = Gate(), []
        latest = LatestOnly(gate, shown.append)
        tasks = [asyncio.create_task(latest.submit("a"))]
        await settle()
        if overtake == "drop":
            latest.drop()
        tasks.append(asyncio.create_task(latest.submit("b")))
        await settle()
        await gate.open(error=PageError("broken"))
        await gate.open("B")
        await asyncio.gather(*tasks)
        assert shown == ["B"]

    finished(scenario())


def run(scenario):
    machine = Machine()
    finished(scenario(machine))
    return machine.log


def test_a_model_that_is_asked_for_many_times_is_loaded_once():
    async def scenario(machine):
        runtime = machine.runtime("webgpu", "wasm")
        await asyncio.gather(
            *(prepared(runtime, model(name)) for name in ("mlp", "cnn", "mlp", "cnn", "mlp"))
        )
        await runtime.run(model(), load)
        assert runtime.backend_name == "webgpu"

    assert run(scenario) == ["start webgpu", "load mlp on webgpu", "load cnn on webgpu"]


def test_only_the_first_inference_of_a_loaded_network_is_told_as_the_first():
    async def scenario(machine):
        runtime = machine.runtime("webgpu", "wasm")
        inferences = [
            await inferred(runtime, entry) for entry in (model(), model(), model("cnn"), model())
        ]
        assert [inference.is_first for inference in inferences] == [True, False, True, False]
        machine.devices[0].lose()
        assert (await inferred(runtime, model())).is_first
        assert {inference.backend for inference in inferences} == {"webgpu"}

    run(scenario)


@pytest.mark.parametrize("event", ["start webgpu", "load mlp on webgpu"])
def test_where_the_first_backend_cannot_the_second_does(event):
    async def scenario(machine):
        machine.broken[event] = [BackendUnavailable("no GPU")]
        runtime = machine.runtime("webgpu", "wasm")
        await asyncio.gather(prepared(runtime, model()), prepared(runtime, model("cnn")))
        assert (runtime.backend_name, runtime.failures) == ("wasm", ["no GPU"])
        assert (await inferred(runtime, model())).logits == [1.0] * 10

    assert run(scenario)[-1] == "run mlp on wasm"


def test_where_none_can_all_reasons_are_told_and_the_next_attempt_begins_anew():
    async def scenario(machine):
        machine.broken = {
            "start webgpu": [BackendUnavailable("No GPU.")],
            "load mlp on wasm": [BackendUnavailable("No WASM.")],
        }
        runtime = machine.runtime("webgpu", "wasm")
        with pytest.raises(BackendUnavailable, match=r"No GPU\. No WASM\."):
            await runtime.run(model(), load)
        await runtime.run(model(), load)
        assert (runtime.backend_name, runtime.failures) == ("webgpu", [])

    run(scenario)


def test_a_file_that_is_missing_is_no_reason_to_leave_the_backend():
    async def scenario(machine):
        machine.broken["load mlp on webgpu"] = [PageError("missing")]
        runtime = machine.runtime("webgpu", "wasm")
        with pytest.raises(PageError, match="missing"):
            await runtime.run(model(), load)
        await runtime.run(model("cnn"), load)
        await runtime.run(model(), load)
        assert runtime.backend_name == "webgpu"

    assert run(scenario) == [
        "start webgpu",
        "load mlp on webgpu",
        "load cnn on webgpu",
        "load mlp on webgpu",
    ]


def test_a_device_lost_in_the_middle_of_an_inference_is_replaced_and_the_answer_comes():
    async def scenario(machine):
        runtime = machine.runtime("webgpu", "wasm")
        await runtime.run(model(), load)
        answer = asyncio.create_task(inferred(runtime, model()))
        await asyncio.sleep(0)
        machine.devices[0].lose()
        assert (await answer).logits == [1.0] * 10
        assert runtime.backend_name == "webgpu"

    assert run(scenario).count("told") == 1


def test_a_device_lost_while_nothing_runs_is_told_once():
    async def scenario(machine):
        runtime = machine.runtime("webgpu", "wasm")
        await runtime.run(model(), load)
        machine.devices[0].lose()
        await runtime.run(model(), load)

    assert run(scenario) == [
        "start webgpu",
        "load mlp on webgpu",
        "told",
        "start webgpu",
        "load mlp on webgpu",
    ]


def test_a_device_that_is_lost_again_and_again_is_given_up():
    async def scenario(machine):
        runtime = machine.runtime("webgpu", "wasm")
        for device in range(MAX_LOSSES):
            await runtime.run(model(), load)
            machine.devices[device].lose()
        assert (await inferred(runtime, model())).logits == [1.0] * 10
        assert runtime.backend_name == "wasm" and "lost" in runtime.failures[0]

    run(scenario)


def test_losses_with_answers_between_them_are_not_in_a_row():
    async def scenario(machine):
        runtime = machine.runtime("webgpu", "wasm")
        for device in range(3 * MAX_LOSSES):
            await inferred(runtime, model())
            machine.devices[device].lose()
        await inferred(runtime, model())
        assert runtime.backend_name == "webgpu"

    run(scenario)


def test_a_device_that_never_lasts_ends_in_an_error_where_nothing_else_may_be_used():
    async def scenario(machine):
        machine.broken["run mlp on webgpu"] = [NetworkLost("gone")] * MAX_LOSSES
        runtime = machine.runtime("webgpu")
        with pytest.raises(BackendUnavailable, match="lost"):
            await inferred(runtime, model())
        assert (await inferred(runtime, model())).logits == [1.0] * 10

    run(scenario)


class Silent:
    """A stopwatch that keeps no record but the names."""

    def __init__(self):
        self.names = []

    def now_ms(self):
        return 5.0

    @contextmanager
    def measured(self, name):
        yield Span(0.0)
        self.names.append(name)


class Slow:
    """A runtime whose models load when the test says so."""

    def __init__(self, logits=(0.0,) * 9 + (1.0,)):
        self.loads, self._logits = {}, logits

    async def prepare(self, entry):
        await self.loads.setdefault(entry.name, asyncio.get_running_loop().create_future())

    async def run(self, entry, work, backend=None):
        await self.prepare(entry)
        return await work(self)

    async def infer(self, ink):
        return Inference(list(self._logits), "wasm", is_first=False)


class Ready(Slow):
    """Its models are there at once."""

    async def prepare(self, entry):
        pass


def test_an_answer_carries_the_drawing_that_it_is_about():
    async def scenario():
        reader = Reader(Ready(), Silent())
        await reader.choose(model())
        answer = await reader.read(LINE)
        assert answer.drawn.strokes == tuple(LINE)
        assert answer.drawn.ink == mnist_image(LINE)

    finished(scenario())


def test_one_image_is_read_by_any_number_of_models():
    async def scenario():
        stopwatch = Silent()
        reader = Reader(Ready(), stopwatch)
        drawn = reader.draw(LINE)
        answers = [await reader.answer(model(name), drawn) for name in ("mlp", "cnn")]
        assert [answer.model.name for answer in answers] == ["mlp", "cnn"]
        assert all(answer.drawn is drawn for answer in answers)
        assert stopwatch.names.count("predict:image") == 1

    finished(scenario())


def test_a_reader_without_a_model_gives_no_answer():
    assert finished(Reader(Slow(), Silent()).read(LINE)) is None


def test_it_reads_with_the_chosen_models_temperature():
    async def scenario():
        runtime, stopwatch = Slow(), Silent()
        reader = Reader(runtime, stopwatch)
        choosing = asyncio.create_task(reader.choose(model(temperature=2.0)))
        await settle()
        runtime.loads["mlp"].set_result(None)
        assert await choosing and reader.is_ready
        answer = await reader.read(LINE)
        assert (
            answer.prediction == Prediction(softmax([0.0] * 9 + [1.0], 2.0))
            and answer.drawn.start_ms == 5.0
        )
        assert stopwatch.names == ["predict:image", "predict:inference"]
        assert await reader.read([]) is None

    finished(scenario())


@pytest.mark.parametrize("threshold, abstains", [(0.5, False), (1.5, True)])
def test_it_abstains_where_the_chosen_models_abstention_does(threshold, abstains):
    async def scenario():
        reader = Reader(Ready(), Silent())
        await reader.choose(model(abstention=Abstention("margin", threshold)))
        assert (await reader.read(LINE)).prediction.abstains is abstains
        await reader.choose(model())
        assert not (await reader.read(LINE)).prediction.abstains

    finished(scenario())


@pytest.mark.parametrize("order", [("mlp", "cnn"), ("cnn", "mlp")])
@pytest.mark.parametrize("error", [None, PageError("missing")])
def test_the_last_choice_wins_whichever_loads_first_and_whether_the_other_fails(order, error):
    async def scenario():
        runtime = Slow()
        reader = Reader(runtime, Silent())
        first, last = (asyncio.create_task(reader.choose(model(name))) for name in ("mlp", "cnn"))
        await settle()
        for name in order:
            if error and name == "mlp":
                runtime.loads[name].set_exception(error)
            else:
                runtime.loads[name].set_result(None)
            await settle()
        assert (await first, await last) == (False, True)
        assert reader.is_ready

    finished(scenario())


@pytest.mark.parametrize("error", [None, PageError("missing")])
def test_of_two_choices_of_one_model_only_the_last_tells(error):
    """As when another backend is chosen while the model loads on the first."""

    class OneAfterAnother(Slow):
        async def prepare(self, entry):
            self.loads[len(self.loads)] = load = asyncio.get_running_loop().create_future()
            await load

    async def scenario():
        runtime = OneAfterAnother()
        reader = Reader(runtime, Silent())
        first, last = (asyncio.create_task(reader.choose(model())) for _ in range(2))
        await settle()
        if error:
            runtime.loads[0].set_exception(error)
        else:
            runtime.loads[0].set_result(None)
        assert await first is False and not reader.is_ready
        runtime.loads[1].set_result(None)
        assert await last is True and reader.is_ready

    finished(scenario())


def test_a_reader_has_no_model_while_another_loads_or_after_it_failed():
    async def scenario():
        runtime = Slow()
        reader = Reader(runtime, Silent())
        choosing = asyncio.create_task(reader.choose(model()))
        await settle()
        runtime.loads["mlp"].set_result(None)
        await choosing
        failing = asyncio.create_task(reader.choose(model("cnn")))
        await settle()
        assert not reader.is_ready
        runtime.loads["cnn"].set_exception(PageError("missing"))
        with pytest.raises(PageError):
            await failing
        assert not reader.is_ready and await reader.read(LINE) is None

    finished(scenario())
