"""After one visit the page opens without a network. A release is taken whole or not at all."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, expect

from export.publish import release
from export.publish.memory_image import build_image
from export.publish.release import released_files
from export.publish.serve import Handler
from export.publish.site_files import ROOT, Source, published_files, read
from tests.support.digit_page import DigitPage
from tests.support.serving import served

PATH = "a folder/é/"
KEPT = """async () => {
  const { active } = await navigator.serviceWorker.ready;
  if (active.state !== "activated") await new Promise((done) => active.onstatechange = done);
  return caches.keys();
}"""


class Host:
    """A host whose files change while pages are open; those in `broken` are missing."""

    def __init__(self, files: dict[str, Source]):
        self.files, self.broken = files, set[str]()

    def lookup(self) -> dict[str, Source]:
        return {PATH + url: source for url, source in self.files.items() if url not in self.broken}


@pytest.fixture(scope="module")
def files() -> dict[str, Source]:
    build_image(ROOT)
    return released_files()


@pytest.fixture
def host(files) -> Iterator[tuple[Host, str]]:
    host = Host(files)

    class HostHandler(Handler):
        files = staticmethod(host.lookup)

        def do_GET(self):
            self.path = re.sub(r"/(?=$|\?)", "/index.html", self.path)
            super().do_GET()

        def log_request(self, *_):
            pass

    with served(HostHandler) as url:
        yield host, url + quote(PATH)


@pytest.fixture
def context(browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


def visit(context: BrowserContext, url: str) -> DigitPage:
    return DigitPage(context.new_page()).open(url).expect_ready()


def next_release(monkeypatch, title: str) -> dict[str, Source]:
    """The page with another title and another style sheet."""
    files = published_files()
    page = read(files["index.html"]).decode().replace("<h1>Digits</h1>", f"<h1>{title}</h1>")
    styles = read(files["styles.css"]) + f"/* {title} */".encode()
    changed = {**files, "index.html": page.encode(), "styles.css": styles}
    monkeypatch.setattr(release, "published_files", lambda: changed)
    return released_files()


def test_the_second_visit_needs_no_network(context, host):
    _, url = host
    first = visit(context, url)
    [kept] = first.page.evaluate(KEPT)
    assert re.fullmatch(r"digits /a%20folder/%C3%A9/ [0-9a-f]{16}", kept)
    first.page.close()
    context.set_offline(True)
    again = visit(context, url + "?model=cnn")
    again.draw_digit(4)
    again.expect_digit(4)
    again.choose("mlp")
    again.expect_ready()
    again.expect_digit(4)
    again.errors.check()


def test_a_release_in_the_middle_of_a_visit_changes_nothing_until_the_next(
    context, host, monkeypatch
):
    site, url = host
    visit(context, url).page.evaluate(KEPT)
    for page in context.pages:
        page.close()
    site.files = next_release(monkeypatch, "Digits, new")
    digits = visit(context, url)
    announcement = digits.page.locator("#release")
    expect(announcement).to_be_visible(timeout=30_000)
    expect(digits.page.locator("h1")).to_have_text("Digits")
    digits.choose("cnn")
    digits.expect_ready()
    digits.draw_digit(7)
    digits.expect_digit(7)
    digits.page.close()
    assert visit(context, url).page.locator("h1").inner_text() == "Digits, new"


def test_a_new_release_is_taken_at_a_click(context, host, monkeypatch):
    site, url = host
    visit(context, url).page.evaluate(KEPT)
    site.files = next_release(monkeypatch, "Digits, at once")
    digits = visit(context, url)
    digits.page.locator("#release button").click(timeout=30_000)
    expect(digits.page.locator("h1")).to_have_text("Digits, at once")
    digits.expect_ready()
    expect(digits.page.locator("#release")).to_be_hidden()


@pytest.mark.parametrize("fault", ["missing", "cut"])
def test_an_update_that_is_cut_off_leaves_the_old_release_whole(context, host, monkeypatch, fault):
    site, url = host
    before = visit(context, url).page.evaluate(KEPT)
    site.files = next_release(monkeypatch, "Digits, half")
    if fault == "missing":
        site.broken = {"styles.css"}
    else:
        site.files["styles.css"] = read(site.files["styles.css"])[:100]
    page = context.pages[0]
    outcome = page.evaluate("""async () => {
      const registration = await navigator.serviceWorker.ready;
      await registration.update().catch(() => {});
      const worker = registration.installing;
      while (worker && worker.state === "installing") {
        await new Promise((wait) => setTimeout(wait, 50));
      }
      return [worker?.state ?? "redundant", registration.waiting];
    }""")
    assert outcome == ["redundant", None]
    assert page.evaluate("caches.keys()") == before
    context.set_offline(True)
    assert visit(context, url).page.locator("h1").inner_text() == "Digits"


def test_fresh_sees_what_is_on_the_server(context, host, monkeypatch):
    site, url = host
    visit(context, url).page.evaluate(KEPT)
    site.files = next_release(monkeypatch, "Digits, fresh")
    assert visit(context, url + "?fresh").page.locator("h1").inner_text() == "Digits, fresh"


@pytest.mark.parametrize(
    "denied",
    [
        "Object.defineProperty(Navigator.prototype, 'serviceWorker', { get: () => undefined })",
        "ServiceWorkerContainer.prototype.register = async () => {"
        " throw new DOMException('', 'SecurityError'); }",
    ],
    ids=["no workers", "storage denied"],
)
def test_the_page_works_where_nothing_can_be_kept(context, host, denied):
    context.add_init_script(denied)
    digits = visit(context, host[1])
    digits.draw_digit(4)
    digits.expect_digit(4)
    digits.errors.check()


def test_without_room_nothing_is_kept_and_the_page_works(context, host):
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send(
        "Storage.overrideQuotaForOrigin",
        {"origin": host[1].split("/a%20")[0], "quotaSize": 1_000_000},
    )
    digits = DigitPage(page).open(host[1]).expect_ready()
    page.wait_for_timeout(3000)
    assert page.evaluate("caches.keys()") == []
    digits.draw_digit(4)
    digits.expect_digit(4)


def test_the_dev_server_sees_to_it_that_no_worker_hides_an_edit(context, host):
    site, url = host
    page = visit(context, url).page
    page.evaluate(KEPT)
    site.files = published_files()
    visit(context, url + "?fresh")
    page = visit(context, url).page
    assert (
        page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    )
