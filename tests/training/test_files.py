"""Files that are whole or absent, and the folder of a run."""

import errno
import json
import os

import numpy as np
import pytest
from safetensors.numpy import load, save
from tinygrad import Tensor
from tinygrad.nn.state import get_state_dict

from tests.support.networks import scrambled
from training.files import write_atomically, write_json
from training.fit.runs import RunError, RunFolder, assign, load_tensors, load_weights, save_tensors
from training.networks.models import MODELS


def full_disk(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("content", [b"\0\xff\n", "Zeile\nüber"])
def test_content_is_written_as_it_is_into_folders_that_need_not_exist(tmp_path, content):
    path = tmp_path / "a" / "b" / "file"
    write_atomically(path, content)
    assert path.read_bytes() == (content.encode() if isinstance(content, str) else content)
    assert [p.name for p in path.parent.iterdir()] == ["file"]


@pytest.mark.parametrize("call", ["os.fsync", "os.replace"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, call):
    path = tmp_path / "file"
    write_atomically(path, "old")
    monkeypatch.setattr(call, full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, "new" * 10_000)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_the_new_file_takes_its_name_only_when_it_is_on_the_disk(tmp_path, monkeypatch):
    calls = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr("os.fsync", lambda descriptor: (calls.append("fsync"), fsync(descriptor)))
    monkeypatch.setattr("os.replace", lambda *names: (calls.append("replace"), replace(*names)))
    write_atomically(tmp_path / "file", "content")
    assert calls == ["fsync", "replace"]


@pytest.mark.parametrize(
    "value",
    [{"a": [1, 2.5, None]}, [[-1, 2e-7], [], [[3]]], {"[\n 1\n]": "[\n 1\n]"}, [1.5], {"e": [{}]}],
)
def test_json_is_read_back(tmp_path, value):
    write_json(tmp_path / "file", value)
    assert json.loads((tmp_path / "file").read_text()) == value


def test_numbers_of_a_list_stand_on_one_line(tmp_path):
    write_json(tmp_path / "file", {"a": [1, 2.5], "b": [[-1e-7, 0], [3]]})
    assert (tmp_path / "file").read_text().split("\n")[1:5] == [
        ' "a": [1, 2.5],',
        ' "b": [',
        "  [-1e-07, 0],",
        "  [3]",
    ]


def test_metrics_are_read_back_and_a_line_cut_short_is_left_out(tmp_path):
    run = RunFolder(tmp_path)
    assert run.rows() == []
    run.write_rows([{"step": 1}, {"step": 2}])
    with run.metrics.open("a") as file:
        file.write('{"step": 3, "val')
    assert run.rows() == [{"step": 1}, {"step": 2}]


@pytest.fixture
def run(tmp_path, monkeypatch) -> RunFolder:
    """A started run whose name a shell would take apart, in a folder of runs."""
    monkeypatch.chdir(tmp_path)
    run = RunFolder("runs/of mine/cnn-0")
    run.start()
    return run


def test_the_command_of_a_run_names_it_by_its_path_from_runs_as_a_shell_reads_it(run):
    """Regression: only the last part of the path was named, and not quoted."""
    assert run.command == "python -m training train --name 'of mine/cnn-0'"
    assert RunFolder(run.path.absolute()).command == run.command
    assert (
        RunFolder("elsewhere/cnn-0").command == "python -m training train --name ../elsewhere/cnn-0"
    )


def test_a_run_that_can_be_continued_is_not_started_anew(run):
    run.last.write_bytes(b"state")
    with pytest.raises(RunError) as raised:
        run.start()
    assert str(raised.value) == (
        f"{run.path} holds a run already."
        f" Choose another --name, or continue it: {run.command} --resume"
    )
    assert run.last.read_bytes() == b"state"


def test_weights_without_a_checkpoint_are_neither_overwritten_nor_said_to_be_resumable(run):
    """Regression: after a run was cut off between its first two checkpoints, --resume and starting
    anew each suggested the other."""
    run.best.write_bytes(b"weights")
    with pytest.raises(RunError) as raised:
        run.start()
    assert str(raised.value) == (
        f"{run.path} holds weights, but no checkpoint to resume from."
        f" Choose another --name, or remove {run.best}."
    )
    assert run.best.read_bytes() == b"weights"


def test_a_folder_without_checkpoints_is_emptied(tmp_path):
    for name in (
        "config.json",
        "provenance.json",
        "metrics.jsonl",
        "evaluation.json",
        "best.safetensors.41.tmp",
        "config.json.7.tmp",
    ):
        (tmp_path / name).write_text("{}\n")
    RunFolder(tmp_path).start()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "other",
    ["mlp/lr=0.01,seed=0/best.safetensors", "index.html", "notes.tmp", "metrics.jsonl/part"],
)
def test_a_folder_with_anything_that_no_run_writes_is_left_as_it_is(tmp_path, other):
    """Regression: --name sweeps removed the runs of all sweeps, and --name ../site the page."""
    (tmp_path / other).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / other).write_text("precious")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(RunError) as raised:
        RunFolder(tmp_path).start()
    assert str(raised.value) == (
        f"{tmp_path} holds what is not a run's: {other.split('/')[0]}."
        " Move that elsewhere, or choose another --name."
    )
    assert (tmp_path / other).read_text() == "precious" and (tmp_path / "config.json").exists()


