"""Distortions mean what they say: degrees, percent and pixels, measured on single bright pixels."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tinygrad import Tensor, TinyJit, dtypes

from training.data.augment import (
    Distortion,
    affine_source,
    distort,
    elastic_field,
    random_uniform,
    sample,
    thicken,
)
from training.networks.models import PIXELS, SIDE

LARGEST = Distortion(
    rotate_deg=180, scale_percent=50, shear_deg=45, translate_px=30, elastic_px=5, thickness=1
)


def dots(*places: tuple[int, int]) -> np.ndarray:
    """One image (1, 784) with a bright pixel at each (row, column)."""
    image = np.zeros((SIDE, SIDE), np.float32)
    for place in places:
        image[place] = 1
    return image.reshape(1, PIXELS)


def centre_of_mass(image: np.ndarray) -> tuple[float, float]:
    """Row and column, in pixels from the top left pixel's centre."""
    image = image.reshape(SIDE, SIDE)
    return tuple(
        (image.sum(axis=1 - axis) * np.arange(SIDE)).sum() / image.sum() for axis in (0, 1)
    )


@TinyJit
def warp(images: Tensor, how: Tensor) -> Tensor:
    """`images` (1, 784), transformed by (6,): turn, shear (degrees), height, width (factors), shift
    down and right (pixels)."""
    turn, shear, *others = (how[i].reshape(1, 1, 1) for i in range(6))
    return sample(
        images, *affine_source(turn * (math.pi / 180), shear * (math.pi / 180), *others)
    ).realize()


def warped(
    image: np.ndarray, turn_deg=0.0, shear_deg=0.0, height=1.0, width=1.0, down_px=0.0, right_px=0.0
) -> np.ndarray:
    how = np.array([turn_deg, shear_deg, height, width, down_px, right_px], np.float32)
    return warp(Tensor(image).realize(), Tensor(how).realize()).numpy()


def moved(place: tuple[int, int], **how) -> tuple[float, float]:
    """Where the ink of a bright pixel at (row, column) goes to."""
    return centre_of_mass(warped(dots(place), **how))


# (13.5, 13.5) is the centre of the image; the pixel (13, 20) is 6.5 right of it and 0.5 above.


def test_nothing_moves_when_nothing_is_asked_for():
    image = np.random.default_rng(0).random((1, PIXELS)).astype(np.float32)
    assert np.array_equal(warped(image), image)


def test_a_quarter_turn_goes_clockwise_about_the_centre():
    """From the right of the centre to below it."""
    assert warped(dots((13, 20)), turn_deg=90).argmax() == 20 * SIDE + 14
    assert np.allclose(warped(dots((13, 20)), turn_deg=90), dots((20, 14)), atol=1e-5)
    assert np.allclose(warped(dots((13, 20)), turn_deg=-90), dots((7, 13)), atol=1e-5)


def test_a_half_turn_takes_each_corner_to_the_one_across():
    assert np.allclose(
        warped(dots((0, 0), (0, 27)), turn_deg=180), dots((27, 27), (27, 0)), atol=1e-5
    )


@pytest.mark.parametrize("turn_deg", [-40, 10, 30])
def test_a_turn_keeps_the_distance_to_the_centre_and_changes_the_direction_by_its_degrees(turn_deg):
    row, column = moved((13, 22), turn_deg=turn_deg)
    assert math.hypot(row - 13.5, column - 13.5) == pytest.approx(math.hypot(-0.5, 8.5), abs=0.15)
    turned = math.degrees(math.atan2(row - 13.5, column - 13.5) - math.atan2(-0.5, 8.5))
    assert turned == pytest.approx(turn_deg, abs=1)


@pytest.mark.parametrize(("factor", "distance"), [(1.2, 6), (1.4, 7), (0.8, 4), (0.6, 3)])
@pytest.mark.parametrize("side", [-1, 1])
def test_a_scale_is_a_factor_of_the_distance_from_the_centre(factor, distance, side):
    """Two bright pixels beside each other, whose middle is a whole five pixels from the centre."""
    rows = (8, 9) if side < 0 else (18, 19)
    bar = dots(*[(row, column) for row in rows for column in (13, 14)])
    assert centre_of_mass(warped(bar, height=factor)) == pytest.approx(
        (13.5 + side * distance, 13.5), abs=0.07
    )
    across = bar.reshape(SIDE, SIDE).T.reshape(1, PIXELS).copy()
    assert centre_of_mass(warped(across, width=factor)) == pytest.approx(
        (13.5, 13.5 + side * distance), abs=0.07
    )


