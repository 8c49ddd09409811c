"""Products of a matrix of small integers with a vector, fast in plain Python.

A column of the matrix is one long integer with 32 bits for each row. The sum of the columns, each
times its number in the vector, then holds all products side by side: the interpreter takes one step
for a column instead of one for each number, and the sums are exact.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import compress
from operator import mul

MAX_PRODUCT = 1 << 31  # no product, nor any part of its sum, may reach this
_SLOT_BYTES = 4
_BIAS = 128
_BIASED = bytes((value + _BIAS) % 256 for value in range(256))  # signed bytes as unsigned ones


class PackedRows:
    """A matrix of integers in -128..127, given by its columns as signed bytes."""

    def __init__(self, rows: int, columns: Iterable[bytes]):
        self._rows = rows
        ones = int.from_bytes(array("I", [1]) * rows, "little")
        self._columns = [_packed(column, ones) for column in columns]
        self._bias = MAX_PRODUCT * ones

    @classmethod
    def of_rows(cls, content: bytes, width: int) -> PackedRows:
        """A matrix stored row by row."""
        return cls(len(content) // width, (content[column::width] for column in range(width)))

    def products(self, vector: Sequence[int]) -> list[int]:
        """The product of every row with `vector`."""
        columns = compress(self._columns, vector)  # without those that are taken zero times
        total = sum(map(mul, filter(None, vector), columns), self._bias)
        slots = memoryview(total.to_bytes(_SLOT_BYTES * self._rows, "little")).cast("I")
        return [slot - MAX_PRODUCT for slot in slots]


def _packed(column: bytes, ones: int) -> int:
    """The integer whose slots are the signed bytes of `column`: each is written with a bias, which
    is then taken from all of them."""
    slots = bytearray(_SLOT_BYTES * len(column))
    slots[::_SLOT_BYTES] = column.translate(_BIASED)
    return int.from_bytes(slots, "little") - _BIAS * ones
