"""An image in the place of a drawing, such as one of MNIST's."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from .image import PIXELS

FULL = 255


@dataclass(frozen=True)
class Picture:
    """The ink of an image of 28x28 pixels, row by row, each in 0..255."""

    levels: bytes

    def __post_init__(self) -> None:
        if len(self.levels) != PIXELS:
            raise ValueError(f"a picture has {PIXELS} pixels, not {len(self.levels)}")

    @property
    def ink(self) -> array[float]:
        """784 float32 values in 0..1, as the networks read them."""
        return array("f", (level / FULL for level in self.levels))
