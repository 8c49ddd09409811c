"""Nearest training images and places on the map, against numpy."""

from array import array

import numpy as np
import pytest

from py_frontend.core.neighbours import Prototypes

NUMBERS = np.random.default_rng(0)
MEAN = NUMBERS.normal(0, 1, 40).astype(np.float32)
AXES = NUMBERS.normal(0, 3, (40, 6)).astype(np.float32)
POINTS = NUMBERS.integers(-127, 128, (50, 6), dtype=np.int8)
PLACES = NUMBERS.integers(0, 256, (50, 2), dtype=np.uint8)
LABELS = np.repeat(np.arange(10, dtype=np.uint8), 5)
IMAGES = NUMBERS.integers(0, 256, (50, 392), dtype=np.uint8)


@pytest.fixture
def prototypes():
    return Prototypes(
        array("f", MEAN.tobytes()),
        array("f", AXES.tobytes()),
        *(values.tobytes() for values in (POINTS, PLACES, LABELS, IMAGES)),
    )


def test_the_nearest_are_those_that_numpy_finds(prototypes):
    features = NUMBERS.normal(0, 5, 40).astype(np.float32)
    distances = np.linalg.norm(POINTS - (features - MEAN) @ AXES, axis=1)
    found = prototypes.nearest(features.tolist(), 7)
    assert [one.number for one in found] == distances.argsort()[:7].tolist()
    assert [one.distance for one in found] == pytest.approx(np.sort(distances)[:7], rel=1e-4)
    assert [one.label for one in found] == LABELS[distances.argsort()[:7]].tolist()


def test_a_drawing_lies_among_its_neighbours_and_nearest_to_the_nearest(prototypes):
    found = prototypes.nearest(NUMBERS.normal(0, 5, 40).tolist(), 5)
    places = PLACES[[one.number for one in found]] / 255
    at = np.array(prototypes.place_of(found))
    assert (at >= places.min(axis=0)).all() and (at <= places.max(axis=0)).all()
    assert prototypes.place_of(found[:1]) == pytest.approx(places[0])


def test_an_image_is_unpacked_pixel_by_pixel(prototypes):
    expected = np.stack([IMAGES[3] >> 4, IMAGES[3] & 15], axis=1).reshape(-1) / 15
    assert prototypes.image(3) == pytest.approx(expected)
