"""What taught drawings change, against a plain model of it; and that nothing else changes."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from py_frontend.core.anchors import about_anchors, parse_anchors
from py_frontend.core.embedding import INK_SHAPE
from py_frontend.core.errors import FileError
from py_frontend.core.learning import (
    MAX_LOSS,
    NOT_A_DIGIT,
    WHOLE,
    Extent,
    Learned,
    Lesson,
    lesson,
)
from py_frontend.core.strokes import Stroke
from py_frontend.core.taught import MAX_TAUGHT, Taught, TaughtDrawing
from py_frontend.core.tensors import read_tensors
from tests.support import anchors as made
from training.adaptation.bulk import AnchorArrays, read
from training.adaptation.embeddings import thinned

FILE = made.anchor_file()
ANCHORS = parse_anchors(FILE)
TENSORS = read_tensors(FILE)
ODD = np.maximum(0, np.random.default_rng(7).normal(0.5, 1.2, (24, made.FEATURES)))
LABELS = st.integers(0, NOT_A_DIGIT)
CHOICES = st.lists(st.tuples(st.integers(0, len(ODD) - 1), LABELS), max_size=8)


def ink(features: np.ndarray) -> list[float]:
    return made.ink(features[None])[0].tolist()


def taught(features: np.ndarray, label: int) -> Lesson:
    [logits] = made.logits(features[None]).tolist()
    return lesson(ANCHORS, label, features.tolist(), ink(features), logits)


@cache
def taught_odd(number: int, label: int) -> Lesson:
    return taught(ODD[number], label)


def lessons(choices) -> list[Lesson]:
    return [taught_odd(number, label) for number, label in choices]


def reading(learned: Learned, features: np.ndarray):
    [logits] = made.logits(features[None]).tolist()
    return learned.read(features.tolist(), ink(features), logits)


def plain_embedding(features: np.ndarray) -> np.ndarray:
    """Projected, whitened, of length one: in floats, without any rounding."""
    arrays = {name: np.array(values) for name, values in TENSORS.arrays.items()}
    about = about_anchors(TENSORS)
    values = np.concatenate(
        [
            thinned(features[None], made.SHAPE)[0] * float(about["levels"]),
            thinned(made.ink(features[None]), INK_SHAPE)[0] * float(about["ink levels"]),
        ]
    )
    directions = arrays["directions"].reshape(TENSORS.shapes["directions"])
    white = (directions @ values - arrays["offsets"]) * arrays["weights"]
    return white / np.linalg.norm(white)


def plain_reading(choices, extents, features: np.ndarray) -> np.ndarray:
    """The method as its description says it, for lessons of these extents."""
    rows = np.array(TENSORS.arrays["rows"]).reshape(TENSORS.shapes["rows"])
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    labels, here = np.array(TENSORS.arrays["labels"]), plain_embedding(features)
    logits = made.logits(features[None])[0]
    change = np.zeros(10)
    for (number, label), (reach, strength) in zip(choices, extents, strict=True):
        before = made.logits(ODD[number][None])[0]
        need = max(0.0, np.delete(before, label).max() - before[label] + 3.0)
        rivals = [here @ plain_embedding(ODD[n]) for n, other in choices if other != label]
        gate = max([ANCHORS.gate * (rows[labels != label] @ here).max(), *rivals])
        past = (here @ plain_embedding(ODD[number]) - gate) / max(1e-3, 1 - gate)
        start = (1 - reach) * (1 - 1 / ANCHORS.steepness)
        share = strength * np.clip(ANCHORS.steepness * (past - start), 0, 1)
        change[label] = max(change[label], need * share)
    return logits + change


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 11), st.integers(0, 9)),
        min_size=1,
        max_size=4,
        unique_by=lambda choice: choice[0],
    ),
    st.integers(12, 23),
    st.floats(0, 1),
)
def test_readings_are_those_of_the_plain_model(choices, number, mix):
    learned = Learned(ANCHORS, lessons(choices))
    features = mix * ODD[choices[0][0]] + (1 - mix) * ODD[number]
    assert reading(learned, features).logits == pytest.approx(
        plain_reading(choices, learned.extents, features), abs=0.25
    )


MANY = np.concatenate([ODD, made.features(np.arange(10), seed=3)])


@cache
def crowd():
    """What numpy knows of many drawings before anything is taught."""
    return AnchorArrays(TENSORS).crowd(made.seen(MANY))


@settings(max_examples=30, deadline=None)
@given(CHOICES)
def test_numpy_reads_many_drawings_to_the_bit_as_the_page_reads_one(choices):
    learned = Learned(ANCHORS, lessons(choices))
    many = read(learned, crowd())
    for number, features in enumerate(MANY):
        one = reading(learned, features)
        assert list(one.logits) == many.logits[number].tolist()
        assert (one.known, one.not_a_digit) == (many.known[number], many.not_a_digit[number])


def test_a_taught_drawing_is_read_as_what_it_was_said_to_be():
    for label in range(10):
        found = reading(Learned(ANCHORS, [taught(ODD[0], label)]), ODD[0])
        assert max(range(10), key=found.logits.__getitem__) == label
        assert found.known and not found.not_a_digit


def test_a_drawing_said_to_be_none_is_no_digit_and_its_logits_stay():
    found = reading(Learned(ANCHORS, [taught(ODD[0], NOT_A_DIGIT)]), ODD[0])
    assert found.not_a_digit and not found.known
    assert list(found.logits) == made.logits(ODD[:1])[0].tolist()


def test_drawings_like_mnists_are_read_as_ever():
    of = made.features(np.arange(100) % 10, seed=9)
    learned = Learned(ANCHORS, [taught(ODD[n], n % 10) for n in range(5)])
    for features, logits in zip(of, made.logits(of)):
        assert np.argmax(reading(learned, features).logits) == logits.argmax()


@settings(max_examples=40, deadline=None)
@given(CHOICES, st.data())
def test_taking_back_gives_what_never_teaching_gave_to_the_bit(choices, data):
    number = data.draw(st.integers(0, max(0, len(choices) - 1)))
    drawings = [
        TaughtDrawing((Stroke("pen", 16, ((float(place), 0.0), (5.0, float(n)))),), label)
        for place, (n, label) in enumerate(choices)
    ]
    everything = Taught(tuple(drawings))
    for drawing in drawings[number : number + 1]:
        left = everything.without(drawing.strokes)
        never = Taught(tuple(other for other in drawings if other != drawing))
        assert left == never
    kept = choices[:number] + choices[number + 1 :]
    one, other = Learned(ANCHORS, lessons(kept)), Learned(ANCHORS, lessons(kept))
    assert (one.extents, one.loss) == (other.extents, other.loss)
    assert all(reading(one, features) == reading(other, features) for features in ODD)


def test_the_same_correction_twice_changes_no_more_than_once():
    once, twice = (Learned(ANCHORS, [taught(ODD[0], 3)] * count) for count in (1, 2))
    assert [reading(once, f) for f in ODD] == [reading(twice, f) for f in ODD]
    assert once.loss == twice.loss


def test_corrections_that_contradict_each_other_cancel_out():
    learned = Learned(ANCHORS, [taught(ODD[0], 3), taught(ODD[0], 5)])
    assert list(reading(learned, ODD[0]).logits) == made.logits(ODD[:1])[0].tolist()


def test_without_itself_a_lesson_is_read_by_the_others():
    both = Learned(ANCHORS, [taught(ODD[0], 3), taught(ODD[1], 4)])
    alone = Learned(ANCHORS, [taught(ODD[1], 4)])
    assert both.read_without(0).logits == reading(alone, ODD[0]).logits


@pytest.mark.parametrize("label", range(11))
def test_the_anchors_of_other_labels_that_a_drawing_resembles_are_exposed(label):
    for features in (ODD[0], *made.features(np.arange(4), seed=3)):
        one = taught(features, label)
        expected = [
            number
            for number, (anchor, cosine) in enumerate(
                zip(ANCHORS.all, ANCHORS.cosines(one.embedding), strict=True)
            )
            if anchor.label != label and cosine > ANCHORS.gate * anchor.nearest_other_than(label)
        ]
        assert [number for number, _, _ in one.exposed] == expected


def test_a_lesson_needs_what_its_digit_lacks_and_nothing_where_it_leads():
    need = lambda label, *logits: lesson(ANCHORS, label, ODD[0].tolist(), ink(ODD[0]), logits).need
    assert need(3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0) == 4
    assert need(3, 0, 0, 0, 9, 0, 0, 0, 2, 0, 0) == 0
    assert need(NOT_A_DIGIT, *range(10)) == 1


def test_an_exposed_anchor_loses_its_margin_at_most():
    one = replace(taught(ODD[0], 3), need=2.0)
    damage = lambda resemblance, margin, extent: [
        *replace(one, exposed=((8, resemblance, margin),)).damage(extent, ANCHORS.steepness)
    ]
    assert damage(1.0, 4.0, WHOLE) == [(8, 0.5)]
    assert damage(1.0, 4.0, Extent(1, 0.25)) == [(8, 0.125)]
    assert damage(1.0, 0.5, WHOLE) == [(8, 1.0)]
    assert damage(1.0, -1.0, WHOLE) == [(8, 1.0)]
    assert damage(0.1, 4.0, Extent(0, 1)) == []


def test_what_anchors_lose_is_counted_once():
    """The most that any lesson takes of each."""
    lessons = [
        replace(
            taught(ODD[0], 3), need=1.0, exposed=tuple((n, 1.0, 1 / share) for n, share in lost)
        )
        for lost in (
            [(0, 0.001)],
            [(1, 0.002)],
            [(0, 0.001), (1, 0.003)],
            [(2, 0.001)],
            [(2, 0.0005), (0, 0.004)],
            [(2, 0.002)],
        )
    ]
    learned = Learned(ANCHORS, lessons)
    assert set(learned.extents) == {WHOLE}
    assert learned.loss * len(ANCHORS.all) * 3 == pytest.approx(0.004 + 0.003 + 0.002)


def test_what_would_cost_mnist_more_than_the_bound_is_weakened():
    """Images of MNIST taught with wrong labels, one after the other."""
    of = made.features(np.arange(60) % 10, seed=11)
    wrong = [taught(features, (n + 1) % 10) for n, features in enumerate(of)]
    learned = Learned(ANCHORS, wrong)
    assert 0 < learned.loss <= MAX_LOSS
    assert any(extent != WHOLE for extent in learned.extents)
    unbounded = sum(share for one in wrong for _, share in one.damage(WHOLE, ANCHORS.steepness))
    assert unbounded / 3 / len(ANCHORS.all) > MAX_LOSS


@pytest.mark.parametrize("size", [0.0, 1e6])
def test_features_of_nothing_and_enormous_ones_are_learned_and_read(size):
    extreme = np.full(made.FEATURES, size)
    found = reading(Learned(ANCHORS, [taught(extreme, 2)]), extreme)
    assert np.isfinite(found.logits).all()


def test_what_is_taught_is_bounded_and_keeps_the_newest():
    everything = Taught()
    for n in range(1000):
        stroke = Stroke("pen", 16, ((float(n), 0.0),))
        everything = everything.with_(TaughtDrawing((stroke,), n % 11))
    assert len(everything) == MAX_TAUGHT
    assert [one.strokes[0].points[0][0] for one in everything][-1] == 999


def test_a_drawing_taught_again_is_what_was_said_last():
    stroke = (Stroke("pen", 16, ((1.0, 2.0),)),)
    twice = Taught().with_(TaughtDrawing(stroke, 3)).with_(TaughtDrawing(stroke, 5))
    assert [one.label for one in twice] == [5]
    assert twice.without(stroke) == Taught()


@pytest.mark.parametrize("label", [-1, 11])
def test_a_label_that_is_none_is_refused(label):
    with pytest.raises(ValueError, match="is no label"):
        TaughtDrawing((), label)


@pytest.mark.parametrize("content", [b"", b"{}", FILE[:100], FILE[:-1], FILE[8:]])
def test_damaged_anchors_are_refused_in_a_sentence(content):
    with pytest.raises(FileError, match="damaged"):
        parse_anchors(content)
