"""Digits that are made up by rule as pen strokes and drawn as the page draws them.

MNIST's writers were American. Elsewhere a 1 begins with a flag, which looks like a 7 to whoever has
never seen one, a 7 is crossed, a 0 is slashed, a 4 is open, a 9 ends in a hook. A form is a
distribution; a made-up hand writes it a little differently every time. No person's strokes are
behind them.
"""

from dataclasses import replace

import numpy as np

from training.data.mnist import Examples

from .cache import kept
from .forms import FORMS
from .forms.form import Form
from .hand import Hand, any_hand, written
from .handwriting import Path
from .painting import FEW, painted

DIGITS = 10


def synthetic_digits(count: int, seed: int, spread: float = 1.0) -> Examples:
    """`count` images, of the ten digits in turn; each decided by its number and the seed alone."""
    jobs = [(number, seed, spread) for number in range(count)]
    make = lambda: painted(numbered, jobs)
    images = kept(f"digits-{count}-{seed}-{spread}", make) if count > FEW else make()
    return Examples(images, (np.arange(count) % DIGITS).astype(np.uint8))


def numbered(job: tuple[int, int, float]) -> list[Path]:
    """Pen strokes of the digit with this number."""
    number, seed, spread = job
    rng = np.random.default_rng([seed, 1, number])
    forms = FORMS[number % DIGITS]
    shares = np.array([form.share for form in forms])
    return drawing(forms[rng.choice(len(forms), p=shares / shares.sum())], rng, spread)


def drawing(form: Form, rng: np.random.Generator, spread: float = 1.0) -> list[Path]:
    """Pen strokes of one digit of this form."""
    hand = holding(any_hand(rng, spread), form)
    return written(form.make(rng), hand, rng)


def holding(hand: Hand, form: Form) -> Hand:
    """The hand as it writes this form."""
    return replace(hand, slant=0.0, turn=0.0) if form.upright else hand
