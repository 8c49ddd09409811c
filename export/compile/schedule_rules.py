"""Schedules for kernels that nobody has measured, made from what was learnt from those that were.

An opt is (operation, axis, amount) in tinygrad's terms. UPCAST: so many outputs in the registers of
one thread. UNROLL: so many terms of the sum written out. GROUP: so many threads share one sum.
LOCAL: so many outputs side by side in one workgroup. UNROLL and GROUP count only the reduced axes;
an axis that is used up entirely disappears.

A GPU runs neighbouring threads side by side, in the order in which LOCAL named their axes: the
first axis decides whether their loads fall together. Run on a processor (SwiftShader), four such
threads are one vector.
"""

import math
from dataclasses import dataclass

Schedule = list[tuple[str, int, int]]
ALL = 0  # tinygrad's amount for "the whole axis"
WORD = 4  # int8 weights in one 32-bit load
LANES = (8, 4, 2)  # neighbouring threads, where others share their sums
WIDE_LANES = (16, 8, 4, 2)
ROW = 8  # sums side by side that one thread makes at most
TILE = 24  # sums of one thread: more would not fit the registers of small GPUs
PROCESSOR_TILE = 64  # sums that a processor makes at once, in 16 vectors
PROCESSOR_STRIP = 5  # pixels of them in a row
WINDOW = (2, 2)  # of a pooling
FEW_THREADS = 256  # with fewer a GPU is idle while each thread sums


@dataclass(frozen=True)
class Axes:
    """The sizes of a kernel's axes: those of its output, and those it sums (or maximises) over."""

    outputs: tuple[int, ...]
    reduced: tuple[int, ...]

    @property
    def is_dense(self) -> bool:
        """(rows) from (columns): a matrix times a vector."""
        return len(self.outputs) == 1 and len(self.reduced) == 1

    @property
    def is_pooled(self) -> bool:
        """Takes the largest of each 2x2 of what it sums; tinygrad keeps that window behind the axes
        of the sum."""
        return len(self.reduced) > 3 and self.reduced[-2:] == WINDOW

    @property
    def window(self) -> int:
        """How many sums the largest is taken of, for one output."""
        return math.prod(WINDOW) if self.is_pooled else 1

    @property
    def summed(self) -> tuple[int, ...]:
        return self.reduced[:-2] if self.is_pooled else self.reduced

    @property
    def is_convolution(self) -> bool:
        """(channels, height, width) from ([channels,] kernel height, kernel width[, 2, 2])."""
        return (
            len(self.outputs) == 3
            and len(self.summed) in (2, 3)
            and self.summed[-2:] in ((3, 3), (5, 5))
        )

    @property
    def inputs(self) -> int:
        """Of a convolution, the channels that it sums over."""
        return self.summed[0] if len(self.summed) == 3 else 1


def divisor(size: int, choices: tuple[int, ...]) -> int:
    """The first of `choices` that divides `size`, else 1."""
    return next((choice for choice in choices if size % choice == 0), 1)


def largest_divisor(size: int, limit: int) -> int:
    """The largest divisor of `size` that is at most `limit`, and at least 1."""
    return next((divisor for divisor in range(min(size, limit), 1, -1) if size % divisor == 0), 1)


def wgsl(axes: Axes) -> Schedule:
    """A schedule for a GPU: enough threads to fill it, few loads for each multiplication."""
    if axes.is_dense:
        return _dense_wgsl(*axes.outputs, *axes.reduced)
    return _convolution_wgsl(axes) if axes.is_convolution else []


