"""A backend from its start until it is lost, and the networks on it."""

import asyncio
from array import array

import pytest

from py_frontend.core.abstention import Abstention
from py_frontend.core.errors import BackendUnavailable, PageError
from py_frontend.core.self_test import Probe
from py_frontend.core.session import Inference, LoadedNetwork, Session
from tests.support.fakes import FakeBackend, Machine, finished, model, settle

INK = array("f", [0.5] * 784)


def session_on(machine: Machine, on_lost=lambda session: None) -> Session:
    return Session(FakeBackend(machine, "webgpu"), on_lost)


class Told:
    """A network that keeps what it was asked, and answers with it."""

    layers = ("layer",)

    def __init__(self):
        self.asked = []

    async def logits(self, ink):
        self.asked.append(("logits", ink))
        return [2.0]

    async def outputs(self, ink, names):
        self.asked.append(("outputs", ink, names))
        return {name: array("f", [number]) for number, name in enumerate(names, 1)}

    async def write(self, name, values):
        self.asked.append(("write", name, values))

    async def gpu_ms(self, ink):
        self.asked.append(("gpu_ms", ink))
        return 0.75


def test_a_loaded_network_hands_on_what_it_is_asked_and_what_is_answered():
    async def scenario():
        told, values = Told(), array("f", [3.0])
        network = LoadedNetwork(told, "wasm")
        assert (network.backend, network.layers) == ("wasm", ("layer",))
        assert await network.infer(INK) == Inference([2.0], "wasm", True)
        assert await network.outputs(INK, ["features"]) == {"features": array("f", [1.0])}
        await network.write("anchors", values)
        assert await network.gpu_ms(INK) == 0.75
        assert told.asked == [
            ("logits", INK),
            ("outputs", INK, ["features"]),
            ("write", "anchors", values),
            ("gpu_ms", INK),
        ]

    finished(scenario())


def test_features_come_with_each_inference_where_the_model_needs_them():
    async def scenario():
        told = Told()
        network = LoadedNetwork(told, "wasm", gives_features=True)
        inference = await network.infer(INK)
        assert inference == Inference([1.0], "wasm", True, features=array("f", [2.0]))
        assert told.asked == [("outputs", INK, ("logits", "features"))]

    finished(scenario())


def test_a_loaded_network_gives_features_where_its_abstention_needs_them():
    weights = ((0.0,) * 11,) * 10
    needing = Abstention("by_features", 0.0, weights, feature_steps=(1,))

    async def scenario():
        for abstention, features in ((needing, [8.0]), (Abstention("margin", 0.0), ()), (None, ())):
            network = await session_on(Machine()).network(model(abstention=abstention))
            assert (await network.infer(INK)).features == features

    finished(scenario())


def test_a_network_is_proven_by_each_of_its_probes_in_turn():
    async def scenario():
        told = Told()
        probes = [Probe(bytes([level] * 784), (2.0,)) for level in (0, 255, 51)]
        network = LoadedNetwork(told, "wasm", probes)
        for _ in range(4):
            await network.prove()
        assert [ink for _, ink in told.asked] == [probes[number].ink for number in (0, 1, 2, 0)]

    finished(scenario())


def test_an_unloaded_model_is_loaded_again_on_the_same_device():
    async def scenario():
        machine = Machine()
        session = session_on(machine)
        first = await session.network(model())
        session.unload()
        assert await session.network(model()) is not first
        assert machine.log == ["start webgpu", *["load mlp on webgpu"] * 2]

    finished(scenario())


def test_of_two_inferences_under_way_the_one_that_began_first_is_the_first():
    async def scenario():
        machine = Machine()
        network = await session_on(machine).network(model())
        machine.hold("run mlp on webgpu")
        both = [asyncio.create_task(network.infer(INK)) for _ in range(2)]
        await settle()
        assert not network.has_answered
        await machine.release("run mlp on webgpu")
        assert [(await each).is_first for each in both] == [True, False]
        assert network.has_answered is True

    finished(scenario())


def test_a_session_has_answered_once_any_of_its_networks_has():
    async def scenario():
        session = session_on(Machine())
        assert not session.has_answered
        await session.network(model("mlp"))
        cnn = await session.network(model("cnn"))
        assert not session.has_answered
        await cnn.infer(INK)
        assert session.has_answered

    finished(scenario())


def test_the_backend_is_started_once_for_all_that_asks_and_each_model_is_loaded_once():
    async def scenario():
        machine = Machine()
        session = session_on(machine)
        assert machine.log == []
        names = ("mlp", "cnn", "mlp")
        first, other, again = await asyncio.gather(*(session.network(model(n)) for n in names))
        assert first is again and first is not other
        assert await session.network(model("mlp")) is first
        assert first.backend == session.backend.name == "webgpu"
        assert machine.log == ["start webgpu", "load mlp on webgpu", "load cnn on webgpu"]

    finished(scenario())


@pytest.mark.parametrize(
    "event, error, log",
    [
        ("start webgpu", BackendUnavailable("none"), ["start webgpu"] * 2),
        ("load mlp on webgpu", PageError("missing"), ["start webgpu", "load mlp on webgpu"]),
    ],
)
def test_what_failed_is_told_to_all_that_asked_and_tried_again_when_it_is_asked_for_again(
    event, error, log
):
    async def scenario():
        machine = Machine()
        machine.broken[event] = [error]
        session = session_on(machine)
        asked = [session.network(model()) for _ in range(2)]
        assert await asyncio.gather(*asked, return_exceptions=True) == [error] * 2
        assert (await session.network(model())).backend == "webgpu"
        assert machine.log == [*log, "load mlp on webgpu"]

    finished(scenario())


def test_one_that_hears_late_of_a_failure_does_not_undo_the_attempt_that_followed():
    async def scenario():
        machine = Machine()
        machine.broken["start webgpu"] = [BackendUnavailable("none")]
        session = session_on(machine)

        async def again():
            with pytest.raises(BackendUnavailable):
                await session.network(model())
            return await session.network(model())

        networks = await asyncio.gather(*(again() for _ in range(3)))
        assert len(set(networks)) == 1
        assert machine.log == ["start webgpu", "start webgpu", "load mlp on webgpu"]

    finished(scenario())


def test_a_lost_device_is_told_with_its_session():
    async def scenario():
        machine, lost = Machine(), []
        session = session_on(machine, lost.append)
        await session.network(model())
        assert lost == []
        machine.devices[0].lose()
        assert lost == [session]

    finished(scenario())
