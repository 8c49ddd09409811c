"""`python -m tests.mutation`: its areas exist, and its table counts what the tests notice."""

import sys
import tomllib
from types import SimpleNamespace

import pytest

from export.publish.site_files import ROOT
from tests.mutation import selection
from tests.mutation.areas import AREAS, Area
from tests.mutation.report import Module, table
from tests.mutation.workshop import prepare, settings

OUTCOMES = {
    "a": "killed",
    "b": "timeout",
    "c": "survived",
    "d": "no tests",
    "e": "not checked",
}


@pytest.mark.parametrize("area", AREAS.values(), ids=AREAS)
def test_every_module_and_every_test_of_an_area_exists(area):
    assert all([*ROOT.glob(pattern)] for pattern in (area.source, *area.modules))
    assert all((ROOT / path).exists() for path in area.tests)


def test_a_mutant_that_no_test_reaches_counts_as_not_noticed_and_an_untried_one_does_not_count():
    module = Module("core/image.py", OUTCOMES)
    assert (module.noticed, module.tried) == (2, 4)
    assert module.survivors == {"c": "survived", "d": "no tests"}


def test_the_table_has_a_line_for_each_module_that_was_tried_and_one_for_all():
    untried = Module("core/link.py", {"f": "not checked"})
    lines = table(
        [Module("core/image.py", OUTCOMES), Module("core/a.py", {"g": "killed"}), untried]
    )
    assert [line.split() for line in lines.splitlines()] == [
        ["core/image.py", "2", "of", "4", "noticed", "50.0%"],
        ["core/a.py", "1", "of", "1", "noticed", "100.0%"],
        ["together", "3", "of", "5", "noticed", "60.0%"],
    ]


def test_tests_that_open_a_browser_or_read_code_are_left_out():
    opening, reading, other = items = [
        SimpleNamespace(fixturenames=names, get_closest_marker=marks.get)
        for names, marks in (
            (["browser", "mnist"], {}),
            (["mnist"], {"reads_code": pytest.mark.reads_code.mark}),
            (["mnist"], {"parametrize": pytest.mark.parametrize.mark}),
        )
    ]
    left_out = []
    hook = SimpleNamespace(pytest_deselected=lambda items: left_out.extend(items))
    selection.pytest_collection_modifyitems(SimpleNamespace(hook=hook), items)
    assert items == [other] and left_out == [opening, reading]


@pytest.mark.parametrize("mutant, told", [("stats", True), ("", True), ("x_f__mutmut_1", False)])
def test_what_fails_is_told_unless_a_mutant_is_tried(capsys, monkeypatch, mutant, told):
    monkeypatch.setenv("MUTANT_UNDER_TEST", mutant)
    monkeypatch.setattr(sys, "__stderr__", sys.stderr)
    for failed in (True, False):
        name = "broken" if failed else "sound"
        selection.pytest_runtest_logreport(
            SimpleNamespace(failed=failed, nodeid=f"test_{name}", longreprtext=f"{name} text")
        )
    assert capsys.readouterr().err == ("\ntest_broken\nbroken text\n" if told else "")


def test_the_copy_is_configured_for_its_area_and_the_project_is_left_as_it_is(tmp_path):
    area = Area("training", ("training/files.py",), ("tests/training/test_files.py",))
    before = (ROOT / "pyproject.toml").read_bytes()
    for _ in range(2):
        prepare(tmp_path, area)
    config = tomllib.loads((tmp_path / "pyproject.toml").read_text())["tool"]["mutmut"]
    assert config == tomllib.loads(settings(area))
    assert config["only_mutate"] == ["training/files.py"]
    assert (tmp_path / "training" / "files.py").read_bytes() == (
        ROOT / "training" / "files.py"
    ).read_bytes()
    assert (ROOT / "pyproject.toml").read_bytes() == before
