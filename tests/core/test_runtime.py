"""The one door to the networks: backends that fail, devices that are lost."""

import asyncio

import pytest

from py_frontend.core.errors import BackendUnavailable, NetworkLost, PageError
from py_frontend.core.runtime import MAX_LOSSES
from tests.support.fakes import Machine, finished, inferred, model, prepared


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
        await prepared(runtime, model())
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
            await prepared(runtime, model())
        await prepared(runtime, model())
        assert (runtime.backend_name, runtime.failures) == ("webgpu", [])

    run(scenario)


def test_a_file_that_is_missing_is_no_reason_to_leave_the_backend():
    async def scenario(machine):
        machine.broken["load mlp on webgpu"] = [PageError("missing")]
        runtime = machine.runtime("webgpu", "wasm")
        with pytest.raises(PageError, match="missing"):
            await prepared(runtime, model())
        await prepared(runtime, model("cnn"))
        await prepared(runtime, model())
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
        await prepared(runtime, model())
        answer = asyncio.create_task(inferred(runtime, model()))
        await asyncio.sleep(0)
        machine.devices[0].lose()
        assert (await answer).logits == [1.0] * 10
        assert runtime.backend_name == "webgpu"

    assert run(scenario).count("told") == 1


def test_a_device_lost_while_nothing_runs_is_told_once():
    async def scenario(machine):
        runtime = machine.runtime("webgpu", "wasm")
        await prepared(runtime, model())
        machine.devices[0].lose()
        await prepared(runtime, model())

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
            await prepared(runtime, model())
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


def test_work_on_a_named_backend_runs_there_and_leaves_the_one_in_use():
    async def scenario(machine):
        runtime = machine.runtime("webgpu", "wasm")
        await prepared(runtime, model())
        assert (await inferred(runtime, model(), "wasm")).backend == "wasm"
        assert (await inferred(runtime, model())).backend == runtime.backend_name == "webgpu"

    run(scenario)


@pytest.mark.parametrize(
    "event, error",
    [
        ("start wasm", BackendUnavailable("none")),
        ("load mlp on wasm", PageError("missing")),
        ("run mlp on wasm", NetworkLost("gone")),
    ],
    ids=str,
)
def test_work_on_a_named_backend_that_fails_is_not_tried_elsewhere(event, error):
    async def scenario(machine):
        machine.broken[event] = [error]
        runtime = machine.runtime("webgpu", "wasm")
        with pytest.raises(type(error), match=str(error)):
            await inferred(runtime, model(), "wasm")
        assert runtime.failures == []
        assert (await inferred(runtime, model(), "wasm")).backend == "wasm"

    assert "start webgpu" not in run(scenario)


def test_any_work_can_be_done_on_a_network():
    async def scenario(machine):
        runtime = machine.runtime("wasm")

        async def features(network):
            await network.write("anchors", [1.0])
            return await network.outputs(None, ["features"]), await network.gpu_ms(None)

        assert await runtime.run(model(), features) == ({"features": [8.0]}, None)

    run(scenario)


def test_work_begins_again_where_its_device_is_lost():
    async def scenario(machine):
        runtime = machine.runtime("webgpu")
        begun = []

        async def work(network):
            begun.append(network)
            if len(begun) == 1:
                machine.devices[0].lose()
            return await network.infer(None)

        assert (await runtime.run(model(), work)).logits == [1.0] * 10
        assert len(set(begun)) == 2

    run(scenario)


def test_to_be_loaded_does_not_show_that_a_device_works():
    """Only a network that has answered begins the count of losses again."""

    async def scenario(machine):
        runtime = machine.runtime("webgpu", "wasm")
        for device in range(MAX_LOSSES):
            await prepared(runtime, model())
            machine.devices[device].lose()
        assert runtime.backend_name == "wasm"

    run(scenario)
