"""Many training runs, described in a file: one base recipe, and factors that are varied one at a
time.

    python -m training sweep training/sweeps/cnn.toml --jobs 12

Each run is a process of its own and leaves one line in <sweep>.results.jsonl; what is there is not
run again.
"""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from training.files import write_atomically
from training.fit.config import TrainConfig, from_json
from training.fit.runs import RUNS, RunError, RunFolder

LOG_LINES_IN_ERROR = 5


@dataclass(frozen=True)
class Trial:
    """One run of a sweep: a level of a factor (or the base), and a seed."""

    factor: str
    level: str
    config: TrainConfig

    @property
    def key(self) -> str:
        return f"{self.factor}={self.level},seed={self.config.seed}"


def read_sweep(path: Path) -> list[Trial]:
    """The trials of a sweep file; raises ValueError when a setting is not one of TrainConfig's."""
    sweep = tomllib.loads(path.read_text())
    levels = [("base", {"label": "base"})]
    levels += [
        (factor, level) for factor, of_factor in sweep["factors"].items() for level in of_factor
    ]
    return [
        Trial(factor, level["label"], configured(path, sweep["base"], level, seed))
        for factor, level in levels
        for seed in sweep["seeds"]
    ]


def configured(path: Path, base: dict, level: dict, seed: int) -> TrainConfig:
    settings = {**base, **{k: v for k, v in level.items() if k != "label"}, "seed": seed}
    try:
        return TrainConfig(**settings)
    except TypeError as error:
        raise ValueError(f"{path}: level {level['label']!r}: {error}") from error


def results_path(sweep: Path) -> Path:
    return sweep.with_suffix(".results.jsonl")


def read_results(sweep: Path) -> list[dict]:
    """The lines of finished and failed runs; one cut short by an interruption is left out."""
    path = results_path(sweep)
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


def settings(row: dict) -> TrainConfig | None:
    """The configuration of a result line, options that came later at their defaults; None when it
    is not valid any more."""
    try:
        return TrainConfig(**row["config"])
    except (TypeError, ValueError):
        return None


def run_sweep(sweep: Path, jobs: int, data: str | None, gpus: list[str]) -> int:
    """Runs what has no result yet, `jobs` at a time; gives how many failed. A failed run is tried
    again next time."""
    finished = [row for row in read_results(sweep) if "error" not in row]
    done = {row["key"]: settings(row) for row in finished}
    trials = read_sweep(sweep)
    todo = [trial for trial in trials if done.get(trial.key) != trial.config]
    write_atomically(results_path(sweep), "".join(json.dumps(row) + "\n" for row in finished))
    failures = 0
    print(f"{sweep.name}: {len(todo)} of {len(trials)} runs to do, {jobs} at a time")
    with ThreadPoolExecutor(jobs) as pool, results_path(sweep).open("a") as results:
        runs = [
            pool.submit(result_line, sweep, trial, data, gpus, turn)
            for turn, trial in enumerate(todo)
        ]
        try:
            for row in (run.result() for run in as_completed(runs)):
                results.write(json.dumps(row) + "\n")
                results.flush()
                failures += "error" in row
                found = row.get("error") or format(row["validation_accuracy"], ".2%")
                print(f"{row['key']}: {found}", flush=True)
        except (
            BaseException
        ):  # Ctrl-C: the runs that are on their way stop by themselves, the others do not start
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return failures


def result_line(sweep: Path, trial: Trial, data: str | None, gpus: list[str], turn: int) -> dict:
    """The line that is kept of `trial`: what it came to, or why it failed."""
    head = {
        "key": trial.key,
        "factor": trial.factor,
        "level": trial.level,
        "config": trial.config.to_json(),
    }
    try:
        return head | run_trial(sweep, trial, data, gpus, turn)
    except Exception as error:
        return head | {"error": str(error) or repr(error)}


def run_trial(sweep: Path, trial: Trial, data: str | None, gpus: list[str], turn: int) -> dict:
    """What `trial` came to, run (or continued, if it was stopped) in a process of its own; raises
    RunError when that fails."""
    run = RunFolder(RUNS / "sweeps" / sweep.stem / trial.key)
    resumable = is_begun(run, trial.config)
    arguments = ["--resume"] if resumable else list(command_line(trial.config))
    if not resumable:  # of other settings, from before the sweep file was changed
        run.clear()
    command = [sys.executable, "-m", "training", "train", "--name", run.name, *arguments]
    environment = os.environ | ({"CUDA_VISIBLE_DEVICES": gpus[turn % len(gpus)]} if gpus else {})
    done = subprocess.run(
        command + (["--data", data] if data else []),
        capture_output=True,
        text=True,
        env=environment,
    )
    if done.returncode:
        raise RunError(
            " ".join(done.stderr.strip().splitlines()[-LOG_LINES_IN_ERROR:])
            or f"exit status {done.returncode}"
        )
    if not run.rows():
        raise RunError(f"{run.metrics} is empty.")
    return final_metrics(run.rows())


def is_begun(run: RunFolder, config: TrainConfig) -> bool:
    """Whether `run` has a checkpoint of `config`; not where its own configuration is damaged or has
    options that are gone."""
    try:
        return run.last.exists() and from_json(run.config) == config
    except ValueError:
        return False


def command_line(config: TrainConfig) -> Iterator[str]:
    """The options of `python -m training train` that give `config`."""
    for name, value in config.to_json().items():
        option = name.replace("_", "-")
        yield from (
            (f"--{option}" if value else f"--no-{option}",)
            if isinstance(value, bool)
            else (f"--{option}={value}",)
        )


def final_metrics(rows: list[dict]) -> dict:
    """What a run's metrics come to: the score of the weights it kept, which have the lowest loss;
    its last score, speed and curve."""
    last, kept = rows[-1], min(rows, key=lambda row: row["validation_loss"])
    first = rows[0]
    steps, seconds = last["step"] - first["step"], last["seconds"] - first["seconds"]
    return {
        "validation_accuracy": kept["validation_accuracy"],
        "validation_loss": kept["validation_loss"],
        "last_accuracy": last["validation_accuracy"],
        "last_loss": last["validation_loss"],
        "seconds": last["seconds"],
        "steps_per_second": round(steps / seconds, 2) if seconds > 0 else None,
        "curve": [
            [row["step"], row["train_loss"], row["validation_accuracy"], row["validation_loss"]]
            for row in rows
        ],
    }
