"""A network that is not in the repository's list needs a class, two presets and one line to be
trained, exported and run like the others."""

import json
from pathlib import Path

import numpy as np
import pytest
from tinygrad import Context, nn

from export.__main__ import main as export
from export.compile.package import read_exported
from tests.support.compiling import compiling_together
from tests.support.module_page import module_page
from tests.support.network_page import BACKENDS, expected_outputs, inferred
from tests.support.networks import net_data
from tests.support.numpy_network import NumpyNetwork
from tests.support.tiny_mnist import tiny_mnist
from training import __main__ as training
from training.files import write_json
from training.fit import config
from training.networks.layers import Activation, Flat, Image, MaxPool, Network
from training.networks.models import CLASSES, MODELS, SIDE, normalise

NAME = "third"
TEST = tiny_mnist().test
MAX_DIFFERENCE = 1e-3
IMAGES = 10
EVALUATION = {"validation_accuracy": 0.9, "test_accuracy": 0.9, "temperature": 1.0}
PRESET = """
tensor_cores = false
batch = 32
optimizer = "sgd"
lr = 5e-2
ema = 0.5
evaluations = 1
rotate_deg = 0.0
scale_percent = 0.0
shear_deg = 0.0
translate_px = 0.0
elastic_px = 0.0
thickness = 0.0
"""


class Third(Network):
    """What neither of the two has: a stride, groups, an odd size that is pooled, a bias instead of
    a batch norm, several kinds of activation, and two linear layers after an image."""

    title = "Third network"

    def __init__(self, width: int = 8, activation: str = "relu"):
        super().__init__(
            [
                normalise(),
                Image(SIDE),
                nn.Conv2d(1, width, 2, stride=2, padding=1, bias=False),  # 15 x 15
                nn.BatchNorm(width),
                Activation("gelu"),
                nn.Conv2d(width, 2 * width, 3, groups=2),  # 13 x 13
                Activation(activation),
                MaxPool(),  # 6 x 6
                Flat(),
                nn.Linear(2 * width * 36, 24),
                Activation("silu"),
                nn.Linear(24, CLASSES),
            ]
        )


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> Path:
    """The folder that the network is exported to, by the commands that anyone would use."""
    folder = tmp_path_factory.mktemp("third")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setitem(MODELS, NAME, Third)
        patch.setattr(config, "PRESETS", folder)
        patch.setattr(training, "load_mnist", lambda _: tiny_mnist())
        for preset, steps in (("full", 100), ("quick", 20)):
            (folder / f"{NAME}-{preset}.toml").write_text(f"steps = {steps}\n{PRESET}")
        with Context(NOOPT=1), compiling_together():  # this takes longer than computing
            assert training.main(["train", "--model", NAME, "--preset", "quick"]) == 0
        write_json(folder / "runs" / f"{NAME}-0" / "evaluation.json", EVALUATION)
        assert export(["model", f"runs/{NAME}-0", "--out", "models"]) == 0
        yield folder / "models"


@pytest.fixture(scope="module")
def ink() -> np.ndarray:
    return TEST.images[:IMAGES].astype(np.float32) / 255


@pytest.fixture(scope="module")
def outputs(browser, models, ink) -> dict[str, dict[str, np.ndarray]]:
    """What both backends give, by the backend's name."""
    files = {f"{NAME}/{path.name}": path.read_bytes() for path in (models / NAME).iterdir()}
    with module_page(browser, files) as page:
        return {backend: inferred(page, backend, NAME, ink) for backend in BACKENDS}


def test_it_is_in_the_catalogue_and_has_learned_to_read(models, outputs):
    [entry] = json.loads((models / "index.json").read_text())
    assert (entry["name"], entry["title"]) == (NAME, Third.title)
    answers = outputs["webgpu"]["logits"].argmax(axis=1)
    assert (answers == TEST.labels[:IMAGES]).mean() > 0.5


@pytest.fixture(scope="module")
def results(models, ink) -> dict[int, np.ndarray]:
    """What numpy makes of the ink, layer by layer."""
    return NumpyNetwork(read_exported(models / NAME)).results(ink)


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_output_is_what_numpy_computes(results, outputs, backend):
    found, logits = outputs[backend], results[max(results)]
    assert list(found) == ["logits", "layer 2", "layer 5", "layer 8", "features"]
    assert np.ptp(logits, axis=0).max() > 1
    for name, expected in expected_outputs(found, logits, results).items():
        assert found[name].shape == expected.shape, name
        assert np.abs(found[name] - expected).max() <= MAX_DIFFERENCE, name


def test_a_stride_widens_what_each_value_of_an_image_sees(models):
    net = net_data((models / NAME / "net.js").read_bytes())
    fields = {output["name"]: output["field"] for output in net["outputs"]}
    assert fields["layer 2"] == {"size": 2, "stride": 2, "start": -1}
    assert fields["layer 5"] == {"size": 8, "stride": 4, "start": -1}
    assert fields["layer 8"] is fields["features"] is fields["logits"] is None


def test_both_backends_give_the_same(outputs):
    for name, values in outputs["webgpu"].items():
        assert np.abs(values - outputs["wasm"][name]).max() <= MAX_DIFFERENCE, name
