"""Training on tensor cores computes the same function as the plain layers, and teaches the
same."""

from dataclasses import dataclass

import numpy as np
import pytest
from tinygrad import Context, Tensor, nn
from tinygrad.nn.state import get_state_dict

from tests.support.networks import filled
from tests.support.tiny_mnist import bars
from training.networks import tensor_cores
from training.networks.layers import Activation, Flat, Image, MaxPool, Network, UnknownLayer
from training.networks.models import CLASSES, MODELS, PIXELS, SIDE, normalise

IMAGES = 16
WIDTH = 40  # of which no tile is full
EXAMPLES = bars(IMAGES, seed=4)
INK = EXAMPLES.images.astype(np.float32) / 255


class Learner(Network):
    """A layer of each kind that the CNN has, small enough to learn with on a processor: channels
    that are one, fewer than a tile has, and more.

    Of 16 images the second convolution has rows enough for 64 parts, the first has not.
    """

    def __init__(self):
        super().__init__(
            [
                normalise(),
                Image(SIDE),
                nn.Conv2d(1, 18, 3, padding=1, bias=False),
                nn.Conv2d(18, 5, 5, bias=False),
                nn.BatchNorm(5),
                Activation("relu"),
                MaxPool(),
                Flat(),
                nn.Linear(5 * 12 * 12, CLASSES),
            ]
        )


def plain(model, ink: Tensor) -> Tensor:
    return model(ink)


def tiled(model, ink: Tensor) -> Tensor:
    return tensor_cores.forward(model, ink)


@dataclass(frozen=True)
class Outcome:
    """What one pass gives: logits (N, 10), and by their names the gradients and the running
    statistics, and those before it."""

    logits: np.ndarray
    gradients: dict[str, np.ndarray]
    statistics: dict[str, np.ndarray]
    before: dict[str, np.ndarray]


def learn(forward) -> Outcome:
    """A forward and a backward pass in training mode."""
    model = filled(Learner())
    state = get_state_dict(model)
    parameters = {key: t for key, t in state.items() if t.is_param}
    statistics = {key: t for key, t in state.items() if "running" in key}
    before = arrays(statistics)
    with Context(TRAINING=1, NOOPT=1):  # unoptimised kernels: compiling takes longer than running
        logits = forward(model, Tensor(INK))
        logits.sparse_categorical_crossentropy(Tensor(EXAMPLES.labels.astype(np.int32))).backward()
        gradients = {key: t.grad for key, t in parameters.items()}
        Tensor.realize(logits, *gradients.values(), *statistics.values())
    return Outcome(logits.numpy(), arrays(gradients), arrays(statistics), before)


def arrays(tensors: dict[str, Tensor]) -> dict[str, np.ndarray]:
    return {key: t.numpy() for key, t in tensors.items()}


@pytest.fixture(scope="module")
def outcomes() -> tuple[Outcome, Outcome]:
    return learn(plain), learn(tiled)


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()))


@pytest.mark.parametrize("name", MODELS)
def test_every_network_can_be_computed_so(name):
    assert tensor_cores.forward(MODELS[name](8), Tensor(INK)).shape == (IMAGES, CLASSES)


def test_logits_of_a_trained_network_are_the_same():
    """Of the MLP: only batch norm, and in how many parts a product is taken, know that a network
    does not learn."""
    model = filled(MODELS["mlp"](WIDTH))
    expected, logits = (forward(model, Tensor(INK)).numpy() for forward in (plain, tiled))
    assert logits.shape == (IMAGES, CLASSES) and logits.dtype == np.float32
    assert np.abs(logits - expected).max() < 0.01 * expected.std()


def test_logits_in_training_are_the_same(outcomes):
    expected, outcome = outcomes
    assert np.abs(outcome.logits - expected.logits).max() < 0.02 * expected.logits.std()


