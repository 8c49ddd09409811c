"""The kinds of layers that networks are made of, and what a form of a network has to say about each
kind.

A layer's kind is its class. Linear, convolution and batch norm layers are tinygrad's own.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tinygrad import Tensor

Layer = Callable[[Tensor], Tensor]

ACTIVATIONS: dict[str, Layer] = {
    "relu": Tensor.relu,
    "gelu": Tensor.gelu,
    "silu": Tensor.silu,
}


class UnknownLayer(ValueError):
    """A form of a network has no rule for a layer; the message names both."""


class Network:
    """Layers from ink (N, 784) in 0..1 to logits (N, 10), the first of which normalises the ink."""

    title: str
    """What the network is called on the page."""

    def __init__(self, layers: Iterable[Layer]):
        self.layers = list(layers)

    def __call__(self, ink: Tensor) -> Tensor:
        return ink.sequential(self.layers)

    @property
    def numbered(self) -> dict[int, Layer]:
        """The layers by their numbers: what the ink is after normalisation enters number 0."""
        return dict(enumerate(self.layers, start=-1))

    def _asdict(self) -> dict:
        """What tinygrad makes the names of parameters from, such as layers.0.weight."""
        return {"layers": self.numbered}


@dataclass(frozen=True)
class Rules:
    """What `form` of a network makes of each kind of layer: functions of the layer, and of whatever
    else apply() is given."""

    form: str
    of_kind: Mapping[type, Callable]

    def apply(self, number: int, layer: Layer, *rest):
        """What is made of layer `number` of a network; raises UnknownLayer where that cannot be
        said."""
        kind = type(layer)
        if kind not in self.of_kind:
            known = ", ".join(known.__name__ for known in self.of_kind)
            raise UnknownLayer(
                f"layers.{number} is of the kind {kind.__name__}, for which {self.form} has no "
                f"rule; it knows {known}."
            )
        try:
            return self.of_kind[kind](layer, *rest)
        except UnknownLayer as error:
            raise UnknownLayer(f"layers.{number}: {error}") from error

    def converted(self, layers: Mapping[int, Layer]) -> list[Layer]:
        """What is made of each of `layers`, which are given by their numbers."""
        return [self.apply(number, layer) for number, layer in layers.items()]


def unchanged(layer: Layer, *_) -> Layer:
    """The rule for a layer that is the same in another form."""
    return layer


@dataclass(frozen=True)
class Normalise:
    """Ink as (ink - mean) / deviation."""

    mean: float
    deviation: float

    def __call__(self, ink: Tensor) -> Tensor:
        return (ink - self.mean) / self.deviation


@dataclass(frozen=True)
class Image:
    """(N, side * side) as (N, 1, side, side)."""

    side: int

    def __call__(self, pixels: Tensor) -> Tensor:
        return pixels.reshape(-1, 1, self.side, self.side)


@dataclass(frozen=True)
class Activation:
    """A function of each value by itself, by its name in ACTIVATIONS."""

    name: str

    def __call__(self, x: Tensor) -> Tensor:
        return ACTIVATIONS[self.name](x)


class MaxPool:
    """(N, C, H, W) as (N, C, H//2, W//2), the largest of each 2x2."""

    def __call__(self, x: Tensor) -> Tensor:
        return x.max_pool2d()


class Flat:
    """(N, C, H, W) as (N, C*H*W)."""

    def __call__(self, x: Tensor) -> Tensor:
        return x.flatten(1)
