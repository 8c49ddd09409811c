"""`python -m tests.bench engines`: the published page in this machine's Firefox and WebKitGTK, with
its memory image and without, on every backend: a digit is drawn, and what is read is printed."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from export.publish.site_files import ROOT
from training.files import write_json

from .bidi import BiDiError, firefox
from .files import MissingPackage
from .firefox import BACKENDS, DIGIT, tried
from .start_pages import served_pages
from .webdriver import webkit

ENGINES: dict[str, Callable[[], AbstractAsyncContextManager]] = {
    "firefox": firefox,
    "webkit": webkit,
}
PAGES = {"no worker": "with the image", "no image": "without it"}
ROW = "{:8} {:15} {:7} {:8} {:>7}  {:10} {}"


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser(
        "engines", help="try the page in other engines", description=__doc__, allow_abbrev=False
    )
    parser.add_argument(
        "--only", nargs="+", choices=ENGINES, default=list(ENGINES), help="default: all"
    )
    parser.add_argument(
        "--json", type=Path, default=ROOT / "runs" / "engines.json", help="default: %(default)s"
    )
    parser.set_defaults(run=run)


def run(args) -> int:
    try:
        found = asyncio.run(visits(args.only))
    except (MissingPackage, BiDiError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    write_json(args.json, found)
    return int(any(not visit["answer"].startswith(str(DIGIT)) for visit in found))


async def visits(engines: list[str]) -> list[dict]:
    """Each visit is printed as soon as it is over."""
    print(ROW.format("engine", "page", "asked", "state", "start s", "answer", "status"))
    with served_pages() as urls:
        return [visit async for name in engines for visit in visits_of(name, urls)]


async def visits_of(engine: str, urls: dict[str, str]) -> AsyncIterator[dict]:
    async with ENGINES[engine]() as tab:
        for page, form in PAGES.items():
            for backend in BACKENDS:
                visit = await tried(tab, f"{urls[page]}?model=cnn&backend={backend}")
                print(
                    ROW.format(
                        engine,
                        form,
                        backend,
                        visit["state"],
                        f"{visit['start_s']:.1f}",
                        visit["answer"],
                        visit["status"],
                    ),
                    flush=True,
                )
                yield {"engine": engine, "page": form, "backend": backend, **visit}
