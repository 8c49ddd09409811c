"""The page's Content Security Policy: the page works under it with everything open, and what others
bring in does not run."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Request, expect

from export.publish.index_page import INLINE_SCRIPT, script_hash
from export.publish.site_files import INDEX, published_files, read
from tests.support.page_scripts import COUNT_ADAPTERS, prepared, scripts

INJECTED = """() => {
  const place = document.createElement("div");
  document.body.append(place);
  place.innerHTML = "<img src='data:,' onerror='window.ran = true'>";
  const script = document.createElement("script");
  script.textContent = "window.ran = true";
  place.append(script);
  // Not at once: the tool that runs this may evaluate text where the page may not.
  setTimeout(() => {
    try {
      window.ran = Function("return true")();
    } catch (refusal) {
      window.refusal = refusal.name;
    }
  });
  const found = () => (place.remove(), [window.ran ?? null, window.refusal]);
  return new Promise((resolve) => setTimeout(() => resolve(found()), 200));
}"""
KEEP_VIOLATIONS = """
  window.violations = [];
  document.addEventListener("securitypolicyviolation",
    ({ violatedDirective, blockedURI }) => violations.push(`${violatedDirective} ${blockedURI}`));
"""


def policy() -> dict[str, str]:
    page = read(published_files()[INDEX]).decode()
    content = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]
    return dict(part.strip().partition(" ")[::2] for part in content.split(";"))


def test_the_policy_is_strict_and_names_the_inline_scripts():
    found = policy()
    assert found["default-src"] == found["connect-src"] == "'self'"
    assert found["object-src"] == found["base-uri"] == "'none'"
    scripts = INLINE_SCRIPT.findall(read(published_files()[INDEX]).decode())
    assert scripts
    assert found["script-src"].split() == [
        "'self'",
        *(f"'{script_hash(script)}'" for script in scripts),
        "'wasm-unsafe-eval'",
    ]


def test_the_page_works_under_its_policy_with_every_panel_open_and_asks_for_no_gpu_unless_told_to(
    open_page, site_url
):
    foreign = []

    def note(request: Request) -> None:
        foreign.append(request.url)

    @contextmanager
    def noting(page: Page) -> Iterator[None]:
        page.on("request", note)
        yield
        page.remove_listener("request", note)

    prepare = prepared(scripts(KEEP_VIOLATIONS, COUNT_ADAPTERS), noting)
    digits = open_page("?model=mlp&backend=wasm", prepare).expect_ready()
    digits.draw_digit(7)
    digits.expect_digit(7)
    digits.show_speed()
    expect(digits.backend_choice).to_have_value("wasm")
    assert digits.page.evaluate("adapters") == 0
    digits.expect_digit_on_each_backend(7)
    assert digits.page.evaluate("adapters") == 1
    for tab in digits.page.locator("#panels .tabs [aria-expanded=false]").all():
        tab.click()
        digits.page.wait_for_timeout(100)
    digits.choose("cnn")
    digits.expect_ready()
    digits.expect_digit(7)
    assert digits.page.evaluate("violations") == []
    assert [url for url in foreign if not url.startswith((site_url, "data:", "blob:"))] == []


def test_an_injected_script_does_not_run(digits):
    digits.errors.expect("Content Security Policy")
    assert digits.page.evaluate(INJECTED) == [None, "EvalError"]
