"""What the panel tells of what was taught."""

import numpy as np
import pytest

from py_frontend.core.anchors import parse_anchors
from py_frontend.core.effect import WEAKENED, Effect, captions, drawings, effect_of, weakened
from py_frontend.core.learning import NOT_A_DIGIT, Learned, lesson
from py_frontend.core.pupil import Studied
from py_frontend.core.strokes import Stroke
from py_frontend.core.taught import Taught, TaughtDrawing
from tests.support import anchors as made
from tests.support.fakes import finished

ANCHORS = parse_anchors(made.anchor_file())
ODD = np.maximum(0, np.random.default_rng(7).normal(0.5, 1.2, (8, made.FEATURES)))
READ = made.logits(ODD).argmax(axis=1)


def strokes(number: int) -> tuple[Stroke, ...]:
    return (Stroke("pen", 16.0, ((float(number), 0.0),)),)


def studied(*taught: tuple[np.ndarray, int]) -> Studied:
    """After these features were taught as these labels."""
    drawings = tuple(TaughtDrawing(strokes(n), label) for n, (_, label) in enumerate(taught))
    lessons = [
        lesson(
            ANCHORS,
            label,
            *(of(features[None])[0].tolist() for of in (np.array, made.ink, made.logits)),
        )
        for features, label in taught
    ]
    return Studied(Taught(drawings), drawings, Learned(ANCHORS, lessons))


async def pause() -> None:
    """Nothing else is to be done."""


def other(digit: int) -> int:
    return (int(digit) + 1) % 10


def test_it_counts_digits_read_right_alone_now_and_by_the_others():
    nearly = ODD[0] * 1.01
    of = studied((ODD[0], other(READ[0])), (nearly, other(READ[0])), (ODD[1], int(READ[1])))
    effect = finished(effect_of(of, pause))
    assert (effect.digits, effect.right_alone, effect.right_now) == (3, 1, 3)
    assert effect.right_by_others == 3
    alone = finished(effect_of(studied((ODD[0], other(READ[0]))), pause))
    assert (alone.right_now, alone.right_by_others) == (1, 0)
    right = finished(effect_of(studied(*((ODD[n], int(READ[n])) for n in range(3))), pause))
    assert (right.right_alone, right.right_now) == (3, 3)


def test_costs_are_told_in_points_of_accuracy():
    assert Effect(3, 1, 2, 0, loss=0.00012, weakened=0).sentences() == [
        "Of the digits that you taught (3), the network alone reads 1 right, and 2 with all that "
        "you taught. Each judged by the others alone: 0.",
        "Estimated cost on MNIST's test: 0.012 points of accuracy, of 0.05 at most.",
    ]


def test_a_caption_tells_what_was_read_and_what_was_taught():
    assert captions(studied((ODD[4], 4))) == [f"{READ[4]} \N{RIGHTWARDS ARROW} 4"]


@pytest.mark.parametrize("number, words", [(0, "0 drawings"), (1, "1 drawing"), (2, "2 drawings")])
def test_drawings_are_counted_in_words(number, words):
    assert drawings(number) == words


def test_drawings_said_to_be_none_are_no_digits():
    of = studied((ODD[0], NOT_A_DIGIT))
    assert finished(effect_of(of, pause)).digits == 0
    assert captions(of)[0].startswith(f"{READ[0]} \N{RIGHTWARDS ARROW} none")


def test_it_says_which_corrections_are_weakened():
    images = made.features(np.arange(60) % 10, seed=11)
    of = studied(*((image, (n + 1) % 10) for n, image in enumerate(images)))
    effect = finished(effect_of(of, pause))
    marked = [caption for caption in captions(of) if caption.endswith(", weakened")]
    assert effect.weakened == len(marked) > 0
    assert f"costs no more: {len(marked)}." in effect.sentences()[-1]
    told = [weakened(of, strokes(number)) for number in range(60)]
    assert set(told) == {"", WEAKENED}
    assert weakened(of, strokes(99)) == weakened(None, strokes(0)) == ""
