"""What the panel on speed tells, and when it has the GPU timed."""

import pytest

from py_frontend.core.errors import NetworkLost
from py_frontend.core.record import Figures
from py_frontend.core.speed import Speed
from tests.support.fakes import finished
from tests.support.page_fakes import Visit


async def speed_of(made: Visit) -> Speed:
    await made.open()
    return Speed(made.runtime, made.record, made.chooser.times)


def test_the_times_of_the_backends_are_told_once_they_are_known():
    async def scenario():
        made = Visit(webgpu=5.84, wasm=0.31)
        speed = await speed_of(made)
        assert speed.backends(made.page.model) == "webgpu 5.8 ms, wasm 0.3 ms"
        made = Visit(backend="wasm")
        assert (await speed_of(made)).backends(made.page.model) == ""

    finished(scenario())


def test_the_table_says_whose_times_it_holds_and_times_the_gpu_by_a_run_of_its_own():
    async def scenario():
        made = Visit(backend="webgpu", webgpu=5.0)
        speed = await speed_of(made)
        for _ in range(3):
            await made.draw()
        assert "time mlp on webgpu" not in made.machine.log
        table = await speed.table(made.page.model, "webgpu", made.card.answer)
        assert table.caption == "MLP on webgpu, last 2 predictions, in ms"
        assert table.figures["inference"] == Figures(105.0, 5.0, 5.0, 5.0)
        assert table.figures["gpu"] == Figures(None, 0.25, 0.25, 0.25)
        assert made.machine.log.count("time mlp on webgpu") == 1

    finished(scenario())


@pytest.mark.parametrize(
    "backend, error", [("wasm", None), ("webgpu", NetworkLost("gone"))], ids=str
)
def test_where_no_gpu_can_tell_its_time_the_rest_is_told(backend, error):
    async def scenario():
        made = Visit(backend=backend, webgpu=5.0, wasm=5.0)
        speed = await speed_of(made)
        await made.draw()
        made.machine.broken[f"time mlp on {backend}"] = [error] if error else []
        table = await speed.table(made.page.model, backend, made.card.answer)
        assert table.figures["gpu"] == Figures()
        assert table.figures["inference"].first == 105.0

    finished(scenario())


def test_an_answer_of_another_model_or_backend_is_not_timed_for_the_one_in_use():
    async def scenario():
        made = Visit(backend="webgpu")
        speed = await speed_of(made)
        await made.draw()
        answer = made.card.answer
        await made.choose("cnn")
        for arguments in (
            (made.page.model, "webgpu", answer),
            (answer.model, "wasm", answer),
            (answer.model, "webgpu", None),
        ):
            assert (await speed.table(*arguments)).figures["gpu"] == Figures()
        assert not [event for event in made.machine.log if event.startswith("time")]

    finished(scenario())
