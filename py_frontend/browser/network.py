"""A loaded network, as Python sees it."""
from array import array

from pyodide.ffi import JsException
from pyscript.ffi import to_js

from core.errors import NetworkLost, PageError

LOST = {"DeviceLostError", "DestroyedError"}


class Network:
    """Runs one exported network: 784 ink values in, 10 logits out."""

    def __init__(self, js_network):
        self._js_network = js_network

    async def logits(self, ink: array) -> list[float]:
        try:
            output = await self._js_network.run(to_js(ink))
        except JsException as error:
            raise (NetworkLost if error.name in LOST else PageError)(error.message) from error
        return output.to_py().tolist()