@pytest.mark.parametrize(("down", "right"), [(3, 0), (0, 3), (-3, 2), (5, -4)])
def test_a_shift_is_in_pixels(down, right):
    assert np.array_equal(
        warped(dots((10, 12)), down_px=down, right_px=right), dots((10 + down, 12 + right))
    )


def test_half_a_pixel_of_shift_shares_the_ink_between_two():
    image = warped(dots((10, 12)), right_px=0.5).reshape(SIDE, SIDE)
    assert image[10, 12] == image[10, 13] == 0.5 and image.sum() == 1


@pytest.mark.parametrize("row", [4, 23])
def test_a_shear_slants_by_its_degrees(row):
    """Columns move in proportion to the distance from the middle row; rows stay. 45 degrees: as far
    sideways as down."""
    to_row, to_column = moved((row, 14), shear_deg=45)
    assert to_row == pytest.approx(row, abs=1e-4)
    assert to_column == pytest.approx(14 + (row - 13.5), abs=1e-4)


def test_the_parts_come_in_the_order_scale_shear_turn_shift():
    row, column = moved(
        (13, 20), width=2.0, height=2.0, shear_deg=45, turn_deg=90, down_px=-2, right_px=3
    )
    x, y = 6.5 * 2, -0.5 * 2
    x += y
    x, y = -y, x
    assert (row, column) == pytest.approx((13.5 + y - 2, 13.5 + x + 3), abs=0.3)


@settings(max_examples=30, deadline=None)
@example(down=27.5, right=-27.5)
@example(down=-30, right=0)
@given(down=st.floats(-60, 60), right=st.floats(-60, 60))
def test_ink_that_leaves_the_image_is_gone_and_never_comes_back_on_the_other_side(down, right):
    full = np.ones((1, PIXELS), np.float32)
    image = warped(full, down_px=down, right_px=right).reshape(SIDE, SIDE)
    inside = lambda shift: np.clip(
        1 - np.maximum(shift - np.arange(SIDE), np.arange(SIDE) - shift - (SIDE - 1)), 0, 1
    )
    assert np.allclose(image, np.outer(inside(down), inside(right)), atol=2e-4)


@settings(max_examples=25, deadline=None)
@given(
    turn=st.floats(-180, 180),
    shear=st.floats(-40, 40),
    height=st.floats(0.5, 2),
    width=st.floats(0.5, 2),
    down=st.floats(-9, 9),
    right=st.floats(-9, 9),
    seed=st.integers(0, 99),
)
def test_ink_stays_between_none_and_full(turn, shear, height, width, down, right, seed):
    image = (np.random.default_rng(seed).random((1, PIXELS)) > 0.7).astype(np.float32)
    result = warped(image, turn, shear, height, width, down, right)
    assert np.isfinite(result).all() and result.min() >= 0 and result.max() <= 1 + 1e-5


def test_what_lies_outside_is_paper():
    image = Tensor(np.ones((1, PIXELS), np.float32))
    far = Tensor.full((1, SIDE, SIDE), 100.0)
    near = Tensor.full((1, SIDE, SIDE), -14.0)  # half a pixel beyond the first
    middle = Tensor.zeros(1, SIDE, SIDE)
    assert sample(image, far, middle).numpy().max() == 0
    assert np.allclose(sample(image, near, middle).numpy(), 0.5)


@pytest.fixture(scope="module", params=[2.0, 4.0, 8.0], ids="sigma {:g}".format)
def field(request):
    """Fields (400, 28, 28), and the sigma that smoothed them."""
    noise = random_uniform(Tensor([7], dtype=dtypes.uint32), 0, 400, SIDE, SIDE)
    return elastic_field(noise, request.param).numpy(), request.param


def test_an_elastic_field_has_mean_zero_and_deviation_one_everywhere(field):
    values, _ = field
    assert values.mean() == pytest.approx(0, abs=0.05)
    deviations = values.std(axis=0)
    assert deviations.mean() == pytest.approx(1, abs=0.05)
    assert (
        deviations.min() > 0.8 and deviations.max() < 1.2
    )  # the border is no calmer than the middle


