"""`python -m training train` as a process: Ctrl-C, --resume, and errors in one sentence."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest
from safetensors.numpy import load
from tinygrad.helpers import NOOPT, SPEC

from tests.support.programs import FOLDER
from tests.support.tiny_mnist import TINY, TURNED, tiny_mnist
from training import __main__ as command
from training.__main__ import main
from training.files import write_json
from training.fit.config import from_json
from training.fit.loop import train
from training.fit.runs import RunFolder
from training.sweeps.sweep import command_line

pytestmark = pytest.mark.usefixtures("shallow")
ROOT = Path(__file__).parents[2]
# A checkpoint after each step: the first is there before tinygrad captures the second, which takes
# longer than many steps after it. So a signal comes in time.
WATCHED = replace(TURNED, evaluations=TURNED.steps)
PATIENCE_S = 240


@pytest.fixture
def programs(tmp_path) -> str:
    """The folder of compiled kernels: that of all workers, where there are any."""
    if FOLDER in os.environ:
        return os.environ[FOLDER]
    (tmp_path / "programs").mkdir()
    return str(tmp_path / "programs")


def start(folder: Path, programs: str, *arguments: str) -> subprocess.Popen:
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "NOOPT": str(NOOPT.value),  # as here
        "SPEC": str(SPEC.value),
        FOLDER: programs,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.tiny_training", "train", *arguments],
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(process: subprocess.Popen) -> tuple[int, str, str]:
    """Exit status, output, errors."""
    try:
        out, err = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
    return process.returncode, out, err


def wait_for(path: Path, process: subprocess.Popen) -> None:
    until = time.monotonic() + PATIENCE_S
    while not path.exists():
        assert process.poll() is None and time.monotonic() < until, finish(process)
        time.sleep(0.005)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def tiny_data(folder, monkeypatch) -> None:
    monkeypatch.setattr(command, "load_mnist", lambda folder: tiny_mnist())


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> RunFolder:
    """A run that nobody stopped."""
    run = RunFolder(tmp_path_factory.mktemp("whole"))
    train(WATCHED, run, tiny_mnist(), quiet=True)
    return run


def test_a_process_stopped_by_ctrl_c_and_resumed_gives_the_weights_of_one_that_was_not_stopped(
    folder, tiny_data, programs, whole, capsys
):
    """Bit for bit, and those in another process."""
    stopped = start(folder, programs, "--name", "stopped", *command_line(WATCHED))
    run = RunFolder("runs/stopped")
    wait_for(run.last, stopped)
    stopped.send_signal(signal.SIGINT)
    status, _, err = finish(stopped)
    assert status == 130 and "Stopping after this step" in err
    assert (
        f"of {WATCHED.steps}. Continue with: python -m training train --name stopped --resume"
        in err
        and "Traceback" not in err
    )
    assert 0 < int(load(run.last.read_bytes())["done"][0]) < WATCHED.steps
    assert main(["train", "--name", "stopped", "--resume"]) == 0
    assert "runs/stopped: validation accuracy 100.00%" in capsys.readouterr().out
    assert run.best.read_bytes() == whole.best.read_bytes()
    first, second = (load(folder.last.read_bytes()) for folder in (run, whole))
    assert first.keys() == second.keys() and all(
        first[name].tobytes() == second[name].tobytes() for name in first
    )
    assert [row["step"] for row in run.rows()] == [row["step"] for row in whole.rows()]
    assert from_json(run.config) == from_json(whole.config) == WATCHED


def test_resuming_what_was_never_begun_says_so(folder, capsys):
    assert main(["train", "--name", "none", "--resume"]) == 1
    assert (
        "Error: runs/none/config.json is missing: runs/none is not the folder of a training run."
        in capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--steps", "50000"], ["steps 50000 instead of 20"]),
        (
            ["--width=32", "--lr", "0.5", "--tensor-cores"],
            ["lr 0.5 instead of 0.02", "tensor_cores True instead of False"],
        ),
        (["--teacher", "runs/a"], ["teacher 'runs/a' instead of ''"]),
        (["--preset", "full"], ["--preset full"]),
        (["--preset", "quick", "--batch", "64"], ["--preset quick", "batch 64 instead of 32"]),
    ],
    ids=str,
)
def test_options_that_a_resumed_run_would_ignore_are_errors_that_name_them(
    tiny_data, capsys, options, named
):
    """Regression: --resume --steps 50000 succeeded and changed nothing."""
    write_json(RunFolder("runs/mlp-0").config, TINY.to_json())
    assert main(["train", "--name", "mlp-0", "--resume", *options]) == 1
    assert capsys.readouterr().err == (
        f"Error: runs/mlp-0 can only be resumed as it was begun, not with {', '.join(named)}. "
        "Leave that out, or begin another run without --resume.\n"
    )


def test_options_that_say_what_a_resumed_run_is_anyway_are_allowed(tiny_data, whole):
    """Named, or found by its model and its seed."""
    copytree(whole.path, "runs/mlp-0")
    for name in (["--name", "mlp-0"], []):
        assert main(["train", "--resume", *name, *command_line(WATCHED)]) == 0


def test_a_folder_without_mnist_is_named(folder, capsys):
    assert main(["train", "--data", str(folder)]) == 1
    assert (
        f"Error: {folder} has neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz"
        in capsys.readouterr().err
    )
    assert not (folder / "runs").exists()


def test_a_file_that_cannot_be_read_ends_in_a_sentence(folder, capsys):
    """Regression: errors of the file system were shown as tracebacks."""
    (folder / "train-images-idx3-ubyte").mkdir()
    assert main(["train", "--data", str(folder)]) == 1
    assert capsys.readouterr().err.startswith("Error: ")
