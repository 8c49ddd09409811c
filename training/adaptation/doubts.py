"""Whether doubts stay right: a taught digit that looked like none is not doubted any more, and
drawings in general are doubted as before."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from py_frontend.core.anchors import Anchors
from py_frontend.core.learning import NOT_A_DIGIT, Learned, lesson
from training.evaluation.abstention import Abstention
from training.networks.features import Seen

from .bulk import AnchorArrays, read

ROUNDS = 10
TAUGHT = 10  # drawings in each round


@dataclass(frozen=True)
class Doubter:
    """One network, and when it abstains without corrections."""

    anchors: Anchors
    arrays: AnchorArrays
    abstention: Abstention
    temperature: float

    def before(self, seen: Seen) -> np.ndarray:
        """Which of these are doubted, bool (N,)."""
        return self.abstention.abstains(seen, self.temperature)

    def after(self, learned: Learned, seen: Seen) -> np.ndarray:
        """The same with corrections, as core/reader.py decides it."""
        readings = read(learned, self.arrays.crowd(seen))
        return readings.not_a_digit | (self.before(seen) & ~readings.known)

    def learned(self, seen: Seen, labels: Iterable[int]) -> Learned:
        lessons = [
            lesson(self.anchors, int(label), *(values.tolist() for values in of))
            for label, *of in zip(labels, seen.features, seen.ink, seen.logits, strict=True)
        ]
        return Learned(self.anchors, lessons)


@dataclass(frozen=True)
class Doubts:
    """Shares of a set that are doubted before and after corrections: means over rounds, and the
    after that differs most from the before."""

    name: str
    before: float
    after: float
    extreme: float


def digits_taught(
    doubter: Doubter, digits: Seen, labels: np.ndarray, sets: dict[str, Seen]
) -> list[Doubts]:
    """Digits that are doubted are taught as what they are."""
    doubted = np.flatnonzero(doubter.before(digits))
    return _rounds(doubter, digits, labels, doubted, sets)


def scribbles_taught(doubter: Doubter, scribbles: Seen, sets: dict[str, Seen]) -> list[Doubts]:
    """Drawings that are taken for digits are said to be none."""
    taken = np.flatnonzero(~doubter.before(scribbles))
    labels = np.full(len(scribbles), NOT_A_DIGIT)
    return _rounds(doubter, scribbles, labels, taken, sets)


def _rounds(
    doubter: Doubter, seen: Seen, labels: np.ndarray, odd: np.ndarray, sets: dict[str, Seen]
) -> list[Doubts]:
    shares: dict[str, list[tuple[float, float]]] = {}
    for number in range(ROUNDS):
        order = np.random.default_rng(number).permutation(odd)
        learned = doubter.learned(seen.at(order[:TAUGHT]), labels[order[:TAUGHT]])
        named = {"taught": seen.at(order[:TAUGHT]), "others like them": seen.at(order[TAUGHT:])}
        for name, those in {**named, **sets}.items():
            found = doubter.before(those).mean(), doubter.after(learned, those).mean()
            shares.setdefault(name, []).append((float(found[0]), float(found[1])))
    return [_mean(name, found) for name, found in shares.items()]


def _mean(name: str, found: list[tuple[float, float]]) -> Doubts:
    before, after = np.mean(found, axis=0)
    extreme = max(found, key=lambda pair: abs(pair[1] - pair[0]))[1]
    return Doubts(name, float(before), float(after), extreme)


def doubts_table(title: str, doubts: Iterable[Doubts]) -> str:
    """A table in Markdown."""
    lines = [title, "", "| set | doubted before | after | extreme |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {one.name} | {one.before:.2%} | {one.after:.2%} | {one.extreme:.2%} |" for one in doubts
    ]
    return "\n".join(lines)
