"""Corruptions do what their severities say, to all images alike, and the same every time."""

import numpy as np
import pytest

from tests.support.tiny_mnist import bars
from training.evaluation.corruptions import CORRUPTIONS, corrupted
from training.networks.models import PIXELS, SIDE

IMAGES = bars(60, seed=3).images
BLANK = np.zeros((400, PIXELS), np.float32)
FULL = np.ones((400, PIXELS), np.float32)


def images(name: str, severity: float, ink: np.ndarray) -> np.ndarray:
    return corrupted(ink, name, severity).reshape(-1, SIDE, SIDE)


@pytest.mark.parametrize("name", CORRUPTIONS)
@pytest.mark.parametrize("level", range(3))
def test_what_comes_out_is_an_image_and_the_same_every_time(name, level):
    severity = CORRUPTIONS[name].severities[level]
    once, again = corrupted(IMAGES, name, severity), corrupted(IMAGES, name, severity)
    assert once.shape == IMAGES.shape and once.dtype == np.float32
    assert once.min() >= 0 and once.max() <= 1 and np.isfinite(once).all()
    assert np.array_equal(once, again)
    assert not np.array_equal(once, IMAGES / np.float32(255))


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_higher_severity_changes_the_images_more(name):
    ink = IMAGES / np.float32(255)
    changes = [
        np.abs(corrupted(IMAGES, name, severity) - ink).mean()
        for severity in CORRUPTIONS[name].severities
    ]
    assert 0 < changes[0] < changes[1] < changes[2]


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_the_images_that_are_given_stay_as_they_are(name):
    ink = IMAGES / np.float32(255)
    before = ink.copy()
    corrupted(ink, name, CORRUPTIONS[name].severities[2])
    assert np.array_equal(ink, before)


@pytest.mark.parametrize(
    "name", ["gaussian noise", "impulse noise", "rotation", "stripe", "zigzag", "spatter", "fog"]
)
def test_another_seed_gives_other_damage(name):
    severity = CORRUPTIONS[name].severities[1]
    assert not np.array_equal(
        corrupted(IMAGES, name, severity, seed=0), corrupted(IMAGES, name, severity, seed=1)
    )


def test_grey_values_as_bytes_and_as_parts_of_one_are_the_same_images():
    assert np.allclose(
        corrupted(IMAGES, "blur", 1.0), corrupted(IMAGES / 255, "blur", 1.0), atol=1e-6
    )


def test_gaussian_noise_has_its_deviation():
    grey = np.full((50, PIXELS), 0.5, np.float32)
    assert (corrupted(grey, "gaussian noise", 0.1) - grey).std() == pytest.approx(0.1, rel=0.02)


def test_shot_noise_keeps_the_mean_and_grows_with_the_ink():
    dark, light = (np.full((200, PIXELS), level, np.float32) for level in (0.4, 0.1))
    noisy = corrupted(dark, "shot noise", 0.01), corrupted(light, "shot noise", 0.01)
    assert [n.mean() for n in noisy] == pytest.approx([0.4, 0.1], rel=0.01)
    assert [n.std() for n in noisy] == pytest.approx(
        [np.sqrt(0.4 * 0.01), np.sqrt(0.1 * 0.01)], rel=0.05
    )


def test_impulse_noise_strikes_its_share_and_half_of_it_shows_on_paper():
    assert corrupted(BLANK, "impulse noise", 0.2).mean() == pytest.approx(0.1, rel=0.05)
    assert corrupted(FULL, "impulse noise", 0.2).mean() == pytest.approx(0.9, rel=0.05)


def test_brightness_lifts_the_paper_and_leaves_full_ink():
    assert np.allclose(corrupted(BLANK, "brightness", 0.3), 0.3) and np.allclose(
        corrupted(FULL, "brightness", 0.3), 1
    )


def test_faint_ink_lacks_its_share():
    assert np.allclose(corrupted(FULL, "faint ink", 0.25), 0.75)


def test_a_stripe_is_as_wide_as_it_says_and_lies_anywhere():
    striped = images("stripe", 3, BLANK)
    assert (striped.sum(axis=(1, 2)) == 3 * SIDE).all()
    assert (striped == striped[:, :1]).all()
    assert striped.sum(axis=(0, 1)).astype(bool).all()
    assert (images("stripe", 3, FULL).sum(axis=(1, 2)) == PIXELS - 3 * SIDE).all()


@pytest.mark.parametrize("name", ["rotation", "shear"])
def test_images_are_turned_and_slanted_both_ways(name):
    """A dot above the centre goes to the left in about half of the images, and to the right in the
    others."""
    dot = np.zeros((200, SIDE, SIDE), np.float32)
    dot[:, 4, 13:15] = 1
    left = images(name, 20, dot.reshape(-1, PIXELS))[:, :, :14].sum(axis=(1, 2)) > 1
    assert 60 < left.sum() < 140


def test_translation_goes_into_all_four_corners():
    dot = np.zeros((200, SIDE, SIDE), np.float32)
    dot[:, 14, 14] = 1
    moved = images("translation", 2, dot.reshape(-1, PIXELS))
    places = {tuple(place) for place in np.argwhere(moved)[:, 1:].tolist()}
    assert places == {(12, 12), (12, 16), (16, 12), (16, 16)}


@pytest.mark.parametrize("name, percent, factor", [("shrinking", 25, 0.75), ("enlarging", 20, 1.2)])
def test_scaling_changes_the_length_of_a_line(name, percent, factor):
    line = np.zeros((1, SIDE, SIDE), np.float32)
    line[:, 6:22, 12:16] = 1
    scaled = images(name, percent, line.reshape(-1, PIXELS))[0]
    assert scaled[:, 13:15].sum() / 2 == pytest.approx(16 * factor, rel=0.02)


def test_a_zigzag_crosses_the_whole_image_and_reaches_as_far_as_it_says():
    for line in images("zigzag", 4, BLANK[:50]):
        assert line.any(axis=0).all()
        rows = line.argmax(axis=0)
        assert 7 <= rows.max() - rows.min() <= 9


def test_spatter_has_as_many_drops_at_most():
    assert 0 < images("spatter", 1, BLANK).sum(axis=(1, 2)).max() < 20
    one, six = (images("spatter", drops, BLANK).sum() for drops in (1, 6))
    assert 5 < six / one < 6.1


def test_fog_is_as_thick_as_it_says_and_smooth():
    cloud = images("fog", 0.4, BLANK)
    assert np.allclose(cloud.max(axis=(1, 2)), 0.4) and np.allclose(
        cloud.min(axis=(1, 2)), 0, atol=1e-6
    )
    assert np.abs(np.diff(cloud, axis=1)).mean() < 0.03
