"""`python -m training evaluate` on a small network and a small data set, with real kernels and real
drawings."""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from functools import cache
from io import StringIO
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tinygrad import Tensor
from tinygrad.nn.state import get_state_dict

from tests.support.glyphs import GLYPHS
from tests.support.tiny_mnist import TINY, bars, tiny_mnist
from training import __main__ as command
from training.data.mnist import Examples, Mnist
from training.data.strokes import load_strokes
from training.evaluation import abstention_search
from training.evaluation.abstention import SCORES, Abstention
from training.evaluation.corruptions import CORRUPTIONS
from training.evaluation.evaluate import MAX_ABSTAINED, evaluate
from training.files import write_json
from training.fit.provenance import Session
from training.fit.runs import RunFolder, save_tensors
from training.fit.trained import load_network
from training.networks.features import FeatureReader
from training.networks.quantize import QuantizedNetwork
from training.synthetic.digits import synthetic_digits
from training.synthetic.scribbles import CHOSEN_WITH, FAMILIES, REPORTING, drawings

WRONG = 6  # labels of test images that are not what they show, so that there are errors to count
SOME = 6  # drawings of each family


def mnist_with_errors() -> Mnist:
    mnist = tiny_mnist()
    labels = mnist.test.labels.copy()
    labels[:WRONG] = (labels[:WRONG] + 3) % 10
    return replace(mnist, test=Examples(mnist.test.images, labels))


pytestmark = pytest.mark.usefixtures("shallow")
MNIST = mnist_with_errors()


@pytest.fixture(scope="module", autouse=True)
def few_drawings():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(abstention_search, "DRAWINGS", SOME)
        patch.setattr(abstention_search, "FIT_DRAWINGS", SOME)
        patch.setattr(abstention_search, "FIT_SYNTHETIC", 100)
        patch.setattr(abstention_search, "synthetic_digits", cache(synthetic_digits))
        # As are validated and tested: what is read by one batch is not worth capturing.
        patch.setattr("training.networks.features.BATCH", 100)
        yield


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Iterator[RunFolder]:
    """Of a folder where one can say runs/mlp-0; a network whose first layers are random and whose
    last one is fitted by least squares, as training would take longer."""
    above = tmp_path_factory.mktemp("above")
    folder = RunFolder(above / "runs" / "mlp-0")
    config = replace(TINY, width=64)
    write_json(folder.config, config.to_json())
    folder.add_session(Session.begun(0))
    model = config.build()
    *first, last = model.layers
    ink = Tensor(MNIST.train.images.astype(np.float32) / 255)
    features = np.pad(ink.sequential(first).numpy(), ((0, 0), (0, 1)), constant_values=1)
    fitted, *_ = np.linalg.lstsq(features, 12 * np.eye(10)[MNIST.train.labels], rcond=0.02)
    last.weight.assign(Tensor(fitted[:-1].T.astype(np.float32)))
    last.bias.assign(Tensor(fitted[-1].astype(np.float32)))
    save_tensors(folder.best, get_state_dict(model))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(above)
        yield folder


@pytest.fixture(scope="module")
def strokes(tmp_path_factory) -> Path:
    """The ten digits as pen strokes, in the form of a file of strokes."""
    path = tmp_path_factory.mktemp("strokes") / "strokes.json"
    path.write_text(
        json.dumps(
            [{"label": digit, "writer": 0, "strokes": glyph} for digit, glyph in GLYPHS.items()]
        )
    )
    return path


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("pictures") / "sheets"


@pytest.fixture(scope="module")
def printed(run, strokes, pictures) -> str:
    """What the command says when all is asked of it."""
    options = ["--strokes", str(strokes), "--abstain", "0.05"]
    options += ["--corruptions", "30", "--pictures", str(pictures)]
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as out:
        patch.setattr(command, "load_mnist", lambda folder: MNIST)
        assert command.main(["evaluate", str(run.path), *options]) == 0
    return out.getvalue()


@pytest.fixture(scope="module")
def figures(printed, run) -> dict:
    """Those that the command has left in the run folder."""
    return json.loads(run.evaluation.read_text())


@pytest.fixture(scope="module")
def kept(run) -> tuple[dict, str]:
    """Figures of an evaluation that nothing more was asked of, and the file that it wrote."""
    return evaluate(run, MNIST), run.evaluation.read_text()


