"""A run from its first step to its last: what it writes, that it can be repeated, stopped and
continued."""

import os
import platform
import signal
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
from safetensors.numpy import load, save
from tinygrad.nn.state import get_state_dict

from tests.support.tiny_mnist import TURNED, tiny_mnist
from training.files import write_json
from training.fit.config import TrainConfig, from_json
from training.fit.loop import (
    Interrupted,
    Score,
    begin,
    restore,
    score,
    stop_requests,
    train,
)
from training.fit.optimizers import OPTIMIZERS
from training.fit.provenance import REPOSITORY, checkout
from training.fit.runs import RunError, RunFolder, load_weights, save_tensors
from training.fit.trainer import Classifier, Trainer
from training.networks.models import MLP, MODELS

pytestmark = pytest.mark.usefixtures("shallow")
MNIST = tiny_mnist()
EVALUATED = [5, 10, 15, 20]
STOPS = {
    1: signal.SIGTERM,
    8: signal.SIGINT,
    10: signal.SIGINT,
    20: signal.SIGINT,
}


def run(folder, config: TrainConfig = TURNED, **how) -> RunFolder:
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
    """The run that nobody stopped. Beside it lies its folder as it was before each file came to its
    place: what a power cut would have left."""
    above = tmp_path_factory.mktemp("whole")
    written = []
    os_replace = os.replace

    def copy_and_replace(source, target):
        if Path(target).parent == above / "run":
            copytree(above / "run", above / f"cut off after {len(written)}")
            written.append(target)
        os_replace(source, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.replace", copy_and_replace)
        return run(above / "run")


@pytest.fixture
def cut_off(whole, tmp_path) -> Callable[[int], RunFolder]:
    """What is left of a run that has written its configuration, its provenance and so many files in
    all, and one more under a temporary name."""
    return lambda files: RunFolder(
        copytree(whole.path.parent / f"cut off after {files}", tmp_path / "run")
    )


@contextmanager
def at_steps(acts: dict[int, Callable[[], None]]):
    """Has something done just before the given steps, counted from one by all runs within."""
    counted = []
    step = Trainer.step

    def counting(trainer):
        counted.append(None)
        acts.get(len(counted), lambda: None)()
        return step(trainer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "step", counting)
        yield


def interrupt(signum: int = signal.SIGINT) -> None:
    os.kill(os.getpid(), signum)


@dataclass(frozen=True)
class Stopped:
    """A run that was stopped after each of STOPS, evaluated, and continued each time."""

    finished: RunFolder
    left: dict[int, RunFolder]  # copies of what each stop left
    messages: dict[int, str]
    evaluated: dict[int, list[bool]]  # whether there was an evaluation when best weights were saved


@pytest.fixture(scope="module")
def stopped(tmp_path_factory) -> Stopped:
    above = tmp_path_factory.mktemp("stopped")
    folder = RunFolder(above / "run")
    left, messages, evaluated = {}, {}, {step: [] for step in STOPS}

    def save_and_look(path, *tensors):
        if path == folder.best:
            evaluated[step].append(folder.evaluation.exists())
        save_tensors(path, *tensors)

    with (
        at_steps({step: partial(interrupt, signum) for step, signum in STOPS.items()}),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("training.fit.loop.save_tensors", save_and_look)
        for step in STOPS:
            with pytest.raises(Interrupted) as raised:
                run(folder.path, resume=step > min(STOPS))
            messages[step] = str(raised.value)
            left[step] = RunFolder(copytree(folder.path, above / f"after {step}"))
            write_json(folder.evaluation, {"test_accuracy": 0.1})
    return Stopped(run(folder.path, resume=True), left, messages, evaluated)


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    """One that a checkpoint could be put into."""
    return Trainer(TURNED, MNIST.train)


def test_a_run_leaves_its_configuration_metrics_and_checkpoints(whole):
    assert sorted(path.name for path in whole.path.iterdir()) == [
        "best.safetensors",
        "config.json",
        "last.safetensors",
        "metrics.jsonl",
        "provenance.json",
    ]
    assert from_json(whole.config) == TURNED
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
    model = TURNED.build()
    load_weights(model, whole.best)
    result = score(Classifier(model).logits(MNIST.validation.images), MNIST.validation.labels)
    assert result.accuracy == best["validation_accuracy"] and result.loss == pytest.approx(
        best["validation_loss"], rel=1e-4
    )


def test_another_seed_gives_other_weights(trainer):
    """From the first on. What else the seed decides, tests of the trainer ask."""
    other = Trainer(replace(TURNED, seed=1), MNIST.train)
    weights, others = (get_state_dict(one.averaged) for one in (trainer, other))
    for name in weights:
        if name.endswith("0.weight"):
            assert not np.array_equal(weights[name].numpy(), others[name].numpy())


def test_a_run_that_was_stopped_and_continued_ends_as_one_that_was_not(whole, stopped):
    for step, message in stopped.messages.items():
        beginning, end = f"Stopped after step {step} of 20. Continue with: ", "--resume"
        assert message.startswith(beginning) and message.endswith(end)
    assert_same_result(stopped.finished, whole)


def test_a_run_records_each_of_its_sessions(stopped):
    sessions = stopped.finished.sessions()
    assert [session["step"] for session in sessions] == [0, *(s for s in STOPS if s < TURNED.steps)]
    for folder in stopped.left.values():
        recorded = folder.sessions()
        assert sessions[: len(recorded)] == recorded


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS.keys() - {TURNED.optimizer, "adam"}))
def test_every_kind_of_optimizer_can_be_continued(tmp_path, monkeypatch, optimizer):
    """From its second step: put back to there, it takes the third once more, and as before."""
    if optimizer == "muon":  # which is for the matrices between two hidden layers
        monkeypatch.setitem(MODELS, "mlp", MLP)
    trainer, checkpoint = (
        Trainer(replace(TURNED, optimizer=optimizer), MNIST.train),
        RunFolder(tmp_path),
    )
    trainer.begin_epoch(0)
    begun_with = trainer.state.keys()
    trainer.step(), trainer.step()
    save_tensors(checkpoint.last, trainer.state)
    assert tensors(checkpoint.last).keys() == begun_with
    third = after_a_step(trainer)
    restore(trainer, checkpoint)
    assert same(after_a_step(trainer), third)


