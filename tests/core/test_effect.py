"""What the panel tells of what was taught."""

import numpy as np

from py_frontend.core.anchors import parse_anchors
from py_frontend.core.effect import WEAKENED, captions, effect_of, weakened
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


def test_drawings_said_to_be_none_are_no_digits():
    of = studied((ODD[0], NOT_A_DIGIT))
    assert finished(effect_of(of, pause)).digits == 0
    assert captions(of)[0].startswith(f"{READ[0]} \N{RIGHTWARDS ARROW} none")


def test_it_says_which_corrections_are_weakened():
    images = made.features(np.arange(60) % 10, seed=11)
    of = studied(*((image, (n + 1) % 10) for n, image in enumerate(images)))
    effect = finished(effect_of(of, pause))
    marked = [caption for caption in captions(of) if "weakened" in caption]
    assert effect.weakened == len(marked) > 0
    assert f"costs no more: {len(marked)}." in effect.sentences()[-1]
    told = [weakened(of, strokes(number)) for number in range(60)]
    assert set(told) == {"", WEAKENED}
    assert weakened(of, strokes(99)) == weakened(None, strokes(0)) == ""
