"""The hand-written part of the report: prose whose numbers all come from the results.

A placeholder in braces names a model, a level and a figure: {cnn.lr.0.01.accuracy},
{mlp.base.steps}. Outside of placeholders no digit may stand.
"""

import re
from collections.abc import Callable
from inspect import signature
from statistics import mean

from training.networks.models import MODELS

from .results import LOSS, STEP, TARGET_ACCURACY, Findings, Level, Spread

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
GAIN_UNIT = 100  # accuracies are 0..1, gains in percentage points


class AnalysisError(Exception):
    """The analysis names something that the results do not hold, or a number by itself."""


def percent(value: float) -> str:
    return f"{value:.2%}".replace("%", " %")


def gain(level: Level, base: Level) -> float:
    """Percentage points of validation accuracy above the base."""
    return (
        level.spread("validation_accuracy").mean - base.spread("validation_accuracy").mean
    ) * GAIN_UNIT


def signed(points: float) -> str:
    return f"{points:+.2f}".replace("-", "−")


def lowest(row: dict) -> list:
    """The point of a learning curve with the lowest validation loss."""
    return min(row["curve"], key=lambda point: point[LOSS])


def steps_to_target(level: Level) -> str:
    """Mean steps to 99 %, with how many seeds got there where not all did."""
    reached = level.steps_to_target
    if not reached:
        return "not reached"
    steps = f"{mean(reached):,.0f}"
    return (
        steps
        if len(reached) == len(level.rows)
        else f"{steps} ({len(reached)} of {len(level.rows)} seeds)"
    )


def points(spread: Spread) -> str:
    """A sample standard deviation of accuracies, in percentage points."""
    return "unknown" if spread.deviation is None else f"{spread.deviation * GAIN_UNIT:.2f}"


FIGURES: dict[str, Callable[[Level, Level], str]] = {
    "accuracy": lambda level, base: percent(level.spread("validation_accuracy").mean),
    "accuracy_spread": lambda level, base: points(level.spread("validation_accuracy")),
    "last_accuracy": lambda level, base: percent(level.spread("last_accuracy").mean),
    "gain": lambda level, base: signed(gain(level, base)),
    "loss": lambda level, base: f"{level.spread('validation_loss').mean:.4f}",
    "last_loss": lambda level, base: f"{level.spread('last_loss').mean:.4f}",
    "loss_step": lambda level, base: f"{mean(lowest(row)[STEP] for row in level.rows):,.0f}",
    "peak_loss": lambda level, base: (
        f"{max(point[LOSS] for row in level.rows for point in row['curve'][1:]):.2f}"
    ),
    "loss_noise": lambda level, base: (
        f"{level.loss_noise.mean:.4f}" if level.loss_noise else "unknown"
    ),
    "seconds": lambda level, base: f"{level.spread('seconds').mean:.0f}",
    "steps_per_second": lambda level, base: f"{level.spread('steps_per_second').mean:.0f}",
    "steps_to_target": lambda level, base: steps_to_target(level),
    "seeds": lambda level, base: str(len(level.rows)),
    "level": lambda level, base: level.name,
}


def filled(text: str, findings: list[Findings]) -> str:
    """`text` with every placeholder replaced; raises AnalysisError for an unknown one and for any
    other digit."""
    by_hand = re.search(r"\S*\d\S*", PLACEHOLDER.sub("", text))
    if by_hand:
        raise AnalysisError(
            f"The analysis says {by_hand[0]!r} by itself."
            " A number comes from the results, such as {cnn.base.accuracy}."
        )
    by_model = {of.model: of for of in findings}
    return PLACEHOLDER.sub(lambda match: value(match[1], by_model), text)


def value(name: str, findings: dict[str, Findings]) -> str:
    """What the placeholder `name` stands for."""
    if name == "target":
        return f"{TARGET_ACCURACY:.0%}".replace("%", " %")
    model, _, rest = name.partition(".")
    place, _, figure = rest.rpartition(".")
    if model not in findings:
        raise AnalysisError(
            f"{{{name}}} in the analysis: there is no sweep of {model!r}"
            f" (there are {', '.join(findings) or 'none'})."
        )
    levels = {label(level): level for level in findings[model].levels}
    if place not in levels:
        raise AnalysisError(
            f"{{{name}}} in the analysis: {model} has no finished runs of {place!r}."
            f" It has {', '.join(levels) or 'none'}."
        )
    if "base" not in levels:
        raise AnalysisError(
            f"{{{name}}} in the analysis: the base of {model} has no finished runs."
        )
    level = levels[place]
    if figure in FIGURES:
        return FIGURES[figure](level, levels["base"])
    if figure in level.config:
        return setting(level, figure)
    raise AnalysisError(
        f"{{{name}}} in the analysis: no figure is called {figure!r}."
        f" There are {', '.join(FIGURES)}, and the options of a run."
    )


def label(level: Level) -> str:
    """How placeholders name a level: base, or factor.level."""
    return "base" if level.factor == "base" else f"{level.factor}.{level.name}"


def setting(level: Level, name: str) -> str:
    """An option of a level's runs as text; a width of 0 is the network's own."""
    value = level.config[name]
    if name == "width" and not value:
        value = signature(MODELS[level.config["model"]]).parameters["width"].default
    formats = {int: ",", float: "g"}
    return format(value, formats.get(type(value), ""))
