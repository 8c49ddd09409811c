"""What an epoch takes: MNIST once, and the wanted shares of what is drawn for it."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.tiny_mnist import TINY, tiny_mnist
from training.fit.pool import Pool

MNIST = tiny_mnist().train


def test_without_drawn_images_an_epoch_is_mnist_in_some_order():
    pool = Pool(replace(TINY, synthetic=0), MNIST)
    assert pool.epoch_length == len(MNIST) == pool.of_mnist
    order = pool.order(0)
    assert sorted(order) == list(range(len(MNIST))) and order.dtype == np.int32
    assert not np.array_equal(order, pool.order(1)) and np.array_equal(order, pool.order(0))


def test_an_epoch_has_the_wanted_shares_and_every_image_of_mnist():
    pool = Pool(replace(TINY, synthetic=50, synthetic_share=0.25, traced_share=0.25), MNIST)
    order, size = pool.order(3), len(MNIST)
    assert pool.epoch_length == len(order) == 2 * size
    assert np.isin(np.arange(size), order).all() and pool.of_mnist == 2 * size
    traced = (order >= size) & (order < 2 * size)
    assert traced.sum() == (order >= 2 * size).sum() == size // 2
    assert order.max() < 2 * size + 50


def test_few_synthetic_images_are_taken_more_than_once():
    pool = Pool(replace(TINY, synthetic=10, synthetic_share=0.5), MNIST)
    taken = pool.order(0)[pool.order(0) >= len(MNIST)]
    assert len(taken) == len(MNIST) and len(set(taken.tolist())) == 10


def test_shares_that_leave_nothing_for_mnist_are_refused():
    with pytest.raises(ValueError, match="not less than 1"):
        Pool(replace(TINY, synthetic=10, synthetic_share=0.6, traced_share=0.4), MNIST)
