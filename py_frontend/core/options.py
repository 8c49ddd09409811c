"""What the page's address asks for: ?backend=webgpu|wasm and ?model=mlp|cnn."""

from dataclasses import dataclass
from urllib.parse import parse_qs

BACKENDS = ("webgpu", "wasm")


@dataclass(frozen=True)
class Options:
    """None where the address leaves the choice to the page."""

    backend: str | None = None
    model: str | None = None


def parse_options(query: str) -> Options:
    """`query` is the address from its question mark on; values that the page does not know are left
    out."""
    values = {name: last for name, [*_, last] in parse_qs(query.removeprefix("?")).items()}
    backend = values.get("backend")
    return Options(backend if backend in BACKENDS else None, values.get("model"))
