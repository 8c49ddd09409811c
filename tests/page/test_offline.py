"""After one visit the page opens without a network. A release is taken whole or not at all."""

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from export.publish import release
from export.publish.memory_image import build_image
from export.publish.release import released_files
from export.publish.serve import Handler
from export.publish.site_files import ROOT, Source, published_files, read
from tests.support.digit_page import DigitPage
from tests.support.faulty_host import IMAGE
from tests.support.page_scripts import scripts
from tests.support.serving import served

PATH = "a folder/é/"
OUTSIDE = "outside.html"  # of what the worker answers for
WASM = "?backend=wasm"  # which starts sooner
KEPT = """async () => {
  const { active } = await navigator.serviceWorker.ready;
  if (active.state !== "activated") await new Promise((done) => active.onstatechange = done);
  return caches.keys();
}"""


class Host:
    """A host whose files change while pages are open."""

    def __init__(self, files: dict[str, Source]):
        self.files = files

    def lookup(self) -> dict[str, Source]:
        page = b'<link rel="icon" href="data:,">'
        return {OUTSIDE: page, **{PATH + url: source for url, source in self.files.items()}}


@pytest.fixture(scope="module")
def files() -> dict[str, Source]:
    build_image(ROOT)
    return released_files()


@pytest.fixture(scope="module")
def host(files) -> Iterator[tuple[Host, str]]:
    host = Host(files)

    class HostHandler(Handler):
        files = staticmethod(host.lookup)

        def do_GET(self):
            self.path = re.sub(r"/(?=$|\?)", "/index.html", self.path)
            if fnmatch(self.path, f"*/{IMAGE}"):  # to compress it takes as long as a start
                del self.headers["Accept-Encoding"]
            super().do_GET()

        def log_request(self, *_):
            pass

    with served(HostHandler) as url:
        yield host, url + quote(PATH)


IS_TAKEN = """async (scope) => {
  const { active, waiting } = await navigator.serviceWorker.getRegistration(scope);
  return waiting === null && active.state === "activated";
}"""


def leave(digits: DigitPage, url: str) -> None:
    """Closes the page; the next visit is one to the release that waited for that."""
    digits.open(url.removesuffix(quote(PATH)) + OUTSIDE)
    digits.wait_until(IS_TAKEN, url)


@pytest.fixture(scope="module")
def visited(tabs, host) -> Iterator[DigitPage]:
    """A page of a browser that keeps the release of the host."""
    with tabs.opened(host[1] + WASM) as digits:
        [kept] = digits.expect_ready().page.evaluate(KEPT)
        assert re.fullmatch(r"digits /a%20folder/%C3%A9/ [0-9a-f]{16}", kept)
        yield digits


@pytest.fixture
def keeper(visited) -> Iterator[DigitPage]:
    """It, before the next visit."""
    visited.open("about:blank")
    yield visited
    visited.page.context.set_offline(False)


def retitled(title: str) -> dict[str, Source]:
    """The page with another title and another style sheet."""
    files = published_files()
    page = read(files["index.html"]).decode().replace("<h1>Digits</h1>", f"<h1>{title}</h1>")
    styles = read(files["styles.css"]) + f"/* {title} */".encode()
    return {**files, "index.html": page.encode(), "styles.css": styles}


def next_release(monkeypatch, title: str) -> dict[str, Source]:
    changed = retitled(title)
    monkeypatch.setattr(release, "published_files", lambda: changed)
    return released_files()


def test_the_second_visit_needs_no_network(keeper, host):
    keeper.page.context.set_offline(True)
    keeper.open(f"{host[1]}{WASM}&model=cnn").expect_ready()
    keeper.draw_digit(4)
    keeper.expect_digit(4)
    keeper.choose("mlp")
    keeper.expect_ready()
    keeper.expect_digit(4)
    keeper.errors.check()


UPDATE = """async () => {
  const registration = await navigator.serviceWorker.ready;
  await registration.update().catch(() => {});
  const worker = registration.installing;
  while (worker && worker.state === "installing") {
    await new Promise((wait) => setTimeout(wait, 50));
  }
  return [worker?.state ?? "redundant", registration.waiting];
}"""


