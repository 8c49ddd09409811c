"""The input of a network's last layer, beside its logits, for many images at once."""

from dataclasses import dataclass

import numpy as np
from tinygrad import Tensor, TinyJit

from .layers import Flat, Network
from .models import PIXELS

BATCH = 500


@dataclass(frozen=True)
class Seen:
    """What a network makes of images: features (N, F) and logits (N, 10); and their ink (N, 784) in
    0..1. All float32."""

    features: np.ndarray
    logits: np.ndarray
    ink: np.ndarray

    def __len__(self) -> int:
        return len(self.logits)

    def at(self, indices: np.ndarray | slice) -> "Seen":
        return Seen(self.features[indices], self.logits[indices], self.ink[indices])

    def and_also(self, more: "Seen") -> "Seen":
        return Seen(
            np.concatenate([self.features, more.features]),
            np.concatenate([self.logits, more.logits]),
            np.concatenate([self.ink, more.ink]),
        )

    @property
    def answers(self) -> np.ndarray:
        return self.logits.argmax(axis=1)


class FeatureReader:
    """Compiled once for a network whose last layer is linear."""

    def __init__(self, network: Network):
        *self._body, self._last = network.layers
        self._run = TinyJit(self._features_and_logits)

    def read(self, images: np.ndarray) -> Seen:
        """Images (N, 784), uint8 or 0..1 float."""
        ink = images.astype(np.float32) / (255 if images.dtype == np.uint8 else 1)
        padded = np.pad(ink, ((0, -len(ink) % BATCH), (0, 0)))
        parts = [self._batch(part) for part in padded.reshape(-1, BATCH, PIXELS)]
        features, logits = (np.concatenate(arrays)[: len(ink)] for arrays in zip(*parts))
        return Seen(features, logits, ink)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the features of one image: (values,), or (channels, height, width) where they are a
        flattened image."""
        x = Tensor.empty(1, PIXELS)
        for layer in self._body:
            before, x = x, layer(x)
        return tuple(map(int, (before if isinstance(self._body[-1], Flat) else x).shape[1:]))

    def _features_and_logits(self, ink: Tensor) -> tuple[Tensor, Tensor]:
        features = ink.sequential(self._body)
        return features.realize(), self._last(features).realize()

    def _batch(self, ink: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        features, logits = self._run(Tensor(ink))
        return features.numpy().copy(), logits.numpy().copy()
