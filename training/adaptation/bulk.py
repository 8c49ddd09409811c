"""What a network reads with what was taught, for many drawings at once.

py_frontend/core/learning.py in numpy, equal to it in every number.
"""

from dataclasses import dataclass

import numpy as np

from py_frontend.core.anchors import about_anchors
from py_frontend.core.embedding import COSINE, row
from py_frontend.core.learning import HALF, MIN_ROOM, NOT_A_DIGIT, Learned
from py_frontend.core.prediction import CLASSES
from py_frontend.core.tensors import Tensors
from training.networks.features import Seen

from .embeddings import embedding_numbers

LABELS = CLASSES + 1  # NOT_A_DIGIT as well


@dataclass(frozen=True)
class Crowd:
    """Drawings as one network sees them: logits (N, 10), embeddings (N, D), and above which
    resemblance a vote for a given label begins (N, 11)."""

    logits: np.ndarray
    embeddings: np.ndarray
    gates: np.ndarray

    def at(self, indices: np.ndarray) -> "Crowd":
        return Crowd(self.logits[indices], self.embeddings[indices], self.gates[indices])


@dataclass(frozen=True)
class Readings:
    """As learning.Reading: changed logits (N, 10), and which are known or no digit (N,)."""

    logits: np.ndarray
    known: np.ndarray
    not_a_digit: np.ndarray

    @property
    def answers(self) -> np.ndarray:
        return self.logits.argmax(axis=1)


class AnchorArrays:
    """The file of anchors as arrays."""

    def __init__(self, tensors: Tensors):
        self._arrays = {
            name: np.array(values).reshape(tensors.shapes[name])
            for name, values in tensors.arrays.items()
        }
        self._texts = about_anchors(tensors)

    def crowd(self, seen: Seen) -> Crowd:
        numbers = embedding_numbers(self._arrays, self._texts, seen)
        cosines = numbers @ self._arrays["rows"].T.astype(np.float64) * COSINE
        labels = self._arrays["labels"]
        nearest = np.full((len(seen), LABELS), -1.0)
        for digit in range(CLASSES):
            nearest[:, digit] = cosines[:, labels == digit].max(axis=1)
        return Crowd(
            seen.logits.astype(np.float64),
            numbers,
            float(self._texts["gate"]) * highest_but(nearest),
        )


def read(learned: Learned, crowd: Crowd) -> Readings:
    """What `learned` makes of each drawing."""
    changed, shares = crowd.logits.copy(), np.zeros((len(crowd.logits), LABELS))
    if not learned.lessons:
        return Readings(changed, *(np.zeros(len(changed), bool) for _ in range(2)))
    rows = np.array([np.frombuffer(row(one.embedding), np.int8) for one in learned.lessons])
    cosines = crowd.embeddings @ rows.T.astype(np.float64) * COSINE
    labels = np.array([one.label for one in learned.lessons])
    taught = np.full((len(changed), LABELS), -1.0)
    for label in set(labels.tolist()):
        taught[:, label] = cosines[:, labels == label].max(axis=1)
    gates = np.maximum(crowd.gates, highest_but(taught))
    changes, steepness = np.zeros((len(changed), LABELS)), learned.anchors.steepness
    for number, (one, extent) in enumerate(zip(learned.lessons, learned.extents)):
        gate = gates[:, one.label]
        resemblance = (cosines[:, number] - gate) / np.maximum(MIN_ROOM, 1 - gate)
        start = (1 - extent.reach) * (1 - 1 / steepness)
        share = extent.strength * (steepness * (resemblance - start)).clip(0, 1)
        changes[:, one.label] = np.maximum(changes[:, one.label], one.need * share)
        shares[:, one.label] = np.maximum(shares[:, one.label], share)
    changed += changes[:, :CLASSES]
    answers = changed.argmax(axis=1)
    return Readings(
        changed,
        shares[np.arange(len(answers)), answers] >= HALF,
        shares[:, NOT_A_DIGIT] >= HALF,
    )


def highest_but(values: np.ndarray) -> np.ndarray:
    """(N, labels): the highest value of the other labels."""
    ordered = np.sort(values, axis=1)
    is_highest = np.arange(values.shape[1]) == values.argmax(axis=1)[:, None]
    return np.where(is_highest, ordered[:, -2:-1], ordered[:, -1:])
