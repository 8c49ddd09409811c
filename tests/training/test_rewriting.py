"""The same drawing again and again, by one made-up hand."""

from dataclasses import replace

import numpy as np
import pytest

from training.data.mnist import Examples
from training.synthetic import rewriting
from training.synthetic.hand import Hand
from training.synthetic.rewriting import COPIES, again, rewritten_digits, rewritten_forms


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """The cosine of two images, a little blurred."""
    blurred = []
    for image in (one, other):
        padded = np.pad(image.reshape(28, 28).astype(float), 1)
        near = [padded[y : y + 28, x : x + 28] for y in range(3) for x in range(3)]
        blurred.append(np.sum(near, axis=0).ravel())
    return float(np.dot(*blurred) / np.prod([np.linalg.norm(image) for image in blurred]))


@pytest.fixture(scope="module")
def forms() -> rewriting.Rewritings:
    return rewritten_forms(40)


def test_a_number_decides_its_copies_whatever_else_is_made(forms):
    fewer = rewritten_forms(12)
    assert np.array_equal(fewer.images, forms.images[:12])
    assert forms.images.shape == (40, COPIES, 784) and forms.images.dtype == np.uint8
    assert forms.labels.tolist() == [*range(10)] * 4


def test_copies_differ_but_less_than_drawings(forms):
    copies = [likeness(of[0], of[1]) for of in forms.images]
    others = [
        likeness(forms.images[n, 0], forms.images[n + 10, 0]) for n in range(len(copies) - 10)
    ]
    assert max(copies) < 1
    assert np.mean(copies) > np.mean(others) + 0.1


def test_digits_of_mnist_are_traced_and_written_again(mnist):
    some = mnist.train.evenly(30)
    found = rewritten_digits(some)
    assert np.array_equal(found.labels, some.labels)
    to_itself = [likeness(image, of[0]) for image, of in zip(some.images, found.images)]
    to_next = [likeness(image, of[0]) for image, of in zip(some.images, found.images[1:])]
    assert np.mean(to_itself) > np.mean(to_next) + 0.2


def test_a_hand_is_nearly_as_before_the_next_time():
    hand, rng = Hand(width=1.1, slant=0.2, turn=0.1, jitter=0.03), np.random.default_rng(0)
    times = [again(hand, rng) for _ in range(300)]
    for name, expected in (("slant", 0.05), ("turn", 0.04)):
        values = [getattr(time, name) - getattr(hand, name) for time in times]
        assert np.std(values) == pytest.approx(expected, rel=0.15)
    assert np.std([np.log(time.width / hand.width) for time in times]) == pytest.approx(
        0.08, rel=0.15
    )
    assert {replace(time, slant=0.2, turn=0.1, width=1.1) for time in times} == {hand}


def test_an_upright_form_is_neither_slanted_nor_turned(monkeypatch):
    hands = []
    monkeypatch.setattr(rewriting, "written", lambda template, hand, rng: hands.append(hand) or [])
    upright = [form for form in rewriting.FORMS[1] if form.upright] or [
        replace(rewriting.FORMS[1][0], upright=True)
    ]
    monkeypatch.setattr(rewriting, "FORMS", dict.fromkeys(range(10), tuple(upright)))
    rewriting.form_again((3, 0))
    assert (hands[0].slant, hands[0].turn) == (0.0, 0.0)


def test_no_digits_give_no_copies():
    none = rewritten_digits(Examples(np.zeros((0, 784), np.uint8), np.zeros(0, np.uint8)))
    assert none.images.shape == (0, COPIES, 784)
