"""How good a trained network is as it ships: eight-bit weights, batch norm folded, every image of
the set."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.data.mnist import Examples, Mnist
from training.data.strokes import load_strokes
from training.files import write_json
from training.fit.runs import RunFolder
from training.fit.trained import load_network
from training.networks.features import FeatureReader, Seen
from training.networks.models import CLASSES
from training.networks.quantize import QuantizedNetwork

from .abstention import check_share
from .abstention_search import abstention_figures
from .calibration import cross_entropy, expected_calibration_error, fitted_temperature
from .corruptions import CORRUPTIONS, corrupted

MAX_ABSTAINED = 0.004  # of the validation digits


@dataclass(frozen=True)
class Judged:
    """Images (N, 784), what they are (N,), and what the network made of them."""

    images: np.ndarray
    labels: np.ndarray
    seen: Seen

    @property
    def logits(self) -> np.ndarray:
        return self.seen.logits

    @property
    def accuracy(self) -> float:
        return float((self.logits.argmax(axis=1) == self.labels).mean())

    @property
    def errors_by_digit(self) -> list[int]:
        """How many images of each digit are misread."""
        return np.bincount(
            self.labels[self.logits.argmax(axis=1) != self.labels], minlength=CLASSES
        ).tolist()

    def calibration_error(self, temperature: float) -> float:
        return expected_calibration_error(self.logits, self.labels, temperature)


def evaluate(
    run: RunFolder,
    mnist: Mnist,
    strokes: Path | None = None,
    share: float = MAX_ABSTAINED,
    corrupted_images: int = 0,
    pictures: Path | None = None,
) -> dict:
    """The figures of a run's best weights, also written to its evaluation.json.

    The temperature and the threshold of abstention come from validation images, of which the
    network abstains from at most `share`; the score and its weights come from training images and
    synthetic drawings. The test set is only reported. `corrupted_images` test images are damaged in
    every way; a folder for `pictures` gets sheets of what is misread.
    """
    check_share(share)
    write_sheet = sheet_writer() if pictures else None
    model = load_network(run)
    trained, shipped = FeatureReader(model), FeatureReader(QuantizedNetwork(model))
    judge = lambda examples, reader=shipped: Judged(
        examples.images, examples.labels, reader.read(examples.images)
    )
    validation, test = judge(mnist.validation), judge(mnist.test)
    temperature = round(fitted_temperature(validation.logits, validation.labels), 4)
    figures = {
        "provenance": run.sessions(),
        "validation_accuracy": validation.accuracy,
        "test_accuracy": test.accuracy,
        "test_accuracy_float": judge(mnist.test, trained).accuracy,
        "test_errors_by_digit": test.errors_by_digit,
        "temperature": temperature,
        "test_cross_entropy": cross_entropy(test.logits, test.labels, temperature),
        "test_calibration_error": test.calibration_error(temperature),
    }
    shown = {"test": test}
    if strokes:
        drawn = load_strokes(strokes)
        shown["strokes"] = judge(drawn)
        figures["strokes"] = judged_strokes(strokes, shown["strokes"], temperature, drawn.seen)
    seen = {name: judged.seen for name, judged in shown.items()}
    figures |= abstention_figures(shipped, mnist.train, validation.seen, seen, temperature, share)
    if corrupted_images:
        figures["corruptions"] = judged_corruptions(shipped, mnist.test, corrupted_images)
    write_json(run.evaluation, figures)
    if pictures and write_sheet:
        for name, judged in shown.items():
            write_sheet(
                pictures / sheet_name(run, name),
                judged.images,
                judged.labels,
                judged.logits,
                temperature,
            )
    return figures


def judged_strokes(path: Path, judged: Judged, temperature: float, seen: np.ndarray) -> dict:
    """How well digits are read that people drew with a pen, through the page's own path from
    strokes to image; also those of writers whose errors forms were thought of by (`seen`, bool
    (N,)), and of the others."""
    right = judged.logits.argmax(axis=1) == judged.labels
    halves = {"accuracy_seen": right[seen], "accuracy_unseen": right[~seen]}
    return {
        "file": path.name,
        "digits": len(judged.labels),
        "accuracy": judged.accuracy,
        **{name: float(half.mean()) for name, half in halves.items() if len(half)},
        "errors_by_digit": judged.errors_by_digit,
        "calibration_error": judged.calibration_error(temperature),
    }


def judged_corruptions(
    reader: FeatureReader, test: Examples, images: int
) -> dict[str, list[float]]:
    """Error, 0..1, for each corruption at each severity, on `images` test images evenly taken from
    all."""
    chosen = test.evenly(images)
    return {
        name: errors(reader, chosen, name, corruption.severities)
        for name, corruption in CORRUPTIONS.items()
    }


def errors(
    reader: FeatureReader, chosen: Examples, name: str, severities: Iterable[float]
) -> list[float]:
    """Error, 0..1, for one corruption of the `chosen` at each of its severities."""
    images = [corrupted(chosen.images, name, severity) for severity in severities]
    answers = reader.read(np.concatenate(images)).answers.reshape(len(images), -1)
    return (answers != chosen.labels).mean(axis=1).tolist()


def sheet_writer() -> Callable[..., int]:
    """pictures.write_misread; Pillow is needed for nothing else than the sheets."""
    try:
        from .pictures import write_misread
    except ModuleNotFoundError as error:
        raise OSError(
            f"Pictures need {error.name}, which is not installed. Run: pip install -e '.[report]'"
        ) from error
    return write_misread


def sheet_name(run: RunFolder, of: str) -> str:
    """Of the misread images of one set: runs of the same name in different folders have different
    sheets."""
    return f"{'_'.join(part for part in Path(run.name).parts if part != '..')}-{of}.png"
