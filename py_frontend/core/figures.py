"""Figures that describe many measurements. To import `statistics` would delay the page's start."""

from collections.abc import Sequence
from math import ceil

# In parts of a bin: a value on an edge is in the bin that begins there, whatever its last bits are.
ROUNDING = 1e-6


def quantile(values: Sequence[float], share: float) -> float:
    """The value, interpolated, that `share` (0..1) of the values do not exceed; 0.5 gives the
    median."""
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    low, high = ordered[int(position)], ordered[ceil(position)]
    return low + (high - low) * (position - int(position))


def histogram(values: Sequence[float], low: float, width: float, bins: int) -> list[int]:
    """How many values lie in each of the bins, which begin at `low` and are `width` wide each.
    Values outside count in the first or the last."""
    counts = [0] * bins
    for value in values:
        counts[max(0, min(bins - 1, int((value - low) / width + ROUNDING)))] += 1
    return counts
