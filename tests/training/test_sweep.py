"""Sweeps: the runs that a file describes, started as processes, resumed, and kept apart from each
other's failures."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.support.sweep_files import write_sweep
from training.__main__ import main
from training.files import write_atomically, write_json
from training.fit.config import TrainConfig
from training.fit.runs import RunFolder
from training.sweeps.sweep import final_metrics, read_results, read_sweep, results_path, run_sweep

SHIPPED = sorted((Path(__file__).parents[2] / "training" / "sweeps").glob("*.toml"))
KEYS = [
    f"{factor}={level},seed={seed}"
    for factor, level in (("base", "base"), ("lr", "0.01"), ("augmentation", "no thickness"))
    for seed in (0, 1)
]
ROWS = [
    {
        "step": 10 * i,
        "seconds": 2.0 * i,
        "train_loss": 1 / i,
        "validation_accuracy": accuracy,
        "validation_loss": loss,
    }
    for i, (accuracy, loss) in enumerate(((0.8, 0.3), (0.95, 0.1), (0.96, 0.2)), 1)
]


@pytest.fixture
def sweep(tmp_path, monkeypatch) -> Path:
    """A file of three levels and two seeds, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return write_sweep(tmp_path)


class Processes:
    """Takes the place of subprocess.run: does at once what a run would, and remembers the
    commands."""

    def __init__(self):
        self.commands, self.environments, self.faults = [], [], {}

    def run(self, command, env, **_):
        self.commands.append(command)
        self.environments.append(env)
        run = RunFolder(Path("runs") / command[command.index("--name") + 1])
        fault = self.faults.get(run.path.name)
        if callable(fault):
            fault()
        if isinstance(fault, BaseException):
            raise fault
        if fault is None:
            run.write_rows(ROWS)
        return fault or CompletedProcess(command, 0, "", "")

    @property
    def keys(self) -> list[str]:
        return [Path(command[command.index("--name") + 1]).name for command in self.commands]


@pytest.fixture
def processes(monkeypatch) -> Processes:
    processes = Processes()
    monkeypatch.setattr(subprocess, "run", processes.run)
    return processes


def keys_of_results(sweep: Path) -> list[str]:
    """In the order of the file, which is that in which runs were noticed to have ended."""
    return [row["key"] for row in read_results(sweep)]


def test_a_sweep_is_the_base_and_each_level_with_each_seed(sweep):
    trials = {trial.key: trial for trial in read_sweep(sweep)}
    assert list(trials) == KEYS
    base = TrainConfig(model="mlp", steps=400, lr=0.002)
    assert trials[KEYS[0]].config == base and trials[KEYS[1]].config == replace(base, seed=1)
    assert trials[KEYS[2]].config == replace(base, lr=0.01)
    assert trials[KEYS[5]].config == replace(base, thickness=0.0, seed=1)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_sweeps_of_this_project_vary_much_and_repeat_each_run(path):
    trials = read_sweep(path)
    assert len({trial.key for trial in trials}) == len(trials)
    configurations = {replace(trial.config, seed=0) for trial in trials}
    assert len(configurations) >= 12 and len(trials) == 3 * len(configurations)
    assert {"lr", "batch", "steps", "optimizer", "activation", "augmentation", "width"} <= {
        trial.factor for trial in trials
    }


def test_there_is_a_sweep_for_each_model():
    assert [path.stem for path in SHIPPED] == ["cnn", "mlp"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("lrr = 0.01", "level '0.01'.*lrr"),
        ("lr = -1.0", "lr is -1.0"),
        ('optimizer = "lion"', "optimizer is 'lion'"),
    ],
)
def test_a_setting_that_no_run_accepts_is_named_before_any_run_starts(
    sweep, processes, wrong, message
):
    sweep.write_text(sweep.read_text().replace("lr = 0.01", wrong))
    with pytest.raises(ValueError, match=message):
        run_sweep(sweep, 1, None, [])
    assert not processes.commands and not results_path(sweep).exists()


def test_each_run_is_a_process_and_leaves_one_line(sweep, processes):
    assert run_sweep(sweep, 2, None, []) == 0
    assert sorted(processes.keys) == sorted(KEYS)
    rows = read_results(sweep)
    assert sorted(row["key"] for row in rows) == sorted(KEYS)
    configs = {trial.key: trial.config.to_json() for trial in read_sweep(sweep)}
    for row in rows:
        assert row["config"] == configs[row["key"]] and row["validation_accuracy"] == 0.95
        assert row["key"] == f"{row['factor']}={row['level']},seed={row['config']['seed']}"


