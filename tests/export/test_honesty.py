"""The heat maps of the shipped networks, checked by deletion on MNIST's test images."""

import pytest

from tests.bench.honesty import IMAGES, honesty, shipped

FEW = 40  # a convolutional network takes minutes for more


@pytest.mark.parametrize("name, count", [("mlp", IMAGES), ("cnn", FEW)])
def test_deleting_by_importance_lowers_the_logit_faster_than_at_random(mnist, name, count):
    found = honesty(shipped(name, count), mnist.test.images[:count].astype("float32") / 255)
    assert found.by_heat[0] == pytest.approx(found.at_random[0])
    inner = list(zip(found.by_heat, found.at_random, strict=True))[1:-1]
    assert all(by_heat < at_random - 1 for by_heat, at_random in inner)
    assert found.honest_share > 0.85
