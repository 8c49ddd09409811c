"""The static bundle: the published layout as a plain folder that any web server can host under any
path."""

import hashlib
import json
import sys
from pathlib import Path

from export.folder import replacing

from .compression import BROTLI, GZIP, gzipped, is_compressible, write_brotli
from .memory_image import build_image
from .node import NodeError
from .packages import missing_vendor_files
from .release import released_files
from .site_files import ROOT, Source, read
from .styles import compile_sheet

MANIFEST = "bundle.json"
GENERATOR = "webgpu-digits"
NO_JEKYLL = ".nojekyll"
QUICK_GZIP, BEST_GZIP = 3, 9


class BundleError(Exception):
    """The bundle cannot be written; the message says why and what to do."""


def write_bundle(files: dict[str, Source], out: Path, quick: bool = False) -> dict[str, dict]:
    """Writes files (URL path -> source) to the folder out, whole or not at all; gives its
    manifest. The best compression takes a minute for the memory image; `quick` does without."""
    _refuse_foreign(out)
    with replacing(out) as new:
        return _copy(files, new, quick)


def published_bundle(out: Path, quick: bool = False) -> dict[str, dict]:
    """Writes the page as it is published to the folder `out`; gives its manifest. Raises
    NodeError where the style sheet cannot be compiled."""
    _refuse_foreign(out)
    with replacing(out) as new:  # first, as a place that cannot be written should cost no time
        compile_sheet(ROOT)
        try:
            build_image(ROOT)
        except NodeError as error:
            lack = f"Without a memory image, so that the page starts later: {error}"
            print(lack, file=sys.stderr)
        return _copy(released_files(), new, quick)


def foreign_files(folder: Path) -> list[str]:
    """What lies in `folder` that write_bundle did not put there, by URL path."""
    present = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()
    }
    return sorted(present - _written(folder))


def _written(folder: Path) -> set[str]:
    """What the manifest in `folder` lists, their compressed forms, and the two files beside it;
    nothing where there is no manifest of ours."""
    try:
        content = json.loads((folder / MANIFEST).read_text())
        urls = content["files"] if content["generator"] == GENERATOR else []
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    forms = {url + suffix for url in urls for suffix in ("", BROTLI, GZIP)}
    return {*forms, MANIFEST, NO_JEKYLL} if urls else set()


def wire_bytes(folder: Path, urls, suffix: str) -> int:
    """The size in bytes of the files as a host sends them that serves their compressed forms."""
    forms = (((folder / (url + suffix)), folder / url) for url in urls)
    return sum((form if form.exists() else plain).stat().st_size for form, plain in forms)


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser(
        "site", help="write the static bundle", description=__doc__, allow_abbrev=False
    )
    parser.add_argument(
        "--out", type=Path, default=Path("dist"), help="the folder to write; default: %(default)s"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="compress less: seconds instead of a minute, but more to send",
    )
    parser.set_defaults(run=run)


def run(args) -> int:
    if missing := missing_vendor_files(ROOT):
        print(f"{missing[0]} is missing: run `npm ci --ignore-scripts` in site/.", file=sys.stderr)
        return 1
    try:
        manifest = published_bundle(args.out, args.quick)
    except (BundleError, NodeError) as error:
        print(error, file=sys.stderr)
        return 1
    raw = sum(entry["bytes"] for entry in manifest.values())
    gzip, brotli = (wire_bytes(args.out, manifest, form) for form in (GZIP, BROTLI))
    print(
        f"{args.out}: {len(manifest)} files, {raw:,} bytes, {gzip:,} with gzip, "
        f"{brotli:,} with brotli"
    )
    return 0


def _refuse_foreign(out: Path) -> None:
    for source in (ROOT / "site", ROOT / "py_frontend"):
        if out.resolve().is_relative_to(source):
            raise BundleError(
                f"{out} lies inside {source}, which is published itself: choose another folder."
            )
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise BundleError(f"{out} is not a folder: choose another name.")
    if out.is_dir() and (foreign := foreign_files(out)):
        raise BundleError(
            f"{out} holds files that this command did not write ({foreign[0]}): "
            "take them out, or choose another folder."
        )


def _copy(files: dict[str, Source], folder: Path, quick: bool) -> dict[str, dict]:
    for url, source in files.items():
        target = folder / url
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(read(source))
    manifest = {url: _entry(folder / url) for url in sorted(files)}
    content = {"generator": GENERATOR, "files": manifest}
    (folder / MANIFEST).write_text(json.dumps(content, indent=1) + "\n")
    (folder / NO_JEKYLL).touch()  # without it GitHub Pages leaves out every __init__.py
    _compress(
        [folder / url for url, entry in manifest.items() if is_compressible(url, entry["bytes"])],
        quick,
    )
    return manifest


def _compress(files: list[Path], quick: bool) -> None:
    """Writes .gz and .br beside each file, for hosts that serve them."""
    level = QUICK_GZIP if quick else BEST_GZIP
    for path in files:
        path.with_name(path.name + GZIP).write_bytes(gzipped(path.read_bytes(), level))
    if files:
        write_brotli(files, quick)


def _entry(path: Path) -> dict:
    content = path.read_bytes()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
