"""Products of a matrix of small integers with a vector, fast in plain Python.

A column of the matrix is one long integer with 32 bits for each row. The sum of the columns, each
times its number in the vector, then holds all products side by side: the interpreter takes one step
for a column instead of one for each number, and the sums are exact.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from operator import mul

MAX_PRODUCT = 1 << 31  # no product, nor any part of its sum, may reach this
_SLOT_BITS, _SLOT_BYTES = 32, 4
_SIGN = bytes(value >> 7 for value in range(256))


class PackedRows:
    """A matrix of integers in -128..127, given by its columns as signed bytes."""

    def __init__(self, rows: int, columns: Iterable[bytes]):
        self._rows = rows
        self._columns = [_packed(column) for column in columns]
        self._bias = int.from_bytes(array("I", [MAX_PRODUCT]) * rows, "little")

    @classmethod
    def of_rows(cls, content: bytes, width: int) -> PackedRows:
        """A matrix stored row by row."""
        return cls(len(content) // width, (content[column::width] for column in range(width)))

    def products(self, vector: Sequence[int]) -> list[int]:
        """The product of every row with `vector`."""
        total = sum(map(mul, vector, self._columns), self._bias)
        slots = memoryview(total.to_bytes(_SLOT_BYTES * self._rows, "little")).cast("I")
        return [slot - MAX_PRODUCT for slot in slots]


def _packed(column: bytes) -> int:
    """The integer whose slots are the signed bytes of `column`: a negative one borrows from the
    slot above it."""
    values = array("i", array("b", column))
    borrows = array("I", list(column.translate(_SIGN)))
    return _long(values) - (_long(borrows) << _SLOT_BITS)


def _long(values: array[int]) -> int:
    return int.from_bytes(values.tobytes(), "little")
