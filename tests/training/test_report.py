"""HYPERPARAMETERS.md: what stands in it, and that the committed one is what the committed results
give."""

import json
import re
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.sweep_files import finished_sweep, head, trials, write_results
from training.__main__ import main
from training.sweeps.charts import figures
from training.sweeps.report import FIGURE, REPORT, SWEEPS, all_findings, markdown
from training.sweeps.results import read_findings
from training.sweeps.svg import DARK, LIGHT
from training.sweeps.sweep import read_results

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
ROUNDING = 0.05  # points; what other processors may round differently
HASHED_ID = re.compile(r"#?\b[pm][0-9a-f]{10}\b")


@pytest.fixture
def sweep(tmp_path) -> Path:
    return sweep_in(tmp_path)


def sweep_in(folder: Path) -> Path:
    (folder / "sweeps").mkdir()
    (folder / "sweeps" / "analysis.md").write_text("The base reaches {mlp.base.accuracy}.\n")
    return finished_sweep(folder / "sweeps")


def report(sweep: Path) -> str:
    return markdown(all_findings(sweep.parent), (sweep.parent / "analysis.md").read_text())


def command(sweep: Path) -> int:
    return main(
        ["report", "--sweeps", str(sweep.parent), "--out", str(sweep.parent.parent / "REPORT.md")]
    )


@pytest.fixture(scope="module")
def drawings(tmp_path_factory) -> dict[str, str]:
    """The figures of the invented results."""
    return {
        name: svg.decode()
        for name, svg in figures(read_findings(sweep_in(tmp_path_factory.mktemp("drawn")))).items()
    }


def test_the_table_has_mean_and_deviation_of_every_level(sweep):
    lines = report(sweep).splitlines()
    assert "The base reaches 99.10 %." in lines and "6 of 6 planned runs are finished." in lines
    row = next(line for line in lines if line.startswith("| lr | 0.01 |"))
    assert [cell.strip() for cell in row.strip("|").split("|")] == [
        "lr",
        "0.01",
        "2 of 2",
        "98.75 ± 1.06",
        "−0.35",
        "0.3000 ± 0.0000",
        "0.3000 ± 0.0000",
        "100 (1 of 2 seeds)",
        "0.0707 ± 0.0000",
        "10 ± 1",
    ]
    assert len([line for line in lines if line.startswith("| ")]) == 2 + 3


def test_failed_missing_and_unplanned_runs_are_listed(sweep):
    rows = [row for row in read_results(sweep) if row["factor"] != "lr"]
    failed = head(trials(sweep)["lr=0.01,seed=1"]) | {"error": "out of memory"}
    write_results(
        sweep,
        [
            *rows,
            failed,
            rows[0] | {"key": "momentum=0.5,seed=0"},
            rows[0] | {"key": "momentum=0.5,seed=3"},
        ],
    )
    text = report(sweep)
    assert "4 of 6 planned runs are finished." in text
    assert "Failed:\n\n- `lr=0.01,seed=1`: out of memory\n" in text
    assert "Planned and not run yet:\n\n- `lr=0.01`, seed 0\n" in text
    assert "not counted:\n\n- `momentum=0.5`, seed 0, 3\n" in text


def test_a_complete_sweep_lists_nothing_as_unfinished(sweep):
    text = report(sweep)
    assert "Failed" not in text and "not run yet" not in text and "not counted" not in text


def test_a_sweep_of_which_nothing_was_run_is_reported_without_figures(sweep):
    (sweep.parent / "analysis.md").write_text("Nothing yet.")
    write_results(sweep, [])
    assert command(sweep) == 0
    text = (sweep.parent.parent / "REPORT.md").read_text()
    assert "0 of 6 planned runs are finished." in text and "figures/" not in text
    assert not list((sweep.parent.parent / "figures").glob("*"))


OTHERS = {"logo.svg", "curves.svg", "my-own-effects.svg", "mlp-curves.svg.svg"}


@pytest.fixture(scope="module")
def reported(tmp_path_factory) -> Path:
    """A folder in which the command was run, beside an old figure and figures of others."""
    folder = tmp_path_factory.mktemp("reported")
    sweep = sweep_in(folder)
    (folder / "figures").mkdir()
    for name in {"gone-curves.svg"} | OTHERS:
        (folder / "figures" / name).write_text("<svg/>")
    assert command(sweep) == 0
    return folder


def figures_in(folder: Path) -> set[str]:
    return {path.name for path in (folder / "figures").iterdir()}


def test_the_command_writes_what_the_report_shows_and_removes_what_it_does_not(reported, sweep):
    text = (reported / "REPORT.md").read_text()
    shown = set(re.findall(r"figures/([\w-]+\.svg)", text))
    assert text == report(sweep)
    assert shown == {"mlp-effects.svg", "mlp-curves.svg"} == figures_in(reported) - OTHERS


def test_figures_of_others_beside_the_report_stay(reported):
    """Regression: every SVG in a folder called figures was removed, whoever had drawn it."""
    assert figures_in(reported) >= OTHERS


def test_every_figure_is_known_as_one_of_the_report(drawings):
    assert all(FIGURE.fullmatch(name) for name in drawings)


