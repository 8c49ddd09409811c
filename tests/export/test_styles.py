"""The style sheet: made by Tailwind from the theme, for the classes that the page names."""

import re
import shutil

import pytest

from export.publish import styles
from export.publish.node import NodeError
from export.publish.site_files import ROOT, published_files
from export.publish.styles import SHEET, THEME, SheetKeeper, compile_sheet, sheet_file


@pytest.fixture
def tree(tmp_path):
    """The sources of the sheet, with the packages of this checkout."""
    for name in (THEME, "site/index.html", "site/about.html", "site/package-lock.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "py_frontend/browser").mkdir(parents=True)
    (tmp_path / "site/node_modules").symlink_to(ROOT / "site/node_modules")
    return tmp_path


def test_the_sheet_has_the_utilities_that_the_page_names_and_no_others(tree):
    page = tree / "site/index.html"
    page.write_text(page.read_text().replace('class="subtitle"', 'class="subtitle underline"'))
    sheet = compile_sheet(tree).read_text()
    assert ".underline{" in sheet and ".sr-only{" in sheet and ".line-through{" not in sheet


def test_every_colour_of_the_theme_is_one_of_its_tokens(tree):
    sheet = compile_sheet(tree).read_text()
    assert not re.search(r"--color-(red|blue|gray|slate)-", sheet)


def test_the_sheet_is_made_again_only_after_an_edit(tree, monkeypatch):
    runs = []
    run_node = styles.run_node
    monkeypatch.setattr(
        styles, "run_node", lambda *args, **how: (runs.append(1), run_node(*args, **how))
    )
    compile_sheet(tree)
    compile_sheet(tree)
    assert len(runs) == 1
    (tree / THEME).write_text((tree / THEME).read_text() + ".edited { color: red }\n")
    assert ".edited{" in compile_sheet(tree).read_text() and len(runs) == 2


@pytest.mark.parametrize("name", ["site/index.html", "site/about.html", "py_frontend/browser/a.py"])
def test_an_edit_of_what_names_classes_makes_another_sheet(tree, name):
    before = styles.sources_digest(tree)
    with (tree / name).open("a") as source:
        source.write("underline")
    assert styles.sources_digest(tree) != before


def test_an_edit_shows_on_reload_and_a_mistake_keeps_the_sheet_before(tree, capsys):
    keeper, theme = SheetKeeper(tree), tree / THEME
    keeper.refresh()
    before = sheet_file(tree).read_bytes()
    whole = theme.read_text()
    theme.write_text(whole + "@apply nonsense {")
    keeper.refresh()
    keeper.refresh()
    assert sheet_file(tree).read_bytes() == before
    assert capsys.readouterr().err.count("The style sheet was not compiled") == 1
    theme.write_text(whole + ".edited { color: red }\n")
    keeper.refresh()
    assert ".edited{" in sheet_file(tree).read_text()


def test_without_tailwind_it_says_what_to_run(tree):
    (tree / "site/node_modules").unlink()
    with pytest.raises(NodeError, match="run `npm ci --ignore-scripts` in site/"):
        compile_sheet(tree)


def test_the_compiled_sheet_is_published_and_the_theme_is_not():
    compile_sheet(ROOT)
    files = published_files()
    assert files[SHEET] == sheet_file(ROOT) and "theme.css" not in files