def test_an_update_that_is_cut_off_leaves_the_old_release_whole(keeper, host, monkeypatch):
    site, url = host
    page, whole = keeper.open(f"{url}about.html").page, site.files
    before = page.evaluate("caches.keys()")
    half = next_release(monkeypatch, "Digits, half")
    cut = {**half, "styles.css": read(half["styles.css"])[:100]}
    without = {name: source for name, source in half.items() if name != "styles.css"}
    for files in (cut, without):
        site.files = files
        assert page.evaluate(UPDATE) == ["redundant", None]
        assert page.evaluate("caches.keys()") == before
    site.files = whole
    page.context.set_offline(True)
    keeper.open(url + WASM).expect_ready()
    expect(page.locator("h1")).to_have_text("Digits")


def test_a_release_in_the_middle_of_a_visit_changes_nothing_until_the_next_or_a_click(
    keeper, host, monkeypatch
):
    site, url = host
    announcement, heading = keeper.page.locator("#release"), keeper.page.locator("h1")
    site.files = next_release(monkeypatch, "Digits, new")
    keeper.open(url + WASM).expect_ready()
    expect(announcement).to_be_visible(timeout=30_000)
    expect(heading).to_have_text("Digits")
    keeper.choose("cnn")
    keeper.expect_ready()
    keeper.draw_digit(7)
    keeper.expect_digit(7)
    leave(keeper, url)
    site.files = next_release(monkeypatch, "Digits, at once")
    keeper.open(url + WASM).expect_ready()
    expect(heading).to_have_text("Digits, new")
    announcement.get_by_role("button").click(timeout=30_000)
    expect(heading).to_have_text("Digits, at once")
    keeper.expect_ready()
    expect(announcement).to_be_hidden()


WORKERS = "navigator.serviceWorker.getRegistrations().then((all) => all.length)"
NO_WORKERS = (
    "Object.defineProperty(Navigator.prototype, 'serviceWorker', { get: () => undefined });"
)
NO_TEXTS = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("denied", "SecurityError"); } });"""
NO_STORAGE = """ServiceWorkerContainer.prototype.register = async () => {
  throw new DOMException("", "SecurityError"); };"""


@pytest.mark.parametrize(
    "denied", [NO_WORKERS + NO_TEXTS, NO_STORAGE], ids=["no workers, no texts", "storage denied"]
)
def test_the_page_works_where_nothing_can_be_kept(tabs, host, denied):
    with tabs.opened(host[1] + WASM, scripts(denied)) as digits:
        digits.expect_ready()
        digits.draw_digit(4)
        digits.expect_digit(4)
        digits.clear.click()
        digits.pen_width.select_option("Broad")
        digits.draw([(0.5, 0.2), (0.5, 0.8)])
        assert digits.ink_at((0.465, 0.5), (0.535, 0.5)) == [True, True]


# window.worker is the worker that the page asked for.
KEEP_WORKER = """(() => {
  if (!globalThis.ServiceWorkerContainer) return; // as on an empty page
  const { register } = ServiceWorkerContainer.prototype;
  ServiceWorkerContainer.prototype.register = async function (...options) {
    const registration = await register.apply(this, options);
    window.worker = registration.installing;
    return registration;
  };
})()"""


def test_without_room_nothing_is_kept_and_the_page_works(tabs, host):
    origin = {"origin": host[1].split("/a%20")[0]}
    with tabs.opened(prepare=scripts(KEEP_WORKER)) as digits:
        digits.cdp.send("Storage.overrideQuotaForOrigin", {**origin, "quotaSize": 1_000_000})
        digits.open(host[1] + WASM).expect_ready()
        digits.wait_until("window.worker?.state === 'redundant'")
        assert digits.page.evaluate("caches.keys()") == []
        digits.draw_digit(4)
        digits.expect_digit(4)
        digits.cdp.send("Storage.overrideQuotaForOrigin", origin)


def test_fresh_sees_what_is_on_the_server_where_the_dev_server_leaves_no_worker(keeper, host):
    """Which would hide every edit. The last test of what is kept: nothing is any more."""
    site, url = host
    site.files = retitled("Digits, fresh")
    keeper.open(f"{url}{WASM}&fresh").expect_ready()
    expect(keeper.page.locator("h1")).to_have_text("Digits, fresh")
    keeper.open(url + WASM)
    expect(keeper.page.locator("h1")).to_have_text("Digits, fresh")
    assert keeper.page.evaluate(WORKERS) == 0