def test_clearing_a_run_removes_its_own_files_only(tmp_path):
    run = RunFolder(tmp_path)
    for path in (
        run.config,
        run.metrics,
        run.best,
        run.last,
        run.evaluation,
        tmp_path / "notes.txt",
        tmp_path / "inner" / "last.safetensors",
    ):
        write_atomically(path, "content")
    run.clear()
    assert (
        sorted(path.name for path in tmp_path.iterdir()) == ["inner", "notes.txt"]
        and (tmp_path / "inner" / "last.safetensors").exists()
    )


def test_tensors_are_saved_in_the_standard_format_and_read_back(tmp_path):
    path = tmp_path / "weights.safetensors"
    values = {
        "a": np.arange(6, dtype=np.float32).reshape(2, 3),
        "b": np.array([-3], np.int8),
        "c": np.array(7, np.int64),
    }
    save_tensors(path, {name: Tensor(value) for name, value in values.items()})
    for found in (load(path.read_bytes()), load_tensors(path)):
        assert found.keys() == values.keys()
        assert all(
            np.array_equal(found[name], value) and found[name].dtype == value.dtype
            for name, value in values.items()
        )


def test_missing_weights_of_a_run_are_named_with_the_command_that_trains_it(run):
    write_json(run.config, {})
    with pytest.raises(RunError) as raised:
        load_tensors(run.best)
    assert str(raised.value) == f"{run.best} is missing. Train first: {run.command}"


def test_missing_weights_that_no_run_writes_are_not_to_be_trained(tmp_path):
    """Regression: for those of an exported model, a training was suggested that does not make
    them."""
    with pytest.raises(RunError, match="mlp/weights.safetensors is missing. Restore it."):
        load_tensors(tmp_path / "mlp" / "weights.safetensors")


@pytest.mark.parametrize(
    "damage",
    [
        lambda b: b[:-1],
        lambda b: b[:9],
        lambda b: b"",
        lambda b: b"\xff" * 8 + b[8:],
        lambda b: b[:8] + b"!" + b[9:],
    ],
    ids=["cut short", "only a header", "empty", "header of absurd length", "no JSON"],
)
def test_a_damaged_weights_file_is_named(tmp_path, damage):
    path = tmp_path / "last.safetensors"
    path.write_bytes(damage(save({"a": np.zeros(4, np.float32)})))
    with pytest.raises(RunError, match="last.safetensors is damaged"):
        load_tensors(path)


def test_weights_are_put_into_a_model(tmp_path):
    path = tmp_path / "best.safetensors"
    values = {
        name: np.full(t.shape, i + 1, t.numpy().dtype)
        for i, (name, t) in enumerate(get_state_dict(scrambled("mlp", width=4)).items())
    }
    path.write_bytes(save(values))
    model = MODELS["mlp"](width=4)
    load_weights(model, path)
    assert all(np.array_equal(t.numpy(), values[name]) for name, t in get_state_dict(model).items())


@pytest.mark.parametrize(("name", "width"), [("mlp", 5), ("cnn", 4)], ids=["width", "model"])
def test_weights_of_another_network_are_an_error_that_says_what_differs(tmp_path, name, width):
    path = tmp_path / "best.safetensors"
    save_tensors(path, get_state_dict(scrambled(name, width=width)))
    with pytest.raises(
        RunError,
        match=r"best.safetensors does not fit the network: layers\.\d+\..* differ.*--width",
    ):
        load_weights(MODELS["mlp"](width=4), path)


def test_a_tensor_that_is_missing_is_named(tmp_path):
    with pytest.raises(RunError, match="file does not fit the network: b differ"):
        assign({"a": Tensor.zeros(2), "b": Tensor.zeros(2)}, {"a": np.zeros(2)}, tmp_path / "file")