def after_a_step(trainer: Trainer) -> dict[str, np.ndarray]:
    trainer.step()
    return {name: tensor.numpy() for name, tensor in trainer.state.items()}


def test_sigterm_too_leaves_weights_to_use_and_the_score_of_the_moment(stopped):
    folder = stopped.left[1]
    assert STOPS[1] == signal.SIGTERM
    assert [row["step"] for row in folder.rows()] == [1]
    assert tensors(folder.best).keys() < {
        name.removeprefix("averaged.") for name in tensors(folder.last)
    }


def test_a_stop_between_evaluations_does_not_replace_the_best_weights(stopped, cut_off):
    """Regression: a score that an uninterrupted run never takes competed with the others."""
    rows = stopped.left[8].rows()
    assert [row["step"] for row in rows] == [5, 8]
    assert Score(rows[1]["validation_accuracy"], rows[1]["validation_loss"]).beats(
        Score(rows[0]["validation_accuracy"], rows[0]["validation_loss"])
    )
    assert stopped.left[8].best.read_bytes() == cut_off(5).best.read_bytes()


def test_an_evaluation_of_earlier_weights_is_gone_before_better_ones_are_written(stopped):
    """Regression: export took the figures of the weights that were replaced when the run went
    on."""
    assert stopped.evaluated[10] == [False]
    assert not any(there for looks in stopped.evaluated.values() for there in looks)


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


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        (1, "Start it"),
        (2, "Start it"),
        (3, "Remove {best} and start it"),
        (4, "Remove {best} and start it"),
    ],
    ids=["configuration", "provenance", "best", "metrics"],
)
def test_a_run_cut_off_before_its_first_checkpoint_says_how_to_start_it_anew(
    trainer, cut_off, written, advice
):
    """Regression: the weights that were written before the checkpoint stood in the way of what was
    advised."""
    folder = cut_off(written)
    with pytest.raises(RunError) as raised:
        restore(trainer, folder)
    assert str(raised.value).endswith(
        f"has no checkpoint to resume from. {advice.format(best=folder.best)} without --resume,"
        " or under another --name."
    )
    folder.best.unlink(missing_ok=True)
    assert begin(TURNED, folder) == []
    assert list(folder.path.iterdir()) == [folder.config] and from_json(folder.config) == TURNED