def test_an_unknown_placeholder_stops_the_command_before_anything_is_written(sweep, capsys):
    (sweep.parent / "analysis.md").write_text("{mlp.base.speed}")
    out = sweep.parent.parent / "REPORT.md"
    assert command(sweep) == 1
    assert "no figure is called 'speed'" in capsys.readouterr().err
    assert not out.exists() and not (out.parent / "figures").exists()


@pytest.mark.parametrize(
    "missing, reason", [("analysis.md", "analysis.md"), ("mlp.toml", "holds no sweep")]
)
def test_a_missing_file_is_named(sweep, missing, reason):
    (sweep.parent / missing).unlink()
    with pytest.raises(SystemExit, match=rf"Error: .*{reason}"):
        command(sweep)


def test_the_same_results_give_the_same_bytes(reported, drawings):
    """Those of the command are of a copy of the same results."""
    for name, svg in drawings.items():
        assert (reported / "figures" / name).read_bytes().decode() == svg


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("name", ["effects", "curves"])
def test_a_figure_has_the_colours_of_the_page_that_its_reader_prefers(page, drawings, name):
    """As Chromium computes them, for everything that is visible."""
    page.set_content(drawings[f"mlp-{name}.svg"])
    for scheme, theme in (("light", LIGHT), ("dark", DARK)):
        page.emulate_media(color_scheme=scheme)
        found = set(page.evaluate(VISIBLE_COLOURS))
        needed = {theme.text, theme.faint, theme.base, theme.levels[0]}
        assert needed <= found <= set(theme.colours), scheme


VISIBLE_COLOURS = """() => {
  const hex = (rgb) => "#" + rgb.match(/\\d+/g).slice(0, 3)
      .map((value) => Number(value).toString(16).padStart(2, "0")).join("");
  return [...document.querySelectorAll("svg g path, svg g text, svg g use")]
      .filter((element) => !element.closest("defs"))
      .map((element) => getComputedStyle(element))
      .flatMap((style) => [style.fill, style.stroke])
      .filter((colour) => colour.startsWith("rgb"))
      .map(hex);
}"""


def written(svg: str) -> list[str]:
    return [text.text for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_the_chart_of_effects_names_every_level_with_the_base_in_its_place(drawings):
    text = written(drawings["mlp-effects.svg"])
    start = text.index("lr")
    assert text[start : start + 6] == [
        "lr",
        "0.002 (base)",
        "0.01",
        "augmentation",
        "base",
        "no thickness",
    ]
    assert text.count("not reached") == 1


def test_better_levels_are_further_left_in_the_chart_of_effects(drawings):
    """The large dots, of the means: lr's base (0.9 % error) and 0.01 (1.25 %), then again the base
    and no thickness (2.5 %)."""
    root = ElementTree.fromstring(drawings["mlp-effects.svg"])
    axes = next(group for group in root.iter(f"{SVG}g") if group.get("id") == "axes_1")
    places = [
        float(use.get("x"))
        for line in axes
        if line.get("id", "").startswith("line2d")
        for uses in [list(line.iter(f"{SVG}use"))]
        if len(uses) == 1
        for use in uses
    ]
    assert len(places) == 4 and places[0] == places[2]
    base, worse, _, worst = places
    assert base < worse < worst
    assert (worst - base) / (worse - base) == pytest.approx((2.5 - 0.9) / (1.25 - 0.9), rel=0.01)


def test_the_committed_report_is_what_the_committed_results_give():
    assert (
        markdown(all_findings(SWEEPS), (SWEEPS / "analysis.md").read_text()) == REPORT.read_text()
    ), "run: python -m training report"


def test_the_committed_figures_are_those_of_the_committed_results():
    """Compared with a little tolerance, as another processor may round a coordinate the other
    way."""
    drawn = {name: svg.decode() for of in all_findings(SWEEPS) for name, svg in figures(of).items()}
    committed = {path.name: path.read_text() for path in (REPORT.parent / "figures").glob("*.svg")}
    assert committed.keys() == drawn.keys()
    for name, svg in drawn.items():
        (words, numbers), (expected_words, expected) = parts(committed[name]), parts(svg)
        assert words == expected_words, f"{name}: run python -m training report"
        assert numbers == pytest.approx(expected, abs=ROUNDING), (
            f"{name}: run python -m training report"
        )


def parts(svg: str) -> tuple[list[str], list[float]]:
    """An SVG's text between its numbers, and its numbers; names that hang on the exact coordinates
    are left out."""
    text = HASHED_ID.sub("ID", svg)
    return NUMBER.split(text), [float(number) for number in NUMBER.findall(text)]


def test_the_report_says_nothing_of_test_accuracy():
    """Choices are made on validation images only."""
    assert "test accuracy" not in REPORT.read_text().lower()


@pytest.mark.parametrize("model", ["mlp", "cnn"])
def test_curves_of_the_committed_results_run_forward(model):
    for row in read_results(SWEEPS / f"{model}.toml"):
        assert all(a[0] < b[0] for a, b in pairwise(row["curve"])), json.dumps(row["key"])