def test_a_process_gets_the_whole_configuration_and_the_data(sweep, processes):
    run_sweep(sweep, 1, "somewhere", [])
    command = processes.commands[2]
    assert command[:4] == [sys.executable, "-m", "training", "train"] and command[-2:] == [
        "--data",
        "somewhere",
    ]
    assert command[command.index("--name") + 1] == "sweeps/mlp/lr=0.01,seed=0"
    assert {"--model=mlp", "--lr=0.01", "--steps=400", "--tensor-cores", "--seed=0"} <= set(command)


def test_runs_take_the_gpus_in_turn(sweep, processes):
    run_sweep(sweep, 1, None, ["0", "3"])
    assert [environment["CUDA_VISIBLE_DEVICES"] for environment in processes.environments] == [
        "0",
        "3",
    ] * 3


def test_what_is_finished_is_not_run_again(sweep, processes):
    run_sweep(sweep, 1, None, [])
    results_path(sweep).write_text(
        "".join(results_path(sweep).read_text().splitlines(keepends=True)[:4])
    )
    kept = keys_of_results(sweep)
    processes.commands.clear()
    assert run_sweep(sweep, 1, None, []) == 0
    assert processes.keys == [key for key in KEYS if key not in kept]
    assert sorted(keys_of_results(sweep)) == sorted(KEYS)


def test_a_run_that_was_stopped_goes_on_from_its_checkpoint(sweep, processes):
    trials = {trial.key: trial for trial in read_sweep(sweep)}
    ours, others = KEYS[3], KEYS[4]
    for key, config in (
        (ours, trials[ours].config),
        (others, replace(trials[others].config, lr=0.5)),
    ):
        stopped = RunFolder(Path("runs/sweeps/mlp") / key)
        stopped.path.mkdir(parents=True)
        stopped.last.write_bytes(b"checkpoint")
        write_json(stopped.config, config.to_json())
    run_sweep(sweep, 1, None, [])
    resumed = ["--resume" in command for command in processes.commands]
    assert resumed == [key == ours for key in KEYS]
    assert RunFolder(Path("runs/sweeps/mlp") / ours).last.exists()
    assert not RunFolder(Path("runs/sweeps/mlp") / others).last.exists()


@pytest.mark.parametrize(
    "content",
    ['{"momentum": 0.9}', '{"model": "rnn"}', '{"steps":', None],
    ids=["an option that is gone", "a model that is gone", "damaged", "missing"],
)
def test_a_run_whose_configuration_cannot_be_read_is_begun_anew(sweep, processes, content):
    """Regression: it failed, and failed again each time."""
    old = RunFolder(Path("runs/sweeps/mlp") / KEYS[0])
    write_atomically(old.last, "checkpoint")
    if content:
        old.config.write_text(content)
    assert run_sweep(sweep, 1, None, []) == 0
    assert "--resume" not in processes.commands[0] and not old.last.exists()


def test_what_is_not_of_a_run_stays_when_the_run_is_begun_anew(sweep, processes):
    notes = Path("runs/sweeps/mlp") / KEYS[0] / "notes.txt"
    write_atomically(notes, "precious")
    write_json(RunFolder(notes.parent).config, TrainConfig().to_json())
    run_sweep(sweep, 1, None, [])
    assert notes.read_text() == "precious" and not RunFolder(notes.parent).config.exists()


def test_a_run_whose_settings_were_changed_since_is_run_again_and_its_old_result_kept(
    sweep, processes
):
    run_sweep(sweep, 1, None, [])
    processes.commands.clear()
    sweep.write_text(sweep.read_text().replace("lr = 0.01", "lr = 0.03"))
    run_sweep(sweep, 1, None, [])
    assert processes.keys == ["lr=0.01,seed=0", "lr=0.01,seed=1"]
    assert sorted(
        row["config"]["lr"] for row in read_results(sweep) if row["key"] == "lr=0.01,seed=0"
    ) == [0.01, 0.03]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            CompletedProcess([], 1, "", "line\nError: batch is too large."),
            "line Error: batch is too large.",
        ),
        (
            CompletedProcess([], 1, "", "".join(f"line {i}\n" for i in range(90))),
            "line 85 line 86 line 87 line 88 line 89",
        ),
        (CompletedProcess([], -9, "", ""), "exit status -9"),
        (CompletedProcess([], 0, "", ""), "metrics.jsonl is empty"),
        (OSError(12, "Cannot allocate memory"), "Cannot allocate memory"),
    ],
    ids=["an error", "a long error", "killed", "no metrics", "not started"],
)
@pytest.mark.parametrize("jobs", [1, 3])
def test_a_run_that_fails_is_recorded_and_the_others_go_on(sweep, processes, fault, message, jobs):
    processes.faults[KEYS[1]] = fault
    assert run_sweep(sweep, jobs, None, []) == 1
    rows = {row["key"]: row for row in read_results(sweep)}
    assert rows.keys() == set(KEYS)
    assert message in rows[KEYS[1]]["error"] and rows[KEYS[1]]["config"]["seed"] == 1
    assert all("error" not in row for key, row in rows.items() if key != KEYS[1])


