"""The report's two figures of a model: the effect of every level, and learning curves."""

from collections.abc import Callable, Sequence
from functools import partial
from statistics import mean

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator, StrMethodFormatter

from .analysis import setting
from .results import ACCURACY, LOSS, STEP, TRAIN_LOSS, Findings, Level
from .svg import LIGHT, svg

DASHES = ("-", "--", ":", "-.")
MIN_LOSS = 1e-3  # where the logarithmic axes of losses begin


def figures(findings: Findings) -> dict[str, bytes]:
    """The SVG files of one model by name; none without a finished base."""
    if not findings.base or not findings.factors:
        return {}
    return {
        f"{findings.model}-{draw.__name__}.svg": svg(partial(draw, findings.base, findings.factors))
        for draw in (effects, curves)
    }


def effects(base: Level, factors: dict[str, list[Level]]) -> Figure:
    """Each level of each factor in a row: its validation error and loss, and the steps that it
    takes to 99 %."""
    lines = effect_lines(base, factors)
    figure = Figure(figsize=(8.4, 0.19 * len(lines) + 0.7), layout="constrained")
    error, loss, steps = figure.subplots(1, 3, sharey=True)
    for place, (_, level) in enumerate(lines):
        if level:
            colour = LIGHT.base if level is base else LIGHT.levels[0]
            dots(error, place, error_percent(level), colour)
            dots(loss, place, [row["validation_loss"] for row in level.rows], colour)
            dots(steps, place, level.steps_to_target, colour)
            if not level.steps_to_target:
                say_not_reached(steps, place)
    error.set_yticks(range(len(lines)), [name for name, _ in lines])
    for tick, (_, level) in zip(error.get_yticklabels(), lines, strict=True):
        tick.set_fontweight("normal" if level else "bold")
    error.set_ylim(len(lines) - 0.4, -0.6)
    error.set_xlabel("validation error, %")
    loss.set_xlabel("validation loss")
    loss.set_xscale("log")
    plain_numbers(loss.xaxis)
    steps.set_xlabel("steps to 99 % validation accuracy")
    steps.set_xscale("log")
    plain_numbers(steps.xaxis)
    mark(error, error_percent(base))
    mark(loss, [row["validation_loss"] for row in base.rows])
    mark(steps, base.steps_to_target)
    return figure


def effect_lines(base: Level, factors: dict[str, list[Level]]) -> list[tuple[str, Level | None]]:
    """The rows of the chart of effects: for each factor a heading, which has no level, and its
    levels with the base among them."""
    lines: list[tuple[str, Level | None]] = []
    for factor, levels in factors.items():
        lines.append((factor, None))
        lines += [(level_name(level, base, factor), level) for level in in_order([base, *levels])]
    return lines


def error_percent(level: Level) -> list[float]:
    """The validation error of each seed."""
    return [100 * (1 - row["validation_accuracy"]) for row in level.rows]


def say_not_reached(axes: Axes, place: int) -> None:
    axes.annotate(
        "not reached",
        (0.98, place),
        xycoords=("axes fraction", "data"),
        ha="right",
        va="center",
        fontsize=7,
    )


def mark(axes: Axes, of_base: Sequence[float]) -> None:
    """A line where the base is, and a faint grid."""
    if of_base:
        axes.axvline(mean(of_base), color=LIGHT.base, linewidth=0.6, zorder=0)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=LIGHT.faint, linewidth=0.4)
    axes.set_axisbelow(True)


def dots(axes: Axes, place: int, values: Sequence[float], colour: str) -> None:
    """A small dot for each seed, a large one for their mean."""
    axes.plot(values, [place] * len(values), "o", color=colour, markersize=2.5, alpha=0.6)
    if values:
        axes.plot([mean(values)], [place], "o", color=colour, markersize=5.5)


def curves(base: Level, factors: dict[str, list[Level]]) -> Figure:
    """For each factor: validation error, validation loss and training loss against steps, the base
    in grey."""
    figure = Figure(figsize=(8.4, 1.75 * len(factors) + 0.3), layout="constrained")
    panels = figure.subplots(len(factors), 3, squeeze=False)
    columns = (
        ("validation error, %", lambda point: 100 * (1 - point[ACCURACY])),
        ("validation loss", lambda point: point[LOSS]),
        ("training loss", lambda point: point[TRAIN_LOSS]),
    )
    for row, (factor, levels) in zip(panels, factors.items(), strict=True):
        for axes, (title, value) in zip(row, columns, strict=True):
            band(axes, base, value, LIGHT.base, "-", level_name(base, base, factor))
            for turn, level in enumerate(levels):
                colour, dash = (of[turn % len(of)] for of in (LIGHT.levels, DASHES))
                band(axes, level, value, colour, dash, level.name)
            curve_axes(axes, title if factor == next(iter(factors)) else "")
        row[0].set_ylabel(factor, fontweight="bold")
        row[1].legend(fontsize=7, handlelength=2.6, labelspacing=0.2)
    for axes in panels[-1]:
        axes.set_xlabel("steps")
    return figure


def band(
    axes: Axes, level: Level, value: Callable[[list], float], colour: str, dash: str, label: str
) -> None:
    """The mean of a figure over seeds against steps, with a band from the lowest to the highest."""
    steps = [point[STEP] for point in level.rows[0]["curve"]]
    seeds = [[max(value(point), MIN_LOSS) for point in row["curve"]] for row in level.rows]
    together = list(zip(*seeds, strict=True))
    low, high = ([of(values) for values in together] for of in (min, max))
    axes.fill_between(steps, low, high, color=colour, alpha=0.18, linewidth=0)
    axes.plot(steps, [mean(v) for v in together], dash, color=colour, linewidth=1.1, label=label)


def curve_axes(axes: Axes, title: str) -> None:
    axes.set_title(title, fontsize=8)
    axes.set_yscale("log")
    axes.grid(color=LIGHT.faint, linewidth=0.4)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    plain_numbers(axes.yaxis)


def plain_numbers(axis: Axis) -> None:
    """Ticks of a logarithmic axis at 1, 2 and 5 times the powers of ten, as plain numbers."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())


def in_order(levels: list[Level]) -> list[Level]:
    """By value where all levels of a factor are numbers, else as they are."""
    base, *others = levels
    factor = others[0].factor
    try:
        return sorted(
            levels,
            key=lambda level: float(
                setting(base, factor).replace(",", "") if level is base else level.name
            ),
        )
    except (KeyError, ValueError):
        return levels


def level_name(level: Level, base: Level, factor: str) -> str:
    """What a level is called beside its factor; the base by its own value, where it is one
    option."""
    if level is not base:
        return level.name
    return (
        f"{setting(base, factor).replace(',', '') or 'none'} (base)"
        if factor in base.config
        else "base"
    )
