"""What a form is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..handwriting import Template

Maker = Callable[[np.random.Generator], Template]


@dataclass(frozen=True)
class Form:
    """A way to write a digit: its name, how many of that digit's images have it for each of the
    others, and what makes one.

    An upright form slants by itself and is neither slanted nor turned by the hand, for its angles
    tell it from another digit.
    """

    name: str
    share: float
    make: Maker
    upright: bool = False


def chance(rng: np.random.Generator, share: float) -> bool:
    return bool(rng.random() < share)
