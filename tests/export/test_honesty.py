"""The heat maps of a shipped network, checked by deletion on MNIST's test images. The convolutional
network takes minutes: `python -m tests.bench honesty` checks it."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from tinygrad import Context

from tests.bench.honesty import honesty, shipped
from tests.support.numpy_network import shipped_in_numpy

IMAGES = 80


def test_deleting_by_importance_lowers_the_logit_faster_than_at_random(mnist):
    images = mnist.test.images[:IMAGES].astype("float32") / 255
    perceptron = shipped_in_numpy("mlp")
    # Where a browser is open a loop runs already; tinygrad's cache on disk is one thread's.
    with ThreadPoolExecutor(1) as pool, Context(CACHELEVEL=0):
        as_it_ships = pool.submit(shipped("mlp", IMAGES), images[1:]).result()  # fewer than fit
        found = pool.submit(honesty, perceptron, images).result()
    assert np.abs(perceptron(images[1:]) - as_it_ships).max() < 1e-3
    by_heat, at_random = found.by_heat, found.at_random
    assert by_heat[0] == pytest.approx(at_random[0])
    inner = list(zip(by_heat, at_random, strict=True))[1:-1]
    assert all(heat < random for heat, random in inner)
    assert all(heat < random - 1 for heat, random in inner[: len(inner) // 2])
    assert found.honest_share > 0.85
