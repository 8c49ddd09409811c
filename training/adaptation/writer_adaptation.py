"""How much of a person's writing a network learns from a few corrections, and what that costs.

Of each writer whom the network reads badly, the first K misread digits of a random half are
corrected and the other half is judged, with the page's own code for learning.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from py_frontend.core.anchors import Anchors
from py_frontend.core.learning import Learned, Lesson, lesson
from training.data.strokes import StrokeDigits
from training.networks.features import Seen

from .bulk import AnchorArrays, Crowd, read

CORRECTIONS = (1, 3, 5, 10)
HALVES = 6
MIN_DIGITS = 40
READ_BADLY = 0.97  # of a writer's digits; who is read better is not taught
CHECKED = 20  # drawings of a half that are read by the page's code one by one


class DiffersError(Exception):
    """The page's code and its model in numpy disagree."""


@dataclass(frozen=True)
class Labelled:
    """Drawings as a network sees them, and what they are (N,)."""

    crowd: Crowd
    labels: np.ndarray

    def right(self, learned: Learned) -> np.ndarray:
        return read(learned, self.crowd).answers == self.labels


@dataclass(frozen=True)
class Outcome:
    """One half of one writer: errors among `digits` others of that writer, before and after
    `corrections` at most; changes of accuracy and the estimated loss in 0..1."""

    writer: str
    corrections: int
    taught: int
    digits: int
    errors_before: int
    errors_after: int
    others: float
    mnist: float
    estimate: float


class WriterAdaptation:
    """One network on one set of writers."""

    def __init__(
        self,
        anchors: Anchors,
        arrays: AnchorArrays,
        digits: StrokeDigits,
        seen: Seen,
        mnist: Labelled,
    ):
        self._anchors, self._seen, self._mnist = anchors, seen, mnist
        self._writers, self._labels = digits.writers, digits.labels
        self._all = Labelled(arrays.crowd(seen), digits.labels)
        self._right = seen.answers == digits.labels
        self._mnist_right = mnist.crowd.logits.argmax(axis=1) == mnist.labels

    @property
    def writers(self) -> list[str]:
        """Those who are read badly."""
        names, counts = np.unique(self._writers, return_counts=True)
        return [
            str(name)
            for name, count in zip(names, counts)
            if count >= MIN_DIGITS and self._right[self._writers == name].mean() < READ_BADLY
        ]

    def run(self) -> Iterator[Outcome]:
        for number, writer in enumerate(self.writers):
            for half in range(HALVES):
                yield from self._half(writer, np.random.default_rng([half, number]))

    def _half(self, writer: str, rng: np.random.Generator) -> Iterator[Outcome]:
        own = rng.permutation(np.flatnonzero(self._writers == writer))
        taught, judged = np.split(own, [len(own) // 2])
        misread = [number for number in taught if not self._right[number]]
        for corrections in CORRECTIONS:
            learned = Learned(
                self._anchors, [self._lesson(number) for number in misread[:corrections]]
            )
            self._check(learned, judged)
            right = self._all.right(learned)
            others = self._writers != writer
            yield Outcome(
                writer,
                corrections,
                len(learned.lessons),
                len(judged),
                int((~self._right[judged]).sum()),
                int((~right[judged]).sum()),
                float(right[others].mean() - self._right[others].mean()) if others.any() else 0.0,
                float(self._mnist.right(learned).mean() - self._mnist_right.mean()),
                learned.loss,
            )

    def _lesson(self, number: int) -> Lesson:
        return lesson(
            self._anchors,
            int(self._labels[number]),
            self._seen.features[number].tolist(),
            self._seen.ink[number].tolist(),
            self._seen.logits[number].tolist(),
        )

    def _check(self, learned: Learned, judged: np.ndarray) -> None:
        """Raises DiffersError unless the page's code gives the very same logits as numpy."""
        sample = judged[:CHECKED]
        expected = read(learned, self._all.crowd.at(sample)).logits
        for number, logits in zip(sample, expected):
            found = learned.read(
                self._seen.features[number].tolist(),
                self._seen.ink[number].tolist(),
                self._seen.logits[number].tolist(),
            )
            if list(found.logits) != logits.tolist():
                raise DiffersError(
                    f"Drawing {number}: the page's code gives {found.logits}, numpy {logits}."
                )
