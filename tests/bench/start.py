"""`python -m tests.bench start`: how long this page takes to be ready, beside the same page in
plain JavaScript, in the same run and by turns.

Each round opens every page in a browser profile of its own: the first visit is cold, the second
warm. Medians are over the rounds; the ratio is to the plain page on WebGPU, as the page that this
project replaced ran there.
"""

import os
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from export.publish.site_files import ROOT
from export.setup.tools import find_chromium
from tests.support.chromium import CHROMIUM_FLAGS
from tests.support.digit_page import GREETED
from training.files import write_json

from .files import MissingPackage, extra_packages
from .start_pages import served_pages

READY = "app:ready"
PAINT = "first-paint"
PAD = "start:pad"
VISITS = ("cold", "warm")
SETTLED_MS = (
    1500  # what a browser keeps for the next visit, it keeps some time after the page is ready
)
START_MS = 180_000
POLL_MS = 100
IS_READY = "performance.getEntriesByName('app:ready').length > 0"
MARKS = """() => Object.fromEntries(
  [...performance.getEntriesByType("mark"), ...performance.getEntriesByType("paint")]
    .map(({ name, startTime }) => [name, startTime]))"""
ROW = "{:14} {:5} {:>9} {:>7} {:>9} {:>10}  {}"


@dataclass(frozen=True)
class Visit:
    """What one visit took: marks in ms since it began, and the bytes that came over the wire."""

    page: str
    kind: str
    marks: dict[str, float]
    wire_bytes: int


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser(
        "start", help="time the start of the page", description=__doc__, allow_abbrev=False
    )
    parser.add_argument("--rounds", type=count, default=5, help="default: %(default)s")
    parser.add_argument(
        "--slow", type=count, default=1, help="how many times slower the processor is to be"
    )
    parser.add_argument(
        "--only", nargs="+", metavar="PAGE", help="default: all; the plain page always takes part"
    )
    parser.add_argument(
        "--also", nargs="+", default=[], type=named_url, metavar="NAME=URL", help="pages elsewhere"
    )
    parser.add_argument(
        "--json", type=Path, default=ROOT / "runs" / "start.json", help="default: %(default)s"
    )
    parser.set_defaults(run=run)


def count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)


def named_url(text: str) -> tuple[str, str]:
    name, is_named, url = text.partition("=")
    if not (name and is_named and url.startswith("http")):
        raise ArgumentTypeError(f"{text!r} is not of the form name=http://...")
    return name, url


def run(args) -> int:
    try:
        with extra_packages():
            import playwright.sync_api  # noqa: F401
        visits = race(args)
    except MissingPackage as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    print(table(visits))
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{args.rounds} rounds, processor slowed {args.slow} times, load {load}")
    write_json(args.json, [vars(visit) for visit in visits])
    return 0


def race(args) -> list[Visit]:
    from playwright.sync_api import sync_playwright

    with served_pages() as pages, sync_playwright() as playwright:
        chosen = {
            name: url
            for name, url in pages.items()
            if not args.only or name in args.only or name == "plain"
        }
        contestants = {**chosen, **dict(args.also)}
        return [
            visit
            for _ in range(args.rounds)
            for name, url in contestants.items()
            for visit in visits_of(playwright.chromium, name, url, args.slow)
        ]


def visits_of(chromium, name: str, url: str, slow: int) -> Iterator[Visit]:
    """A cold and a warm visit in a new profile."""
    with TemporaryDirectory() as profile:
        context = chromium.launch_persistent_context(
            profile, executable_path=find_chromium(), args=CHROMIUM_FLAGS
        )
        for kind in VISITS:
            yield visit(context, name, kind, url, slow)
        context.close()


def visit(context, name: str, kind: str, url: str, slow: int) -> Visit:
    page = context.new_page()
    page.add_init_script(GREETED)
    session = context.new_cdp_session(page)
    received: list[float] = []
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    session.send("Emulation.setCPUThrottlingRate", {"rate": slow})
    page.goto(url, wait_until="commit")
    wait_until_ready(page)
    page.wait_for_timeout(SETTLED_MS * slow)
    marks = page.evaluate(MARKS)
    page.close()
    return Visit(name, kind, marks, round(sum(received)))


def wait_until_ready(page) -> None:
    """Asks again and again: the page's policy forbids what Playwright's own waiting evaluates."""
    for _ in range(START_MS // POLL_MS):
        if page.evaluate(IS_READY):
            return
        page.wait_for_timeout(POLL_MS)
    raise TimeoutError(f"{page.url} is not ready after {START_MS / 1000:.0f} s.")


def table(visits: list[Visit]) -> str:
    """Medians of each page, with every mark in the order of time."""
    groups: dict[tuple[str, str], list[Visit]] = {}
    for each in visits:
        groups.setdefault((each.page, each.kind), []).append(each)
    rows = [ROW.format("page", "visit", "ready", "ratio", "pad", "wire MB", "marks, ms")]
    for (name, kind), group in groups.items():
        marks = medians(group)
        plain = medians(groups["plain", kind])[READY]
        pad = f"{marks[PAD] - marks[PAINT]:+.0f}" if PAD in marks and PAINT in marks else ""
        wire = f"{median(each.wire_bytes for each in group) / 1e6:.2f}"
        times = ", ".join(f"{mark} {ms:.0f}" for mark, ms in marks.items() if mark != READY)
        ready = marks[READY]
        rows.append(
            ROW.format(name, kind, f"{ready:.0f}", f"{ready / plain:.2f}", pad, wire, times)
        )
    return "\n".join(rows)


def medians(visits: list[Visit]) -> dict[str, float]:
    """Of each mark, over the visits that have it, the earliest first."""
    names = {name for each in visits for name in each.marks}
    found = {
        name: median(each.marks[name] for each in visits if name in each.marks) for name in names
    }
    return dict(sorted(found.items(), key=lambda item: item[1]))
