"""Made-up drawings: drawn as the page draws, repeatable, and none that a person could mean as a
digit."""

import numpy as np
import pytest

from training.networks.models import SIDE
from training.synthetic.letters import LETTERS, written
from training.synthetic.scribbles import (
    CHOOSING,
    CHOSEN_WITH,
    FAMILIES,
    HELD_BACK,
    MAX_FLAT_DEG,
    REPORTING,
    SCRIBBLES,
    dash,
    dot,
    drawings,
)

COUNT = 8
LIKE_DIGITS = set("BDGIJLOQSUZ")


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_gives_images_as_the_page_makes_them(name):
    """Ink in 0..1 whose centre of mass is MNIST's, unless a border is in the way."""
    images = drawings(name, COUNT, CHOOSING)
    assert images.shape == (COUNT, SIDE * SIDE) and images.dtype == np.float32
    assert images.min() == 0 and 0.9 < images.max() <= 1
    middles = [
        (np.arange(SIDE) + 0.5) @ image.reshape(SIDE, SIDE).sum(axis=0) / image.sum()
        for image in images
    ]
    assert np.abs(np.array(middles) - 14.5).max() < 3.5


@pytest.mark.parametrize("name", FAMILIES)
def test_drawings_are_the_same_for_a_seed_and_all_different(name):
    once = drawings(name, COUNT, CHOOSING).copy()
    drawings.cache_clear()
    assert np.array_equal(once, drawings(name, COUNT, CHOOSING))
    other = drawings(name, COUNT, REPORTING)
    if name != "dot":  # clicks without a tremble look alike, wherever they are
        assert len({image.tobytes() for image in (*once, *other)}) == 2 * COUNT


def test_nobody_can_change_the_drawings_that_are_kept():
    with pytest.raises(ValueError, match="read-only"):
        drawings("dash", COUNT, CHOOSING)[0, 0] = 1


def test_the_families_that_are_held_back_exist_and_are_not_chosen_with():
    assert set(HELD_BACK) < set(FAMILIES) and not set(HELD_BACK) & set(CHOSEN_WITH)
    assert set(HELD_BACK) | set(CHOSEN_WITH) == set(FAMILIES)
    assert {
        kind
        for kind in ("letters", "scribbles")
        for name in HELD_BACK
        if (name in LETTERS) == (kind == "letters")
    } == {"letters", "scribbles"}


def test_no_letter_is_one_that_looks_like_a_digit():
    assert not LIKE_DIGITS & set(LETTERS) and not set(LETTERS) & set(SCRIBBLES)


def test_a_dash_lies_flat_so_that_it_is_no_1():
    rng = np.random.default_rng(0)
    for _ in range(300):
        [path] = dash(rng)
        (x0, y0), (x1, y1) = path[0], path[-1]
        assert abs(np.degrees(np.arctan2(y1 - y0, x1 - x0))) <= MAX_FLAT_DEG + 1e-6


def test_a_dot_stays_a_dot():
    """Its few pixels of ink are less than a twentieth of the image."""
    assert (drawings("dot", 30, REPORTING) > 0.1).sum(axis=1).max() < 40
    assert all(len(path) <= 5 for _ in range(50) for path in dot(np.random.default_rng(_)))


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_keeps_its_strokes_and_stays_near_its_template(name):
    rng = np.random.default_rng(1)
    for _ in range(20):
        strokes = written(name, rng)
        assert len(strokes) == len(LETTERS[name])
        points = np.array([point for path in strokes for point in path])
        assert points.min() > -0.8 and points.max() < 2
        height = np.ptp(points[:, 1])
        template = np.ptp([y for path in LETTERS[name] for _, y in path])
        assert 0.6 * template < height < 1.7 * template + 0.3


def test_letters_are_upright_and_not_mirrored():
    """The roof of a T is above its stem, the arms of a K to the right of its back, the bowl of a P
    in its upper half."""
    rng = np.random.default_rng(2)
    for _ in range(50):
        roof, stem = (np.mean(path, axis=0) for path in written("T", rng))
        assert roof[1] < stem[1]
        back, arms = (np.mean(path, axis=0) for path in written("K", rng))
        assert arms[0] > back[0]
        stem, bowl = (np.mean(path, axis=0) for path in written("P", rng))
        assert bowl[1] < stem[1] and bowl[0] > stem[0]
