"""Linear maps on images, on single bright pixels whose place afterwards is known."""

import numpy as np
import pytest

from training.evaluation.resampling import CENTRE, affine, gaussian_blur, motion_blur, rotation
from training.networks.models import PIXELS, SIDE


def bright(y: int, x: int) -> np.ndarray:
    """One bright pixel, (784,)."""
    ink = np.zeros((SIDE, SIDE))
    ink[y, x] = 1
    return ink.reshape(-1)


def middle(ink: np.ndarray) -> tuple[float, float]:
    """The centre of mass (y, x), relative to the image's centre."""
    image = ink.reshape(SIDE, SIDE)
    place = np.arange(SIDE) - CENTRE
    return (image.sum(axis=1) @ place / image.sum(), image.sum(axis=0) @ place / image.sum())


def test_nothing_moved_is_the_same_image():
    assert np.array_equal(affine(np.eye(2)), np.eye(PIXELS))


def test_a_shift_by_whole_pixels_moves_ink_down_and_right():
    moved = affine(np.eye(2), 3, 1) @ bright(10, 12)
    assert np.array_equal(moved, bright(13, 13))


def test_a_shift_by_half_a_pixel_shares_the_ink():
    moved = affine(np.eye(2), 0, 0.5) @ bright(10, 12)
    assert np.allclose(moved, (bright(10, 12) + bright(10, 13)) / 2)


def test_ink_that_leaves_the_image_does_not_come_back():
    assert not (affine(np.eye(2), 0, 5) @ bright(10, 25)).any()


def test_a_quarter_turn_is_clockwise():
    """The upper right corner goes to the lower right one."""
    assert np.allclose(affine(rotation(90)) @ bright(2, 25), bright(25, 25), atol=1e-6)


@pytest.mark.parametrize("degrees", [-30, 10, 45])
def test_a_turn_moves_ink_along_a_circle(degrees):
    before = middle(bright(14, 24))
    after = middle(affine(rotation(degrees)) @ bright(14, 24))
    turned = np.degrees(np.arctan2(after[0], after[1]) - np.arctan2(before[0], before[1]))
    assert turned == pytest.approx(degrees, abs=1.5)
    assert np.hypot(*after) == pytest.approx(np.hypot(*before), abs=0.3)


def test_scaling_moves_ink_away_from_the_centre():
    y, x = middle(affine(np.eye(2) * 1.5) @ bright(16, 18))
    assert (y, x) == pytest.approx((1.5 * 2.5, 1.5 * 4.5), abs=0.3)


def test_a_blur_has_the_deviation_that_it_says_and_keeps_all_ink():
    blurred = (gaussian_blur(1.5) @ bright(14, 14)).reshape(SIDE, SIDE)
    place = np.arange(SIDE) - 14
    assert blurred.sum() == pytest.approx(1, abs=1e-4)
    assert np.sqrt(blurred.sum(axis=0) @ place**2) == pytest.approx(1.5, abs=0.01)
    assert np.sqrt(blurred.sum(axis=1) @ place**2) == pytest.approx(1.5, abs=0.01)


def test_a_blur_at_the_border_loses_ink_to_the_outside():
    assert (gaussian_blur(1.5) @ bright(0, 14)).sum() == pytest.approx(0.63, abs=0.02)


def test_motion_along_the_horizontal_leaves_a_line():
    moved = (motion_blur(5, 0) @ bright(10, 12)).reshape(SIDE, SIDE)
    assert np.allclose(moved[10, 10:15], 0.2) and moved.sum() == pytest.approx(1)


def test_motion_along_a_diagonal_goes_down_to_the_right():
    moved = (motion_blur(5, 45) @ bright(10, 12)).reshape(SIDE, SIDE)
    assert moved[9, 11] > 0.05 and moved[11, 13] > 0.05 and moved[9, 13] == moved[11, 11] == 0
