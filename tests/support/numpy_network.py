"""Networks in numpy: the same functions in less processor time than tinygrad takes to compile them,
and in a third of what the shipped WASM takes for very many images.

Images are (H, W, N, C) here: a row of a window is then a slice that needs no copy.
"""

from collections.abc import Callable

import numpy as np

from export.compile.package import shipped_network
from training.networks.layers import Activation, Flat, Image, Normalise, Rules
from training.networks.quantize import (
    FusedMaxPool,
    QuantizedConvolution,
    QuantizedLayer,
    QuantizedLinear,
    QuantizedNetwork,
)

from .shipped import Outputs

BATCH = 16  # images whose values fit the processor's cache; memory for more is given anew each time
ROWS = 256  # the same, of a network that makes no images: each batch reads all weights
CHANNELS_FIRST = (2, 3, 0, 1)  # of (H, W, N, C)

Layer = Callable[[np.ndarray], np.ndarray]


class NumpyNetwork:
    """`network`: ink (N, 784) in 0..1 -> logits (N, 10)."""

    def __init__(self, network: QuantizedNetwork):
        layers = NUMPY.converted(network.numbered)
        has_images = any(isinstance(layer, Image) for layer in network.numbered.values())
        self._size = BATCH if has_images else ROWS
        self._layers: dict[int, Layer] = dict(zip(network.numbered, layers, strict=True))

    def __call__(self, ink: np.ndarray) -> np.ndarray:
        return self.outputs(ink, []).logits

    def outputs(self, ink: np.ndarray, steps: list[float]) -> Outputs:
        """As shipped_outputs() gives them."""
        parts = [
            self._batch(ink[at : at + self._size], steps) for at in range(0, len(ink), self._size)
        ]
        return Outputs(*map(np.concatenate, zip(*parts)))

    def results(self, ink: np.ndarray) -> dict[int, np.ndarray]:
        """What each layer makes of ink (N, 784), by the layer's number; images as (N, C, H, W)."""
        x, results = ink, {}
        for number, layer in self._layers.items():
            x = layer(x)
            results[number] = (x.transpose(CHANNELS_FIRST) if x.ndim == 4 else x).copy()
        return results

    def _batch(self, ink: np.ndarray, steps: list[float]) -> tuple[np.ndarray, np.ndarray]:
        *body, last = self._layers.values()
        features = ink.astype(np.float32)
        for layer in body:
            features = layer(features)
        summed = features[:, : len(steps)].astype(np.float64) @ np.array(steps, np.float64)
        return last(features), summed[:, None]


def shipped_in_numpy(name: str) -> NumpyNetwork:
    return NumpyNetwork(shipped_network(name))


class NumpyLinear:
    def __init__(self, layer: QuantizedLinear):
        self._weight, self._bias = unpacked(layer).T, layer.bias.numpy()

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return x @ self._weight + self._bias


class NumpyConvolution:
    """One matrix product for each row of the window; for all of it where there is one channel."""

    def __init__(self, weight: np.ndarray, bias: np.ndarray, stride: int, padding: int):
        outputs, inputs, self._height, self._width = weight.shape
        self._stride, self._padding, self._bias = stride, padding, bias
        rows = weight.transpose(2, 3, 1, 0)
        parts = rows.reshape(1 if inputs == 1 else self._height, -1, outputs)
        tops = np.split(np.arange(self._height), len(parts))
        self._parts = list(zip(tops, parts, strict=True))

    def __call__(self, x: np.ndarray) -> np.ndarray:
        around = [self._padding, self._padding]
        padded = np.pad(x, [around, around, [0, 0], [0, 0]]) if self._padding else x
        height, width = (
            (size - extent) // self._stride + 1
            for size, extent in zip(padded.shape, (self._height, self._width))
        )
        sums = self._bias
        for tops, weight in self._parts:
            taps = [
                padded[top :: self._stride, left :: self._stride][:height, :width]
                for top in tops
                for left in range(self._width)
            ]
            made = product(np.concatenate(taps, axis=3), weight)
            sums = np.add(made, sums, out=made)
        return sums


def convolution(layer: QuantizedConvolution) -> Layer:
    """Each group of channels by itself."""
    groups, stride, padding = (layer.placement[key] for key in ("groups", "stride", "padding"))
    weights, biases = (np.split(of, groups) for of in (unpacked(layer), layer.bias.numpy()))
    parts = [NumpyConvolution(*of, stride, padding) for of in zip(weights, biases, strict=True)]
    if groups == 1:
        return parts[0]
    return lambda x: np.concatenate(
        [part(of) for part, of in zip(parts, np.split(x, groups, axis=3), strict=True)], axis=3
    )


def product(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """x @ weight, in one go: numpy takes each image's row of an array of more than two axes by
    itself."""
    return (x.reshape(-1, x.shape[-1]) @ weight).reshape(*x.shape[:-1], -1)


def unpacked(layer: QuantizedLayer) -> np.ndarray:
    """The weights (outputs, ...) as floats."""
    weight = layer.weight.numpy()
    scale = layer.scale.numpy().reshape(-1, *[1] * (weight.ndim - 1))
    return weight.astype(np.float32) * scale


def relu(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0, out=x)


def gelu(x: np.ndarray) -> np.ndarray:
    """By the tanh that stands in for the error function."""
    return x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))) / 2


def silu(x: np.ndarray) -> np.ndarray:
    return x / (1 + np.exp(-x))


def normalised(layer: Normalise) -> Layer:
    return lambda ink: (ink - np.float32(layer.mean)) / np.float32(layer.deviation)


def as_image(layer: Image) -> Layer:
    return lambda ink: ink.reshape(-1, layer.side, layer.side, 1).transpose(1, 2, 0, 3)


def pooled(x: np.ndarray) -> np.ndarray:
    even = x[: len(x) // 2 * 2, : x.shape[1] // 2 * 2]
    rows = np.maximum(even[::2], even[1::2])
    return np.maximum(rows[:, ::2], rows[:, 1::2])


def flat(x: np.ndarray) -> np.ndarray:
    return x.transpose(CHANNELS_FIRST).reshape(x.shape[2], -1)


ACTIVATIONS = {"relu": relu, "gelu": gelu, "silu": silu}

NUMPY = Rules(
    "the network in numpy",
    {
        Normalise: normalised,
        Image: as_image,
        Flat: lambda _: flat,
        Activation: lambda layer: ACTIVATIONS[layer.name],
        FusedMaxPool: lambda _: pooled,
        QuantizedLinear: NumpyLinear,
        QuantizedConvolution: convolution,
    },
)
