"""The heat maps of a shipped network, checked by deletion on MNIST's test images. The convolutional
network takes minutes: `python -m tests.bench honesty` checks it."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from safetensors.numpy import load
from tinygrad import Context

from export.compile.package import MODELS_FOLDER, WEIGHTS
from tests.bench.honesty import IMAGES, honesty, shipped
from training.networks.models import INK_MEAN, INK_STD

LAYERS = (0, 2, 4)  # of the shipped perceptron, those with weights


def perceptron(ink: np.ndarray) -> np.ndarray:
    """The logits (N, 10) of the shipped perceptron, by numpy: a tenth of the time of tinygrad's
    loops."""
    values = (ink - np.float32(INK_MEAN)) / np.float32(INK_STD)
    for number, (weight, scale, bias) in zip(LAYERS, PARAMETERS, strict=True):
        values = values @ weight.T * scale + bias
        values = values if number == LAYERS[-1] else np.maximum(values, 0)
    return values


TENSORS = load((MODELS_FOLDER / "mlp" / WEIGHTS).read_bytes())
PARAMETERS = [
    [TENSORS[f"layers.{number}.{part}"].astype(np.float32) for part in ("weight", "scale", "bias")]
    for number in LAYERS
]


def test_deleting_by_importance_lowers_the_logit_faster_than_at_random(mnist):
    images = mnist.test.images[:IMAGES].astype("float32") / 255
    # Where a browser is open a loop runs already; tinygrad's cache on disk is one thread's.
    with ThreadPoolExecutor(1) as pool, Context(CACHELEVEL=0):
        as_it_ships = pool.submit(shipped("mlp", IMAGES), images[:100]).result()
    assert np.abs(perceptron(images[:100]) - as_it_ships).max() < 1e-3
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(honesty, perceptron, images).result()
    by_heat, at_random = found.by_heat, found.at_random
    assert by_heat[0] == pytest.approx(at_random[0])
    inner = list(zip(by_heat, at_random, strict=True))[1:-1]
    assert all(heat < random for heat, random in inner)
    assert all(heat < random - 1 for heat, random in inner[: len(inner) // 2])
    assert found.honest_share > 0.85
