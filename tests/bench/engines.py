"""`python -m tests.bench engines`: the published page in this machine's Firefox and WebKitGTK, with
its memory image and without, on every backend: a digit is drawn, and what is read is printed."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path

from export.publish.memory_image import build_image
from export.publish.serve import Handler
from export.publish.site_files import INDEX, ROOT, Source, published_files, read
from tests.support.serving import served
from training.files import write_json

from .bidi import BiDiError, firefox
from .files import MissingPackage
from .firefox import BACKENDS, DIGIT, tried
from .start_pages import without
from .webdriver import webkit

ENGINES: dict[str, Callable[[], AbstractAsyncContextManager]] = {
    "firefox": firefox,
    "webkit": webkit,
}
PAGES: dict[str, tuple[str, ...]] = {"with the image": (), "without it": ("image",)}
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
        return [visit for name in engines async for visit in visits_of(name, urls)]


@contextmanager
def served_pages() -> Iterator[dict[str, str]]:
    """The addresses of the pages by what they start from."""
    build_image(ROOT)
    files, paths = published_files(), {name: name.replace(" ", "-") for name in PAGES}
    index = read(files[INDEX]).decode()
    served_files: dict[str, Source] = {}
    for name, missing in PAGES.items():
        served_files |= {f"{paths[name]}/{url}": source for url, source in files.items()}
        served_files[f"{paths[name]}/{INDEX}"] = without(index, missing).encode()
    handler = type("PagesHandler", (Handler,), {"files": staticmethod(lambda: served_files)})
    with served(handler) as url:
        yield {name: f"{url}{path}/{INDEX}" for name, path in paths.items()}


async def visits_of(engine: str, urls: dict[str, str]) -> AsyncIterator[dict]:
    async with ENGINES[engine]() as tab:
        for page in PAGES:
            for backend in BACKENDS:
                visit = await tried(tab, f"{urls[page]}?model=cnn&backend={backend}")
                print(
                    ROW.format(
                        engine,
                        page,
                        backend,
                        visit["state"],
                        f"{visit['start_s']:.1f}",
                        visit["answer"],
                        visit["status"],
                    ),
                    flush=True,
                )
                yield {"engine": engine, "page": page, "backend": backend, **visit}
