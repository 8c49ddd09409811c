"""Made-up forms of digits: what is drawn, as what, and always the same."""

from itertools import cycle, islice, pairwise
from math import atan2, degrees

import numpy as np
import pytest

from training.data.strokes import drawn_image
from training.synthetic.digits import (
    FLAG_BELOW_LEVEL_DEG,
    KINDS,
    ONE,
    OTHER,
    SEVEN,
    TEMPLATES,
    TURN,
    flagged_one,
    seven,
    synthetic_digits,
    written,
)
from training.synthetic.handwriting import POINTS, curve, line

SEEDS = range(20)


def test_forms_are_images_with_labels_like_mnists():
    examples = synthetic_digits(90, seed=0)
    assert (
        examples.images.shape == (90, 784)
        and examples.images.dtype == examples.labels.dtype == np.uint8
    )
    assert (examples.images.max(axis=1) > 230).all() and (examples.images.min(axis=1) == 0).all()


def test_a_third_are_ones_a_sixth_sevens_and_every_template_has_its_turn():
    kinds = np.array(list(islice(cycle(KINDS), 2 * len(TEMPLATES))))
    labels = synthetic_digits(len(kinds), seed=0).labels
    assert (labels[kinds == ONE] == 1).all() and (labels[kinds == SEVEN] == 7).all()
    assert (kinds == ONE).mean() == pytest.approx(1 / 3, abs=0.02) and (
        kinds == SEVEN
    ).mean() == pytest.approx(1 / 6, abs=0.02)
    assert labels[kinds == OTHER].tolist() == [digit for digit, _ in TEMPLATES.values()]


def test_forms_are_decided_by_their_seed():
    one, same, other = (
        synthetic_digits(30, seed=3),
        synthetic_digits(30, seed=3),
        synthetic_digits(30, seed=4),
    )
    assert np.array_equal(one.images, same.images) and not np.array_equal(one.images, other.images)


def test_more_forms_begin_with_the_same_ones():
    assert np.array_equal(
        synthetic_digits(40, seed=0).images[:10], synthetic_digits(10, seed=0).images
    )


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_template_is_drawn_in_the_canvas_and_never_twice_alike(name):
    _, template = TEMPLATES[name]
    images = [drawn_image(written(template, np.random.default_rng(seed))) for seed in SEEDS]
    assert len({image.tobytes() for image in images}) == len(images)
    assert all(30 < image.sum() < 250 for image in images)


@pytest.mark.parametrize("name", TEMPLATES)
def test_strokes_pass_through_the_nodes_of_their_template(name):
    """Through all of them, and sharp turns are kept: the nearest point of the stroke is as far as
    the jitter."""
    _, template = TEMPLATES[name]
    for nodes in template:
        places = np.array([node[:2] for node in nodes])
        turns = [0, *(i for i, node in enumerate(nodes) if node[2:] == (TURN,)), len(nodes) - 1]
        points = np.concatenate([curve(places[a : b + 1]) for a, b in pairwise(turns)])
        assert np.abs(points[:, None] - places).sum(axis=2).min(axis=0).max() < 1e-9


def sharpest_turn_deg(path: np.ndarray) -> float:
    """Between neighbouring pieces of a path (N, 2)."""
    steps = np.diff(path, axis=0)
    steps = steps[np.abs(steps).sum(axis=1) > 1e-9]
    turns = np.diff(np.unwrap(np.arctan2(steps[:, 1], steps[:, 0])))
    return float(np.degrees(np.abs(turns).max()))


ONES = [np.array(flagged_one(np.random.default_rng(seed))[0]) for seed in range(60)]
BENT_ONES = [path for path in ONES if len(path) == 3 * POINTS + 1]
SHARP_ONES = [path for path in ONES if len(path) == 2 * POINTS]


def test_some_ones_bend_from_flag_to_stem_and_the_others_turn_sharply():
    assert 8 <= len(BENT_ONES) <= 28 and len(BENT_ONES) + len(SHARP_ONES) == len(ONES)
    assert max(map(sharpest_turn_deg, BENT_ONES)) < 90 < min(map(sharpest_turn_deg, SHARP_ONES))


def below_level_deg(tip: np.ndarray, top: np.ndarray) -> float:
    """How steeply a flag falls from the stem's `top` to its `tip`, which is left of it."""
    assert tip[0] < top[0]
    return degrees(atan2(tip[1] - top[1], top[0] - tip[0]))


def test_the_flag_of_a_sharp_one_falls_from_the_top_of_its_stem_steeper_than_a_sevens_bar():
    for path in SHARP_ONES:
        tip, top, bottom = path[1], path[POINTS], path[-1]
        assert top[1] == pytest.approx(0, abs=1e-9) and bottom[1] > 0.8
        assert below_level_deg(tip, top) >= FLAG_BELOW_LEVEL_DEG[0] - 1e-6


def test_the_flag_of_a_bent_one_falls_from_its_bend_steeper_than_a_sevens_bar():
    for path in BENT_ONES:
        assert -0.1 < path[:, 1].min() < 0.15 and path[-1, 1] > 0.8
        assert below_level_deg(path[0], path[POINTS]) >= FLAG_BELOW_LEVEL_DEG[0] - 1e-6


def test_the_bar_of_a_seven_is_flatter_than_the_flag_of_any_one():
    for seed in SEEDS:
        stem_and_bar = np.array([node[:2] for node in seven(np.random.default_rng(seed))[0]])
        right = stem_and_bar[:, 0].argmax()
        left = stem_and_bar[: right + 1, 0].argmin()
        (x1, y1), (x2, y2) = stem_and_bar[left], stem_and_bar[right]
        assert x2 - x1 > 0.6 and degrees(atan2(y1 - y2, x2 - x1)) < FLAG_BELOW_LEVEL_DEG[0], seed
        assert stem_and_bar[-1, 1] == 1


def test_most_sevens_are_crossed_by_a_line_that_meets_the_stem():
    sevens = [seven(np.random.default_rng(seed)) for seed in range(200)]
    crossed = [strokes for strokes in sevens if len(strokes) == 2]
    assert 0.65 < len(crossed) / len(sevens) < 0.85
    for (*_, knee, foot), [(left, left_height), (right, right_height)] in crossed:
        height = (left_height + right_height) / 2
        assert (
            left < np.interp(height, (knee[1], foot[1]), (knee[0], foot[0])) < right
            and 0.4 < height < 0.9
        )


def test_a_line_joins_its_ends_and_bulges_a_little():
    path = np.array(line((0.0, 0.0), (1.0, 0.0), np.random.default_rng(1)))
    assert path[0].tolist() == [0, 0] and path[-1] == pytest.approx([1, 0])
    assert 0 < np.abs(path[:, 1]).max() <= 0.06


def test_a_curve_through_two_nodes_is_straight():
    points = curve(np.array([[0.0, 0.0], [2.0, 4.0]]))
    assert points[:, 1] == pytest.approx(2 * points[:, 0])
    assert points[0].tolist() == [0, 0] and points[-1].tolist() == [2, 4]