def test_an_elastic_field_is_as_smooth_as_its_sigma(field):
    """White noise through a Gaussian: at distance d the correlation is exp(-d² / 4 sigma²)."""
    values, sigma = field
    middle = values[:, 8:20, 8:20]
    for distance in (1, 3):
        correlation = (middle[:, :, :-distance] * middle[:, :, distance:]).mean() / middle.var()
        assert correlation == pytest.approx(math.exp(-((distance / sigma) ** 2) / 4), abs=0.06)


def key(value: int) -> Tensor:
    return Tensor([value], dtype=dtypes.uint32)


@pytest.fixture(scope="module")
def draws() -> np.ndarray:
    """(4 keys, 4 streams, 20,000)."""
    return np.array(
        [
            [random_uniform(key(k), stream, 20_000).numpy() for stream in range(4)]
            for k in (0, 1, 2, 2**32 - 1)
        ]
    )


def test_random_numbers_fill_their_range_evenly(draws):
    assert draws.min() >= -1 and draws.max() < 1
    for row in draws.reshape(-1, 20_000):
        assert row.mean() == pytest.approx(0, abs=0.02)
        assert row.var() == pytest.approx(1 / 3, abs=0.01)
        assert np.histogram(row, 20, (-1, 1))[0] == pytest.approx(
            1000, abs=160
        )  # five standard deviations


def test_random_numbers_of_other_keys_and_streams_are_others(draws):
    """Correlations of 20,000 independent numbers stay within five of their standard deviations."""
    rows = draws.reshape(-1, 20_000)
    assert np.abs(np.corrcoef(rows) - np.eye(len(rows))).max() < 5 / math.sqrt(20_000)


@pytest.mark.parametrize("lag", [1, 2, 28, 784])
def test_random_numbers_do_not_depend_on_their_neighbours(draws, lag):
    for row in draws.reshape(-1, 20_000):
        assert abs(np.corrcoef(row[:-lag], row[lag:])[0, 1]) < 5 / math.sqrt(20_000)


def test_the_same_key_gives_the_same_numbers_whatever_the_shape(draws):
    assert np.array_equal(random_uniform(key(2), 3, 100, 200).numpy().ravel(), draws[2, 3])


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    """(8, 784): crosses of strokes three pixels wide."""
    image = np.zeros((8, SIDE, SIDE), np.float32)
    image[:, 12:15, 6:22] = image[:, 6:22, 12:15] = 1
    return image.reshape(8, PIXELS)


def test_no_distortion_at_all_leaves_every_pixel_as_it_is():
    images = np.random.default_rng(0).random((4, PIXELS)).astype(np.float32)
    assert np.allclose(distort(Tensor(images), key(5), Distortion()).numpy(), images, atol=1e-6)


HOW = Distortion(10, 10, 5, 2, 0.8, 4, 0.3)


@pytest.fixture(scope="module")
def distorted(digits) -> np.ndarray:
    return distort(Tensor(digits), key(1), HOW).numpy()


def test_each_image_is_distorted_in_its_own_way_and_each_key_in_another(digits, distorted):
    other = distort(Tensor(digits), key(2), HOW).numpy()
    assert min(np.abs(a - b).max() for i, a in enumerate(distorted) for b in distorted[:i]) > 0.3
    assert np.abs(distorted - other).max(axis=1).min() > 0.3


def test_elastic_displacement_is_taken_times_the_factor_of_each_image(digits, distorted):
    """0: not at all, 1: as without a factor; all else is the same again, as the key is."""
    none = distort(Tensor(digits), key(1), replace(HOW, elastic_px=0.0)).numpy()
    mixed = distort(Tensor(digits), key(1), HOW, Tensor([0.0, 1.0] * 4)).numpy()
    assert np.allclose(mixed[::2], none[::2], atol=1e-6)
    assert np.allclose(mixed[1::2], distorted[1::2], atol=1e-6)
    assert np.abs(distorted - none).max(axis=1).min() > 0.3


def test_the_largest_distortions_give_ink_between_none_and_full(digits):
    images = distort(Tensor(digits), key(3), LARGEST).numpy()
    assert np.isfinite(images).all() and images.min() >= -1e-5 and images.max() <= 1 + 1e-5


@cache
def places_after(how: Distortion, place: tuple[int, int], images: int = 256) -> np.ndarray:
    """Where the ink of a bright pixel goes to in many images, (N, 2), from the centre; y down, x
    right."""
    result = distort(Tensor(np.repeat(dots(place), images, axis=0)), key(11), how).numpy()
    return np.array([centre_of_mass(image) for image in result]) - 13.5


