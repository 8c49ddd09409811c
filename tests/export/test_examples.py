"""The examples: they fit the pad, and the shipped models make of them what their names say."""

import numpy as np
import pytest

from py_frontend.core.examples import DIGITS, HARD
from py_frontend.core.image import mnist_image
from py_frontend.core.placement import CANVAS_UNITS
from tests.support.shipped import shipped_logits

READ_AS = {
    "slashed 0": 0,
    "flagged 1": 1,
    "looped 2": 2,
    "open 4": 4,
    "angular 5": 5,
    "crossed 7": 7,
    "straight 9": 9,
}


@pytest.mark.parametrize("example", DIGITS + HARD, ids=lambda example: example.name)
def test_an_example_fits_the_pad(example):
    for stroke in example.strokes:
        margin = stroke.width / 2
        for coordinate in (value for point in stroke.points for value in point):
            assert margin <= coordinate <= CANVAS_UNITS - margin


def test_there_are_ten_of_each_and_no_two_are_alike():
    assert [example.name for example in DIGITS] == list("0123456789")
    assert len(HARD) == len({example.strokes for example in HARD}) == 10


def digits_read(name: str, examples) -> list[int]:
    ink = np.array([mnist_image(example.strokes) for example in examples])
    return shipped_logits(name, ink).argmax(axis=1).tolist()


@pytest.mark.parametrize("name", ["mlp", "cnn"])
def test_the_shipped_models_read_the_digits(name):
    assert digits_read(name, DIGITS) == list(range(10))


def test_the_cnn_reads_the_hard_ones_that_are_digits():
    digits = [example for example in HARD if example.name in READ_AS]
    read = digits_read("cnn", digits)
    assert dict(zip((example.name for example in digits), read, strict=True)) == READ_AS
