"""What a sweep found: its finished runs grouped by level, and the runs that are missing, failed or
no longer planned."""

from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev

from .sweep import read_results, read_sweep, settings

TARGET_ACCURACY = 0.99
SETTLED_PART = 4  # the last quarter of a run, over which the spread of the training loss is taken
STEP, TRAIN_LOSS, ACCURACY, LOSS = range(4)  # columns of a learning curve


@dataclass(frozen=True)
class Spread:
    """Mean and sample standard deviation of one figure over seeds; no deviation for a single
    seed."""

    mean: float
    deviation: float | None

    @staticmethod
    def of(values: list[float]) -> "Spread":
        return Spread(mean(values), stdev(values) if len(values) > 1 else None)


@dataclass(frozen=True)
class Level:
    """One level of a factor (or the base): the result lines of its finished runs, by seed, and how
    many are planned."""

    factor: str
    name: str
    rows: list[dict]
    planned: int

    def spread(self, figure: str) -> Spread:
        """Of validation_accuracy, validation_loss, last_accuracy, last_loss, seconds or
        steps_per_second."""
        return Spread.of([row[figure] for row in self.rows])

    @property
    def config(self) -> dict:
        """The settings that all its runs share."""
        return {name: value for name, value in self.rows[0]["config"].items() if name != "seed"}

    @property
    def steps_to_target(self) -> list[int]:
        """Steps after which the validation accuracy first was 99 %, of the runs that reached it."""
        first = (
            next(
                (point[STEP] for point in row["curve"] if point[ACCURACY] >= TARGET_ACCURACY), None
            )
            for row in self.rows
        )
        return [step for step in first if step is not None]

    @property
    def loss_noise(self) -> Spread | None:
        """Standard deviation of the training loss (of single batches) within the last quarter of a
        run; over seeds."""
        settled = [
            [
                point[TRAIN_LOSS]
                for point in row["curve"][-max(2, len(row["curve"]) // SETTLED_PART) :]
            ]
            for row in self.rows
        ]
        return (
            Spread.of([stdev(losses) for losses in settled])
            if all(len(losses) > 1 for losses in settled)
            else None
        )


@dataclass(frozen=True)
class Findings:
    """A sweep's levels that have finished runs, the base first, and keys of runs that did not
    finish with what is known."""

    model: str
    levels: list[Level]
    failed: dict[str, str]
    missing: list[str]
    unplanned: list[str]

    @property
    def base(self) -> Level | None:
        return next((level for level in self.levels if level.factor == "base"), None)

    @property
    def factors(self) -> dict[str, list[Level]]:
        """The levels other than the base, by factor, in the order of the sweep file."""
        grouped: dict[str, list[Level]] = {}
        for level in self.levels:
            if level is not self.base:
                grouped.setdefault(level.factor, []).append(level)
        return grouped

    @property
    def runs(self) -> int:
        return sum(len(level.rows) for level in self.levels)

    @property
    def planned(self) -> int:
        return self.runs + len(self.failed) + len(self.missing)


def read_findings(sweep: Path) -> Findings:
    """The results of `sweep` set against its plan. A result of other settings than those planned
    does not count."""
    trials = read_sweep(sweep)
    configs = {trial.key: trial.config for trial in trials}
    results = [
        (row, row["key"] in configs and settings(row) == configs[row["key"]])
        for row in read_results(sweep)
    ]
    fitting = {row["key"]: row for row, fits in results if fits}
    finished = {key: row for key, row in fitting.items() if "error" not in row}
    by_level: dict[tuple[str, str], list[str]] = {}
    for trial in trials:
        by_level.setdefault((trial.factor, trial.level), []).append(trial.key)
    levels = [
        Level(factor, name, [finished[key] for key in keys if key in finished], len(keys))
        for (factor, name), keys in by_level.items()
    ]
    return Findings(
        model=trials[0].config.model,
        levels=[level for level in levels if level.rows],
        failed={key: row["error"] for key, row in fitting.items() if "error" in row},
        missing=[key for key in configs if key not in fitting],
        unplanned=sorted(row["key"] for row, fits in results if not fits),
    )
