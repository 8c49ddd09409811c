"""The network as it ships: batch norm folded away without a trace, weights in eight bits of their
channel."""

import numpy as np
import pytest
from tinygrad import Tensor, nn
from tinygrad.nn.state import get_state_dict

from tests.support.networks import filled, random_ink, scrambled, without_numbers
from tests.support.tiny_mnist import bars
from training.networks.layers import Activation, Flat, Image, MaxPool, Network, UnknownLayer
from training.networks.models import CLASSES, MODELS, SIDE, conv, normalise
from training.networks.quantize import (
    MAX_INT8,
    QuantizedConvolution,
    QuantizedLinear,
    QuantizedNetwork,
    folded,
)


class Mixed(Network):
    """A layer of each kind in each place that the two networks have it in: what is quantized is one
    layer after the other, so that more of them would show nothing more."""

    def __init__(self):
        super().__init__(
            [
                normalise(),
                Image(SIDE),
                *conv(1, 6, "relu"),
                MaxPool(),
                *conv(6, 8, "relu", padding=1),
                Flat(),
                nn.Linear(8 * 13 * 13, 32, bias=False),
                nn.BatchNorm(32),
                Activation("relu"),
                nn.Linear(32, CLASSES),
            ]
        )


@pytest.fixture(scope="module")
def model() -> Network:
    return filled(Mixed())


@pytest.fixture(scope="module")
def logits(model, ink) -> np.ndarray:
    """The trained model's own, (60, 10)."""
    return model(ink).numpy()


@pytest.fixture(scope="module")
def quantized(model) -> QuantizedNetwork:
    return QuantizedNetwork(model)


@pytest.fixture(scope="module")
def ink() -> Tensor:
    """Random ink and bars, (60, 784)."""
    return Tensor(
        np.concatenate([random_ink(30), bars(30, seed=3).images.astype(np.float32) / 255])
    )


def layer_with(weight: np.ndarray, bias=None) -> nn.Linear:
    layer = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
    layer.weight = Tensor(weight.astype(np.float32))
    if bias is not None:
        layer.bias = Tensor(bias.astype(np.float32))
    return layer


def norm_with(gain, bias, mean, variance) -> nn.BatchNorm:
    norm = nn.BatchNorm(len(gain))
    norm.weight, norm.bias, norm.running_mean, norm.running_var = (
        Tensor(np.array(values, np.float32)) for values in (gain, bias, mean, variance)
    )
    return norm


def test_folding_alone_changes_nothing(model, ink, logits):
    layers = list(folded(model).values())
    assert not [layer for layer in layers if isinstance(layer, nn.BatchNorm)]
    assert np.abs(ink.sequential(layers).numpy() - logits).max() < 1e-4 * max(
        1, np.abs(logits).max()
    )


def test_folding_leaves_the_trained_model_as_it_is():
    model, untouched = (scrambled("mlp", width=8) for _ in range(2))
    QuantizedNetwork(model)
    after = get_state_dict(model)
    assert all(
        np.array_equal(after[name].numpy(), t.numpy())
        for name, t in get_state_dict(untouched).items()
    )


def test_folding_takes_the_bias_of_the_layer_along():
    numbers = np.random.default_rng(0)
    layers = [
        layer_with(numbers.normal(size=(3, 4)), numbers.normal(size=3)),
        norm_with([2.0, -1.0, 0.0], [0.5, 0.0, -3.0], [1.0, -2.0, 0.0], [4.0, 0.25, 1.0]),
    ]
    x = Tensor(numbers.normal(size=(5, 4)).astype(np.float32))
    [layer] = folded(Network(layers)).values()
    assert np.allclose(layer(x).numpy(), x.sequential(layers).numpy(), atol=1e-5)


class Upsample:
    """A kind of layer that the project does not have."""

    def __call__(self, x: Tensor) -> Tensor:
        return x


def test_a_layer_of_an_unknown_kind_is_refused_by_its_name_in_the_network_itself():
    """Regression: it was taken over as if it were an activation. Numbers count batch norms."""
    model = scrambled("mlp", width=8)
    model.layers.insert(-1, Upsample())
    with pytest.raises(
        UnknownLayer, match=r"layers.6 is of the kind Upsample, for which the quantized"
    ):
        QuantizedNetwork(model)


@pytest.mark.parametrize("before", [Activation("relu"), MaxPool()], ids=["activation", "pooling"])
def test_a_batch_norm_that_follows_no_linear_map_is_refused_by_its_name(before):
    """Regression: it was folded into whatever came before it."""
    layers = [layer_with(np.ones((3, 4))), before, norm_with([1], [1], [1], [1])]
    with pytest.raises(UnknownLayer, match="layers.1 is a batch norm.*right before it"):
        folded(Network(layers))


