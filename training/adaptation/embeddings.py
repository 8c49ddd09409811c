"""py_frontend/core/embedding.py for many drawings at once, equal to it in every number."""

from collections.abc import Mapping

import numpy as np

from py_frontend.core.embedding import INK_SHAPE, MAX_LEVEL, UNIT
from training.networks.features import Seen

Arrays = Mapping[str, np.ndarray]


def embeddings(arrays: Arrays, texts: Mapping[str, str], seen: Seen) -> np.ndarray:
    """Embeddings (N, D) as parts of a whole length, float64."""
    return embedding_numbers(arrays, texts, seen) / UNIT


def embedding_numbers(arrays: Arrays, texts: Mapping[str, str], seen: Seen) -> np.ndarray:
    """The integers that the page computes, (N, D), as float64."""
    products = levels_of(texts, seen) @ arrays["directions"].T.astype(np.float64)
    values = np.rint((products - arrays["offsets"]) * arrays["weights"].astype(np.float64))
    length = np.sqrt((values * values).sum(axis=1, keepdims=True))
    return np.rint(values * np.divide(UNIT, length, out=np.zeros_like(length), where=length > 0))


def levels_of(texts: Mapping[str, str], seen: Seen) -> np.ndarray:
    """What directions are multiplied with: integers (N, thinned features and ink), as float64."""
    shape = tuple(map(int, texts["shape"].split(",")))
    features = thinned(seen.features.astype(np.float64), shape) * float(texts["levels"])
    ink = thinned(seen.ink.astype(np.float64), INK_SHAPE) * float(texts["ink levels"])
    return np.rint(np.concatenate([features, ink], axis=1)).clip(-MAX_LEVEL, MAX_LEVEL)


def thinned(features: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Feature maps as sums of 2x2 neighbours (N, C*H*W / 4), other features as they are."""
    if len(shape) != 3:
        return features
    c, h, w = shape
    image = features.reshape(-1, c, h // 2, 2, w // 2, 2)
    across = image[..., 0] + image[..., 1]
    return (across[:, :, :, 0] + across[:, :, :, 1]).reshape(len(features), -1)
