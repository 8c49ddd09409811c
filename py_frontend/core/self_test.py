"""The self-test that a model carries: ink, and the logits that a backend which computes right gives
for it."""

from __future__ import annotations

from array import array
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from .image import PIXELS

LEVELS = 255  # of ink, that make it a byte
TOLERANCE = 0.01  # of the largest logit; backends add in other orders and differ by far less


@dataclass(frozen=True)
class Probe:
    """One input, and the logits that tinygrad gives for it."""

    levels: bytes
    logits: tuple[float, ...]

    @property
    def ink(self) -> array[float]:
        """784 values in 0..1."""
        return array("f", (level / LEVELS for level in self.levels))

    @classmethod
    def from_json(cls, probe: dict[str, Any]) -> Probe:
        """Raises ValueError where it is not as export/compile/self_test.py writes it."""
        levels = b64decode(probe["ink"], validate=True)
        if len(levels) != PIXELS:
            raise ValueError(f"a self-test of {len(levels)} pixels")
        return cls(levels, tuple(map(float, probe["logits"])))

    def accepts(self, logits: Sequence[float]) -> bool:
        """Whether these are the expected logits, but for rounding; never where one is NaN."""
        allowed = TOLERANCE * max(map(abs, self.logits))
        return len(logits) == len(self.logits) and all(
            abs(found - expected) <= allowed
            for found, expected in zip(logits, self.logits, strict=True)
        )


def are_suspicious(logits: Sequence[float]) -> bool:
    """Whether no trained network would give them: not finite, or all alike."""
    return not all(map(isfinite, logits)) or len(set(logits)) == 1
