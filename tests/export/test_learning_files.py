"""What learning needs of MNIST: the committed files belong to the models, and new ones are made
from any network's own weights."""

import json
import shutil

import numpy as np
import pytest
from tinygrad import Context

from export.__main__ import main
from export.compile.anchors import (
    ANCHORS,
    MAPS,
    VALUES,
    Known,
    anchor_file,
    covariance_within,
    discriminants,
    evenly_by_sureness,
    nearest,
)
from export.compile.package import MODELS_FOLDER, sha256
from py_frontend.core.anchors import about_anchors, parse_anchors
from py_frontend.core.learning import Learned, lesson
from py_frontend.core.tensors import read_tensors
from tests.support.compiling import compiling_together
from tests.support.networks import scrambled_quantized
from tests.support.shipped import shipped_outputs
from tests.support.tiny_mnist import tiny_mnist
from training.networks.features import Seen
from training.networks.models import MODELS
from training.synthetic.rewriting import COPIES

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
    anchors = parse_anchors((MODELS_FOLDER / entry["anchors"]).read_bytes())
    blank = np.zeros((1, 784), np.float32)
    seen = shipped_outputs(entry["name"], blank)
    of = [values[0].tolist() for values in (seen.features, blank, seen.logits)]
    found = Learned(anchors, [lesson(anchors, 3, *of)]).read(*of)
    assert max(range(10), key=found.logits.__getitem__) == 3


@pytest.mark.parametrize("name", MODELS)
def test_any_network_has_anchors_the_same_every_time(name):
    network, train = scrambled_quantized(name, width=8), tiny_mnist().train
    with Context(NOOPT=1), compiling_together():  # compiling takes longer than computing
        content, again = (anchor_file(network, train, "digest", rewritten=FEW) for _ in range(2))
    assert content == again
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
    index = tmp_path / "models/index.json"
    mlp, *_ = json.loads(index.read_text())  # whose kernels are the fewest
    index.write_text(json.dumps([mlp]))
    assert main(["renew", "--out", str(tmp_path / "models")]) == 0
    [now] = json.loads(index.read_text())
    assert (mlp["anchors"], mlp["anchors_sha256"]) == (now["anchors"], now["anchors_sha256"])
    assert (tmp_path / "models" / now["anchors"]).is_file()


def test_without_mnist_the_command_says_what_is_missing(tmp_path, capsys):
    assert main(["learning", "--data", str(tmp_path), "--out", str(tmp_path)]) == 1
    assert "train-images-idx3-ubyte" in capsys.readouterr().err


def test_directions_are_those_in_which_drawings_differ_beside_copies_of_one():
    rng = np.random.default_rng(0)
    total = np.diag([9.0, 4.0, 4.0, 1.0])
    within = np.diag([9.0, 1.0, 0.1, 1.0])
    first, second, *_ = discriminants(total, within)
    assert np.abs(first).argmax() == 2 and np.abs(second).argmax() == 1
    turn, _ = np.linalg.qr(rng.normal(size=(4, 4)))
    turned = discriminants(turn @ total @ turn.T, turn @ within @ turn.T)
    assert np.abs(turned[0] @ turn) == pytest.approx(np.abs(first), abs=1e-6)


def test_copies_vary_about_their_own_mean():
    rng = np.random.default_rng(0)
    means = rng.normal(0, 100, (500, 1, 3))
    copies = (means + rng.normal(0, [1, 2, 3], (500, COPIES, 3))).reshape(-1, 3)
    assert covariance_within(copies) == pytest.approx(np.diag([1, 4, 9]), abs=0.6)


def test_feature_maps_are_held_by_digits_as_a_hand_draws_them():
    def labels_and_votes(name):
        content = (MODELS_FOLDER / "learning" / f"{name}.safetensors").read_bytes()
        anchors = parse_anchors(content)
        return [anchor.label for anchor in anchors.all], (anchors.gate, anchors.steepness)

    for name, voting in (("mlp", VALUES), ("cnn", MAPS)):
        labels, votes = labels_and_votes(name)
        assert labels == [digit for digit in range(10) for _ in range(ANCHORS // 10)]
        assert votes == (voting.gate, voting.steepness)


def test_known_images_of_two_kinds_are_kept_digit_by_digit():
    def known(labels, sureness):
        logits = np.eye(10)[labels] * sureness
        return Known(Seen(logits, logits, np.zeros((len(labels), 784))), np.array(labels))

    both = known([1, 0, 1], 3).and_also(known([0, 2], 5))
    assert both.labels.tolist() == [0, 0, 1, 1, 2]
    assert both.sureness.tolist() == [3, 5, 3, 3, 5]
