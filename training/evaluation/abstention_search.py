"""Which abstention suits a network, and how often it then abstains: from digits of each set, from
drawings of each family."""

from collections.abc import Iterable

import numpy as np

from training.data.mnist import Examples
from training.networks.features import FeatureReader, Seen
from training.synthetic.digits import synthetic_digits
from training.synthetic.scribbles import CHOOSING, CHOSEN_WITH, FAMILIES, REPORTING, drawings

from .abstention import candidates

DRAWINGS = 100  # of each family, to report on
FIT_DRAWINGS = 400  # of each family, to fit and to choose with
FIT_IMAGES = 5000  # training images beside which drawings are told apart
FIT_SYNTHETIC, FIT_SEED = 4000, 77  # digits of other forms beside them, which no run trains on


def abstention_figures(
    reader: FeatureReader,
    train: Examples,
    validation: Seen,
    shown: dict[str, Seen],
    temperature: float,
    share: float,
) -> dict:
    """The chosen abstention, and for every score the share that it abstains from, of each set of
    digits and each family of drawings.

    Weights come from training images, synthetic digits and half of the drawings of some families,
    thresholds from `validation`, the choice of the score from the other half. What is reported are
    other drawings, and of further families as well.
    """
    known = reader.read(drawn(CHOSEN_WITH, CHOOSING, FIT_DRAWINGS))
    to_fit, to_choose = (known.at(np.arange(first, len(known), 2)) for first in (0, 1))
    digits = train.evenly(FIT_IMAGES).and_also(synthetic_digits(FIT_SYNTHETIC, FIT_SEED))
    without_threshold = candidates(reader.read(digits.images), to_fit)
    scores = [one.at_share(share, validation, temperature) for one in without_threshold]
    best = max(scores, key=lambda one: one.abstained_share(to_choose, temperature))
    reported = reader.read(drawn(FAMILIES, REPORTING, DRAWINGS))
    families = {
        name: reported.at(slice(place * DRAWINGS, (place + 1) * DRAWINGS))
        for place, name in enumerate(FAMILIES)
    }
    shares = lambda one, named: {
        name: one.abstained_share(seen, temperature) for name, seen in named.items()
    }
    return {
        "abstention": best.to_json(),
        "abstained": {
            one.score: {
                "threshold": one.threshold,
                **shares(one, shown),
                "drawings": shares(one, families),
            }
            for one in scores
        },
    }


def drawn(families: Iterable[str], seed: int, count: int = DRAWINGS) -> np.ndarray:
    """`count` drawings of each family, one family after the other, (N, 784)."""
    return np.concatenate([drawings(name, count, seed) for name in families])
