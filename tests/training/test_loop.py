"""A run from its first step to its last: what it writes, that it can be repeated, stopped and
continued."""

import os
import platform
import signal
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version

import numpy as np
import pytest
from safetensors.numpy import load

from tests.support.tiny_mnist import TINY, tiny_mnist
from training.files import write_json
from training.fit.config import TrainConfig, from_json
from training.fit.loop import Interrupted, Score, score, stop_requests, train
from training.fit.optimizers import OPTIMIZERS
from training.fit.provenance import REPOSITORY, checkout
from training.fit.runs import RunError, RunFolder, load_weights, save_tensors
from training.fit.trainer import Classifier, Trainer

MNIST = tiny_mnist()
EVALUATED = [5, 10, 15, 20]


def run(folder, config: TrainConfig = TINY, **how) -> RunFolder:
    """A finished (or continued) run in `folder`."""
    train(config, RunFolder(folder), MNIST, quiet=True, **how)
    return RunFolder(folder)


def same(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
    """Bit for bit."""
    return a.keys() == b.keys() and all(a[name].tobytes() == b[name].tobytes() for name in a)


def tensors(path) -> dict[str, np.ndarray]:
    return load(path.read_bytes())


def untimed(rows: list[dict]) -> list[dict]:
    return [{key: value for key, value in row.items() if key != "seconds"} for row in rows]


def assert_same_result(one: RunFolder, other: RunFolder) -> None:
    assert same(tensors(one.best), tensors(other.best))
    assert same(tensors(one.last), tensors(other.last))
    assert untimed(one.rows()) == untimed(other.rows())


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> RunFolder:
    """The run that nobody stopped."""
    return run(tmp_path_factory.mktemp("whole") / "run")


@pytest.fixture
def at_step(monkeypatch):
    """Has something done just before the given step, counted from one."""
    counted, acts = [], {}
    step = Trainer.step

    def counting(trainer):
        counted.append(None)
        acts.pop(len(counted), lambda: None)()
        return step(trainer)

    monkeypatch.setattr(Trainer, "step", counting)
    return acts.__setitem__


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_a_run_leaves_its_configuration_metrics_and_checkpoints(whole):
    assert sorted(path.name for path in whole.path.iterdir()) == [
        "best.safetensors",
        "config.json",
        "last.safetensors",
        "metrics.jsonl",
        "provenance.json",
    ]
    assert from_json(whole.config) == TINY
    assert [row["step"] for row in whole.rows()] == EVALUATED
    for row in whole.rows():
        assert row.keys() == {
            "step",
            "seconds",
            "train_loss",
            "validation_accuracy",
            "validation_loss",
        }
    seconds = [row["seconds"] for row in whole.rows()]
    assert seconds == sorted(seconds) and seconds[0] > 0


def test_a_run_records_what_trained_it(whole):
    [session] = whole.sessions()
    assert (session["commit"], session["dirty"]) == checkout(REPOSITORY)
    assert session["versions"] == {
        "python": platform.python_version(),
        "tinygrad": version("tinygrad"),
        "numpy": version("numpy"),
    }
    assert session["step"] == 0 and session["device"].startswith("CPU")
    assert datetime.fromisoformat(session["date"]).utcoffset() is not None


def test_a_run_learns(whole):
    rows = whole.rows()
    assert rows[-1]["validation_accuracy"] > 0.95
    assert (
        rows[-1]["train_loss"] < 0.6 * rows[0]["train_loss"]
        and rows[-1]["validation_loss"] < 0.6 * rows[0]["validation_loss"]
    )


def test_the_best_weights_are_those_of_the_best_row(whole):
    """They score what the row says, when they are loaded into a new network."""
    best = min(whole.rows(), key=lambda row: row["validation_loss"])
    model = TINY.build()
    load_weights(model, whole.best)
    result = score(Classifier(model).logits(MNIST.validation.images), MNIST.validation.labels)
    assert result.accuracy == best["validation_accuracy"] and result.loss == pytest.approx(
        best["validation_loss"], rel=1e-4
    )


def test_the_same_seed_gives_the_same_weights_bit_for_bit(whole, tmp_path):
    assert_same_result(run(tmp_path), whole)


def test_another_seed_gives_other_weights(whole, tmp_path):
    other = tensors(run(tmp_path, replace(TINY, seed=1)).best)
    assert all(
        not np.array_equal(other[name], value)
        for name, value in tensors(whole.best).items()
        if name.endswith("0.weight")
    )


@pytest.mark.parametrize("steps", [(1,), (10,), (8, 9), (20,)], ids=str)
def test_a_run_that_was_stopped_and_continued_ends_as_one_that_was_not(
    whole, tmp_path, at_step, steps
):
    for step in steps:
        at_step(step, interrupt)
    for i, step in enumerate(steps):
        with pytest.raises(
            Interrupted, match=f"Stopped after step {step} of 20. Continue with: .*--resume"
        ):
            run(tmp_path, resume=i > 0)
    recorded = RunFolder(tmp_path).sessions()
    finished = run(tmp_path, resume=True)
    assert_same_result(finished, whole)
    sessions = finished.sessions()
    assert sessions[: len(recorded)] == recorded
    assert [session["step"] for session in sessions] == [0, *(s for s in steps if s < TINY.steps)]


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS.keys() - {TINY.optimizer, "adam"}))
def test_every_kind_of_optimizer_can_be_continued(tmp_path, at_step, optimizer):
    config = replace(TINY, optimizer=optimizer, steps=8, evaluations=2)
    expected = run(tmp_path / "whole", config)
    at_step(8 + 3, interrupt)
    with pytest.raises(Interrupted):
        run(tmp_path / "stopped", config)
    assert_same_result(run(tmp_path / "stopped", config, resume=True), expected)


