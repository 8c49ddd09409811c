"""Every file that the page names is in the layout, and is named relatively, so that any sub-path
works."""

import json
import posixpath
import re
from html.parser import HTMLParser
from posixpath import normpath

import pytest

from export.publish.site_files import ROOT, published_files

SITE = ROOT / "site"


class Tags(HTMLParser):
    """Collects a page's tags with their attributes."""

    def __init__(self):
        super().__init__()
        self.found: list[tuple[str, dict]] = []

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def page_tags() -> list[tuple[str, dict]]:
    tags = Tags()
    tags.feed((SITE / "index.html").read_text())
    return tags.found


def page_references() -> list[str]:
    named = [
        attributes.get(key)
        for tag, attributes in page_tags()
        if tag != "a"
        for key in ("src", "href")
    ]
    return [url for url in named if url and not url.startswith("data:")]


def config_references() -> list[str]:
    """What index.html tells PyScript."""
    config = next(tag["config"] for name, tag in page_tags() if tag.get("type") == "py")
    return [json.loads(config)["interpreter"]]


def script_references() -> list[str]:
    """What our JavaScript imports."""
    folder = SITE / "js"
    return [
        posixpath.join("js", url)
        for path in folder.glob("*.js")
        for url in re.findall(r'(?:from|import|import\() ?"(\.[^"]+)"', path.read_text())
    ]


def model_references() -> list[str]:
    index = json.loads((SITE / "models/index.json").read_text())
    return [
        f"models/{model[key]}"
        for model in index
        for key in ("net", "weights", "wasm")
        if key in model
    ]


@pytest.mark.parametrize(
    "references", [page_references, config_references, script_references, model_references]
)
def test_everything_that_is_named_is_published(references):
    named = {normpath(url.partition("?")[0]) for url in references()}
    assert named and named - set(published_files()) == set()


@pytest.mark.parametrize("references", [page_references, config_references, script_references])
def test_everything_is_named_relatively(references):
    assert [url for url in references() if url.startswith("/") or "://" in url] == []
