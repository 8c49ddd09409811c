"""A sentence beside the answer: why the network is not sure, or what else the drawing may be."""

from .erasing import remaining
from .groups import groups
from .prediction import Prediction
from .reader import Answer, Drawn

FITS = 0.2  # the probability from which on a second digit fits, where the network abstains
WORTH_TELLING = 0.05  # the same where it answers

UNLIKE = "Unlike the training images."


def notice(answer: Answer) -> str:
    """Empty where the answer says it all."""
    count = _digits_side_by_side(answer.drawn)
    if count > 1:
        return f"{count} digits? Draw one digit at a time."
    prediction = answer.prediction
    second = prediction.second
    probability = prediction.probabilities[second]
    if prediction.abstains:
        return _both_fit(prediction) if probability >= FITS else UNLIKE
    return f"Second guess: {second} ({probability:.0%})" if probability >= WORTH_TELLING else ""


def _both_fit(prediction: Prediction) -> str:
    return f"Both a {prediction.digit} and a {prediction.second} fit."


def _digits_side_by_side(drawn: Drawn) -> int:
    return len(groups(remaining(drawn.strokes, drawn.area)))
