"""Nearest training images and places on the map, against numpy."""

from array import array

import numpy as np
import pytest

from py_frontend.core.neighbours import Neighbour, Prototypes

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


def test_neighbours_pull_by_the_inverse_square_of_their_distance_and_one(prototypes):
    near, far = Neighbour(4, 0, 1.0), Neighbour(9, 1, 3.0)
    expected = (4 * PLACES[4].astype(float) + PLACES[9]) / 5 / 255
    assert prototypes.place_of([near, far]) == pytest.approx(expected)


def test_an_image_at_the_very_place_of_a_drawing_does_not_pull_infinitely(prototypes):
    expected = (4 * PLACES[4].astype(float) + PLACES[9]) / 5 / 255
    assert prototypes.place_of([Neighbour(4, 0, 0.0), Neighbour(9, 1, 1.0)]) == pytest.approx(
        expected
    )


def test_distances_are_from_where_the_features_lie(prototypes):
    square = array("f", [1.0, 0.0, 0.0, 1.0])
    lone = Prototypes(
        array("f", [0.0, 0.0]), square, bytes([3, 4]), bytes(2), bytes([7]), bytes(392)
    )
    assert lone.nearest([0.0, 0.0], 1) == [Neighbour(0, 7, 5.0)]
    assert lone.nearest([3.0, 4.0], 5) == [Neighbour(0, 7, 0.0)]


def test_features_of_another_size_are_refused_where_the_file_does_not_fit(prototypes):
    with pytest.raises(ValueError):
        Prototypes(
            array("f", [0.0, 0.0]),
            array("f", [1.0] * 4),
            bytes([3, 4, 5]),
            bytes(2),
            b"a",
            bytes(392),
        ).nearest([0.0, 0.0], 1)


def test_a_place_on_the_map_is_near_to_the_label_of_most_around_it():
    places = [(10, 10)] * 9 + [(12, 12)] * 6 + [(200, 200)] * 20
    labels = [7] * 9 + [1] * 6 + [1] * 20
    flat = bytes(number for place in places for number in place)
    prototypes = Prototypes(array("f", [0.0]), array("f", [1.0]), b"", flat, bytes(labels), b"")
    assert prototypes.label_near((0.05, 0.05)) == 7
    assert prototypes.label_near((0.8, 0.8)) == 1


@pytest.mark.parametrize("place", [(100, 60), (100, 140), (60, 100), (140, 100)])
def test_what_lies_near_on_both_sides_of_a_place_counts(place):
    near = [(place[0] + aside, place[1] - aside) for aside in range(-7, 8)]
    away = [(100, 100)] * 15 + [(0, 0), (200, 0), (0, 200), (200, 200)] * 15
    labels = [1, 9, 9] * 5 + [3] * 75
    flat = bytes(number for at in near + away for number in at)
    prototypes = Prototypes(array("f", [0.0]), array("f", [1.0]), b"", flat, bytes(labels), b"")
    assert prototypes.label_near((place[0] / 255, place[1] / 255)) == 9
