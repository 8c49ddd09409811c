"""MNIST as its writers might have drawn it on the page: traced to centre lines, written again by a
made-up hand and painted by the page's own code."""

from dataclasses import replace
from hashlib import sha256

import numpy as np

from training.data.mnist import Examples

from .cache import kept
from .hand import Hand, any_hand, rewritten, rounded
from .handwriting import Path
from .painting import FEW, painted
from .tracing import centre_lines, skeletons

BOX_PX = 20.0  # of MNIST's digits
SMOOTH_POINTS = 2.0  # over which the steps of a skeleton are smoothed
CHUNK = 2000  # images that are thinned together
SLANT, WIDTH = 0.1, 0.12  # standard deviations; MNIST's writers have slants of their own


def traced(examples: Examples, seed: int, spread: float = 1.0) -> Examples:
    """The same digits, drawn anew; each is decided by its place and the seed alone."""
    make = lambda: painted(retraced, jobs_of(examples, seed, spread))
    if len(examples) <= FEW:
        return Examples(make(), examples.labels)
    of = sha256(examples.images.tobytes()).hexdigest()[:8]
    return Examples(kept(f"traced-{of}-{seed}-{spread}", make), examples.labels)


def jobs_of(examples: Examples, seed: int, spread: float) -> list:
    """A skeleton for each digit, and what decides the hand that draws it."""
    return [
        (skeleton, seed, number, spread)
        for start in range(0, len(examples), CHUNK)
        for number, skeleton in enumerate(skeletons(examples.images[start : start + CHUNK]), start)
    ]


def retraced(job: tuple[np.ndarray, int, int, float]) -> list[Path]:
    """Pen strokes of the digit with this skeleton (56, 56)."""
    skeleton, seed, number, spread = job
    rng = np.random.default_rng([seed, 2, number])
    return rewritten(traced_lines(skeleton), steady_hand(rng, spread), rng)


def traced_lines(skeleton: np.ndarray) -> list[np.ndarray]:
    """The lines of a skeleton (56, 56), in parts of a digit's height."""
    return [smoothed(line) / BOX_PX for line in centre_lines(skeleton)]


def steady_hand(rng: np.random.Generator, spread: float) -> Hand:
    """A hand that writes what it was given: upright on the whole, and half as hasty."""
    return replace(
        any_hand(rng, spread / 2),
        slant=rng.normal(0, SLANT * spread),
        width=float(np.exp(rng.normal(0, WIDTH * spread))),
    )


def smoothed(line: np.ndarray) -> np.ndarray:
    """A traced line (M, 2) without the steps of its pixels; its ends stay."""
    return rounded(line, SMOOTH_POINTS) if len(line) > 2 else line
