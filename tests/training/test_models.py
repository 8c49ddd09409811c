"""The two networks: their sizes, and that normalisation is part of them."""

from itertools import pairwise

import numpy as np
import pytest
from tinygrad import Tensor, nn

from tests.support.networks import random_ink, scrambled
from training.networks.layers import ACTIVATIONS
from training.networks.models import CLASSES, MODELS, PIXELS, normalise, parameter_count


def test_the_mlp_is_784_512_512_10():
    linear = [layer for layer in MODELS["mlp"]().layers if isinstance(layer, nn.Linear)]
    assert [layer.weight.shape for layer in linear] == [(512, 784), (512, 512), (10, 512)]
    batch_norms = 2 * (512 + 512)
    assert parameter_count(MODELS["mlp"]()) == 512 * 784 + 512 * 512 + 10 * 512 + 10 + batch_norms


def test_the_cnn_has_at_most_400_000_parameters():
    channels = (1, 24, 24, 64, 64, 128, 128)
    kernels = sum(9 * a * b for a, b in pairwise(channels))
    batch_norms = 2 * sum(channels[1:])
    assert (
        parameter_count(MODELS["cnn"]()) == kernels + batch_norms + 128 * 4 * 4 * 10 + 10 <= 400_000
    )


@pytest.mark.parametrize("name", MODELS)
def test_any_width_gives_ten_logits_an_image(name):
    """Of a width of which three eighths are a broken number; what the narrowest gives is below."""
    assert MODELS[name](width=5)(Tensor.empty(3, PIXELS)).shape == (3, CLASSES)


def test_each_activation_makes_another_network():
    ink = Tensor(random_ink(3))
    logits = [scrambled("mlp", width=7, activation=name)(ink).numpy() for name in ACTIVATIONS]
    assert np.isfinite(logits).all()
    assert all(np.abs(a - b).max() > 1e-3 for i, a in enumerate(logits) for b in logits[:i])


def test_paper_and_full_ink_become_what_mnist_makes_of_them():
    values = normalise()(Tensor([[0.0, 0.1307, 1.0]])).numpy()[0]
    assert values == pytest.approx([-0.1307 / 0.3081, 0, (1 - 0.1307) / 0.3081], abs=1e-5)


@pytest.mark.parametrize("name", MODELS)
def test_normalisation_is_the_first_layer_and_the_weights_are_numbered_from_the_next(name):
    model = MODELS[name](width=8)
    assert model.layers[0] == normalise() and model.numbered[0] is model.layers[1]
    with_weights = {key.split(".")[1] for key in nn.state.get_state_dict(model)}
    assert with_weights == {
        str(number) for number, layer in model.numbered.items() if hasattr(layer, "weight")
    }


@pytest.mark.parametrize("name", MODELS)
def test_an_image_is_read_the_same_whatever_others_are_read_with_it(name):
    """By the narrowest network."""
    model, ink = scrambled(name, width=1, activation="gelu"), random_ink(3)
    together = model(Tensor(ink)).numpy()
    assert np.isfinite(together).all() and np.ptp(together, axis=0).max() > 0.01
    for place, image in enumerate(ink):
        on_paper = np.zeros_like(ink)
        on_paper[place] = image
        assert np.allclose(model(Tensor(on_paper)).numpy()[place], together[place], atol=1e-4)
