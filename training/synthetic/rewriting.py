"""The same drawing again and again, by one made-up hand: how much the drawings of a person differ
that are meant to be alike."""

from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np

from training.data.mnist import Examples
from training.networks.models import PIXELS

from .cache import kept
from .digits import DIGITS, holding
from .forms import FORMS
from .hand import Hand, any_hand, rewritten, written
from .handwriting import Path
from .painting import FEW, painted
from .traced import steady_hand, traced_lines
from .tracing import skeletons

COPIES = 4
SPREAD = 1.2
SLANT, TURN, WIDTH = 0.05, 0.04, 0.08  # standard deviations between the copies of one hand


@dataclass(frozen=True)
class Rewritings:
    """Images (N, COPIES, 784) uint8, and the digit of each drawing (N,)."""

    images: np.ndarray
    labels: np.ndarray


def rewritten_forms(count: int) -> Rewritings:
    """Of `count` drawings made by rule, of the ten digits in turn; rare forms are less rare."""
    jobs = [(number, copy) for number in range(count) for copy in range(COPIES)]
    images = _painted(form_again, jobs, f"forms-again-{count}")
    return Rewritings(images, (np.arange(count) % DIGITS).astype(np.uint8))


def rewritten_digits(examples: Examples) -> Rewritings:
    """Of MNIST's digits, traced."""
    traced = enumerate(skeletons(examples.images))
    jobs = [(skeleton, number, copy) for number, skeleton in traced for copy in range(COPIES)]
    of = sha256(examples.images.tobytes()).hexdigest()[:8]
    return Rewritings(_painted(digit_again, jobs, f"digits-again-{of}"), examples.labels)


def _painted(draw, jobs: list, name: str) -> np.ndarray:
    make = lambda: painted(draw, jobs)
    return (kept(name, make) if len(jobs) > FEW else make()).reshape(-1, COPIES, PIXELS)


def form_again(job: tuple[int, int]) -> list[Path]:
    """Pen strokes of one copy of the drawing with this number."""
    number, copy = job
    of_all, of_copy = np.random.default_rng([7, number]), np.random.default_rng([8, number, copy])
    forms = FORMS[number % DIGITS]
    shares = np.sqrt([form.share for form in forms])
    form = forms[of_all.choice(len(forms), p=shares / shares.sum())]
    hand, template = any_hand(of_all, SPREAD), form.make(of_all)
    return written(template, holding(again(hand, of_copy), form), of_copy)


def digit_again(job: tuple[np.ndarray, int, int]) -> list[Path]:
    """Pen strokes of one copy of the digit with this skeleton (56, 56)."""
    skeleton, number, copy = job
    of_all, of_copy = np.random.default_rng([9, number]), np.random.default_rng([10, number, copy])
    hand = again(steady_hand(of_all, 1.0), of_copy)
    return rewritten(traced_lines(skeleton), hand, of_copy)


def again(hand: Hand, rng: np.random.Generator) -> Hand:
    """The hand as it is the next time."""
    return replace(
        hand,
        slant=hand.slant + rng.normal(0, SLANT),
        turn=hand.turn + rng.normal(0, TURN),
        width=hand.width * float(np.exp(rng.normal(0, WIDTH))),
    )
