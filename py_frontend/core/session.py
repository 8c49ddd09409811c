"""One backend from its start until it is lost, with the networks loaded on it."""

from __future__ import annotations

from array import array
from asyncio import Task, create_task
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from .activations import Layer
from .catalog import ModelEntry
from .errors import BackendUnavailable, WrongNumbers
from .limits import SETTLE_S, within
from .self_test import Probe, are_suspicious

PROOF_INTERVAL = 500  # inferences
DEVICE = "device"

LOGITS, FEATURES = "logits", "features"  # outputs that every network has


class Network(Protocol):
    """A loaded network. Each call raises NetworkLost when the device went away."""

    layers: tuple[Layer, ...]
    """What can be read of it by name, apart from the logits."""

    async def logits(self, ink: array[float]) -> list[float]:
        """784 ink values in, 10 logits out."""

    async def outputs(self, ink: array[float], names: Sequence[str]) -> dict[str, array[float]]:
        """The named outputs for the same ink, float32, channels first."""

    async def write(self, name: str, values: array[float]) -> None:
        """Replaces what a writable buffer of the network holds."""

    async def gpu_ms(self, ink: array[float]) -> float | None:
        """How long the GPU computes, by its own clock; None where there is none."""

    def destroy(self) -> None:
        """Gives its memory back; it cannot run any more."""


class Device(Protocol):
    """A started backend."""

    async def load(self, entry: ModelEntry) -> Network:
        """Raises BackendUnavailable where this backend cannot run the model."""

    def on_lost(self, handler: Callable[[], None]) -> None:
        """Calls `handler` when no network on this device can run any more."""


class Backend(Protocol):
    """A way to run networks, which this machine may or may not have."""

    name: str

    async def start(self) -> Device:
        """Raises BackendUnavailable where the machine does not have it."""


@dataclass(frozen=True)
class Inference:
    """What a network gave, and where it ran; the first answer of a loaded network is slower.
    `features` are there where they were asked for.

    Where it has learned from corrections, `own_logits` are those without them, and `is_digit` is
    what they say of a drawing that resembles a taught one.
    """

    logits: list[float]
    backend: str
    is_first: bool
    features: Sequence[float] = ()
    own_logits: list[float] | None = None
    is_digit: bool | None = None


class LoadedNetwork:
    """A network on its backend, which remembers whether it has answered yet and proves now and then
    that the backend computes what the probes expect."""

    def __init__(
        self,
        network: Network,
        backend: str,
        probes: Sequence[Probe] = (),
        gives_features: bool = False,
    ):
        """`gives_features` with each inference."""
        self.network, self.backend = network, backend
        self._gives_features = gives_features
        self._probes, self._proofs = probes, 0
        self._until_proof = PROOF_INTERVAL
        self._has_begun = self.has_answered = False

    async def infer(self, ink: array[float]) -> Inference:
        """Raises WrongNumbers where the backend turns out to compute nonsense."""
        if self._gives_features:
            return await self.observe(ink)
        return await self._proven(lambda: self.network.logits(ink))

    async def observe(self, ink: array[float]) -> Inference:
        """The same, with the features that the logits were made from."""
        found: dict[str, array[float]] = {}

        async def logits() -> list[float]:
            found.update(await self.network.outputs(ink, (LOGITS, FEATURES)))
            return list(found[LOGITS])

        return replace(await self._proven(logits), features=found[FEATURES])

    async def _proven(self, run: Callable[[], Awaitable[list[float]]]) -> Inference:
        is_first, self._has_begun = not self._has_begun, True
        if self._until_proof <= 0:
            await self.prove()
        logits = await run()
        if are_suspicious(logits):
            await self.prove()
        self._until_proof -= 1
        self.has_answered = True
        return Inference(logits, self.backend, is_first)

    async def prove(self) -> None:
        """Runs the next probe; raises WrongNumbers unless it gives the expected logits."""
        self._until_proof = PROOF_INTERVAL
        if not self._probes:
            return
        probe = self._probes[self._proofs % len(self._probes)]
        self._proofs += 1
        if not probe.accepts(await self.network.logits(probe.ink)):
            self.doubt()
            raise WrongNumbers(
                f"{self.backend} computes wrong numbers on this machine and is not used. "
                "Update the browser, or restart it."
            )

    def doubt(self) -> None:
        """The next inference has to be preceded by a proof."""
        self._until_proof = 0

    @property
    def layers(self) -> tuple[Layer, ...]:
        return self.network.layers

    async def outputs(self, ink: array[float], names: Sequence[str]) -> dict[str, array[float]]:
        return await self.network.outputs(ink, names)

    async def write(self, name: str, values: array[float]) -> None:
        await self.network.write(name, values)

    async def gpu_ms(self, ink: array[float]) -> float | None:
        return await self.network.gpu_ms(ink)

    def destroy(self) -> None:
        self.network.destroy()


class Session:
    """Starts its backend when it is first needed and loads each model once; what failed is tried
    again when it is asked for again."""

    def __init__(self, backend: Backend, on_lost: Callable[[Session], None]):
        self.backend, self._on_lost = backend, on_lost
        self._tasks: dict[str, Task[Any]] = {}
        self._loaded: list[LoadedNetwork] = []

    @property
    def has_answered(self) -> bool:
        """Whether any network has given an answer since the backend was started."""
        return any(network.has_answered for network in self._loaded)

    def doubt(self) -> None:
        """Each network proves itself before its next answer."""
        for network in self._loaded:
            network.doubt()

    def unload(self) -> None:
        """Each model is loaded, and proves itself, when it is asked for again."""
        self._loaded.clear()
        self._tasks = {key: task for key, task in self._tasks.items() if key == DEVICE}

    async def network(self, entry: ModelEntry) -> LoadedNetwork:
        key = f"model {entry.name} {entry.sha256} {entry.net_sha256}"
        network: LoadedNetwork = await self._once(key, lambda: self._load(entry))
        return network

    async def _load(self, entry: ModelEntry) -> LoadedNetwork:
        device = await self._once(DEVICE, self._start)
        network = LoadedNetwork(
            await device.load(entry),
            self.backend.name,
            entry.self_test,
            entry.abstention is not None and entry.abstention.needs_features,
        )
        try:
            await within(SETTLE_S, network.prove(), self.backend.name)
        except BackendUnavailable:
            network.destroy()
            raise
        self._loaded.append(network)
        return network

    async def _start(self) -> Device:
        device = await self.backend.start()
        device.on_lost(lambda: self._on_lost(self))
        return device

    async def _once(self, key: str, work: Callable[[], Awaitable[Any]]) -> Any:
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = create_task(_coroutine(work))
        try:
            return await task
        except Exception:
            if self._tasks.get(key) is task:
                del self._tasks[key]
            raise


async def _coroutine(work: Callable[[], Awaitable[Any]]) -> Any:
    return await work()
