"""The weights of a model, as Python sees them."""

from core.catalog import ModelEntry

from .files import MODELS, fetch_bytes, import_module


async def tensors(path: str, sha256: str | None):
    """The tensors of a safetensors file in the folder of the models, as a JavaScript Map."""
    safetensors = await import_module("./js/safetensors.js")
    return safetensors.parse(await fetch_bytes(MODELS + path, sha256))


async def model_bytes(path: str, sha256: str | None) -> bytes:
    """A file in the folder of the models."""
    return (await fetch_bytes(MODELS + path, sha256)).to_bytes()


class Weights:
    """Tensors of one model by name, as in its safetensors file."""

    def __init__(self, tensors):
        self._tensors = tensors

    @classmethod
    async def of(cls, entry: ModelEntry) -> "Weights":
        """Reads the file, which the browser has in its cache since the network was loaded."""
        return cls(await tensors(entry.weights, entry.sha256))

    def has(self, name: str) -> bool:
        return self._tensors.has(name)

    def shape(self, name: str) -> tuple[int, ...]:
        return tuple(self._tensors.get(name).shape)

    def elements(self, name: str, start: int, stop: int) -> list[int]:
        """Those of an eight-bit tensor from `start` to `stop`, each in -128..127."""
        return self._tensors.get(name).data.slice(start, stop).to_py().tolist()