@pytest.fixture(scope="module")
def plain_figures(kept) -> dict:
    figures, _ = kept
    return figures


@pytest.fixture
def without_abstention(monkeypatch):
    """Where it does not matter; it takes most of an evaluation's time."""
    monkeypatch.setattr("training.evaluation.evaluate.abstention_figures", lambda *_: {})


@pytest.fixture(scope="module")
def shipped(run) -> FeatureReader:
    return FeatureReader(QuantizedNetwork(load_network(run)))


def test_the_figures_are_kept_in_the_run_folder(kept):
    figures, file = kept
    assert json.loads(file) == figures


def test_the_accuracies_are_those_of_the_eight_bit_network(figures, shipped):
    for name, part in (("validation", MNIST.validation), ("test", MNIST.test)):
        right = (shipped.read(part.images).answers == part.labels).mean()
        assert figures[f"{name}_accuracy"] == right > 0.8


def test_errors_are_counted_by_what_the_image_is(figures, shipped):
    wrong = MNIST.test.labels[shipped.read(MNIST.test.images).answers != MNIST.test.labels].tolist()
    assert len(wrong) >= WRONG
    assert figures["test_errors_by_digit"] == [wrong.count(digit) for digit in range(10)]


def test_strokes_are_judged_as_the_page_draws_them(figures, shipped, strokes):
    digits = load_strokes(strokes)
    answers = shipped.read(digits.images).answers
    assert figures["strokes"]["digits"] == 10
    assert figures["strokes"]["accuracy"] == (answers == digits.labels).mean()
    assert figures["strokes"]["errors_by_digit"] == (answers != digits.labels).astype(int).tolist()
    assert 0 <= figures["strokes"]["calibration_error"] <= 1


def test_the_chosen_score_abstains_from_the_shares_that_the_figures_state(figures, shipped):
    one, temperature = Abstention(**figures["abstention"]), figures["temperature"]
    abstained = figures["abstained"][one.score]
    assert one.abstained_share(shipped.read(MNIST.validation.images), temperature) <= 0.05
    assert one.abstained_share(shipped.read(MNIST.test.images), temperature) == abstained["test"]
    for name in ("grid", "heart", "dash"):
        assert (
            one.abstained_share(shipped.read(drawings(name, SOME, REPORTING)), temperature)
            == abstained["drawings"][name]
        )


def test_every_score_is_compared_on_every_set_and_every_family(figures):
    assert figures["abstained"].keys() == {*SCORES, "by_answer", "by_features"}
    for shares in figures["abstained"].values():
        assert shares["drawings"].keys() == FAMILIES.keys()
        values = [shares["test"], shares["strokes"], *shares["drawings"].values()]
        assert all(0 <= value <= 1 for value in values)


def test_what_is_chosen_with_is_neither_test_set_nor_what_is_reported_nor_held_back(
    run, plain_figures, monkeypatch
):
    """Other test images, other reported drawings and other families that are held back change the
    report, but not the choice."""
    before = plain_figures
    monkeypatch.setattr(abstention_search, "REPORTING", 7)
    for name in set(FAMILIES) - set(CHOSEN_WITH):
        monkeypatch.setitem(FAMILIES, name, FAMILIES["dot"])
    monkeypatch.setattr(abstention_search, "drawings", drawings.__wrapped__)  # others than cached
    after = evaluate(run, replace(MNIST, test=bars(100, seed=9)))
    assert (
        after["abstention"] == before["abstention"]
        and after["temperature"] == before["temperature"]
    )
    thresholds_before, thresholds_after = (
        {score: shares["threshold"] for score, shares in figures["abstained"].items()}
        for figures in (before, after)
    )
    assert thresholds_after == thresholds_before
    drawings_before, drawings_after = (
        {name: figures["abstained"]["by_answer"]["drawings"][name] for name in CHOSEN_WITH}
        for figures in (before, after)
    )
    assert drawings_after != drawings_before


def test_a_larger_share_raises_the_threshold(run, plain_figures, figures):
    """None of a hundred images, five, and forty."""
    assert MAX_ABSTAINED * len(MNIST.validation) < 1
    thresholds = [
        found["abstained"]["energy"]["threshold"]
        for found in (plain_figures, figures, evaluate(run, MNIST, share=0.4))
    ]
    assert all(a < b for a, b in pairwise(thresholds))


