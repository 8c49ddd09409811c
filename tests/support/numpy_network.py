"""The shipped networks in numpy: the same functions in a third of the processor time of the shipped
WASM, for tests that ask what the networks make of very many images.

Images are (H, W, N, C) here: a row of a window is then a slice that needs no copy.
"""

import numpy as np

from export.compile.package import shipped_network
from training.networks.layers import Activation, Flat, Image, Normalise, Rules
from training.networks.quantize import (
    FusedMaxPool,
    QuantizedConvolution,
    QuantizedLayer,
    QuantizedLinear,
)

from .shipped import Outputs

BATCH = 32  # images whose values fit the processor's cache


class NumpyNetwork:
    """The shipped network `name`: ink (N, 784) in 0..1 -> logits (N, 10)."""

    def __init__(self, name: str):
        *self._body, self._last = NUMPY.converted(shipped_network(name).numbered)

    def __call__(self, ink: np.ndarray) -> np.ndarray:
        return self.outputs(ink, []).logits

    def outputs(self, ink: np.ndarray, steps: list[float]) -> Outputs:
        """As shipped_outputs() gives them."""
        parts = [self._batch(ink[at : at + BATCH], steps) for at in range(0, len(ink), BATCH)]
        return Outputs(*map(np.concatenate, zip(*parts)))

    def _batch(self, ink: np.ndarray, steps: list[float]) -> tuple[np.ndarray, np.ndarray]:
        features = ink.astype(np.float32)
        for layer in self._body:
            features = layer(features)
        summed = features[:, : len(steps)].astype(np.float64) @ np.array(steps, np.float64)
        return self._last(features), summed[:, None]


class NumpyLinear:
    def __init__(self, layer: QuantizedLinear):
        self._weight, self._bias = unpacked(layer).T, layer.bias.numpy()

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return x @ self._weight + self._bias


class NumpyConvolution:
    """One matrix product for each row of the window."""

    def __init__(self, layer: QuantizedConvolution):
        weight = unpacked(layer)
        outputs, inputs, self._height, self._width = weight.shape
        rows = weight.transpose(2, 3, 1, 0)
        self._rows = rows.reshape(self._height, self._width * inputs, outputs)
        self._bias = layer.bias.numpy()
        self._padding = 2 * [2 * [layer.placement["padding"]]] + 2 * [[0, 0]]

    def __call__(self, x: np.ndarray) -> np.ndarray:
        padded = np.pad(x, self._padding) if any(self._padding[0]) else x
        height, width = padded.shape[0] - self._height + 1, padded.shape[1] - self._width + 1
        columns = [padded[:, left : left + width] for left in range(self._width)]
        beside = np.concatenate(columns, axis=3)
        sums = product(beside[:height], self._rows[0])
        for top, row in enumerate(self._rows[1:], start=1):
            sums += product(beside[top : top + height], row)
        sums += self._bias
        return sums


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
    return np.maximum(x, 0)


def normalised(layer: Normalise):
    return lambda ink: (ink - np.float32(layer.mean)) / np.float32(layer.deviation)


def as_image(layer: Image):
    return lambda ink: ink.reshape(-1, layer.side, layer.side, 1).transpose(1, 2, 0, 3)


def pooled(x: np.ndarray) -> np.ndarray:
    even = x[: len(x) // 2 * 2, : x.shape[1] // 2 * 2]
    rows = np.maximum(even[::2], even[1::2])
    return np.maximum(rows[:, ::2], rows[:, 1::2])


def flat(x: np.ndarray) -> np.ndarray:
    return x.transpose(2, 3, 0, 1).reshape(x.shape[2], -1)


ACTIVATIONS = {"relu": relu}

NUMPY = Rules(
    "the network in numpy",
    {
        Normalise: normalised,
        Image: as_image,
        Flat: lambda _: flat,
        Activation: lambda layer: ACTIVATIONS[layer.name],
        FusedMaxPool: lambda _: pooled,
        QuantizedLinear: NumpyLinear,
        QuantizedConvolution: NumpyConvolution,
    },
)
