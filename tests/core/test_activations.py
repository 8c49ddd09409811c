"""Feature maps as pictures: every value in its place, one scale for all maps of a layer."""

from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from py_frontend.core.activations import GAP, Field, mosaic, strongest, summed

SHAPES = [(1, 3, 3), (24, 26, 26), (5, 2, 4), (128, 4, 4)]


def values(shape, seed=0):
    numbers = np.random.default_rng(seed).normal(0, 1, shape).astype(np.float32)
    return array("f", numbers.tobytes()), numbers


@pytest.mark.parametrize("shape", SHAPES)
def test_every_value_is_in_its_place_on_the_scale_of_the_layer(shape):
    flat, numbers = values(shape)
    made = mosaic(flat, shape)
    picture = np.frombuffer(made.levels, np.uint8).reshape(made.height, made.width)
    for number, expected in enumerate(numbers):
        left, top = made.place(number)
        shown = picture[top : top + shape[1], left : left + shape[2]]
        assert shown == pytest.approx(np.clip(expected, 0, None) / numbers.max() * 255, abs=1.0)
        assert made.at(left + 0.5, top + 0.5) == number
        assert made.at(left + shape[2] - 0.5, top + shape[1] - 0.5) == number


def test_between_the_maps_nothing_is_shown():
    made = mosaic(array("f", [1.0] * 16), (4, 2, 2))
    picture = np.frombuffer(made.levels, np.uint8).reshape(made.height, made.width)
    assert (made.height, made.width) == (4 + GAP, 4 + GAP)
    assert (picture[2] == 0).all() and (picture[:, 2] == 0).all()
    assert (picture[:2, :2] == 255).all()


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan")])
def test_a_layer_without_positive_values_is_an_empty_picture(value):
    assert set(mosaic(array("f", [value] * 9), (1, 3, 3)).levels) == {0}


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=60), st.integers(1, 10))
def test_the_strongest_are_the_highest_positive_values_in_order(numbers, count):
    found = strongest(numbers, count)
    positive = sorted((number for number in numbers if number > 0), reverse=True)
    assert [numbers[i] for i in found] == positive[:count]


def test_a_map_is_as_strong_as_the_sum_of_its_values():
    flat, numbers = values((7, 3, 5))
    assert summed(flat, (7, 3, 5)) == pytest.approx(numbers.sum(axis=(1, 2)).tolist(), abs=1e-4)


def test_a_field_tells_what_a_map_sees():
    assert Field(3, 1, 0).seen(26, 26) == (0, 28)
    assert Field(32, 4, -8).seen(4, 4) == (-8, 36)
