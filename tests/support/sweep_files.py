"""A small sweep with invented results, for the tests of the report."""

import json
from pathlib import Path

from training.sweeps.sweep import Trial, read_sweep, results_path

SWEEP = """\
seeds = [0, 1]

[base]
model = "{model}"
steps = 400
lr = 0.002

[factors]
lr = [{{ label = "0.01", lr = 0.01 }}]
augmentation = [{{ label = "no thickness", thickness = 0.0 }}]
"""


def write_sweep(folder: Path, model: str = "mlp") -> Path:
    path = folder / f"{model}.toml"
    path.write_text(SWEEP.format(model=model))
    return path


def result(trial: Trial, accuracies: list[float], losses: list[float] | None = None) -> dict:
    """A finished run whose evaluations, 100 steps apart, found `accuracies`; training losses as
    given, validation losses 0.1 more."""
    losses = losses or [0.5 - 0.1 * i for i in range(len(accuracies))]
    curve = [
        [100 * i, loss, accuracy, loss + 0.1]
        for i, (accuracy, loss) in enumerate(zip(accuracies, losses, strict=True), 1)
    ]
    kept, last = min(curve, key=lambda point: point[3]), curve[-1]
    return head(trial) | {
        "validation_accuracy": kept[2],
        "validation_loss": kept[3],
        "last_accuracy": last[2],
        "last_loss": last[3],
        "seconds": 10.0 + trial.config.seed,
        "steps_per_second": 40.0,
        "curve": curve,
    }


def head(trial: Trial) -> dict:
    return {
        "key": trial.key,
        "factor": trial.factor,
        "level": trial.level,
        "config": trial.config.to_json(),
    }


def write_results(sweep: Path, rows: list[dict]) -> None:
    results_path(sweep).write_text("".join(json.dumps(row) + "\n" for row in rows))


def trials(sweep: Path) -> dict[str, Trial]:
    return {trial.key: trial for trial in read_sweep(sweep)}


def finished_sweep(folder: Path, model: str = "mlp") -> Path:
    """All six runs: the base keeps 99.0 and 99.2 % of its middle, lr 0.01 ends at 98.0 and 99.5 %,
    no thickness never sees 99 %."""
    sweep = write_sweep(folder, model)
    found = {
        "base=base,seed=0": [0.9, 0.99, 0.985, 0.98],
        "base=base,seed=1": [0.9, 0.95, 0.992, 0.99],
        "lr=0.01,seed=0": [0.97, 0.98, 0.975, 0.98],
        "lr=0.01,seed=1": [0.99, 0.994, 0.995, 0.995],
        "augmentation=no thickness,seed=0": [0.9, 0.95, 0.96, 0.97],
        "augmentation=no thickness,seed=1": [0.9, 0.95, 0.96, 0.98],
    }
    losses = {"base=base,seed=0": [0.5, 0.2, 0.3, 0.25], "base=base,seed=1": [0.5, 0.3, 0.2, 0.25]}
    write_results(
        sweep,
        [
            result(trials(sweep)[key], accuracies, losses.get(key))
            for key, accuracies in found.items()
        ],
    )
    return sweep