def test_a_quantized_convolution_is_placed_as_the_layer_is():
    """Regression: all but the padding was forgotten. Without any of them, the shape of what goes in
    or comes out would be another."""
    numbers = np.random.default_rng(0)
    layer = filled(nn.Conv2d(3, 6, 3, stride=2, dilation=2, groups=3, padding=(2, 0)))
    x = Tensor(numbers.normal(size=(2, 3, 12, 12)).astype(np.float32))
    expected = layer(x).numpy()
    found = QuantizedConvolution(layer)(x).numpy()
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() < 0.05 * expected.std()


def test_quantized_logits_are_close_to_the_trained_models(quantized, ink, logits):
    shipped = quantized(ink).numpy()
    assert shipped.shape == (60, CLASSES) and shipped.dtype == np.float32
    error = np.abs(shipped - logits)
    assert error.max() < 0.1 * logits.std() and error.mean() < 0.02 * logits.std()
    second, first = np.sort(logits, axis=1)[:, -2:].T
    clear = first - second > 0.2 * logits.std()
    assert clear.sum() > 30 and (shipped.argmax(axis=1) == logits.argmax(axis=1))[clear].all()


def test_weights_are_int8_and_each_channel_uses_their_whole_range(quantized):
    for name, tensor in get_state_dict(quantized).items():
        if name.endswith("weight"):
            weight = tensor.numpy()
            assert weight.dtype == np.int8 and weight.min() >= -MAX_INT8
            assert (
                np.abs(weight.reshape(len(weight), -1).astype(int)).max(axis=1) == MAX_INT8
            ).all()


def test_parameters_are_weights_scales_and_biases_of_the_layers_that_have_weights(model, quantized):
    state = get_state_dict(quantized)
    places = sorted({name.split(".")[1] for name in state})
    assert state.keys() == {
        f"layers.{place}.{part}" for place in places for part in ("weight", "scale", "bias")
    }
    assert len(places) == sum(isinstance(layer, nn.Linear | nn.Conv2d) for layer in model.layers)
    assert {
        (name.rsplit(".", 1)[1], tensor.numpy().dtype.name) for name, tensor in state.items()
    } == {("weight", "int8"), ("scale", "float32"), ("bias", "float32")}
    for place in places:
        outputs = state[f"layers.{place}.weight"].shape[0]
        assert (
            state[f"layers.{place}.scale"].shape
            == state[f"layers.{place}.bias"].shape
            == (outputs,)
        )


def test_each_weight_is_off_by_at_most_half_a_step_of_its_channel():
    """Of channels of every size from a millionth to a million."""
    numbers = np.random.default_rng(0)
    size = 10 ** numbers.uniform(-6, 6, (150, 1))
    weight = (numbers.normal(size=(150, 9)) * size).astype(np.float32)
    layer = QuantizedLinear(layer_with(weight))
    scale = layer.scale.numpy()[:, None]
    assert np.allclose(scale[:, 0], np.abs(weight).max(axis=1) / MAX_INT8, rtol=1e-6, atol=0)
    assert (np.abs(layer.weight.numpy() * scale - weight) <= scale * 0.5001).all()


def test_weights_that_are_whole_steps_are_kept_exactly():
    whole = np.random.default_rng(0).integers(-127, 128, (5, 40))
    whole[:, 0] = 127
    weight = whole * np.array([0.5, 0.25, 2.0, 1.0, 0.125])[:, None]
    bias = np.arange(5.0)
    layer = QuantizedLinear(layer_with(weight, bias))
    assert np.array_equal(layer.weight.numpy(), whole)
    x = np.random.default_rng(1).normal(size=(3, 40)).astype(np.float32)
    assert np.allclose(layer(Tensor(x)).numpy(), x @ weight.T + bias, rtol=1e-4, atol=1e-3)


def test_a_large_channel_costs_a_small_one_nothing():
    """One scale for all channels would turn the second to zeros."""
    layer = QuantizedLinear(layer_with(np.array([[1000.0, -500.0], [0.001, 0.0005]])))
    assert np.abs(layer.weight.numpy()[1]).max() == MAX_INT8


def test_a_dead_channel_gives_its_bias_and_no_nan(ink):
    model = filled(Mixed())
    first = next(layer for layer in model.layers if hasattr(layer, "weight"))
    norm = next(layer for layer in model.layers if isinstance(layer, nn.BatchNorm))
    for tensor in (first.weight, norm.running_mean, norm.running_var):
        tensor.assign(tensor.zeros_like()).realize()
    quantized = QuantizedNetwork(model)
    logits = quantized(ink).numpy()
    assert np.isfinite(logits).all()
    assert np.allclose(logits, model(ink).numpy(), atol=0.1)
    assert all(np.isfinite(t.numpy()).all() for t in get_state_dict(quantized).values())


@pytest.mark.parametrize(("name", "megabytes"), [("mlp", 0.70), ("cnn", 0.42)])
def test_the_weights_of_the_whole_networks_stay_small(name, megabytes):
    state = get_state_dict(without_numbers(MODELS[name]))
    assert sum(t.nbytes() for t in state.values()) <= megabytes * 1e6
