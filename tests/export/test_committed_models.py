"""The models in site/models: every file is the one that the catalogue and the others speak of."""

import hashlib
import json

import pytest
from safetensors.numpy import load
from tinygrad.nn.state import get_state_dict

from export.compile.package import NET, WASM, WEIGHTS, build, read_exported
from export.compile.self_test import self_test
from tests.support.module_page import SITE
from tests.support.networks import net_data, without_numbers
from training.networks.models import MODELS

FOLDER = SITE / "models"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(scope="module", params=MODELS)
def name(request):
    return request.param


@pytest.fixture
def entry(name) -> dict:
    [entry] = [
        entry for entry in json.loads((FOLDER / "index.json").read_text()) if entry["name"] == name
    ]
    return entry


@pytest.fixture
def files(name) -> dict[str, bytes]:
    return {file: (FOLDER / name / file).read_bytes() for file in (NET, WEIGHTS, WASM)}


def test_the_catalogue_names_the_files_and_their_checksums(entry, files, name):
    assert (entry["net"], entry["weights"], entry["wasm"]) == tuple(
        f"{name}/{file}" for file in (NET, WEIGHTS, WASM)
    )
    digests = (entry["sha256"], entry["net_sha256"], entry["wasm_sha256"])
    assert digests == tuple(sha256(files[file]) for file in (WEIGHTS, NET, WASM))
    assert entry["bytes"] == len(files[WEIGHTS])
    assert (
        0.9 < entry["test_accuracy"] < 1
        and 0.9 < entry["validation_accuracy"] < 1
        and 0.1 < entry["temperature"] < 10
    )


def test_the_net_belongs_to_the_weights_and_to_the_wasm(files):
    net = net_data(files[NET])
    assert (net["weights_sha256"], net["wasm"]["sha256"]) == (
        sha256(files[WEIGHTS]),
        sha256(files[WASM]),
    )


def test_the_weights_match_the_architecture(name, files):
    expected = {
        key: tuple(tensor.shape)
        for key, tensor in get_state_dict(without_numbers(MODELS[name])).items()
    }
    assert {key: array.shape for key, array in load(files[WEIGHTS]).items()} == expected


def test_the_kernels_are_those_that_this_code_exports(name, files):
    """A change to the networks, the schedules or the renderer must come with a new export."""
    again, _ = build(name, read_exported(FOLDER / name), load(files[WEIGHTS]))
    found, expected = net_data(files[NET]), net_data(again[NET])
    for part in ("format", "buffers", "outputs", "kernels", "dispatches", "weights_sha256"):
        assert found[part] == expected[part], part
    for part in ("offsets", "channels_last"):  # the binary is another version of clang's
        assert found["wasm"][part] == expected["wasm"][part], part


def test_the_self_test_is_what_the_weights_give(name, entry):
    for probe, again in zip(
        entry["self_test"], self_test(read_exported(FOLDER / name)), strict=True
    ):
        assert probe["ink"] == again["ink"]
        assert probe["logits"] == pytest.approx(again["logits"], abs=1e-3)
