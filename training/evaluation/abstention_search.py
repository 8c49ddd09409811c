"""Which abstention suits a network, and how often it then abstains: from digits of each set, from
drawings of each family."""

from collections.abc import Iterable

import numpy as np

from training.data.mnist import Examples
from training.fit.trainer import Classifier
from training.networks.models import CLASSES
from training.synthetic.digits import synthetic_digits
from training.synthetic.scribbles import CHOOSING, CHOSEN_WITH, FAMILIES, REPORTING, drawings

from .abstention import candidates

DRAWINGS = 100  # of each family
FIT_IMAGES = 5000  # training images beside which drawings are told apart
FIT_SYNTHETIC, FIT_SEED = 1000, 77  # digits of other forms beside them, which no run trains on


def abstention_figures(
    classifier: Classifier,
    train: Examples,
    validation: np.ndarray,
    shown: dict[str, np.ndarray],
    temperature: float,
    share: float,
) -> dict:
    """The chosen abstention, and for every score the share that it abstains from, of each set of
    digits and each family of drawings.

    Weights come from training images, synthetic digits and half of the drawings of some families,
    thresholds from `validation`, the choice of the score from the other half. What is reported are
    other drawings, and of further families as well. `validation` and `shown` hold logits (N, 10).
    """
    known = classifier.logits(drawn(CHOSEN_WITH, CHOOSING))
    digits = train.evenly(FIT_IMAGES).and_also(synthetic_digits(FIT_SYNTHETIC, FIT_SEED))
    without_threshold = candidates(classifier.logits(digits.images), known[::2])
    scores = [one.at_share(share, validation, temperature) for one in without_threshold]
    best = max(scores, key=lambda one: one.abstained_share(known[1::2], temperature))
    families = classifier.logits(drawn(FAMILIES, REPORTING)).reshape(
        len(FAMILIES), DRAWINGS, CLASSES
    )
    shares = lambda one, named: {
        name: one.abstained_share(logits, temperature) for name, logits in named.items()
    }
    return {
        "abstention": best.to_json(),
        "abstained": {
            one.score: {
                "threshold": one.threshold,
                **shares(one, shown),
                "drawings": shares(one, dict(zip(FAMILIES, families, strict=True))),
            }
            for one in scores
        },
    }


def drawn(families: Iterable[str], seed: int) -> np.ndarray:
    """Drawings of each family, one family after the other, (N, 784)."""
    return np.concatenate([drawings(name, DRAWINGS, seed) for name in families])
