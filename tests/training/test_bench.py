"""The benchmark of training: what it says when it cannot run, and what an interrupted one keeps."""

import json
from dataclasses import replace
from functools import partial

import pytest

from tests.bench import plain_training
from tests.bench import training as bench
from tests.bench.__main__ import main
from tests.support.tiny_mnist import UNDISTORTED, Shallow, tiny_mnist

pytestmark = pytest.mark.usefixtures("shallow")
SPEED = bench.Speed(
    "", 32, compile_s=1.0, steps_per_s=2.0, best_accuracy=0.5, target_s=None, target_steps=None
)


@pytest.fixture
def on_tiny_data(monkeypatch):
    monkeypatch.setattr(bench, "load_mnist", lambda folder: tiny_mnist())


def test_a_preset_that_a_model_lacks_is_named_before_any_other_model_is_timed(
    on_tiny_data, tmp_path, monkeypatch, capsys
):
    """Regression: it ended in a traceback, after the models that have the preset."""
    monkeypatch.setattr(bench, "measured", lambda *_: pytest.fail("A contestant was timed."))
    assert (
        main(
            [
                "training",
                "--models",
                "cnn",
                "mlp",
                "--preset",
                "teacher",
                "--json",
                str(tmp_path / "speeds.json"),
            ]
        )
        == 1
    )
    assert capsys.readouterr().err == "Error: mlp has no preset 'teacher'; it has full, quick.\n"


def test_a_folder_without_mnist_ends_in_a_sentence(tmp_path, capsys):
    """Regression: it was shown as a traceback."""
    assert main(["training", "--data", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith(
        f"Error: {tmp_path} has neither train-images-idx3-ubyte nor"
    )


def test_an_interrupted_race_keeps_what_it_has_measured(on_tiny_data, tmp_path, monkeypatch):
    def measured(name, *_):
        if name == "plain, mlp":
            raise KeyboardInterrupt
        return replace(SPEED, name=name)

    file = tmp_path / "speeds.json"
    monkeypatch.setattr(bench, "measured", measured)
    with pytest.raises(KeyboardInterrupt):
        main(["training", "--models", "mlp", "--preset", "quick", "--json", str(file)])
    assert [speed["name"] for speed in json.loads(file.read_text())["speeds"]] == ["ours, mlp"]


@pytest.fixture
def narrow_networks(monkeypatch):
    """Contestants that take no time: all else is as in a real race, in which a preset may have a
    teacher."""
    monkeypatch.setattr(bench, "preset", lambda *_: replace(UNDISTORTED, teacher="runs/teacher"))
    monkeypatch.setitem(bench.PLAIN_MODELS, "mlp", partial(Shallow, UNDISTORTED.width))
    monkeypatch.setattr(plain_training, "BATCH", UNDISTORTED.batch)


def test_each_contestant_is_trained_and_timed(on_tiny_data, narrow_networks, tmp_path, capsys):
    file = tmp_path / "speeds.json"
    assert (
        main(
            [
                "training",
                "--models",
                "mlp",
                "--preset",
                "quick",
                "--steps",
                "4",
                "--seconds",
                "0.01",
                "--json",
                str(file),
            ]
        )
        == 0
    )
    speeds = json.loads(file.read_text())["speeds"]
    assert [speed["name"] for speed in speeds] == ["ours, mlp", "plain, mlp"]
    shown = capsys.readouterr().out
    assert all(speed["steps_per_s"] > 0 and speed["name"] in shown for speed in speeds)
