"""The report's figures as SVG, the same bytes for the same results, in colours for light and for
dark pages."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from statistics import mean

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator, StrMethodFormatter

from .analysis import setting
from .results import ACCURACY, LOSS, STEP, TRAIN_LOSS, Findings, Level

FIXED = {
    "svg.hashsalt": "webgpu-digits",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 8,
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Helvetica"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "legend.frameon": False,
}
DASHES = ("-", "--", ":", "-.")
LOWEST_LOSS = 1e-3  # where the logarithmic axes of losses begin


@dataclass(frozen=True)
class Theme:
    """Colours of one page: text and axes, faint lines, the base, and the levels of a factor."""

    text: str
    faint: str
    base: str
    levels: tuple[str, ...]

    @property
    def settings(self) -> dict:
        return FIXED | {
            "text.color": self.text,
            "axes.labelcolor": self.text,
            "axes.edgecolor": self.text,
            "xtick.color": self.text,
            "ytick.color": self.text,
            "legend.labelcolor": self.text,
        }


THEMES = {
    "light": Theme(
        "#1f2328",
        "#d1d9e0",
        "#818b98",
        ("#0969da", "#bc4c00", "#1a7f37", "#8250df", "#bf3989", "#9a6700"),
    ),
    "dark": Theme(
        "#f0f6fc",
        "#3d444d",
        "#9198a1",
        ("#58a6ff", "#f0883e", "#3fb950", "#bc8cff", "#f778ba", "#d29922"),
    ),
}


def figures(findings: Findings) -> dict[str, bytes]:
    """The SVG files of one model by name; none without a finished base."""
    charts = {"effects": effects, "curves": curves} if findings.base and findings.factors else {}
    return {
        f"{findings.model}-{name}-{theme}.svg": svg(draw, findings, THEMES[theme])
        for name, draw in charts.items()
        for theme in THEMES
    }


def svg(draw: Callable[[Findings, Theme], Figure], findings: Findings, theme: Theme) -> bytes:
    file = BytesIO()
    with matplotlib.rc_context(theme.settings):
        draw(findings, theme).savefig(
            file, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
    return compact(file.getvalue().decode()).encode()


def compact(text: str) -> str:
    """SVG with coordinates rounded to hundredths of a point and without indentation; what is
    written in it stays."""
    rounded = lambda number: format(round(float(number[0]), 2), "g")
    tags = re.sub(r"<[^>]*>", lambda tag: re.sub(r"-?\d+\.\d{3,}", rounded, tag[0]), text)
    return re.sub(r"\n[ \n]*", "\n", tags)


def effects(findings: Findings, theme: Theme) -> Figure:
    """Each level of each factor in a row: its validation error and loss, and the steps that it
    takes to 99 %."""
    lines = effect_lines(findings)
    figure = Figure(figsize=(8.4, 0.19 * len(lines) + 0.7), layout="constrained")
    error, loss, steps = figure.subplots(1, 3, sharey=True)
    for place, (_, level) in enumerate(lines):
        if level:
            colour = theme.base if level is findings.base else theme.levels[0]
            dots(
                error, place, [100 * (1 - row["validation_accuracy"]) for row in level.rows], colour
            )
            dots(loss, place, [row["validation_loss"] for row in level.rows], colour)
            dots(steps, place, level.steps_to_target, colour)
            if not level.steps_to_target:
                steps.annotate(
                    "not reached",
                    (0.98, place),
                    xycoords=("axes fraction", "data"),
                    ha="right",
                    va="center",
                    fontsize=7,
                )
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
    mark(error, [100 * (1 - row["validation_accuracy"]) for row in findings.base.rows], theme)
    mark(loss, [row["validation_loss"] for row in findings.base.rows], theme)
    mark(steps, findings.base.steps_to_target, theme)
    return figure


def effect_lines(findings: Findings) -> list[tuple[str, Level | None]]:
    """The rows of the chart of effects: for each factor a heading, which has no level, and its
    levels with the base among them."""
    lines: list[tuple[str, Level | None]] = []
    for factor, levels in findings.factors.items():
        together = in_order([findings.base, *levels])
        lines += [
            (factor, None),
            *((level_name(level, findings.base, factor), level) for level in together),
        ]
    return lines


def mark(axes: Axes, of_base: list[float], theme: Theme) -> None:
    """A line where the base is, and a faint grid."""
    if of_base:
        axes.axvline(mean(of_base), color=theme.base, linewidth=0.6, zorder=0)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=theme.faint, linewidth=0.4)
    axes.set_axisbelow(True)


def dots(axes: Axes, place: int, values: list[float], colour: str) -> None:
    """A small dot for each seed, a large one for their mean."""
    axes.plot(values, [place] * len(values), "o", color=colour, markersize=2.5, alpha=0.6)
    if values:
        axes.plot([mean(values)], [place], "o", color=colour, markersize=5.5)


def curves(findings: Findings, theme: Theme) -> Figure:
    """For each factor: validation error, validation loss and training loss against steps, the base
    in grey."""
    factors = findings.factors
    figure = Figure(figsize=(8.4, 1.75 * len(factors) + 0.3), layout="constrained")
    panels = figure.subplots(len(factors), 3, squeeze=False)
    columns = (
        ("validation error, %", lambda point: 100 * (1 - point[ACCURACY])),
        ("validation loss", lambda point: point[LOSS]),
        ("training loss", lambda point: point[TRAIN_LOSS]),
    )
    for row, (factor, levels) in zip(panels, factors.items(), strict=True):
        for axes, (title, value) in zip(row, columns, strict=True):
            band(
                axes,
                findings.base,
                value,
                theme.base,
                "-",
                level_name(findings.base, findings.base, factor),
            )
            for turn, level in enumerate(levels):
                band(
                    axes,
                    level,
                    value,
                    theme.levels[turn % len(theme.levels)],
                    DASHES[turn % len(DASHES)],
                    level.name,
                )
            curve_axes(axes, title if factor == next(iter(factors)) else "", theme)
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
    seeds = [[max(value(point), LOWEST_LOSS) for point in row["curve"]] for row in level.rows]
    together = list(zip(*seeds, strict=True))
    axes.fill_between(
        steps,
        [min(v) for v in together],
        [max(v) for v in together],
        color=colour,
        alpha=0.18,
        linewidth=0,
    )
    axes.plot(steps, [mean(v) for v in together], dash, color=colour, linewidth=1.1, label=label)


def curve_axes(axes: Axes, title: str, theme: Theme) -> None:
    axes.set_title(title, fontsize=8)
    axes.set_yscale("log")
    axes.grid(color=theme.faint, linewidth=0.4)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    plain_numbers(axes.yaxis)


def plain_numbers(axis) -> None:
    """Ticks of a logarithmic axis at 1, 2 and 5 times the powers of ten, as plain numbers."""
    axis.set_major_locator(matplotlib.ticker.LogLocator(subs=(1, 2, 5)))
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
