"""The two ways to run a network: kernels on the GPU, or a WebAssembly module on the processor."""

from asyncio import gather
from collections.abc import Callable

from pyodide.ffi import JsException

from core.catalog import ModelEntry
from core.errors import BackendUnavailable, PageError
from core.limits import SETTLE_S, within

from .events import lifetime, once_fulfilled
from .files import MODELS, fetch_bytes, import_module, loaded_ahead
from .gpu import CLOCK, Gpu
from .network import Network


class WebGPU:
    """Kernels on the GPU."""

    name = "webgpu"

    def __init__(self, gpu: Gpu):
        self._gpu = gpu

    async def start(self) -> "WebGPUDevice":
        # The device comes last: one that nobody takes would stay.
        module = await import_module("./js/webgpu.js")
        return WebGPUDevice(module, await self._gpu.request_device())


class WebGPUDevice:
    """All networks of the page on one GPU device."""

    def __init__(self, module, device):
        self._module, self._device = module, device
        lifetime.own(device.destroy)

    def on_lost(self, handler: Callable[[], None]) -> None:
        once_fulfilled(self._device.lost, lambda _info: handler())

    async def load(self, entry: ModelEntry) -> Network:
        net, weights = await gather(_net(entry), _weights(entry))
        loading = self._module.load(self._device, net, weights)
        network = _load(loading, self._device.features.has(CLOCK))
        return await within(SETTLE_S, network, "The GPU's compiler")


class Wasm:
    """Needs nothing of the browser but WebAssembly."""

    name = "wasm"

    async def start(self) -> "WasmDevice":
        return WasmDevice(await import_module("./js/wasm.js"))


class WasmDevice:
    """The processor, which is never lost."""

    def __init__(self, module):
        self._module = module

    def on_lost(self, handler: Callable[[], None]) -> None:
        """Never calls it."""

    async def load(self, entry: ModelEntry) -> Network:
        if entry.wasm is None:
            raise BackendUnavailable(
                f"{entry.title} was exported without WebAssembly. "
                "Choose another model, or use a browser with WebGPU."
            )
        ahead = await loaded_ahead()
        if network := await ahead.takeNetwork(entry.sha256):
            return _owned(network, has_gpu_clock=False)
        wasm = fetch_bytes(MODELS + entry.wasm, entry.wasm_sha256)
        net, wasm_bytes, weights = await gather(_net(entry), wasm, _weights(entry))
        return await _load(self._module.load(net, wasm_bytes, weights), has_gpu_clock=False)


async def _net(entry: ModelEntry):
    module = await import_module(MODELS + entry.net, entry.net_sha256)
    return module.default


async def _weights(entry: ModelEntry):
    return await fetch_bytes(MODELS + entry.weights, entry.sha256)


async def _load(promise, has_gpu_clock: bool) -> Network:
    try:
        return _owned(await promise, has_gpu_clock)
    except JsException as error:
        kind = BackendUnavailable if error.name == "KernelError" else PageError
        raise kind(error.message) from error


def _owned(js_network, has_gpu_clock: bool) -> Network:
    lifetime.own(js_network.destroy)
    return Network(js_network, has_gpu_clock)
