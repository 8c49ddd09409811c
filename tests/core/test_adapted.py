"""The door to networks that have learned from corrections."""

from types import SimpleNamespace

import pytest

from py_frontend.core.adapted import AdaptedNetwork, AdaptedRuntime
from py_frontend.core.session import LoadedNetwork
from tests.support.fakes import finished, model


class Door:
    """A runtime that keeps what it was asked for."""

    def __init__(self):
        self.asked = []
        self.network = LoadedNetwork(SimpleNamespace(layers=("layer",)), "wasm")

    async def run(self, entry, work, backend=None):
        self.asked.append((entry, backend))
        return await work(self.network)


async def itself(network):
    return network


@pytest.mark.parametrize("backend", ["wasm", None])
@pytest.mark.parametrize("learned", [None, "learned"])
def test_work_is_done_on_the_model_and_the_backend_that_it_asks_for(backend, learned):
    door, entry = Door(), model("cnn")
    runtime = AdaptedRuntime(door, SimpleNamespace(learned={entry: learned}.get))
    network = finished(runtime.run(entry, itself, backend))
    assert door.asked == [(entry, backend)]
    assert isinstance(network, AdaptedNetwork) == bool(learned)
    assert (network.backend, network.layers) == ("wasm", ("layer",))
