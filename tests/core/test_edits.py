"""Changed sources: their difference, their patch, and the links that bring them."""

import subprocess

import pytest

from py_frontend.core.edits import (
    MAX_CHANGE,
    Edit,
    EditError,
    Kept,
    digest,
    edits,
    fitting,
    from_fragment,
    from_text,
    patch,
    to_fragment,
    to_text,
)
from py_frontend.core.experiments import EXPERIMENTS
from py_frontend.core.outline import OTHERS, PARTS, outline
from tests.setup.test_walls import FRONTEND

ORIGINALS = {"core/a.py": "one\ntwo\nthree\n", "core/b.py": "alone"}
CHANGED = {"core/a.py": "one\n2\nthree\nfour\n"}


def test_only_what_differs_is_an_edit():
    assert edits(ORIGINALS, ORIGINALS) == ()
    [edit] = edits(ORIGINALS, {**CHANGED, "core/b.py": "alone"})
    assert edit == Edit("core/a.py", digest("one\ntwo\nthree\n"), CHANGED["core/a.py"])


def test_what_is_kept_comes_back_and_nonsense_is_nothing():
    kept = Kept(edits(ORIGINALS, CHANGED), works=False)
    assert from_text(to_text(kept)) == kept
    assert from_text(to_text(Kept(kept.edits, works=True))) == Kept(kept.edits, works=True)
    for text in (None, "", "{}", "[]", '{"edits": [{}], "works": true}', "null"):
        assert from_text(text) == Kept()


def test_an_edit_of_another_version_of_a_file_does_not_fit():
    found = edits(ORIGINALS, CHANGED)
    assert fitting(found, ORIGINALS) == CHANGED
    assert fitting(found, {**ORIGINALS, "core/a.py": "one\n"}) == {}
    assert fitting(found, {}) == {}


@pytest.mark.parametrize(
    "changed",
    [CHANGED, {"core/b.py": "not alone"}, {"core/b.py": "alone\n"}, {"core/a.py": ""}],
    ids=["lines", "no newline at the end", "a newline at the end", "nothing left"],
)
def test_git_applies_the_patch(tmp_path, changed):
    for path, text in ORIGINALS.items():
        file = tmp_path / "py_frontend" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (tmp_path / "digits.patch").write_text(patch(ORIGINALS, changed))
    subprocess.run(("git", "apply", "digits.patch"), cwd=tmp_path, check=True)
    for path, text in {**ORIGINALS, **changed}.items():
        assert (tmp_path / "py_frontend" / path).read_text() == text


def test_a_link_brings_a_change_as_text():
    fragment = to_fragment("core/a.py", ORIGINALS["core/a.py"], CHANGED["core/a.py"])
    [edit] = edits(ORIGINALS, CHANGED)
    assert from_fragment(f"#{fragment}", ORIGINALS) == edit
    assert from_fragment("#d=1.AbC", ORIGINALS) is None
    assert len(fragment) < 200


@pytest.mark.parametrize("fragment", ["code=x", "code=AAAA", "code=eJyLjgUAARUAuQ", "code=%F0"])
def test_a_damaged_link_is_refused(fragment):
    with pytest.raises(EditError, match="^The change in this link is damaged. Ask for the link "):
        from_fragment(fragment, ORIGINALS)


def test_a_link_that_unpacks_to_more_than_any_change_is_refused():
    fragment = to_fragment("core/a.py", ORIGINALS["core/a.py"], "x" * MAX_CHANGE)
    assert len(fragment) < MAX_CHANGE / 100
    with pytest.raises(EditError, match="damaged"):
        from_fragment(fragment, ORIGINALS)


def test_a_small_change_of_a_long_file_is_a_short_link():
    text = "".join(f"line {number} of many\n" for number in range(100))
    changed = text.replace("line 7 of", "line seven of").replace("line 70 of", "line 71 of")
    fragment = to_fragment("core/a.py", text, changed)
    assert len(fragment) < 200
    assert from_fragment(fragment, {"core/a.py": text}).text == changed


def test_a_link_to_another_version_of_the_page_is_refused():
    fragment = to_fragment("core/a.py", "one\n", "two\n")
    with pytest.raises(EditError, match="another version of core/a.py"):
        from_fragment(fragment, ORIGINALS)


@pytest.mark.reads_code
@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.title)
def test_an_experiment_changes_one_line_that_is_there(experiment):
    text = (FRONTEND / experiment.path).read_text()
    assert text.count(experiment.old) == 1 and "\n" not in experiment.old + experiment.new
    compile(text.replace(experiment.old, experiment.new), experiment.path, "exec")


def test_the_outline_has_every_module_once_and_names_none_that_is_not_there():
    paths = [path.relative_to(FRONTEND).as_posix() for path in FRONTEND.rglob("*.py")]
    found = outline(paths)
    listed = [path for part in found.values() for path in part]
    assert sorted(listed) == sorted(path for path in paths if not path.endswith("__init__.py"))
    for part, starts in PARTS.items():
        assert all(any(path.startswith(start) for path in paths) for start in starts), part
    assert outline(["core/new.py"])[OTHERS] == ["core/new.py"]