def test_running_statistics_follow_the_batch_alike(outcomes):
    expected, outcome = outcomes
    assert outcome.statistics.keys() == expected.statistics.keys() and len(expected.statistics) == 2
    for name, values in expected.statistics.items():
        assert np.abs(values - outcome.before[name]).max() > 0.01, f"{name} has not changed"
        assert np.allclose(outcome.statistics[name], values, rtol=5e-3, atol=5e-3), name


def test_gradients_point_the_same_way_and_are_as_long(outcomes):
    expected, outcome = outcomes
    assert outcome.gradients.keys() == expected.gradients.keys()
    for name, gradient in expected.gradients.items():
        assert cosine(outcome.gradients[name], gradient) > 0.99, name
        assert np.linalg.norm(outcome.gradients[name]) == pytest.approx(
            np.linalg.norm(gradient), rel=0.05
        ), name


@pytest.mark.parametrize("rows", [1, 2, 8, 16, 64, 1000, 1024, 8192, 9216])
def test_rows_are_shared_out_whole_and_at_least_a_tile_to_each_part(rows):
    parts = tensor_cores.parts_of(Tensor.empty(rows, 3))
    assert rows % parts == 0 and (parts == 1 or rows // parts >= tensor_cores.TILE)


@pytest.mark.parametrize(
    ("rows", "parts"),
    [(26 * 26 * 512, 128), (24 * 24 * 512, 512), (8 * 8 * 512, 64), (4 * 4 * 512, 64), (1000, 1)],
)
def test_a_gradient_is_summed_in_parts_of_many_rows_but_always_in_enough_parts(rows, parts):
    with Context(TRAINING=1):
        assert tensor_cores.parts_of_product(rows) == parts
        assert rows % (parts * tensor_cores.TILE) == 0 or parts == 1
    assert tensor_cores.parts_of_product(rows) == 1, (
        "a network that only answers has no gradient to sum"
    )


@pytest.mark.parametrize(
    ("m", "k", "n", "parts"), [(16, 16, 16, 1), (3, 5, 7, 1), (1024, 9, 24, 64)]
)
def test_a_product_is_the_same_whatever_is_padded_and_shared_out(m, k, n, parts):
    numbers = np.random.default_rng(0)
    rows, matrix = (
        numbers.normal(size=(m, k)).astype(np.float32),
        numbers.normal(size=(k, n)).astype(np.float32),
    )
    product = tensor_cores.multiply(Tensor(rows), Tensor(matrix), parts).float().numpy()
    assert product.shape == (m, n) and np.allclose(product, rows @ matrix, atol=0.02)


class Upsample:
    """A kind of layer that the project does not have."""

    def __call__(self, x: Tensor) -> Tensor:
        return x


@pytest.mark.parametrize(
    "layer, message",
    [
        (Upsample(), "layers.1 is of the kind Upsample, for which training on tensor cores"),
        (nn.Conv2d(1, 2, 3, stride=2), "layers.1: tensor cores are only used for convolutions"),
        (nn.Conv2d(1, 2, 3, padding=(1, 0)), "layers.1: .*--no-tensor-cores"),
    ],
    ids=["unknown", "stride", "padding"],
)
def test_a_layer_that_cannot_be_computed_so_is_refused_by_its_name(layer, message):
    """Regression: strides and unknown kinds were computed as something else."""
    network = Network([normalise(), Image(SIDE), layer])
    with pytest.raises(UnknownLayer, match=message):
        tensor_cores.forward(network, Tensor(INK))


@pytest.mark.parametrize("size", [(2, 6, 4, 3), (2, 7, 5, 3)])
def test_pooling_keeps_the_largest_of_each_four(size):
    image = np.random.default_rng(0).normal(size=size).astype(np.float32)
    expected = Tensor(image.transpose(0, 3, 1, 2).copy()).max_pool2d().numpy().transpose(0, 2, 3, 1)
    assert np.array_equal(tensor_cores.max_pool(Tensor(image)).numpy(), expected)


def test_the_images_have_the_form_that_the_networks_take():
    assert INK.shape == (IMAGES, PIXELS) and 0 <= INK.min() < INK.max() <= 1
