"""Every file that the page names is in the layout, and is named relatively, so that any sub-path
works."""

import json
from html.parser import HTMLParser
from posixpath import normpath

import pytest

from export.publish.site_files import ROOT, published_files, pyscript_config

SITE = ROOT / "site"


class References(HTMLParser):
    """Collects the URLs in a page's attributes, and its import map's."""

    def __init__(self):
        super().__init__()
        self.urls, self._in_import_map = [], False

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        links = tag != "a"
        self.urls += [named[key] for key in ("src", "href", "config") if links and named.get(key)]
        self._in_import_map = tag == "script" and named.get("type") == "importmap"

    def handle_data(self, data):
        if self._in_import_map:
            self.urls += json.loads(data)["imports"].values()


def page_references() -> list[str]:
    parser = References()
    parser.feed((SITE / "index.html").read_text())
    return [url for url in parser.urls if not url.startswith("data:")]


def config_references() -> list[str]:
    """What pyscript.json names: the interpreter, the files for Python (with their {VARIABLES}), JS
    modules."""
    config = pyscript_config()
    variables = {
        key: value
        for key, value in config["files"].items()
        if key.startswith("{") and key.endswith("}")
    }
    sources = [key for key in config["files"] if key not in variables]
    for name, value in variables.items():
        sources = [source.replace(name, value) for source in sources]
    return [config["interpreter"], *sources, *config.get("js_modules", {}).get("main", {})]


def model_references() -> list[str]:
    index = json.loads((SITE / "models/index.json").read_text())
    return [
        f"models/{model[key]}"
        for model in index
        for key in ("net", "weights", "wasm")
        if key in model
    ]


@pytest.mark.parametrize("references", [page_references, config_references, model_references])
def test_everything_that_is_named_is_published(references):
    named = {normpath(url.partition("?")[0]) for url in references()}
    assert named and named - set(published_files()) == set()


@pytest.mark.parametrize("references", [page_references, config_references])
def test_everything_is_named_relatively(references):
    assert [url for url in references() if url.startswith("/") or "://" in url] == []
