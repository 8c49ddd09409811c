"""The self-test of a model in index.json: a few inputs with the logits that tinygrad gives, so that
the page notices a backend that computes nonsense.

"self_test" is a list of {"ink", "logits"}: 784 bytes of ink, 255 for full ink, row by row, in
base64; and the ten logits.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable

import numpy as np
from tinygrad import Context, Tensor

from py_frontend.core.examples import DIGITS
from py_frontend.core.image import mnist_image
from py_frontend.core.self_test import LEVELS

DRAWN = (8, 5, 4)  # digits of the page's examples whose lines lie in different places
DECIMALS = 4


def self_test(network: Callable[[Tensor], Tensor]) -> list[dict]:
    """What `network`, which maps (N, 784) to (N, 10), gives for some drawn digits."""
    levels = np.stack([_levels(DIGITS[digit].strokes) for digit in DRAWN])
    with Context(NOOPT=1):  # for so few images compiling takes longer than computing
        logits = network(Tensor(levels.astype(np.float32) / LEVELS)).numpy()
    return [
        {"ink": b64encode(ink.tobytes()).decode(), "logits": _rounded(row)}
        for ink, row in zip(levels, logits, strict=True)
    ]


def _levels(strokes) -> np.ndarray:
    return (np.array(mnist_image(strokes)) * LEVELS).round().astype(np.uint8)


def _rounded(logits: Iterable[float]) -> list[float]:
    return [round(float(logit), DECIMALS) for logit in logits]
