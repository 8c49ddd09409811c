"""Feature maps as pictures: every value in its place, one scale for all maps of a layer."""

from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from py_frontend.core.activations import GAP, Field, Layer, mosaic, strongest, summed

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


class Has:
    """A model with these tensors."""

    def __init__(self, *names: str):
        self.has = names.__contains__


@pytest.mark.parametrize(
    "name, tensors, weights",
    [
        ("layer 4", ("layers.1.weight", "layers.4.weight"), "layers.4.weight"),
        ("layer 4", ("layers.1.weight", "layers.3.weight"), "layers.3.weight"),
        ("layer 4", ("layers.0.weight", "layers.5.weight"), "layers.0.weight"),
        ("layer 12", ("layers.2.weight", "layers.11.weight"), "layers.11.weight"),
        ("features", ("layers.0.weight", "layers.1.weight"), "layers.0.weight"),
    ],
)
def test_the_weights_of_a_layer_are_the_last_ones_up_to_it(name, tensors, weights):
    assert Layer(name, (8,)).weights_among(Has(*tensors)) == weights


def test_levels_are_rounded_down_from_the_highest_value_which_is_opaque():
    levels = mosaic(array("f", [4.0, 2.0, 1.0, -4.0, 0.0, 0.015625]), (1, 2, 3)).levels
    assert list(levels) == [255, 127, 63, 0, 0, 0]
    assert list(mosaic(array("f", [0.25, 0.125]), (1, 1, 2)).levels) == [255, 127]


def test_a_point_on_the_last_pixel_of_a_mosaic_is_in_its_last_column():
    made = mosaic(array("f", [1.0] * 24), (6, 2, 2))
    assert (made.columns, made.at(made.width, 0.0), made.at(made.width, 3.5)) == (3, 2, 5)
    assert made.at(100.0, 0.0) == 2
