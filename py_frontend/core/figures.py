"""Figures that describe many measurements. The standard library's statistics would cost a part of
the page's start."""

from collections.abc import Sequence
from math import ceil

# Of a bin: a value on an edge is in the bin that begins there, whatever its last binary digit.
ROUNDING = 1e-6


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0..1) of the values do not exceed; between two of them in proportion.
    0.5 gives the median."""
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    low, high = ordered[int(position)], ordered[ceil(position)]
    return low + (high - low) * (position - int(position))


def histogram(values: Sequence[float], low: float, width: float, bins: int) -> list[int]:
    """How many values lie in each of the bins from `low` up, each so wide; those outside count in
    the first or the last."""
    counts = [0] * bins
    for value in values:
        counts[max(0, min(bins - 1, int((value - low) / width + ROUNDING)))] += 1
    return counts
