"""The two ways to run a network: kernels on the GPU, or a WebAssembly module on the processor."""

from asyncio import gather
from collections.abc import Callable

from pyodide.ffi import JsException
from pyscript import window
from pyscript.ffi import is_none, to_js

from core.catalog import ModelEntry
from core.errors import BackendUnavailable, PageError

from .events import once_fulfilled
from .files import MODELS, fetch_bytes, import_module
from .network import Network

GPU_CLOCK = "timestamp-query"  # a feature that not every GPU has


class WebGPU:
    """All networks of the page on one GPU device."""

    name = "webgpu"

    def __init__(self, module, device):
        self._module, self._device = module, device

    @classmethod
    async def start(cls) -> "WebGPU":
        adapter, module = await gather(_request_adapter(), import_module("./js/webgpu.js"))
        return cls(
            module, await _request_device(adapter)
        )  # last: a device that nobody takes would stay

    def on_lost(self, handler: Callable[[], None]) -> None:
        once_fulfilled(self._device.lost, handler)

    async def load(self, entry: ModelEntry) -> Network:
        net, weights = await gather(_net(entry), _weights(entry))
        return await _load(
            self._module.load(self._device, net, weights), self._device.features.has(GPU_CLOCK)
        )


class Wasm:
    """Needs nothing of the browser but WebAssembly."""

    name = "wasm"

    def __init__(self, module):
        self._module = module

    @classmethod
    async def start(cls) -> "Wasm":
        return cls(await import_module("./js/wasm.js"))

    def on_lost(self, handler: Callable[[], None]) -> None:
        """A processor is never lost."""

    async def load(self, entry: ModelEntry) -> Network:
        if entry.wasm is None:
            raise BackendUnavailable(
                f"{entry.title} was exported without WebAssembly. Choose another model, or use a browser with WebGPU."
            )
        net, wasm, weights = await gather(
            _net(entry), fetch_bytes(MODELS + entry.wasm), _weights(entry)
        )
        return await _load(self._module.load(net, wasm, weights), has_gpu_clock=False)


async def gpu_name() -> str:
    """Which GPU networks would run on, as far as the browser tells; empty where there is none."""
    try:
        info = getattr(await _request_adapter(), "info", None)
    except BackendUnavailable:
        return ""
    if info is None:  # browsers of 2023
        return "unknown"
    return " ".join(filter(None, (info.vendor, info.architecture, info.device, info.description)))


async def _request_device(adapter):
    features = [GPU_CLOCK] if adapter.features.has(GPU_CLOCK) else []
    try:
        return await adapter.requestDevice(requiredFeatures=to_js(features))
    except JsException as error:
        raise _not_started(error) from error


async def _request_adapter():
    gpu = getattr(window.navigator, "gpu", None)
    if is_none(gpu):
        raise BackendUnavailable(
            "This browser has no WebGPU. Try a recent Chrome, Edge, Firefox or Safari, over https."
        )
    try:
        adapter = await gpu.requestAdapter()
    except JsException as error:
        raise _not_started(error) from error
    if is_none(adapter):
        raise BackendUnavailable(
            "WebGPU found no GPU that it may use. Switch hardware acceleration on in the browser's settings."
        )
    return adapter


def _not_started(error: JsException) -> BackendUnavailable:
    return BackendUnavailable(f"WebGPU did not start ({error.message}). Restart the browser.")


async def _net(entry: ModelEntry):
    module = await import_module(MODELS + entry.net, entry.net_sha256)
    return module.default


async def _weights(entry: ModelEntry):
    return await fetch_bytes(MODELS + entry.weights, entry.sha256)


async def _load(promise, has_gpu_clock: bool) -> Network:
    try:
        return Network(await promise, has_gpu_clock)
    except JsException as error:
        raise (BackendUnavailable if error.name == "KernelError" else PageError)(
            error.message
        ) from error
