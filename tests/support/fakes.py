"""What stands in for the browser in tests of the core: machines whose backends fail on demand, and
jobs that wait."""

import asyncio
from array import array
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

from py_frontend.core.catalog import ModelEntry
from py_frontend.core.errors import NetworkLost
from py_frontend.core.prediction import Prediction
from py_frontend.core.reader import Answer, Drawn
from py_frontend.core.runtime import Runtime, load
from py_frontend.core.session import Inference
from py_frontend.core.strokes import Stroke
from py_frontend.core.timing import Span

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
LINE = (Stroke("pen", 16.0, ((100.0, 80.0), (110.0, 200.0))),)


def finished(work: Coroutine):
    """What `work` returns, from a thread of its own: Playwright keeps an event loop in the tests'
    thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def model(name: str = "mlp", **values) -> ModelEntry:
    entry = ModelEntry(
        name=name,
        title=name.upper(),
        parameters=10,
        bytes=10,
        sha256=f"digest of {name}",
        validation_accuracy=0.99,
        test_accuracy=0.99,
        temperature=1.0,
        net="net.js",
        weights="weights.safetensors",
    )
    return replace(entry, **values)


def answer(name="mlp", backend="wasm", is_first=False, image_ms=1.0, inference_ms=2.0) -> Answer:
    """An answer that nobody computed."""
    return Answer(
        Drawn(LINE, array("f", [0.0] * 784), 0.0, image_ms),
        model(name),
        Inference([0.0] * 10, backend, is_first),
        inference_ms,
        Prediction((1.0,) + (0.0,) * 9),
    )


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
    for _ in range(200):
        await asyncio.sleep(0)


class Machine:
    """A machine whose backends start, load and run as the test says.

    It has a clock: an inference takes `ms` of its backend, the first of a network 100 ms more, and
    to load one takes 5 seconds.
    """

    def __init__(self, **ms: float):
        self.ms = ms
        self.clock = 0.0
        self.logits = [1.0] * 10
        self.features_of = lambda ink: [8.0]
        self.nonsense: dict[str, list[float]] = {}  # by backend, what it gives instead
        self.log: list[str] = []
        self.broken: dict[str, list[Exception]] = {}  # by event, the errors still to come
        self.devices: list[Device] = []
        self._held: dict[str, asyncio.Event] = {}

    def hold(self, *names: str) -> None:
        """Lets these events wait until they are released."""
        self._held |= {name: asyncio.Event() for name in names}

    async def release(self, name: str) -> None:
        """Lets the event happen, and all that follows from it."""
        self._held.pop(name).set()
        await settle()

    async def reach(self, name: str) -> None:
        if name in self._held:
            await self._held[name].wait()
        self.event(name)

    def event(self, name: str) -> None:
        self.log.append(name)
        if name.startswith("run"):
            self.clock += self.ms.get(name.split()[-1], 1.0) + 100 * (self.log.count(name) == 1)
        if name.startswith("load"):
            self.clock += 5000
        if self.broken.get(name):
            raise self.broken[name].pop(0)

    def now_ms(self) -> float:
        return self.clock

    def runtime(self, *names: str) -> Runtime:
        return Runtime(
            [FakeBackend(self, name) for name in names], on_lost=lambda: self.log.append("told")
        )


class Stopwatch:
    """Shows a machine's clock, and keeps the names of what it measured and marked."""

    def __init__(self, machine: Machine):
        self.now_ms = machine.now_ms
        self.measures, self.marks = [], []

    @contextmanager
    def measured(self, name):
        span = Span(self.now_ms())
        yield span
        span.ms = self.measure(name, span.start_ms)

    def measure(self, name, start_ms):
        self.measures.append(name)
        return self.now_ms() - start_ms

    def mark_once(self, name):
        if name not in self.marks:
            self.marks.append(name)


async def prepared(runtime: Runtime, entry: ModelEntry) -> None:
    """Returns once the model can run."""
    await runtime.run(entry, load)


async def inferred(runtime: Runtime, entry: ModelEntry, backend: str | None = None) -> Inference:
    """What the model gives for no ink at all."""
    return await runtime.run(entry, lambda network: network.infer(None), backend)


class FakeBackend:
    def __init__(self, machine: Machine, name: str):
        self._machine, self.name = machine, name

    async def start(self):
        await asyncio.sleep(0)
        await self._machine.reach(f"start {self.name}")
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
        await self._machine.reach(f"load {entry.name} on {self.name}")
        return Loaded(self._machine, self, f"{entry.name} on {self.name}")


class Loaded:
    """A network on a device."""

    layers = ()

    def __init__(self, machine, device, name):
        self._machine, self._device, self._name = machine, device, name
        self.written = {}

    async def logits(self, ink):
        await self._machine.reach(f"run {self._name}")
        await asyncio.sleep(0)
        if self._device.is_lost:
            raise NetworkLost("gone")
        return list(self._machine.nonsense.get(self._device.name, self._machine.logits))

    async def outputs(self, ink, names):
        known = {"logits": await self.logits(ink), "features": self._machine.features_of(ink)}
        return {name: known.get(name, [float(len(name))]) for name in names}

    async def write(self, name, values):
        self.written[name] = values

    async def gpu_ms(self, ink):
        await self._machine.reach(f"time {self._name}")
        return 0.25 if self._device.name == "webgpu" else None

    def destroy(self):
        self._machine.log.append(f"destroy {self._name}")