@pytest.mark.parametrize(
    ("how", "place", "measure", "largest"),
    [
        (
            Distortion(rotate_deg=20),
            (13, 23),
            lambda p: np.degrees(np.arctan2(p[:, 0], p[:, 1]) - np.arctan2(-0.5, 9.5)),
            20,
        ),
        (Distortion(translate_px=3), (13, 13), lambda p: p[:, 0] + 0.5, 3),
        (Distortion(translate_px=3), (13, 13), lambda p: p[:, 1] + 0.5, 3),
        (
            Distortion(shear_deg=15),
            (3, 14),
            lambda p: np.degrees(np.arctan((p[:, 1] - 0.5) / p[:, 0])),
            15,
        ),
    ],
    ids=["degrees of turn", "pixels down", "pixels right", "degrees of shear"],
)
def test_distortions_are_drawn_evenly_up_to_the_largest_in_either_direction(
    how, place, measure, largest
):
    amounts = measure(places_after(how, place))
    assert (
        -1.04 * largest < amounts.min() < -0.93 * largest
        and 0.93 * largest < amounts.max() < 1.04 * largest
    )
    assert amounts.mean() == pytest.approx(0, abs=0.12 * largest)
    assert amounts.std() == pytest.approx(largest / math.sqrt(3), rel=0.1)


def test_percent_of_scale_are_percent():
    """The distance of a short line from the middle of the image, over what it was."""
    line = np.zeros((1, SIDE, SIDE), np.float32)
    line[:, 3:5, 13:15] = 1
    result = distort(
        Tensor(np.repeat(line.reshape(1, PIXELS), 256, axis=0)),
        key(11),
        Distortion(scale_percent=25),
    ).numpy()
    factors = (np.array([centre_of_mass(image)[0] for image in result]) - 13.5) / -10
    assert 0.74 < factors.min() < 0.78 and 1.22 < factors.max() < 1.26


def test_elastic_displacement_has_its_standard_deviation_in_pixels():
    """Of a dot far wider than a pixel, whose centre shows the displacement there."""
    places = places_after(Distortion(elastic_px=1.5, elastic_smooth_px=8), (13, 13), images=400)
    assert places.std(axis=0) == pytest.approx(1.5, rel=0.15)
    assert np.abs(places.mean(axis=0) + 0.5).max() < 0.3


def line(rows: slice) -> np.ndarray:
    """A horizontal line through the whole image."""
    image = np.zeros((SIDE, SIDE), np.float32)
    image[rows] = 1
    return image


@pytest.mark.parametrize("amount", [-1.0, -0.5, 0.0, 0.25, 1.0])
def test_thickness_moves_the_outline_of_a_line_by_its_pixels(amount):
    """Five rows thick: two outlines, each `amount` further out."""
    image = (
        thicken(Tensor(line(slice(10, 15)).reshape(1, PIXELS)), Tensor([amount]))
        .numpy()
        .reshape(SIDE, SIDE)
    )
    assert image[:, 14].sum() == pytest.approx(5 + 2 * amount, abs=1e-6)
    assert image[9, 14] == image[15, 14] == pytest.approx(max(amount, 0), abs=1e-6)
    assert image[10, 14] == image[14, 14] == pytest.approx(1 + min(amount, 0), abs=1e-6)
    assert image[12, 14] == 1


def test_thickening_stays_within_the_image_and_thinning_takes_paper_for_its_surroundings():
    corner = Tensor(dots((0, 0)))
    assert np.array_equal(thicken(corner, Tensor([1.0])).numpy(), dots((0, 0), (0, 1), (1, 0)))
    full = (
        thicken(Tensor(np.ones((1, PIXELS), np.float32)), Tensor([-1.0]))
        .numpy()
        .reshape(SIDE, SIDE)
    )
    assert (
        full[1:-1, 1:-1].min() == 1
        and full[0].max() == full[-1].max() == full[:, 0].max() == full[:, -1].max() == 0
    )


def test_each_image_has_its_own_thickness():
    images = np.stack([line(slice(10, 15)).ravel()] * 3)
    result = thicken(Tensor(images), Tensor([-1.0, 0.0, 1.0]).reshape(3, 1, 1)).numpy()
    assert result.sum(axis=1).tolist() == [
        3 * (SIDE - 2),
        5 * SIDE,
        7 * SIDE,
    ]  # thinned at its two ends as well