def test_corruptions_are_judged_at_every_severity(figures):
    assert figures["corruptions"].keys() == CORRUPTIONS.keys()
    assert all(
        len(errors) == 3 and all(0 <= error <= 1 for error in errors)
        for errors in figures["corruptions"].values()
    )
    clean = 1 - figures["test_accuracy"]
    worst = {name: errors[2] for name, errors in figures["corruptions"].items()}
    assert worst["translation"] > clean + 0.3  # a bar's height is all that tells these digits apart
    assert worst["faint ink"] >= clean


def test_corruptions_and_strokes_are_left_out_unless_they_are_asked_for(plain_figures):
    assert "corruptions" not in plain_figures and "strokes" not in plain_figures
    assert "strokes" not in plain_figures["abstained"]["energy"]


def test_there_is_a_sheet_for_each_set(figures, pictures):
    assert {path.name for path in pictures.iterdir()} == {"mlp-0-test.png", "mlp-0-strokes.png"}
    for path in pictures.iterdir():
        with Image.open(path) as sheet:
            assert (np.array(sheet) > 200).any()


def test_sheets_of_runs_of_the_same_name_do_not_replace_each_other(
    run, tmp_path, without_abstention
):
    """Regression: runs/a/mlp-0 and runs/b/mlp-0 both wrote mlp-0-test.png."""
    for folder in (Path("runs/a/mlp-0"), Path("runs/b/mlp-0"), tmp_path / "mlp-0"):
        shutil.copytree(run.path, folder)
        evaluate(RunFolder(folder), MNIST, pictures=tmp_path / "sheets")
    names = sorted(path.name for path in (tmp_path / "sheets").iterdir())
    assert len(names) == 3 and {"a_mlp-0-test.png", "b_mlp-0-test.png"} < set(names)
    assert all(name.endswith("mlp-0-test.png") and not name.startswith(".") for name in names)


def test_a_sheet_that_cannot_be_written_does_not_cost_the_figures(
    run, tmp_path, without_abstention
):
    run.evaluation.unlink(missing_ok=True)
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError):
        evaluate(run, MNIST, pictures=tmp_path / "file")
    assert json.loads(run.evaluation.read_text())["test_accuracy"] > 0.5


def test_without_pillow_the_command_says_what_to_install_before_it_judges_anything(
    run, tmp_path, monkeypatch
):
    """Regression: it said so after minutes, whose figures were lost."""
    monkeypatch.setattr(FeatureReader, "read", lambda *_: pytest.fail("Images were judged."))
    monkeypatch.setitem(sys.modules, "PIL", None)
    monkeypatch.delitem(sys.modules, "training.evaluation.pictures", raising=False)
    with pytest.raises(
        OSError,
        match=r"Pictures need PIL, which is not installed. Run: pip install -e '.\[report\]'",
    ):
        evaluate(run, MNIST, pictures=tmp_path)


def test_the_command_prints_the_figures_as_tables(printed, figures, run):
    out = printed
    assert (
        f"test {figures['test_accuracy']:.2%}" in out
        and f"strokes: {figures['strokes']['accuracy']:.2%} of 10" in out
    )
    [session] = run.sessions()
    assert figures["provenance"] == [session]
    assert f"trained on {session['device']} at {session['date']}: " in out
    chosen = figures["abstention"]
    assert f"abstains where {chosen['score']} is below {chosen['threshold']:.4g}" in out
    for score, shares in figures["abstained"].items():
        line = next(line for line in out.splitlines() if line.split()[:1] == [score])
        assert line.split()[1:3] == [f"{shares['test']:.2%}", f"{shares['strokes']:.2%}"]
    for name, errors in figures["corruptions"].items():
        line = next(line for line in out.splitlines() if line.strip().startswith(name))
        assert all(
            f"{error:.2%} at {severity:g}" in line
            for error, severity in zip(errors, CORRUPTIONS[name].severities, strict=True)
        )
    assert "grid* " in out and "dash " in out


@pytest.mark.parametrize("share", ["1", "-0.5"])
def test_a_share_that_makes_no_sense_is_named_before_anything_is_judged(
    run, share, monkeypatch, capsys
):
    monkeypatch.setattr(FeatureReader, "read", lambda *_: pytest.fail("Images were judged."))
    monkeypatch.setattr(command, "load_mnist", lambda folder: MNIST)
    assert command.main(["evaluate", str(run.path), "--abstain", share]) == 1
    assert f"to abstain from is {float(share)}" in capsys.readouterr().err