def test_sigterm_too_leaves_weights_to_use_and_the_score_of_the_moment(tmp_path, at_step):
    at_step(2, lambda: os.kill(os.getpid(), signal.SIGTERM))
    with pytest.raises(Interrupted):
        run(tmp_path)
    stopped = RunFolder(tmp_path)
    assert [row["step"] for row in stopped.rows()] == [2]
    assert tensors(stopped.best).keys() < {
        name.removeprefix("averaged.") for name in tensors(stopped.last)
    }


def test_a_stop_between_evaluations_does_not_replace_the_best_weights(tmp_path, at_step):
    """Regression: a score that an uninterrupted run never takes competed with the others."""
    at_step(9, interrupt)
    kept = []
    at_step(6, lambda: kept.append(RunFolder(tmp_path).best.read_bytes()))
    with pytest.raises(Interrupted):
        run(tmp_path)
    rows = RunFolder(tmp_path).rows()
    assert Score(rows[1]["validation_accuracy"], rows[1]["validation_loss"]).beats(
        Score(rows[0]["validation_accuracy"], rows[0]["validation_loss"])
    )
    assert RunFolder(tmp_path).best.read_bytes() == kept[0]


def test_an_evaluation_of_earlier_weights_is_gone_before_better_ones_are_written(
    tmp_path, at_step, monkeypatch
):
    """Regression: export took the figures of the weights that were replaced when the run went
    on."""
    stopped = RunFolder(tmp_path)
    at_step(6, interrupt)
    with pytest.raises(Interrupted):
        run(tmp_path)
    write_json(stopped.evaluation, {"test_accuracy": 0.1})
    there = []

    def save_and_look(path, *tensors):
        there.append((path.name, stopped.evaluation.exists()))
        save_tensors(path, *tensors)

    monkeypatch.setattr("training.fit.loop.save_tensors", save_and_look)
    run(tmp_path, resume=True)
    assert ("best.safetensors", False) in there and ("best.safetensors", True) not in there


def test_an_evaluation_stays_as_long_as_its_weights(whole):
    write_json(whole.evaluation, {"test_accuracy": 0.1})
    run(whole.path, resume=True)
    assert whole.evaluation.exists()
    whole.evaluation.unlink()