def test_a_run_that_failed_is_tried_again_and_its_error_forgotten(sweep, processes):
    processes.faults[KEYS[1]] = CompletedProcess([], 1, "", "broken")
    run_sweep(sweep, 1, None, [])
    processes.faults.clear()
    processes.commands.clear()
    assert run_sweep(sweep, 1, None, []) == 0
    assert processes.keys == [KEYS[1]]
    assert sorted(row["key"] for row in read_results(sweep)) == sorted(KEYS) and not any(
        "error" in row for row in read_results(sweep)
    )


def test_ctrl_c_starts_no_further_runs_and_keeps_what_is_finished(sweep, processes):
    """Regression: the runs that were still waiting were started one after the other."""
    sweep.write_text(sweep.read_text().replace("[0, 1]", str(list(range(200)))))

    def ctrl_c():
        while len(read_results(sweep)) < 3:
            time.sleep(0.001)
        raise KeyboardInterrupt

    processes.faults["base=base,seed=3"] = ctrl_c
    with pytest.raises(KeyboardInterrupt):
        run_sweep(sweep, 1, None, [])
    assert len(processes.commands) < 300 < len(read_sweep(sweep))
    assert {"base=base,seed=0", "base=base,seed=1", "base=base,seed=2"} <= set(
        keys_of_results(sweep)
    )


def test_a_line_cut_short_is_left_out_and_its_run_done_again(sweep, processes):
    run_sweep(sweep, 1, None, [])
    content = results_path(sweep).read_text()
    *whole, cut = keys_of_results(sweep)
    results_path(sweep).write_text(content[:-20])
    assert keys_of_results(sweep) == whole
    processes.commands.clear()
    assert run_sweep(sweep, 1, None, []) == 0
    assert processes.keys == [cut] and keys_of_results(sweep) == [*whole, cut]


def test_results_survive_a_disk_that_is_full(sweep, processes, monkeypatch):
    run_sweep(sweep, 1, None, [])
    before = results_path(sweep).read_bytes()
    monkeypatch.setattr(
        "os.fsync", lambda descriptor: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(OSError, match="No space left"):
        run_sweep(sweep, 1, None, [])
    assert results_path(sweep).read_bytes() == before


def test_a_summary_holds_the_score_of_the_kept_weights_the_last_score_the_speed_and_the_curve():
    result = final_metrics(ROWS)
    assert (result["validation_accuracy"], result["validation_loss"]) == (0.95, 0.1)
    assert (result["last_accuracy"], result["last_loss"], result["seconds"]) == (0.96, 0.2, 6.0)
    assert (
        result["steps_per_second"] == 5.0
    )  # 20 steps in 4 s: without the first evaluation, which includes compiling
    assert result["curve"] == [
        [row["step"], row["train_loss"], row["validation_accuracy"], row["validation_loss"]]
        for row in ROWS
    ]
    assert final_metrics(ROWS[:1])["steps_per_second"] is None


def test_the_command_tells_by_its_status_whether_runs_failed(sweep, processes, capsys):
    assert main(["sweep", str(sweep)]) == 0
    assert "mlp.toml: 6 of 6 runs to do, 1 at a time" in capsys.readouterr().out
    assert main(["sweep", str(sweep), "--jobs", "2"]) == 0
    assert "0 of 6 runs to do" in capsys.readouterr().out
    results_path(sweep).unlink()
    processes.faults[KEYS[0]] = CompletedProcess([], 1, "", "broken")
    assert main(["sweep", str(sweep)]) == 1
    assert f"{KEYS[0]}: broken" in capsys.readouterr().out


def test_a_run_of_a_sweep_is_a_real_process(sweep, monkeypatch, tmp_path):
    """With a folder that holds no data, it says so in its line."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    sweep.write_text(
        sweep.read_text().replace("[0, 1]", "[0]").split("[factors]")[0] + "[factors]\n"
    )
    assert run_sweep(sweep, 1, str(tmp_path), []) == 1
    [row] = read_results(sweep)
    assert "Error:" in row["error"] and "train-images-idx3-ubyte" in row["error"]
    assert json.loads(results_path(sweep).read_text()) == row