def test_a_full_disk_leaves_no_half_files_and_the_run_can_be_continued(whole, cut_off, monkeypatch):
    """A run goes until there is no room for the checkpoint of step 10: weights and metrics are
    ahead of it, as where a run was cut off between two files of an evaluation. It begins in the
    folder of one that was cut off before its first checkpoint; the same seed gives it the same
    weights bit for bit."""
    folder = cut_off(4)
    folder.best.unlink()
    os_replace = os.replace

    def replace_or_fail(source, target):
        if target == folder.last and folder.last.exists():
            raise OSError(28, "No space left on device")
        os_replace(source, target)

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space left"):
        patch.setattr("os.replace", replace_or_fail)
        run(folder.path)
    assert sorted(path.name for path in folder.path.iterdir()) == [
        "best.safetensors",
        "config.json",
        "last.safetensors",
        "metrics.jsonl",
        "provenance.json",
    ]
    assert tensors(folder.best) and int(tensors(folder.last)["done"][0]) == 5
    assert [row["step"] for row in folder.rows()] == [5, 10]
    assert_same_result(run(folder.path, resume=True), whole)


def test_a_finished_run_is_not_overwritten_and_resuming_it_changes_nothing(whole, tmp_path):
    """Nor is the evaluation of its weights lost."""
    finished = RunFolder(copytree(whole.path, tmp_path / "run"))
    write_json(finished.evaluation, {"test_accuracy": 0.1})
    before = {path.name: path.read_bytes() for path in finished.path.iterdir()}
    with pytest.raises(RunError, match="holds a run already"):
        begin(TURNED, finished)
    best = train(TURNED, finished, MNIST, resume=True, quiet=True)
    assert best.loss == min(row["validation_loss"] for row in whole.rows())
    assert {path.name: path.read_bytes() for path in finished.path.iterdir()} == before


def test_a_damaged_checkpoint_is_named(whole, trainer, tmp_path):
    last = RunFolder(tmp_path).last
    last.write_bytes(whole.last.read_bytes()[:-100])
    with pytest.raises(RunError, match=f"{last} is damaged"):
        restore(trainer, RunFolder(tmp_path))


def test_a_checkpoint_of_another_network_is_an_error(whole, trainer, tmp_path):
    narrower = {
        name: np.ascontiguousarray(value[:, :8]) if value.ndim == 2 else value
        for name, value in tensors(whole.last).items()
    }
    RunFolder(tmp_path).last.write_bytes(save(narrower))
    with pytest.raises(RunError, match="last.safetensors does not fit the network"):
        restore(trainer, RunFolder(tmp_path))


@pytest.mark.parametrize(("better", "worse"), [((0.8, 0.1), (0.9, 0.5)), ((0.9, 0.1), (0.9, 0.5))])
def test_the_better_score_is_that_of_the_lower_loss(better, worse):
    assert Score(*better).beats(Score(*worse)) and Score(*better).beats(None)
    assert not Score(*worse).beats(Score(*better)) and not Score(*better).beats(Score(*better))
