"""The static bundle: the layout as a folder, written whole or not at all, working under any
path."""

import gzip
import hashlib
import json
import os
import stat
import subprocess
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, Response, expect

from export import __main__
from export.publish import bundle
from export.publish.bundle import MANIFEST, BundleError, write_bundle
from export.publish.release import released_files
from export.publish.site_files import ROOT, read
from tests.support.digit_page import DigitPage

EXTRA = {MANIFEST, ".nojekyll"}
FORMS = (".br", ".gz")


def tree(folder):
    """Every file below a folder by its URL path, with its content; without compressed forms."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in FORMS
    }


@pytest.fixture
def files(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "index.html").write_text("<h1>page</h1>")
    (source / "main.py").write_text("import core")
    return {"index.html": source / "index.html", "py_frontend/main.py": source / "main.py"}


def test_the_bundle_is_the_layout_and_its_service_worker_byte_for_byte(site):
    content = {url: read(source) for url, source in released_files().items()}
    assert {url: data for url, data in tree(site).items() if url not in EXTRA} == content


def test_the_manifest_describes_every_file(site):
    manifest = json.loads((site / MANIFEST).read_text())["files"]
    assert manifest == {
        url: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for url, data in tree(site).items()
        if url not in EXTRA
    }


def test_beside_each_file_that_gains_by_it_lie_its_compressed_forms(site):
    files = {url: content for url, content in tree(site).items() if url not in EXTRA}
    gains = {url for url, content in files.items() if len(content) >= 1024}
    gains -= {url for url in files if url.endswith((".png", ".zip"))}
    assert gains
    for suffix in FORMS:
        forms = {path.relative_to(site).as_posix() for path in site.rglob(f"*{suffix}")}
        assert forms == {url + suffix for url in gains}
    for url in gains:
        assert gzip.decompress((site / f"{url}.gz").read_bytes()) == files[url]


def test_node_reads_the_brotli_forms_as_the_files_they_stand_beside(site):
    read = (
        "const { brotliDecompressSync } = require('zlib'), { readFileSync } = require('fs');"
        "for (const file of process.argv.slice(1))"
        " if (!brotliDecompressSync(readFileSync(`${file}.br`)).equals(readFileSync(file)))"
        " throw file"
    )
    files = [str(site / url) for url in ("index.html", "models/mlp/weights.safetensors")]
    subprocess.run(["node", "-e", read, *files], check=True, timeout=60)


def test_the_command_prints_what_it_wrote(published):
    out, said = published
    sizes = [len(content) for url, content in tree(out).items() if url not in EXTRA]
    assert said.startswith(f"{out}: {len(sizes)} files, {sum(sizes):,} bytes, ")
    packed = [int(part.replace(",", "")) for part in said.split() if part[0].isdigit()][2:]
    assert 0 < packed[1] < packed[0] < sum(sizes)


def test_a_second_bundle_replaces_the_first_and_leaves_nothing_of_it(files, tmp_path):
    out = tmp_path / "dist"
    write_bundle(files, out)
    files["py_frontend/main.py"].write_text("import cure")
    del files["index.html"]
    write_bundle(files, out)
    assert set(tree(out)) == {"py_frontend/main.py", *EXTRA}
    assert (out / "py_frontend/main.py").read_text() == "import cure"


def test_two_bundles_of_the_same_files_are_the_same(files, tmp_path):
    for name in ("one", "two"):
        write_bundle(files, tmp_path / name)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_a_bundle_that_fails_leaves_the_old_one_and_no_scraps(files, tmp_path):
    host = tmp_path / "host"
    write_bundle(files, host / "dist")
    before = tree(host)
    files["py_frontend/main.py"].unlink()
    with pytest.raises(FileNotFoundError):
        write_bundle(files, host / "dist")
    assert tree(host) == before and os.listdir(host) == ["dist"]


def test_a_bundle_that_cannot_be_put_in_its_place_leaves_the_old_one(files, tmp_path, monkeypatch):
    host = tmp_path / "host"
    write_bundle(files, host / "dist")
    before = tree(host)
    rename = Path.rename

    def held_by_a_scanner(self, target):
        if self.name == "new":
            raise PermissionError(13, "in use")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", held_by_a_scanner)
    with pytest.raises(PermissionError):
        write_bundle(files, host / "dist")
    assert tree(host) == before and os.listdir(host) == ["dist"]


def test_what_others_put_into_a_bundle_is_not_deleted(files, tmp_path):
    """Such as the CNAME of GitHub Pages."""
    write_bundle(files, tmp_path / "dist")
    (tmp_path / "dist/CNAME").write_text("digits.example")
    with pytest.raises(BundleError, match=r"did not write \(CNAME\)"):
        write_bundle(files, tmp_path / "dist")
    assert (tmp_path / "dist/CNAME").exists()


def test_nothing_but_the_bundle_is_left_beside_it(files, tmp_path):
    for _ in range(2):
        write_bundle(files, tmp_path / "host/dist")
    assert os.listdir(tmp_path / "host") == ["dist"]


def test_an_empty_folder_may_become_the_bundle(files, tmp_path):
    (tmp_path / "dist").mkdir()
    write_bundle(files, tmp_path / "dist")
    assert (tmp_path / "dist/index.html").exists()


@pytest.mark.parametrize("manifest", [None, "", "[]", "{}", '{"generator": "another"}'])
def test_a_folder_of_somebody_elses_is_not_touched(files, tmp_path, manifest):
    out = tmp_path / "dist"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    if manifest is not None:
        (out / MANIFEST).write_text(manifest)
    before = tree(out)
    with pytest.raises(BundleError, match="did not write"):
        write_bundle(files, out)
    assert tree(out) == before


def test_a_file_or_a_link_is_not_replaced(files, tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("file", "link"):
        with pytest.raises(BundleError, match="is not a folder"):
            write_bundle(files, tmp_path / name)
    assert (tmp_path / "file").read_text() == "mine" and (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("inside", ["site", "site/dist", "py_frontend/core/dist"])
def test_a_bundle_inside_what_is_published_is_refused(files, inside):
    with pytest.raises(BundleError, match="is published itself"):
        write_bundle(files, ROOT / inside)


def test_the_reason_for_a_refusal_reaches_the_command_line(tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("years of work")
    assert __main__.main(["site", "--out", str(tmp_path)]) == 1
    assert "did not write" in capsys.readouterr().err


def test_a_missing_vendor_file_stops_the_bundle(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        bundle, "missing_vendor_files", lambda _root: ["site/node_modules/pyodide/pyodide.mjs"]
    )
    assert __main__.main(["site", "--out", str(tmp_path / "dist")]) == 1
    assert "npm ci --ignore-scripts" in capsys.readouterr().err and not (tmp_path / "dist").exists()


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_a_web_server_of_another_user_can_read_the_bundle(site):
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(site.stat().st_mode) == 0o777 & ~umask
    assert stat.S_IMODE((site / MANIFEST).stat().st_mode) == 0o666 & ~umask


class QuietHandler(SimpleHTTPRequestHandler):
    """`python -m http.server`, but as if it knew as few types as Debian's nginx: .mjs is not among
    them."""

    extensions_map: ClassVar = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "application/octet-stream",
    }

    def log_message(self, format, *args):
        pass


@pytest.fixture(scope="module")
def host(site):
    """The URL of the bundle on a plain web server, under a sub-path."""
    root = site.parent.parent
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=root)) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/{quote(site.relative_to(root).as_posix())}/"
        server.shutdown()
        thread.join()


class Visit:
    """A first visit to a host, where requests for `blocked` fail: a 7 is read."""

    def __init__(self, host: str, context: BrowserContext, query: str, blocked: str):
        page = context.new_page()
        self.asked: set[str] = set()
        self.failed: list[str] = []
        page.on("request", lambda request: self.asked.add(request.url))
        page.on("response", self._note)
        page.on("pageerror", lambda error: self.failed.append(str(error)))
        page.route(blocked, lambda route: route.abort())
        self.digits = DigitPage(page).open(f"{host}?{query}").expect_ready()
        self.digits.draw_digit(7)
        self.digits.expect_digit(7)

    def _note(self, response: Response) -> None:
        if response.status >= 400:
            self.failed.append(response.url)


@pytest.fixture(scope="module")
def visits(host, browser) -> dict[str, Visit]:
    """From the memory image, or without it and on the GPU with the network that compiles sooner;
    the editor when its panel opens."""
    found = {}
    for name, *how in (
        ("image", "model=cnn&backend=wasm", "nothing"),
        ("no image", "model=mlp&backend=webgpu", "**/start/python-*.wasm"),
    ):
        context = browser.new_context()
        found[name] = Visit(host, context, *how)
        if name == "image":
            found[name].digits.open_panel("code")
            expect(found[name].digits.page.locator("#code-editor .cm-content")).to_be_visible()
        context.close()
    return found


def test_the_bundle_opens_under_a_sub_path_and_asks_for_nothing_else(host, visits):
    visit = visits["image"]
    elsewhere = {url for url in visit.asked if not url.startswith((host, "data:", "blob:"))}
    assert visit.failed == [] and elsewhere == set()


def test_every_vendored_file_of_the_bundle_is_one_that_the_page_loads(host, site, visits):
    asked = {url.removeprefix(host) for visit in visits.values() for url in visit.asked}
    for folder in ("vendor/", "start/"):
        assert {url for url in tree(site) if url.startswith(folder)} == {
            url for url in asked if url.startswith(folder)
        }
