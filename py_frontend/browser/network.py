"""A loaded network, as Python sees it."""

from array import array

from pyodide.ffi import JsException
from pyscript.ffi import to_js

from core.errors import NetworkLost, PageError

LOST = {"DeviceLostError", "DestroyedError"}


class Network:
    """Runs one exported network: 784 ink values in, 10 logits out."""

    def __init__(self, js_network, has_gpu_clock: bool):
        self._js_network, self._has_gpu_clock = js_network, has_gpu_clock

    async def logits(self, ink: array) -> list[float]:
        return (await self._call(self._js_network.run, ink)).to_py().tolist()

    async def gpu_ms(self, ink: array) -> float | None:
        """How long the GPU computes, by its own clock; None where there is none."""
        if not self._has_gpu_clock:
            return None
        measured = await self._call(self._js_network.measure, ink)
        return measured.gpuMilliseconds

    async def _call(self, method, ink: array):
        try:
            return await method(to_js(ink))
        except JsException as error:
            raise (NetworkLost if error.name in LOST else PageError)(error.message) from error
