"""Layouts for kernels that nobody has measured, made from what was learnt from those that were.

An opt is (operation, axis, amount) in tinygrad's terms. UPCAST: so many outputs in the registers of one thread.
UNROLL: so many terms of the sum written out. GROUP: so many threads share one sum. LOCAL: so many outputs side by side
in one workgroup. UNROLL and GROUP count only the reduced axes; an axis that is used up entirely disappears.
"""
from dataclasses import dataclass

Layout = list[tuple[str, int, int]]
ALL = 0  # tinygrad's amount for "the whole axis"
WORD = 4  # int8 weights in one 32-bit load
WORKGROUP = 32  # threads that every GPU runs side by side


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
    def is_convolution(self) -> bool:
        """(channels, height, width) from ([channels,] kernel height, kernel width)."""
        return len(self.outputs) == 3 and len(self.reduced) in (2, 3) and self.reduced[-2:] in ((3, 3), (5, 5))


def divisor(size: int, choices: tuple[int, ...]) -> int:
    """The first of `choices` that divides `size`, else 1."""
    return next((choice for choice in choices if size % choice == 0), 1)


def wgsl(axes: Axes) -> Layout:
    """A layout for a GPU: enough threads to fill it, few loads for each multiplication."""
    if axes.is_dense:
        return _dense_wgsl(*axes.outputs, *axes.reduced)
    return _convolution_wgsl(*axes.outputs, axes.reduced) if axes.is_convolution else []


def _dense_wgsl(rows: int, columns: int) -> Layout:
    """Few rows: many threads for each. Many rows: four to a thread, so that each input is loaded once for four."""
    unroll = WORD if columns % WORD == 0 else 1
    group = divisor(columns // unroll, (4, 7, 2) if rows >= 64 else (16, 14, 8, 7, 4, 2))
    upcast = divisor(rows, (4, 2)) if rows >= 64 else 1
    local = divisor(rows // upcast, (8, 4, 2)) if rows >= 64 else 1
    return _without_ones([("UNROLL", 0, unroll), ("GROUP", 0, group), ("LOCAL", 0, local), ("UPCAST", 0, upcast)])


def _convolution_wgsl(channels: int, height: int, width: int, reduced: tuple[int, ...]) -> Layout:
    """A strip of a row in some channels to a thread: each weight serves the strip, each input the channels.

    Where the strip is short, four input channels are summed at once: then their weights fill whole words.
    """
    strip = divisor(width, (6, 8, 5, 4, 3, 2))
    is_long = strip > WORD or len(reduced) == 2
    stack = divisor(channels, (4, 2) if is_long else (2,))
    terms = 1 if is_long else divisor(reduced[0], (WORD,))
    columns, rows = divisor(width // strip, (2,)), divisor(height, (8, 4, 2))
    layers = divisor(channels // stack, tuple(n for n in (16, 8, 4, 2) if n * rows * columns <= WORKGROUP))
    kernel = [("UNROLL", len(reduced) - 1, ALL), ("UNROLL", len(reduced) - 2, ALL)]
    local = [("LOCAL", 2, columns), ("LOCAL", 1, rows), ("LOCAL", 0, layers)]
    return _without_ones([("UPCAST", 2, strip), ("UPCAST", 0, stack), ("UNROLL", 0, terms), *kernel, *local])


def wasm(axes: Axes) -> Layout:
    """A layout for one thread with vectors of four floats, along a row of the image or along the sum."""
    if axes.is_dense:
        (rows,), (columns,) = axes.outputs, axes.reduced
        return _without_ones([("UNROLL", 0, divisor(columns, (WORD,))), ("UPCAST", 0, divisor(rows, (8, 4, 5, 2)))])
    if not axes.is_convolution:
        return []
    channels, _, width = axes.outputs
    if len(axes.reduced) == 2:
        return _without_ones([("UPCAST", 0, divisor(channels, (4, 2))), ("UNROLL", 1, ALL), ("UNROLL", 0, ALL)])
    strip = divisor(width, (8, 4, 12, 10, 6, 5, 3, 2))
    return _without_ones([("UPCAST", 2, strip), ("UPCAST", 0, divisor(channels, (2,)) if strip in (4, 8) else 1)])


def _without_ones(layout: Layout) -> Layout:
    return [opt for opt in layout if opt[2] != 1]


DEFAULT_LAYOUTS = {"wgsl": wgsl, "wasm": wasm}
