"""The analysis takes every number from the results."""

import pytest

from tests.support.sweep_files import finished_sweep, write_results
from training.sweeps.analysis import FIGURES, AnalysisError, filled
from training.sweeps.report import SWEEPS, all_findings
from training.sweeps.results import read_findings
from training.sweeps.sweep import read_results


@pytest.fixture
def findings(tmp_path):
    return [read_findings(finished_sweep(tmp_path))]


@pytest.mark.parametrize(
    "placeholder, text",
    [
        ("target", "99 %"),
        ("mlp.base.accuracy", "99.10 %"),
        ("mlp.base.accuracy_spread", "0.14"),
        ("mlp.base.last_accuracy", "98.50 %"),
        ("mlp.lr.0.01.accuracy", "98.75 %"),
        ("mlp.lr.0.01.gain", "−0.35"),
        ("mlp.lr.0.01.level", "0.01"),
        ("mlp.base.gain", "+0.00"),
        ("mlp.base.loss", "0.3000"),
        ("mlp.base.last_loss", "0.3500"),
        ("mlp.base.loss_step", "250"),
        ("mlp.base.peak_loss", "0.40"),
        ("mlp.base.seconds", "10"),
        ("mlp.base.steps_to_target", "250"),
        ("mlp.lr.0.01.steps_to_target", "100 (1 of 2 seeds)"),
        ("mlp.augmentation.no thickness.steps_to_target", "not reached"),
        ("mlp.base.steps", "400"),
        ("mlp.base.lr", "0.002"),
        ("mlp.base.width", "512"),
        ("mlp.base.optimizer", "adamw"),
        ("mlp.augmentation.no thickness.thickness", "0"),
    ],
)
def test_a_placeholder_becomes_what_the_results_hold(findings, placeholder, text):
    assert filled(f"so {{{placeholder}}}!", findings) == f"so {text}!"


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_can_be_had_of_every_level(findings, figure):
    for place in ("base", "lr.0.01", "augmentation.no thickness"):
        text = filled(f"{{mlp.{place}.{figure}}}", findings)
        assert text and "{" not in text


@pytest.mark.parametrize(
    "placeholder, reason",
    [
        ("cnn.base.accuracy", "no sweep of 'cnn'"),
        ("mlp.lr.0.02.accuracy", "no finished runs of 'lr.0.02'"),
        ("mlp.base.acuracy", "no figure is called 'acuracy'"),
        ("mlp.base.seed", "no figure is called 'seed'"),
        ("accuracy", "no sweep of 'accuracy'"),
        ("", "no sweep of ''"),
    ],
)
def test_an_unknown_placeholder_is_an_error_that_names_it(findings, placeholder, reason):
    with pytest.raises(AnalysisError, match=reason):
        filled(f"so {{{placeholder}}}!", findings)


@pytest.mark.parametrize(
    "text", ["about 99.4 %", "in 3 runs", "the 28x28 image", "{mlp.base.accuracy} at 400 steps"]
)
def test_a_number_by_itself_is_an_error(findings, text):
    with pytest.raises(AnalysisError, match="by itself"):
        filled(text, findings)


def test_a_level_whose_runs_are_missing_cannot_be_spoken_of(tmp_path):
    sweep = finished_sweep(tmp_path)
    write_results(sweep, [row for row in read_results(sweep) if row["factor"] != "lr"])
    with pytest.raises(AnalysisError, match="no finished runs of 'lr.0.01'"):
        filled("{mlp.lr.0.01.gain}", [read_findings(sweep)])


def test_the_committed_analysis_speaks_of_both_models():
    text = (SWEEPS / "analysis.md").read_text()
    assert "{mlp." in text and "{cnn." in text
    assert filled(text, all_findings(SWEEPS)).count("%") > 10