def _dense_wgsl(rows: int, columns: int) -> Schedule:
    """Few rows: many threads for each. Many rows: four to a thread, so that each input is loaded
    once for four."""
    unroll = WORD if columns % WORD == 0 else 1
    group = divisor(columns // unroll, (4, 7, 2) if rows >= 64 else (16, 14, 8, 7, 4, 2))
    upcast = divisor(rows, (4, 2)) if rows >= 64 else 1
    local = divisor(rows // upcast, (8, 4, 2)) if rows >= 64 else 1
    return dense_schedule(unroll, local, group, upcast)


def dense_schedule(unroll: int, local: int, group: int, upcast: int) -> Schedule:
    """`upcast` sums to a thread, `unroll` terms at a time; `local` threads side by side, `group` of
    them to each sum."""
    return _without_ones(
        [("UNROLL", 0, unroll), ("LOCAL", 0, local), ("GROUP", 0, group), ("UPCAST", 0, upcast)]
    )


@dataclass(frozen=True)
class Tile:
    """What one thread of a convolution computes: `rows` x `strip` pixels in `stack` channels,
    `terms` input channels at a time.

    `columns` neighbouring threads differ in place, then `lanes` in channel, and `group` threads
    share each sum.
    """

    lanes: int
    strip: int
    rows: int
    stack: int
    group: int = 1
    columns: int = 1
    terms: int = 1


def convolution_schedule(axes: Axes, tile: Tile) -> Schedule:
    """The schedule of a convolution in tiles, with its window written out."""
    threads = [("LOCAL", 2, tile.columns), ("LOCAL", 0, tile.lanes)]
    sums = [("UPCAST", 2, tile.strip), ("UPCAST", 1, tile.rows), ("UPCAST", 0, tile.stack)]
    inputs = _without_ones([("UNROLL", 0, tile.terms), ("GROUP", 0, tile.group)])
    return _unrolled(axes) + _on_remaining_axes(axes.outputs, threads + sums) + inputs


def _convolution_wgsl(axes: Axes) -> Schedule:
    """A rectangle of pixels to a thread, in as many channels as there is room for; neighbouring
    threads differ in channel.

    So the inputs of neighbours are the same, each input serves a whole rectangle, and in the
    smallest images, whose rectangle is all of them, the conditions of the padding are known in
    advance. Few threads share their sums.
    """
    channels, height, width = axes.outputs
    window = axes.window
    strip = largest_divisor(width, ROW // window)
    rows = largest_divisor(height, 2 * ROW // (strip * window))
    stack = largest_divisor(channels // divisor(channels, LANES), TILE // (strip * rows * window))
    threads = math.prod(axes.outputs) // (strip * rows * stack)
    shared = (
        threads < FEW_THREADS and not axes.is_pooled
    )  # tinygrad shares no sums within a maximum
    group = divisor(axes.inputs, (4, 2)) if shared else 1
    lanes = divisor(channels // stack, LANES if group > 1 else WIDE_LANES)
    return convolution_schedule(axes, Tile(lanes, strip, rows, stack, group))


def _unrolled(axes: Axes) -> Schedule:
    """The kernel window of a convolution, and the pooling's, written out."""
    return [
        ("UNROLL", axis, ALL) for axis in range(len(axes.reduced) - 1, len(axes.summed) - 3, -1)
    ]


def _on_remaining_axes(outputs: tuple[int, ...], schedule: Schedule) -> Schedule:
    """`schedule`, whose axes are counted as at the start, for tinygrad, which counts those that are
    not used up yet."""
    left, result = dict(enumerate(outputs)), []
    for operation, axis, amount in _without_ones(schedule):
        result.append((operation, list(left).index(axis), amount))
        left[axis] //= amount
        if left[axis] == 1:
            del left[axis]
    return result


def wasm(axes: Axes) -> Schedule:
    """A schedule for one thread with vectors of four floats: clang makes them of sums along a row
    of weights, or of channels side by side.

    Of an channels_last network, that is: its convolutions make (height, width, channels).
    """
    if axes.is_dense:
        return _without_ones([("UPCAST", 0, divisor(axes.outputs[0], (4, 5, 2)))])
    return _convolution_wasm(axes) if axes.is_convolution else []


def _convolution_wasm(axes: Axes) -> Schedule:
    """Some pixels of a row in some channels, so that weights and pixels each serve several sums; a
    pooling is several pixels already."""
    _, width, channels = axes.outputs
    strip = 1 if axes.is_pooled else largest_divisor(width, PROCESSOR_STRIP)
    fitting = [stack for stack in WIDE_LANES if stack * strip * axes.window <= PROCESSOR_TILE]
    outputs = [("UPCAST", 2, divisor(channels, tuple(fitting))), ("UPCAST", 1, strip)]
    window = range(len(axes.reduced) - 1, len(axes.summed) - 2, -1)
    return [("UNROLL", axis, ALL) for axis in window] + _on_remaining_axes(axes.outputs, outputs)


def _without_ones(schedule: Schedule) -> Schedule:
    return [opt for opt in schedule if opt[2] != 1]


DEFAULT_SCHEDULES = {"wgsl": wgsl, "wasm": wasm}
