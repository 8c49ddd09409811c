"""Writer adaptation: its protocol, its figures, and the command."""

from dataclasses import replace

import numpy as np
import pytest

from py_frontend.core.tensors import read_tensors
from tests.support import anchors as made
from tests.support.networks import scrambled
from training.__main__ import main
from training.adaptation import writer_adaptation
from training.adaptation.bulk import AnchorArrays, highest_but, read
from training.adaptation.report import gone, table, worse
from training.adaptation.writer_adaptation import (
    CORRECTIONS,
    HALVES,
    DiffersError,
    Labelled,
    Outcome,
    WriterAdaptation,
)
from training.data.strokes import StrokeDigits
from training.networks.features import FeatureReader, Seen
from training.networks.models import MODELS
from training.networks.quantize import QuantizedNetwork

FILE = made.anchor_file()
HABIT = np.abs(np.random.default_rng(5).normal(0, 1, made.FEATURES)) * 1.5


def writers() -> tuple[StrokeDigits, Seen]:
    """`odd` writes every 3 in a way of their own, as does `brief`, who writes too little."""
    labels = np.concatenate([np.arange(100) % 10, np.arange(100) % 10, [3] * 30])
    names = np.array(["odd"] * 100 + ["plain"] * 100 + ["brief"] * 30)
    of = made.features(labels, seed=21, noise=0.3)
    has_habit = (labels == 3) & (names != "plain")
    like_a_5 = made.features(np.full(has_habit.sum(), 5), seed=22, noise=0.3)
    of[has_habit] = like_a_5 * 0.5 + HABIT + 0.2 * made.CENTRES[4]
    digits = StrokeDigits(np.zeros((len(labels), 784), np.float32), labels, names)
    return digits, made.seen(of.astype(np.float32))


@pytest.fixture(scope="module")
def run() -> WriterAdaptation:
    arrays = AnchorArrays(read_tensors(FILE))
    digits, seen = writers()
    labels = np.arange(300) % 10
    of = made.features(labels, seed=31)
    mnist = Labelled(arrays.crowd(made.seen(of)), labels)
    return WriterAdaptation(made.anchors(), arrays, digits, seen, mnist)


@pytest.fixture(scope="module")
def outcomes(run) -> list[Outcome]:
    return list(run.run())


def test_only_who_writes_enough_and_is_read_badly_is_taught(run):
    assert run.writers == ["odd"]


def test_every_half_is_tried_with_every_number_of_corrections(outcomes):
    assert len(outcomes) == HALVES * len(CORRECTIONS)
    for one in outcomes:
        assert one.digits == 50 and one.taught <= one.corrections
        assert 0 < one.errors_before <= 10


def test_a_habit_is_learned_and_nobody_else_pays(outcomes):
    assert gone([one for one in outcomes if one.corrections == 5]) > 0.5
    assert not worse(outcomes)
    assert all(one.mnist >= -0.01 and one.others >= 0 for one in outcomes)


def test_writer_adaptation_gives_the_same_again(run, outcomes):
    assert list(run.run()) == outcomes


def test_a_model_in_numpy_that_differs_from_the_page_is_noticed(run, monkeypatch):
    def shifted(learned, crowd):
        found = read(learned, crowd)
        return replace(found, logits=found.logits + 1e-9)

    monkeypatch.setattr(writer_adaptation, "read", shifted)
    with pytest.raises(DiffersError, match="numpy"):
        list(run.run())


def test_the_highest_of_the_others():
    values = np.random.default_rng(0).normal(size=(20, 11))
    values[3, 4] = values[3].max()
    for label in range(11):
        assert np.array_equal(
            highest_but(values)[:, label], np.delete(values, label, axis=1).max(axis=1)
        )


def outcome(writer: str, before: int, after: int) -> Outcome:
    return Outcome(writer, 1, 1, 20, before, after, 0.0, -0.0002, 0.0003)


def test_the_table_counts_errors_and_writers():
    outcomes = [outcome("a", 4, 1), outcome("a", 4, 2), outcome("b", 2, 3)]
    assert gone(outcomes) == pytest.approx(0.4)
    assert worse(outcomes) == ["b"]


def test_a_set_in_which_everybody_is_read_well_has_no_table():
    assert table("mlp, all", []) == "mlp, all: no writer is read badly"


@pytest.mark.parametrize("name", MODELS)
def test_features_are_what_the_last_layer_is_given(name):
    network = QuantizedNetwork(scrambled(name, width=8))
    reader = FeatureReader(network)
    images = np.random.default_rng(0).integers(0, 256, (3, 784)).astype(np.uint8)
    seen = reader.read(images)
    last = network.layers[-1]
    weight = last.weight.numpy() * last.scale.numpy()[:, None]
    assert seen.logits == pytest.approx(seen.features @ weight.T + last.bias.numpy(), abs=1e-3)
    assert np.prod(reader.shape) == seen.features.shape[1]


def test_a_missing_file_of_strokes_is_named(tmp_path, capsys):
    assert main(["adapt", "--strokes", str(tmp_path / "none.json")]) == 1
    assert "none.json does not exist" in capsys.readouterr().err


def test_an_unknown_model_is_refused(tmp_path):
    with pytest.raises(SystemExit):
        main(["adapt", "--strokes", str(tmp_path), "--model", "resnet"])
