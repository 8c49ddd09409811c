"""What stands in for the browser in tests of the core: machines with backends that fail on demand,
and jobs that wait."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from py_frontend.core.catalog import ModelEntry
from py_frontend.core.errors import NetworkLost
from py_frontend.core.runtime import Runtime, load
from py_frontend.core.session import Inference

ENTRY = {
    "name": "mlp",
    "title": "Perceptron",
    "parameters": 5,
    "bytes": 7,
    "sha256": "ab",
    "validation_accuracy": 0.99,
    "test_accuracy": 0.98,
    "temperature": 1.5,
    "net": "mlp/net.js",
    "weights": "mlp/weights.safetensors",
}


def finished(work: Coroutine):
    """What `work` returns, from a thread of its own: Playwright keeps an event loop in the tests'
    thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def model(name: str = "mlp", **values) -> ModelEntry:
    entry = ModelEntry(
        name,
        name.upper(),
        10,
        10,
        f"digest of {name}",
        0.99,
        0.99,
        1.0,
        "net.js",
        "weights.safetensors",
    )
    return replace(entry, **values)


class Gate:
    """A job whose every run waits until the test lets it go on."""

    def __init__(self):
        self.begun, self._futures = [], []

    async def __call__(self, value):
        self.begun.append(value)
        future = asyncio.get_running_loop().create_future()
        self._futures.append(future)
        return await future

    async def open(self, result=None, error=None):
        future = self._futures.pop(0)
        future.set_exception(error) if error else future.set_result(result)
        await settle()


async def settle():
    """Lets every task go as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


class Machine:
    """A made-up machine: which backends start, which models load, and when its devices are lost."""

    def __init__(self):
        self.log: list[str] = []
        self.broken: dict[str, list[Exception]] = {}  # by event, the errors still to come
        self.devices: list[Device] = []

    def event(self, name: str) -> None:
        self.log.append(name)
        if self.broken.get(name):
            raise self.broken[name].pop(0)

    def runtime(self, *names: str) -> Runtime:
        return Runtime(
            [FakeBackend(self, name) for name in names], on_lost=lambda: self.log.append("told")
        )


async def prepared(runtime: Runtime, entry: ModelEntry) -> None:
    """Returns once the model can run."""
    await runtime.run(entry, load)


async def inferred(runtime: Runtime, entry: ModelEntry) -> Inference:
    """What the model gives for no ink at all."""
    return await runtime.run(entry, lambda network: network.infer(None))


class FakeBackend:
    def __init__(self, machine: Machine, name: str):
        self._machine, self.name = machine, name

    async def start(self):
        await asyncio.sleep(0)
        self._machine.event(f"start {self.name}")
        device = Device(self._machine, self.name)
        self._machine.devices.append(device)
        return device


class Device:
    def __init__(self, machine: Machine, name: str):
        self._machine, self.name, self._handlers, self.is_lost = machine, name, [], False

    def on_lost(self, handler):
        self._handlers.append(handler)

    def lose(self):
        self.is_lost = True
        for handler in self._handlers:
            handler()

    async def load(self, entry):
        await asyncio.sleep(0)
        self._machine.event(f"load {entry.name} on {self.name}")
        return Loaded(self._machine, self, f"run {entry.name} on {self.name}")


class Loaded:
    def __init__(self, machine, device, event):
        self._machine, self._device, self._event = machine, device, event

    async def logits(self, ink):
        self._machine.event(self._event)
        await asyncio.sleep(0)
        if self._device.is_lost:
            raise NetworkLost("gone")
        return [1.0] * 10
