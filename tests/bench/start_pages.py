"""The pages whose start is compared, each published under a path of its own."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from export.publish.bundle import published_bundle
from export.publish.compression import BROTLI, GZIP
from export.publish.index_page import START_FILES
from export.publish.serve import Handler
from tests.support.serving import served

PLAIN = Path(__file__).parent / "plain"
# Without a part of what makes the start fast, to see what it brings.
VARIANTS = {"page": (), "no worker": ("worker",), "no image": ("worker", "image")}


@contextmanager
def served_pages() -> Iterator[dict[str, str]]:
    """Addresses by name: the plain page on both backends, this page as it is published, and
    variants of it."""
    with TemporaryDirectory() as folder:
        files = published(Path(folder))
        handler = type("PagesHandler", (Handler,), {"files": staticmethod(lambda: files)})
        with served(handler) as url:
            paths = {name: name.replace(" ", "-") for name in VARIANTS}
            yield {
                "plain": f"{url}page/plain.html",
                "plain on WASM": f"{url}page/plain.html?backend=wasm",
                **{name: f"{url}{path}/index.html" for name, path in paths.items()},
            }


def published(folder: Path) -> dict[str, Path | bytes]:
    """The files of the pages by URL path, compressed ahead as a host would have them."""
    out = folder / "bundle"
    published_bundle(out)
    bundle = {
        path.relative_to(out).as_posix(): path
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.suffix not in (BROTLI, GZIP)
    }
    plain = {f"page/{path.name}": path for path in PLAIN.glob("plain.js")}
    files: dict[str, Path | bytes] = {**plain, "page/plain.html": PLAIN / "index.html"}
    for name, missing in VARIANTS.items():
        page = without(bundle["index.html"].read_text(), missing)
        prefix = name.replace(" ", "-")
        files |= {f"{prefix}/{url}": path for url, path in bundle.items()}
        files[f"{prefix}/index.html"] = page.encode()
    return files


def without(page: str, missing: tuple[str, ...]) -> str:
    """index.html that does not name some of the files to start from."""

    def shortened(match: re.Match) -> str:
        files = json.loads(match[0].removeprefix(match[1]).removesuffix(match[2]))
        return (
            match[1] + json.dumps({k: v for k, v in files.items() if k not in missing}) + match[2]
        )

    return START_FILES.sub(shortened, page)
