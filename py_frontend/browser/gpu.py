"""The GPU of this machine, as far as the browser gives access to it."""

from asyncio import Task, create_task, wait
from typing import Any

from pyodide.ffi import JsException
from pyscript import window
from pyscript.ffi import is_none, to_js

from core.errors import BackendUnavailable
from core.limits import SETTLE_S, within

from .events import once_fulfilled

CLOCK = "timestamp-query"  # a feature that not every GPU has

NO_WEBGPU = "This browser has no WebGPU. Try a recent Chrome, Edge, Firefox or Safari, over https."
NO_ADAPTER = (
    "WebGPU found no GPU that it may use. "
    "Switch hardware acceleration on in the browser's settings."
)


class Gpu:
    """Asks for an adapter when it is first needed, and again after each device, because an adapter
    gives only one."""

    def __init__(self):
        self._adapter: Task | None = None

    async def name(self) -> str:
        """Which GPU there is, as far as the browser tells; empty where there is none."""
        try:
            info = getattr(await self._asked(), "info", None)
        except BackendUnavailable:
            return ""
        if info is None:  # browsers of 2023
            return "unknown"
        named = (info.vendor, info.architecture, info.device, info.description)
        return " ".join(filter(None, named))

    async def request_device(self):
        """A GPUDevice, with a clock where the GPU has one; raises BackendUnavailable."""
        try:
            adapter = await self._asked()
        finally:
            self._adapter = None
        features = [CLOCK] if adapter.features.has(CLOCK) else []
        promise = adapter.requestDevice(requiredFeatures=to_js(features))
        try:
            return await within(SETTLE_S, promise, "The GPU")
        except JsException as error:
            raise _not_started(error) from error
        except BackendUnavailable:
            # A device that nobody takes would stay.
            once_fulfilled(promise, lambda device: device.destroy())
            raise

    async def _asked(self):
        """The adapter for the next device; raises for all who ask where the browser has none. Who
        stops waiting takes it from no one else."""
        if self._adapter is None:
            self._adapter = create_task(_request_adapter())
            self._adapter.add_done_callback(Task.exception)  # no news where nobody waits
        adapter = self._adapter
        await wait((adapter,))
        return adapter.result()


async def _request_adapter():
    gpu: Any = getattr(window.navigator, "gpu", None)
    if is_none(gpu):
        raise BackendUnavailable(NO_WEBGPU)
    try:
        adapter = await within(SETTLE_S, gpu.requestAdapter(), "WebGPU")
    except JsException as error:
        raise _not_started(error) from error
    if is_none(adapter):
        raise BackendUnavailable(NO_ADAPTER)
    return adapter


def _not_started(error: JsException) -> BackendUnavailable:
    return BackendUnavailable(f"WebGPU did not start ({error.message}). Restart the browser.")
