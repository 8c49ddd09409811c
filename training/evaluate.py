"""How good a trained network is as it ships: eight-bit weights, batch norm folded, every image of the set."""
from pathlib import Path

import numpy as np

from .calibration import cross_entropy, expected_calibration_error, fitted_temperature
from .config import from_json
from .data import Mnist
from .deploy import Deployed
from .files import write_json
from .models import CLASSES
from .runs import RunFolder, load_weights
from .strokes import load_strokes
from .trainer import Classifier


def evaluate(run: RunFolder, mnist: Mnist, strokes: Path | None = None) -> dict:
    """The figures of a run's best weights, also written to its evaluation.json.

    The temperature is fitted on validation images; the test set is only reported.
    """
    model = from_json(run.config).build()
    load_weights(model, run.best)
    trained, shipped = Classifier(model), Classifier(Deployed(model))
    validation, test = (shipped.logits(part.images) for part in (mnist.validation, mnist.test))
    temperature = fitted_temperature(validation, mnist.validation.labels)
    figures = {
        "validation_accuracy": accuracy(validation, mnist.validation.labels),
        "test_accuracy": accuracy(test, mnist.test.labels),
        "test_accuracy_float": accuracy(trained.logits(mnist.test.images), mnist.test.labels),
        "test_errors_by_digit": errors_by_digit(test, mnist.test.labels),
        "temperature": round(temperature, 4),
        "test_cross_entropy": cross_entropy(test, mnist.test.labels, temperature),
        "test_calibration_error": expected_calibration_error(test, mnist.test.labels, temperature),
    }
    if strokes:
        figures["strokes"] = judge_strokes(shipped, strokes)
    write_json(run.evaluation, figures)
    return figures


def accuracy(logits: np.ndarray, labels: np.ndarray) -> float:
    return float((logits.argmax(axis=1) == labels).mean())


def errors_by_digit(logits: np.ndarray, labels: np.ndarray) -> list[int]:
    """How many images of each digit are misread."""
    return np.bincount(labels[logits.argmax(axis=1) != labels], minlength=CLASSES).tolist()


def judge_strokes(classifier: Classifier, path: Path) -> dict:
    """How well digits are read that people drew with a pen, through the page's own path from strokes to image."""
    digits = load_strokes(path)
    logits = classifier.logits(digits.images)
    return {"file": path.name, "digits": len(digits.labels), "accuracy": accuracy(logits, digits.labels),
            "errors_by_digit": errors_by_digit(logits, digits.labels)}
