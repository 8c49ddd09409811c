"""MNIST's images traced to centre lines and drawn again."""

import numpy as np
import pytest

from tests.support.tiny_mnist import tiny_mnist
from training.data.strokes import drawn_image
from training.synthetic.traced import traced
from training.synthetic.tracing import centre_lines, skeletons, thinned

MNIST = tiny_mnist().train


def image_of(*strokes) -> np.ndarray:
    """(1, 784) uint8 of strokes in a unit box."""
    return (drawn_image(list(strokes)) * 255).round().astype(np.uint8)[None]


def lines_of(*strokes) -> list[np.ndarray]:
    return centre_lines(skeletons(image_of(*strokes))[0])


def test_a_bar_is_traced_to_one_line_along_its_middle():
    [line] = lines_of([(0.5, 0.0), (0.5, 1.0)])
    assert np.ptp(line[:, 0]) < 1 and np.ptp(line[:, 1]) > 16
    assert line[:, 0].mean() == pytest.approx(14.5, abs=0.5)


def test_a_cross_is_two_lines_that_go_straight_on():
    lines = lines_of([(0.5, 0.0), (0.5, 1.0)], [(0.0, 0.5), (1.0, 0.5)])
    assert len(lines) == 2
    assert sorted(bool(np.ptp(line[:, 0]) > np.ptp(line[:, 1])) for line in lines) == [False, True]


def test_a_ring_is_one_closed_line():
    angles = np.linspace(0, 2 * np.pi, 40)
    ring = [(0.5 + 0.4 * np.cos(a), 0.5 + 0.5 * np.sin(a)) for a in angles]
    [line] = lines_of(ring)
    assert line[0].tolist() == line[-1].tolist() and len(line) > 60


def test_thinning_keeps_lines_connected_and_one_pixel_wide():
    ink = np.zeros((1, 20, 20), bool)
    ink[0, 5:9, 2:18] = ink[0, 2:18, 9:13] = True
    skeleton = thinned(ink)[0]
    assert skeleton.sum() < 40 and not (ink[0] < skeleton).any()
    blocks = skeleton[:-1, :-1] & skeleton[1:, :-1] & skeleton[:-1, 1:] & skeleton[1:, 1:]
    assert not blocks.any()


def test_an_empty_image_has_no_lines():
    assert centre_lines(skeletons(np.zeros((1, 784), np.uint8))[0]) == []


def test_traced_images_have_mnists_labels_and_are_decided_by_their_seed():
    few = MNIST.at(np.arange(8))
    one, same, other = (traced(few, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.labels, few.labels) and one.images.shape == few.images.shape
    assert np.array_equal(one.images, same.images) and not np.array_equal(one.images, other.images)
    assert (one.images.max(axis=1) > 200).all()
