"""What learning needs of MNIST: the committed files belong to the models, and new ones are made
from any network's own weights."""

import json
import shutil

import numpy as np
import pytest

from export.__main__ import main
from export.compile.anchors import anchor_file, evenly_by_sureness, nearest
from export.compile.package import MODELS_FOLDER, sha256, shipped_network
from py_frontend.core.anchors import about_anchors, parse_anchors
from py_frontend.core.learning import Learned, lesson
from py_frontend.core.tensors import read_tensors
from tests.support.networks import scrambled
from tests.support.tiny_mnist import tiny_mnist
from training.networks.features import FeatureReader
from training.networks.models import MODELS
from training.networks.quantize import QuantizedNetwork

MAX_BYTES = 300_000
FEW = 20


@pytest.fixture(params=MODELS)
def entry(request) -> dict:
    entries = json.loads((MODELS_FOLDER / "index.json").read_text())
    [entry] = [entry for entry in entries if entry["name"] == request.param]
    return entry


def test_the_catalogue_names_a_small_file_made_from_the_weights_that_ship(entry):
    content = (MODELS_FOLDER / entry["anchors"]).read_bytes()
    assert sha256(content) == entry["anchors_sha256"]
    assert len(content) <= MAX_BYTES
    assert about_anchors(read_tensors(content))["weights"] == entry["sha256"]


def test_the_file_fits_the_features_of_the_network_that_ships(entry):
    network = shipped_network(entry["name"])
    anchors = parse_anchors((MODELS_FOLDER / entry["anchors"]).read_bytes())
    blank = FeatureReader(network).read(np.zeros((1, 784), np.float32))
    of = [values[0].tolist() for values in (blank.features, blank.ink, blank.logits)]
    found = Learned(anchors, [lesson(anchors, 3, *of)]).read(*of)
    assert max(range(10), key=found.logits.__getitem__) == 3


@pytest.mark.parametrize("name", MODELS)
def test_any_network_has_anchors_the_same_every_time(name):
    network, train = QuantizedNetwork(scrambled(name)), tiny_mnist().train
    content = anchor_file(network, train, "digest", rewritten=FEW)
    assert content == anchor_file(network, train, "digest", rewritten=FEW)
    anchors = parse_anchors(content)
    assert {anchor.label for anchor in anchors.all} == set(range(10))


def test_images_are_taken_evenly_from_the_least_to_the_most_surely_read():
    labels = np.repeat(np.arange(10), 1000)
    sureness = np.tile(np.arange(1000.0) - 100, 10)
    chosen = evenly_by_sureness(labels, sureness, 1000)
    assert np.array_equal(labels[chosen], np.repeat(np.arange(10), 100))
    assert np.array_equal(sureness[chosen[:100]], 1 + np.arange(100) * 899 // 100)


def test_the_nearest_other_image_and_the_nearest_of_a_further_digit():
    rows = np.array([[100, 0, 0], [90, 40, 0], [80, 80, 0], [0, 0, 100]], np.int8)
    found = nearest(rows, np.array([0, 0, 1, 2]))
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    assert found["nearest_labels"].tolist()[:3] == [0, 1, 0]
    assert found["nearest"][0] / 32767 == pytest.approx(
        [unit[0] @ unit[1], unit[0] @ unit[2]], abs=1e-4
    )


def test_renewing_the_kernels_keeps_what_is_made_from_the_weights(tmp_path):
    shutil.copytree(MODELS_FOLDER, tmp_path / "models")
    assert main(["renew", "--out", str(tmp_path / "models")]) == 0
    before, after = (
        json.loads((folder / "index.json").read_text())
        for folder in (MODELS_FOLDER, tmp_path / "models")
    )
    for was, now in zip(before, after, strict=True):
        assert (was["anchors"], was["anchors_sha256"]) == (now["anchors"], now["anchors_sha256"])
        assert (tmp_path / "models" / now["anchors"]).is_file()


def test_without_mnist_the_command_says_what_is_missing(tmp_path, capsys):
    assert main(["learning", "--data", str(tmp_path), "--out", str(tmp_path)]) == 1
    assert "train-images-idx3-ubyte" in capsys.readouterr().err
