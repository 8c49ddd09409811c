"""`python -m export model` on run folders: what it writes, what it leaves alone, and what it says
when it cannot."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.numpy import load, save_file
from tinygrad.nn.state import get_state_dict

from export.__main__ import main
from export.folder import replace_folder
from tests.support.networks import NARROW, scrambled
from training.files import write_json
from training.fit.config import TrainConfig
from training.fit.runs import RunFolder, save_tensors
from training.networks.models import MODELS

ROOT = Path(__file__).parents[2]
EVALUATION = {
    "validation_accuracy": 0.985,
    "test_accuracy": 0.984,
    "temperature": 1.25,
    "more": [1],
}
CLANG_DEVICE = {"DEV": "CPU"}


def write_run(folder: Path, model: str, **settings) -> RunFolder:
    run = RunFolder(folder)
    folder.mkdir()
    run.config.write_text(json.dumps(TrainConfig(model=model, **settings).to_json()))
    run.evaluation.write_text(json.dumps(EVALUATION))
    save_tensors(run.best, get_state_dict(scrambled(model, **settings)))
    return run


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> dict[str, RunFolder]:
    folder = tmp_path_factory.mktemp("runs")
    return {
        model: write_run(folder / f"{model}-0", model, **settings)
        for model, settings in NARROW.items()
    }


@pytest.fixture
def run(runs, tmp_path) -> RunFolder:
    """A run folder of its own for a test that spoils it."""
    return RunFolder(shutil.copytree(runs["mlp"].path, tmp_path / "mlp-0"))


def export(run: RunFolder, out: Path) -> int:
    return main(["model", str(run.path), "--out", str(out)])


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def failure(run: RunFolder, out: Path, capsys) -> str:
    """What the command says when it refuses, having written nothing."""
    assert export(run, out) == 1
    assert not out.exists()
    return capsys.readouterr().err


@pytest.fixture(scope="module")
def exported(runs, tmp_path_factory) -> Path:
    """Both models, exported in the other order than that of MODELS."""
    out = tmp_path_factory.mktemp("models")
    for model in reversed(MODELS):
        assert export(runs[model], out) == 0
    return out


@pytest.mark.parametrize("name", MODELS)
def test_the_catalogue_describes_each_model(exported, name):
    catalogue = json.loads((exported / "index.json").read_text())
    assert [entry["name"] for entry in catalogue] == list(MODELS)
    [entry] = [entry for entry in catalogue if entry["name"] == name]
    weights = (exported / entry["weights"]).read_bytes()
    assert entry["bytes"] == len(weights)
    assert entry["title"] and (exported / entry["net"]).exists()
    assert entry.get("network", {}) == NARROW[name]
    assert {key: entry[key] for key in ("validation_accuracy", "test_accuracy", "temperature")} == {
        key: EVALUATION[key] for key in ("validation_accuracy", "test_accuracy", "temperature")
    }
    trained = sum(array.size for key, array in load(weights).items() if not key.endswith("scale"))
    assert 0.9 * trained <= entry["parameters"] <= 1.1 * trained


def test_the_same_run_gives_the_same_bytes_in_another_process(exported, runs, tmp_path):
    """Whose sets have another order."""
    environment = os.environ | CLANG_DEVICE | {"PYTHONHASHSEED": "1"}
    subprocess.run(
        [sys.executable, "-m", "export", "model", runs["mlp"].path, "--out", tmp_path],
        cwd=ROOT,
        env=environment,
        check=True,
    )
    assert contents(tmp_path / "mlp") == contents(exported / "mlp")


def test_exporting_one_model_again_leaves_the_other_as_it_is(exported, runs, tmp_path):
    before = contents(exported)
    assert export(runs["mlp"], exported) == 0
    assert contents(exported) == before


def test_models_are_exported_again_from_their_own_weights(exported, tmp_path):
    """Regression: weights do not tell the activation, and a CNN of another became one with ReLU."""
    out = tmp_path / "models"
    shutil.copytree(exported, out)
    for name in MODELS:
        (out / name / "net.js").write_text("of an older version")
        (out / name / "net.wasm").unlink()
    assert main(["renew", "--out", str(out)]) == 0
    assert contents(out) == contents(exported)


def test_a_network_of_no_settings_is_exported_again_as_what_it_is(run, tmp_path):
    write_json(run.config, TrainConfig(model="mlp").to_json())
    save_tensors(run.best, get_state_dict(scrambled("mlp")))
    out = tmp_path / "models"
    assert export(run, out) == 0
    [entry] = json.loads((out / "index.json").read_text())
    assert "network" not in entry
    before = contents(out)
    (out / "mlp" / "net.js").write_text("of an older version")
    assert main(["renew", "--out", str(out)]) == 0
    assert contents(out) == before


def test_weights_that_do_not_fit_are_told_when_models_are_exported_again(
    exported, tmp_path, capsys
):
    out = tmp_path / "models"
    shutil.copytree(exported, out)
    shutil.copy(out / "cnn" / "weights.safetensors", out / "mlp" / "weights.safetensors")
    assert main(["renew", "--out", str(out)]) == 1
    assert capsys.readouterr().err.startswith("Error: ")


def test_a_missing_run_folder_is_named(tmp_path, capsys):
    message = failure(RunFolder(tmp_path / "nobody"), tmp_path / "out", capsys)
    assert "nobody does not exist" in message and "python -m training train" in message


def test_a_run_that_was_not_evaluated_says_which_command_to_run(run, tmp_path, capsys):
    run.evaluation.unlink()
    message = failure(run, tmp_path / "out", capsys)
    assert (
        "evaluation.json is missing" in message
        and f"python -m training evaluate {run.path}" in message
    )


def test_the_catalogue_says_when_the_network_had_better_not_answer(run, tmp_path):
    abstention = {"score": "by_answer", "threshold": -1.5, "weights": [[0.25] * 11] * 10}
    for known in ({}, {"abstention": abstention}):
        run.evaluation.write_text(json.dumps(EVALUATION | known))
        assert export(run, tmp_path / "out") == 0
        [entry] = json.loads((tmp_path / "out" / "index.json").read_text())
        assert entry.get("abstention") == known.get("abstention")


@pytest.mark.parametrize(
    "text, reason",
    [
        ("{}", "has no 'validation_accuracy'"),
        ("{", "is damaged"),
        ("[]", "is damaged"),
        (json.dumps(EVALUATION | {"abstention": {"cutoff": 1}}), "is damaged"),
    ],
)
def test_an_evaluation_that_lacks_something_is_refused(run, tmp_path, capsys, text, reason):
    run.evaluation.write_text(text)
    assert reason in failure(run, tmp_path / "out", capsys)


def test_an_unknown_model_is_named(run, tmp_path, capsys):
    run.config.write_text(json.dumps(TrainConfig().to_json() | {"model": "transformer"}))
    assert "model is 'transformer'; it can be mlp, cnn" in failure(run, tmp_path / "out", capsys)


def test_weights_of_another_architecture_are_refused(run, runs, tmp_path, capsys):
    run.best.write_bytes(runs["cnn"].best.read_bytes())
    assert "does not fit the network" in failure(run, tmp_path / "out", capsys)


def test_weights_of_another_width_are_refused(run, tmp_path, capsys):
    weights = load(run.best.read_bytes())
    save_file(
        {key: array[:10] if array.ndim else array for key, array in weights.items()}, run.best
    )
    assert "does not fit the network" in failure(run, tmp_path / "out", capsys)


def test_damaged_weights_are_refused(run, tmp_path, capsys):
    run.best.write_bytes(run.best.read_bytes()[:-1])
    assert "best.safetensors is damaged" in failure(run, tmp_path / "out", capsys)


@pytest.mark.parametrize("text", ["{", "{}", "[1]", '[{"title": "x"}]'])
def test_a_damaged_catalogue_is_not_overwritten(runs, tmp_path, capsys, text):
    index = tmp_path / "index.json"
    index.write_text(text)
    assert export(runs["mlp"], tmp_path) == 1
    assert "index.json is not a list of models" in capsys.readouterr().err
    assert contents(tmp_path) == {"index.json": text.encode()}


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    replace_folder(tmp_path / "mlp", {"a": b"1", "b": b"2"})
    replace_folder(tmp_path / "mlp", {"b": b"3"})
    assert contents(tmp_path) == {"mlp/b": b"3"}


def test_an_export_that_fails_half_way_leaves_the_good_one(tmp_path):
    replace_folder(tmp_path / "mlp", {"a": b"1"})
    broken: dict = {"a": b"2", "b": None}
    with pytest.raises(TypeError):
        replace_folder(tmp_path / "mlp", broken)
    assert contents(tmp_path) == {"mlp/a": b"1"}
