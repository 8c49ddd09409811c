"""It learns your hand: what a network reads, changed by drawings that a person said the digit of.

A taught drawing votes for its digit wherever a drawing resembles it more than MNIST's images and
the taught drawings of other digits. The drawing itself gets all that its digit's logit lacked, and
one that resembles it less gets less. Where MNIST is, nothing changes: its images outvote.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .anchors import Anchors
from .embedding import COSINE, Embedding, row
from .packed import PackedRows
from .prediction import CLASSES

NOT_A_DIGIT = CLASSES  # as a label
MIN_ROOM = 1e-3  # between the gate and the drawing itself
HALF = 0.5  # of a whole vote: from here on a drawing is known
MAX_LOSS = 0.0005  # of MNIST's images, that all that is taught may cost
LOSS_SHARE = 1 / 3  # images lost, for each that would be by the mean share of its margin


class Extent(NamedTuple):
    """How far the votes of a taught drawing reach, and how strong they are, both 0..1."""

    reach: float
    strength: float


WHOLE = Extent(1, 1)
# The first of these that MNIST can bear is taken. Even at reach 0 the drawing itself gets its vote.
EXTENTS = (
    WHOLE,
    *(Extent(reach, 1) for reach in (0.75, 0.5, 0.25, 0)),
    *(Extent(0, strength) for strength in (0.5, 0.25, 0)),
)


@dataclass(frozen=True)
class Lesson:
    """A taught drawing as one network sees it: `need` is what its digit's logit lacks, and
    `exposed` the anchors that resemble it, by number, with how far each is past the gate (0..1) and
    what it can bear."""

    label: int
    logits: tuple[float, ...]
    embedding: Embedding
    need: float
    exposed: tuple[tuple[int, float, float], ...]

    def damage(self, extent: Extent, steepness: float) -> Iterator[tuple[int, float]]:
        """The share of its margin, at most 1, that each exposed anchor loses."""
        for number, resemblance, margin in self.exposed:
            change = extent.strength * self.need * vote(resemblance, extent.reach, steepness)
            if change > 0:
                yield number, min(1.0, change / margin) if margin > 0 else 1.0


@dataclass(frozen=True)
class Reading:
    """What a network reads with what was taught: logits, and what the votes say about doubts.

    A drawing is `known` where a taught one of the same digit says so, and `not_a_digit` where one
    that was said to be none does.
    """

    logits: tuple[float, ...]
    known: bool = False
    not_a_digit: bool = False


def vote(resemblance: float, reach: float, steepness: float) -> float:
    """0..1 for a drawing that lies so far between the gate (0) and the taught one (1)."""
    start = (1 - reach) * (1 - 1 / steepness)
    return max(0.0, min(1.0, steepness * (resemblance - start)))


def past(cosine: float, gate: float) -> float:
    """How far a cosine lies between the gate (0) and one (1)."""
    return (cosine - gate) / max(MIN_ROOM, 1 - gate)


def lesson(
    anchors: Anchors,
    label: int,
    features: Sequence[float],
    ink: Sequence[float],
    logits: Sequence[float],
) -> Lesson:
    """What a network learns from a drawing with this ink, of which it made these features and
    logits; `label` may be NOT_A_DIGIT."""
    embedding = anchors.embedder.embed(features, ink)
    return Lesson(
        label,
        tuple(logits),
        embedding,
        _need(label, logits, anchors.margin),
        tuple(_exposed(anchors, label, embedding)),
    )


def _need(label: int, logits: Sequence[float], margin: float) -> float:
    if label == NOT_A_DIGIT:
        return 1.0
    rival = max(logit for digit, logit in enumerate(logits) if digit != label)
    return max(0.0, rival - logits[label] + margin)


def _exposed(
    anchors: Anchors, label: int, embedding: Embedding
) -> Iterator[tuple[int, float, float]]:
    for number, (anchor, cosine) in enumerate(zip(anchors.all, anchors.cosines(embedding))):
        if anchor.label == label:
            continue
        resemblance = past(cosine, anchors.gate * anchor.nearest_other_than(label))
        if resemblance > 0:
            margin = HALF if label == NOT_A_DIGIT else anchor.margins[label]
            yield number, resemblance, margin


class Learned:
    """All lessons of one network, in the order in which they were taught.

    It depends on nothing but the lessons and their order: without one of them it is, to the bit,
    what it would have been had that one never been taught.
    """

    def __init__(self, anchors: Anchors, lessons: Sequence[Lesson]):
        self.anchors, self.lessons = anchors, tuple(lessons)
        limit = MAX_LOSS / LOSS_SHARE * len(anchors.all)
        self.extents, loss = _extents(self.lessons, anchors.steepness, limit)
        self.loss = loss * LOSS_SHARE / len(anchors.all)
        """The share of MNIST's images that this is estimated to cost."""
        rows = b"".join(row(lesson.embedding) for lesson in self.lessons)
        self._rows = PackedRows.of_rows(rows, len(self.lessons[0].embedding)) if lessons else None

    def read(
        self, features: Sequence[float], ink: Sequence[float], logits: Sequence[float]
    ) -> Reading:
        """What a drawing with this ink, and these features and logits, is read as."""
        if self._rows is None:
            return Reading(tuple(logits))
        return self._read(self.anchors.embedder.embed(features, ink), logits)

    def read_taught(self, number: int) -> Reading:
        """What the drawing of a lesson is read as."""
        of = self.lessons[number]
        return self._read(of.embedding, of.logits)

    def read_without(self, number: int) -> Reading:
        """What the drawing of a lesson would be read as, had that one never been taught."""
        of = self.lessons[number]
        others = self.lessons[:number] + self.lessons[number + 1 :]
        return Learned(self.anchors, others)._read(of.embedding, of.logits)

    def _read(self, embedding: Embedding, logits: Sequence[float]) -> Reading:
        votes = self._votes(embedding)
        changed = tuple(
            logit + max((change for label, change, _ in votes if label == digit), default=0.0)
            for digit, logit in enumerate(logits)
        )
        digit = max(range(CLASSES), key=changed.__getitem__)
        return Reading(
            changed,
            known=any(label == digit and share >= HALF for label, _, share in votes),
            not_a_digit=any(label == NOT_A_DIGIT and share >= HALF for label, _, share in votes),
        )

    def _votes(self, embedding: Embedding) -> list[tuple[int, float, float]]:
        """Label, change of its logit and share of a whole vote, for each lesson that votes."""
        if self._rows is None:
            return []
        cosines = [product * COSINE for product in self._rows.products(embedding)]
        taught = [-1.0] * (CLASSES + 1)
        for lesson, cosine in zip(self.lessons, cosines):
            taught[lesson.label] = max(taught[lesson.label], cosine)
        nearest = [*self.anchors.nearest(embedding), -1.0]
        gates = [
            max(self.anchors.gate * _highest_but(nearest, label), _highest_but(taught, label))
            for label in range(CLASSES + 1)
        ]
        found, steepness = [], self.anchors.steepness
        for lesson, extent, cosine in zip(self.lessons, self.extents, cosines):
            gate = gates[lesson.label]
            if cosine > gate:
                share = extent.strength * vote(past(cosine, gate), extent.reach, steepness)
                found.append((lesson.label, lesson.need * share, share))
        return found


def _highest_but(values: Sequence[float], label: int) -> float:
    return max(value for other, value in enumerate(values) if other != label)


def _extents(
    lessons: Sequence[Lesson], steepness: float, limit: float
) -> tuple[tuple[Extent, ...], float]:
    """The extent of each lesson, so that the anchors' lost shares of their margins sum to at most
    `limit`; and that sum."""
    extents: list[Extent] = []
    worst: dict[int, float] = {}
    total = 0.0
    for lesson in lessons:
        for extent in EXTENTS:
            damage = dict(lesson.damage(extent, steepness))
            added = sum(max(0.0, share - worst.get(n, 0.0)) for n, share in damage.items())
            if total + added <= limit:
                break
        extents.append(extent)
        total += added
        worst |= {n: max(share, worst.get(n, 0.0)) for n, share in damage.items()}
    return tuple(extents), total
