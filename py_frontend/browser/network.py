"""A loaded network, as Python sees it."""

from array import array
from collections.abc import Sequence

from pyodide.ffi import JsException
from pyscript.ffi import is_none, to_js

from core.activations import Field, Layer
from core.errors import NetworkLost, PageError

LOGITS = "logits"
LOST = {"DeviceLostError", "DestroyedError"}


class Network:
    """Runs one exported network: 784 ink values in, 10 logits out."""

    def __init__(self, js_network, has_gpu_clock: bool):
        self._js_network, self._has_gpu_clock = js_network, has_gpu_clock
        self.layers = tuple(
            Layer(name, tuple(output.shape), _field(output.field))
            for name, output in js_network.outputs.object_entries()
            if name != LOGITS
        )

    async def logits(self, ink: array) -> list[float]:
        return (await _answer(self._js_network.run, to_js(ink))).to_py().tolist()

    async def outputs(self, ink: array, names: Sequence[str]) -> dict[str, array]:
        """The named outputs for the same ink, float32, channels first."""
        found = await _answer(self._js_network.infer, to_js(ink), to_js(list(names)))
        return {name: array("f", getattr(found, name).to_bytes()) for name in names}

    async def write(self, name: str, values: array) -> None:
        """Replaces what a writable buffer of the network holds."""
        await _answer(self._js_network.write, name, to_js(values))

    async def gpu_ms(self, ink: array) -> float | None:
        """How long the GPU computes, by its own clock; None where there is none."""
        if not self._has_gpu_clock:
            return None
        return (await _answer(self._js_network.measure, to_js(ink))).gpuMilliseconds

    def destroy(self) -> None:
        """Gives its memory back; it cannot run any more."""
        self._js_network.destroy()


def _field(field) -> Field | None:
    return None if is_none(field) else Field(field.size, field.stride, field.start)


async def _answer(method, *arguments):
    try:
        return await method(*arguments)
    except JsException as error:
        raise (NetworkLost if error.name in LOST else PageError)(error.message) from error