def test_a_second_ctrl_c_stops_at_once():
    """Also where the tests run in the background of a shell, which has Python ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), stop_requests() as stop:
            interrupt()
            assert stop == [signal.SIGINT]
            interrupt()
    finally:
        signal.signal(signal.SIGINT, before)


def test_after_a_run_signals_do_what_they_did_before():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with stop_requests():
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


class PowerCut(Exception):
    """Nothing after this is carried out."""


def run_until_written(folder, monkeypatch, files: int, failure: Exception) -> None:
    """A run that has written its configuration and so many `files` when `failure` befalls the
    next."""
    written = []
    os_replace = os.replace

    def replace_or_fail(source, target):
        if len(written) > files:
            raise failure
        written.append(os_replace(source, target))

    with monkeypatch.context() as patch, pytest.raises(type(failure)):
        patch.setattr("os.replace", replace_or_fail)
        run(folder)


@pytest.mark.parametrize("written", [4, 5, 6], ids=["best", "metrics", "last"])
def test_a_run_cut_off_between_two_files_of_an_evaluation_ends_as_one_that_was_not(
    whole, tmp_path, monkeypatch, written
):
    run_until_written(tmp_path, monkeypatch, written, PowerCut())
    assert int(tensors(RunFolder(tmp_path).last)["done"][0]) == 5
    assert_same_result(run(tmp_path, resume=True), whole)


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        (0, "Start it"),
        (1, "Start it"),
        (2, "Remove {best} and start it"),
        (3, "Remove {best} and start it"),
    ],
    ids=["configuration", "provenance", "best", "metrics"],
)
def test_a_run_cut_off_before_its_first_checkpoint_says_how_to_start_it_anew(
    whole, tmp_path, monkeypatch, written, advice
):
    """Regression: the weights that were written before the checkpoint stood in the way of what was
    advised."""
    stopped = RunFolder(tmp_path)
    run_until_written(tmp_path, monkeypatch, written, PowerCut())
    with pytest.raises(RunError) as raised:
        run(tmp_path, resume=True)
    assert str(raised.value).endswith(
        f"has no checkpoint to resume from. {advice.format(best=stopped.best)} without --resume,"
        " or under another --name."
    )
    stopped.best.unlink(missing_ok=True)
    assert_same_result(run(tmp_path), whole)


def test_a_full_disk_leaves_no_half_files(tmp_path, monkeypatch):
    run_until_written(tmp_path, monkeypatch, 6, OSError(28, "No space left on device"))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "best.safetensors",
        "config.json",
        "last.safetensors",
        "metrics.jsonl",
        "provenance.json",
    ]
    assert all(tensors(path) for path in (RunFolder(tmp_path).best, RunFolder(tmp_path).last))


def test_a_finished_run_is_not_overwritten_and_resuming_it_changes_nothing(whole):
    before = {path.name: path.read_bytes() for path in whole.path.iterdir()}
    with pytest.raises(RunError, match="holds a run already"):
        run(whole.path)
    best = train(TINY, whole, MNIST, resume=True, quiet=True)
    assert best.loss == min(row["validation_loss"] for row in whole.rows())
    assert {path.name: path.read_bytes() for path in whole.path.iterdir()} == before


def test_a_damaged_checkpoint_is_named(whole, tmp_path):
    last = RunFolder(tmp_path).last
    last.write_bytes(whole.last.read_bytes()[:-100])
    with pytest.raises(RunError, match=f"{last} is damaged"):
        run(tmp_path, resume=True)


def test_a_checkpoint_of_another_network_is_an_error(whole):
    with pytest.raises(RunError, match="last.safetensors does not fit the network"):
        run(whole.path, replace(TINY, width=8), resume=True)


@pytest.mark.parametrize(("better", "worse"), [((0.8, 0.1), (0.9, 0.5)), ((0.9, 0.1), (0.9, 0.5))])
def test_the_better_score_is_that_of_the_lower_loss(better, worse):
    assert Score(*better).beats(Score(*worse)) and Score(*better).beats(None)
    assert not Score(*worse).beats(Score(*better)) and not Score(*better).beats(Score(*better))
