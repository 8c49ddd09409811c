"""What index.json and README.md state of the models in site/models, worked out again from MNIST and
from the weights that ship, by numpy. On every twentieth image net.js and net.wasm, run as the page
runs them, must come to the same."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from tests.support.module_page import SITE
from tests.support.numpy_network import shipped_in_numpy
from tests.support.shipped import Outputs, shipped_outputs
from training.evaluation.abstention import Abstention
from training.evaluation.abstention_search import drawn
from training.evaluation.calibration import expected_calibration_error, fitted_temperature
from training.evaluation.evaluate import MAX_ABSTAINED
from training.networks.features import Seen
from training.networks.models import MODELS
from training.synthetic.scribbles import CHOSEN_WITH, HELD_BACK, REPORTING

FOLDER = SITE / "models"
COLUMNS = ("mlp", "cnn")  # of README's table of figures
ONE_IMAGE = 1.5  # what the stated figures may differ by: no two backends round alike
ROUNDING = 1e-3  # the same, of logits and scores
STEP = 20  # the files are run on every twentieth image: kernels do the same for each


@pytest.fixture(scope="module")
def images(mnist) -> dict[str, np.ndarray]:
    """Images (N, 784) uint8, by what they are."""
    return {
        "validation": mnist.validation.images,
        "test": mnist.test.images,
        "tuned with": as_bytes(drawn(CHOSEN_WITH, REPORTING)),
        "other": as_bytes(drawn(HELD_BACK, REPORTING)),
    }


def as_bytes(ink: np.ndarray) -> np.ndarray:
    return ink if ink.dtype == np.uint8 else (ink * 255).round().astype(np.uint8)


@pytest.fixture(scope="module", params=MODELS)
def name(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def entry(name) -> dict:
    entries = json.loads((FOLDER / "index.json").read_text())
    return next(entry for entry in entries if entry["name"] == name)


@pytest.fixture(scope="module")
def abstention(entry) -> Abstention:
    return Abstention(**entry["abstention"])


@pytest.fixture(scope="module")
def ink(images) -> np.ndarray:
    """All images (N, 784) in 0..1."""
    return np.concatenate([*images.values()]) / np.float32(255)


@pytest.fixture(scope="module")
def outputs(ink, name, abstention) -> Outputs:
    """What the network makes of all images, by numpy."""
    return shipped_in_numpy(name).outputs(ink, abstention.feature_steps or [])


@pytest.fixture(scope="module")
def seen(images, outputs) -> dict[str, Seen]:
    """What the network makes of each set of images; its features are summed up in one."""
    ends = np.cumsum([len(of) for of in images.values()])[:-1]
    parts = zip(np.split(outputs.features, ends), np.split(outputs.logits, ends))
    return {
        of: Seen(features, logits, images[of])
        for of, (features, logits) in zip(images, parts, strict=True)
    }


@pytest.fixture(scope="module")
def logits(seen) -> dict[str, np.ndarray]:
    """Logits (N, 10) of each set of images."""
    return {of: found.logits for of, found in seen.items()}


@pytest.fixture(scope="module")
def summed(abstention) -> Abstention:
    """The abstention, for features that are summed up in one."""
    return replace(abstention, feature_steps=[1]) if abstention.feature_steps else abstention


@pytest.fixture(scope="module")
def abstained(entry, summed, seen) -> dict[str, float]:
    """The share of each set that the model abstains from."""
    return {of: summed.abstained_share(found, entry["temperature"]) for of, found in seen.items()}


def in_readme(row: str, name: str) -> float:
    """The percentage in a row of README's table of figures, as a share."""
    [line] = re.findall(rf"^\| {re.escape(row)} \|(.*)\|$", README, re.MULTILINE)
    return float(line.split("|")[COLUMNS.index(name)].replace("%", "")) / 100


README = (SITE.parent / "README.md").read_text()


def test_the_files_make_of_images_what_numpy_does(name, entry, ink, outputs, abstention, summed):
    sample = slice(None, None, STEP)
    shipped = shipped_outputs(name, ink[sample], abstention.feature_steps or [])
    ran, computed = (
        Seen(of.features, of.logits, ink[sample])
        for of in (shipped, Outputs(*(values[sample] for values in outputs)))
    )
    assert np.abs(ran.logits - computed.logits).max() < ROUNDING
    assert ran.answers.tolist() == computed.answers.tolist()
    scores = [summed.scores(of, entry["temperature"]) for of in (ran, computed)]
    assert np.abs(scores[0] - scores[1]).max() < ROUNDING
    abstains = [summed.abstains(of, entry["temperature"]).tolist() for of in (ran, computed)]
    assert abstains[0] == abstains[1]


@pytest.mark.parametrize("part", ["validation", "test"])
def test_the_accuracies_are_those_of_the_files(entry, logits, mnist, part):
    right = (logits[part].argmax(axis=1) == getattr(mnist, part).labels).sum()
    assert right == pytest.approx(entry[f"{part}_accuracy"] * len(logits[part]), abs=ONE_IMAGE)


def test_readme_states_the_accuracy_of_the_catalogue(entry, name):
    assert in_readme("accuracy on the 10,000 test images of MNIST", name) == pytest.approx(
        entry["test_accuracy"]
    )


def test_the_temperature_is_the_one_that_fits_the_validation_images(entry, logits, mnist):
    fitted = fitted_temperature(logits["validation"], mnist.validation.labels)
    assert entry["temperature"] == pytest.approx(fitted, rel=0.005)


def test_the_calibration_error_is_the_one_in_readme(entry, logits, mnist, name):
    found = expected_calibration_error(logits["test"], mnist.test.labels, entry["temperature"])
    assert in_readme("expected calibration error on the test images", name) == pytest.approx(
        found, abs=1e-4
    )


def test_the_threshold_abstains_from_as_many_validation_digits_as_it_may(abstained, logits):
    count = len(logits["validation"])
    assert abstained["validation"] * count == pytest.approx(
        int(MAX_ABSTAINED * count), abs=ONE_IMAGE
    )


@pytest.mark.parametrize(
    "of, row, rounding",
    [
        ("test", "abstains from MNIST's test digits", 0.0006),
        ("tuned with", "abstains from scribbles and letters of the kinds it was tuned with", 0.006),
        ("other", "abstains from scribbles and letters of other kinds", 0.006),
    ],
)
def test_the_model_abstains_as_often_as_readme_states(abstained, name, of, row, rounding):
    assert in_readme(row, name) == pytest.approx(abstained[of], abs=rounding)
