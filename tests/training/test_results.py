"""Results set against their plan: what counts, what is missing, and the figures of a level."""

from statistics import stdev

import pytest

from tests.support.sweep_files import (
    finished_sweep,
    head,
    result,
    trials,
    write_results,
    write_sweep,
)
from training.sweeps.results import Spread, read_findings
from training.sweeps.sweep import read_results, results_path


@pytest.fixture
def sweep(tmp_path):
    return finished_sweep(tmp_path)


def levels(findings) -> dict:
    return {(level.factor, level.name): level for level in findings.levels}


def test_levels_come_in_the_order_of_the_file_with_all_their_seeds(sweep):
    findings = read_findings(sweep)
    assert [
        (level.factor, level.name, len(level.rows), level.planned) for level in findings.levels
    ] == [("base", "base", 2, 2), ("lr", "0.01", 2, 2), ("augmentation", "no thickness", 2, 2)]
    assert (findings.model, findings.runs, findings.planned) == ("mlp", 6, 6)
    assert findings.base is findings.levels[0] and list(findings.factors) == ["lr", "augmentation"]


def test_the_order_of_the_results_does_not_matter(sweep):
    before = read_findings(sweep)
    write_results(sweep, read_results(sweep)[::-1])
    assert read_findings(sweep) == before


def test_a_figure_is_the_mean_and_the_sample_deviation_over_seeds(sweep):
    spread = levels(read_findings(sweep))["lr", "0.01"].spread("validation_accuracy")
    assert (spread.mean, spread.deviation) == (
        pytest.approx(0.9875),
        pytest.approx(stdev([0.98, 0.995])),
    )
    assert Spread.of([3.0]) == Spread(3.0, None)


def test_steps_to_99_percent_count_only_runs_that_got_there(sweep):
    found = levels(read_findings(sweep))
    assert found["base", "base"].steps_to_target == [200, 300]
    assert found["lr", "0.01"].steps_to_target == [100]
    assert found["augmentation", "no thickness"].steps_to_target == []


def test_the_noise_of_the_loss_is_that_of_the_last_quarter(tmp_path):
    sweep = write_sweep(tmp_path)
    [trial, *_] = trials(sweep).values()
    write_results(sweep, [result(trial, [0.9] * 8, [9.0, 1.0, 8.0, 0.5, 7.0, 0.1, 0.2, 0.4])])
    assert read_findings(sweep).base.loss_noise == Spread(pytest.approx(stdev([0.2, 0.4])), None)


def test_missing_and_failed_runs_are_named(sweep):
    rows = [row for row in read_results(sweep) if not row["key"].startswith("lr")]
    write_results(
        sweep, [*rows, head(trials(sweep)["lr=0.01,seed=1"]) | {"error": "out of memory"}]
    )
    findings = read_findings(sweep)
    assert findings.missing == ["lr=0.01,seed=0"]
    assert findings.failed == {"lr=0.01,seed=1": "out of memory"}
    assert (findings.runs, findings.planned) == (4, 6)
    assert ("lr", "0.01") not in levels(findings)


def test_a_run_that_failed_and_was_repeated_counts_as_finished(sweep):
    rows = read_results(sweep)
    write_results(sweep, [head(trials(sweep)[rows[0]["key"]]) | {"error": "killed"}, *rows])
    findings = read_findings(sweep)
    assert findings.failed == {} and findings.runs == 6


def test_a_result_of_other_settings_than_planned_does_not_count(sweep):
    sweep.write_text(sweep.read_text().replace("lr = 0.002", "lr = 0.003"))
    findings = read_findings(sweep)
    assert findings.unplanned == [
        "augmentation=no thickness,seed=0",
        "augmentation=no thickness,seed=1",
        "base=base,seed=0",
        "base=base,seed=1",
    ]
    assert len(findings.missing) == 4 and findings.base is None


def test_a_result_from_before_an_option_was_added_still_counts(sweep):
    rows = read_results(sweep)
    for row in rows:
        del row["config"]["synthetic"]
    write_results(sweep, rows)
    assert read_findings(sweep).runs == 6


def test_a_result_with_an_option_that_is_gone_does_not_count(sweep):
    rows = read_results(sweep)
    rows[0]["config"]["dropout"] = 0.5
    write_results(sweep, rows)
    assert read_findings(sweep).unplanned == [rows[0]["key"]]


def test_a_sweep_without_results_is_all_missing(sweep):
    results_path(sweep).unlink()
    findings = read_findings(sweep)
    assert len(findings.missing) == 6 and findings.levels == [] and findings.base is None
