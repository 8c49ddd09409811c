"""`python -m tests.bench edit`: how long an edit takes from its save to the page that shows it, in
the page of the dev server, and what many edits leave behind.

Each edit changes the words of the answer, while a digit is on the pad.
"""

import os
import sys
import time
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from export.publish.site_files import ROOT
from export.setup.tools import find_chromium
from tests.support.chromium import CHROMIUM_FLAGS
from training.files import write_json

from .files import MissingPackage, extra_packages
from .start import count

CARD, ANSWER = "py_frontend/browser/answer.py", "str(answer.prediction)"
COUNTED = ("JSEventListeners", "Nodes", "JSHeapUsedSize")
COLLECTED_MS = 500  # longer than the page waits until it collects its garbage
WATCH = """() => {
  window.shown = {};
  const words = document.getElementById("prediction");
  new MutationObserver(() => { window.shown[words.textContent.split(":")[0]] ??= Date.now(); })
    .observe(words, { childList: true, characterData: true, subtree: true });
}"""
SHOWN = "(number) => window.shown[number] ?? 0"
POLL_S = 0.02


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser(
        "edit", help="time edits of a page that is open", description=__doc__, allow_abbrev=False
    )
    parser.add_argument("--edits", type=count, default=50, help="default: %(default)s")
    parser.add_argument("--query", default="", help="of the page's address, such as ?model=cnn")
    parser.add_argument(
        "--json", type=Path, default=ROOT / "runs" / "edit.json", help="default: %(default)s"
    )
    parser.set_defaults(run=run)


def run(args) -> int:
    try:
        with extra_packages():
            import playwright.sync_api  # noqa: F401
    except MissingPackage as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    times_ms, before, after = edit(args.edits, args.query)
    p95 = quantiles(times_ms, n=20)[-1] if len(times_ms) > 1 else times_ms[0]
    print(f"from save to shown: median {median(times_ms):.0f} ms, 95 % within {p95:.0f} ms")
    for name in before:
        print(f"{name}: {before[name]:,.0f} before, {after[name]:,.0f} after")
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{args.edits} edits, load {load}")
    write_json(args.json, {"times_ms": times_ms, "before": before, "after": after})
    return 0


def edit(edits: int, query: str) -> tuple[list[float], dict[str, float], dict[str, float]]:
    """The time of each edit in ms, and what is counted after the first and the last one."""
    from playwright.sync_api import sync_playwright

    from tests.support.digit_page import DigitPage
    from tests.support.live_page import serving_live

    with (
        TemporaryDirectory() as folder,
        serving_live(Path(folder)) as (tree, url),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        digits = DigitPage(browser.new_page()).open(url + query).expect_ready()
        digits.draw_digit(7)
        digits.expect_answer()
        digits.page.evaluate(WATCH)
        original = (tree.root / CARD).read_text()
        save_and_wait(tree, digits, original, 0)
        before = counts(digits)
        times_ms = [save_and_wait(tree, digits, original, number) for number in range(1, edits + 1)]
        return times_ms, before, counts(digits)


def save_and_wait(tree, digits, original: str, number: int) -> float:
    """Milliseconds until the page shows the edit with this number."""
    start_s = time.time()
    tree.save(CARD, original.replace(ANSWER, f"'{number}:' + {ANSWER}"))
    while not (shown_ms := digits.page.evaluate(SHOWN, str(number))):
        time.sleep(POLL_S)
    return shown_ms - start_s * 1000


def counts(digits) -> dict[str, float]:
    """What is alive in the page, without its garbage."""
    digits.page.wait_for_timeout(COLLECTED_MS)
    digits.cdp.send("Performance.enable")
    digits.cdp.send("HeapProfiler.collectGarbage")
    metrics = digits.cdp.send("Performance.getMetrics")["metrics"]
    return {each["name"]: each["value"] for each in metrics if each["name"] in COUNTED}
