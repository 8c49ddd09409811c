"""Made-up forms of digits: what is drawn, as what, and always the same."""
from math import atan2, degrees

import numpy as np
import pytest

from training.forms import FLAG_BELOW_LEVEL_DEG, TEMPLATES, TURN, flagged_one, made_up, written
from training.hand import POINTS, curve, line
from training.strokes import drawn_image

SEEDS = range(20)


def test_forms_are_images_with_labels_like_mnists():
    examples = made_up(90, seed=0)
    assert examples.images.shape == (90, 784) and examples.images.dtype == examples.labels.dtype == np.uint8
    assert (examples.images.max(axis=1) > 230).all() and (examples.images.min(axis=1) == 0).all()


def test_a_third_are_ones_and_every_template_has_its_turn():
    labels = made_up(3 * len(TEMPLATES), seed=0).labels
    assert (labels[::3] == 1).all()
    others = np.delete(labels, np.s_[::3])
    assert others[:len(TEMPLATES)].tolist() == [digit for digit, _ in TEMPLATES.values()]


def test_forms_are_decided_by_their_seed():
    one, same, other = made_up(30, seed=3), made_up(30, seed=3), made_up(30, seed=4)
    assert np.array_equal(one.images, same.images) and not np.array_equal(one.images, other.images)


def test_more_forms_begin_with_the_same_ones():
    assert np.array_equal(made_up(40, seed=0).images[:10], made_up(10, seed=0).images)


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_template_is_drawn_in_the_canvas_and_never_twice_alike(name):
    _, template = TEMPLATES[name]
    images = [drawn_image(written(template, np.random.default_rng(seed))) for seed in SEEDS]
    assert len({image.tobytes() for image in images}) == len(images)
    assert all(30 < image.sum() < 250 for image in images)


@pytest.mark.parametrize("name", TEMPLATES)
def test_strokes_pass_through_the_nodes_of_their_template(name):
    """Through all of them, and sharp turns are kept: the nearest point of the stroke is as far as the jitter."""
    _, template = TEMPLATES[name]
    for nodes in template:
        places = np.array([node[:2] for node in nodes])
        turns = [0, *(i for i, node in enumerate(nodes) if node[2:] == (TURN,)), len(nodes) - 1]
        points = np.concatenate([curve(places[a:b + 1]) for a, b in zip(turns, turns[1:], strict=False)])
        assert np.abs(points[:, None] - places).sum(axis=2).min(axis=0).max() < 1e-9


@pytest.mark.parametrize("seed", SEEDS)
def test_the_flag_of_a_one_falls_from_the_top_of_its_stem_steeper_than_a_sevens_bar(seed):
    stroke = flagged_one(np.random.default_rng(seed))[0]
    tip, top, bottom = stroke[1], stroke[POINTS], stroke[-1]
    assert top[1] == pytest.approx(0, abs=1e-9) and bottom[1] > 0.8
    assert tip[0] < top[0] and degrees(atan2(tip[1] - top[1], top[0] - tip[0])) >= FLAG_BELOW_LEVEL_DEG[0] - 1e-6


def test_a_line_joins_its_ends_and_bulges_a_little():
    path = np.array(line((0.0, 0.0), (1.0, 0.0), np.random.default_rng(1)))
    assert path[0].tolist() == [0, 0] and path[-1] == pytest.approx([1, 0])
    assert 0 < np.abs(path[:, 1]).max() <= 0.06


def test_a_curve_through_two_nodes_is_straight():
    points = curve(np.array([[0.0, 0.0], [2.0, 4.0]]))
    assert points[:, 1] == pytest.approx(2 * points[:, 0])
    assert points[0].tolist() == [0, 0] and points[-1].tolist() == [2, 4]
