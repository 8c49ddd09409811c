"""The heat maps of the shipped networks, checked by deletion on MNIST's test images."""

import pytest

from tests.bench.honesty import IMAGES, honesty, shipped
from training.networks.models import MODELS


@pytest.mark.parametrize("name", MODELS)
def test_deleting_by_importance_lowers_the_logit_faster_than_at_random(mnist, name):
    found = honesty(shipped(name), mnist.test.images[:IMAGES].astype("float32") / 255)
    assert found.by_heat[0] == pytest.approx(found.at_random[0])
    inner = list(zip(found.by_heat, found.at_random, strict=True))[1:-1]
    assert all(by_heat < at_random - 1 for by_heat, at_random in inner)
    assert found.honest_share > 0.85
