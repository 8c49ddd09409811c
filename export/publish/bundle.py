"""The static bundle: the published layout as a plain folder that any web server can host under any
path."""

import gzip
import hashlib
import json
import sys
from pathlib import Path

from export.folder import replacing

from .site_files import ROOT, Source, missing_vendor_files, published_files, read

MANIFEST = "bundle.json"
GENERATOR = "webgpu-digits"
NO_JEKYLL = ".nojekyll"


class BundleError(Exception):
    """The bundle cannot be written; the message says why and what to do."""


def write_bundle(files: dict[str, Source], out: Path) -> dict[str, dict]:
    """Writes files (URL path -> source) to the folder out, whole or not at all; gives its
    manifest."""
    _refuse_foreign(out)
    with replacing(out) as new:
        return _copy(files, new)


def foreign_files(folder: Path) -> list[str]:
    """What lies in `folder` that write_bundle did not put there, by URL path."""
    present = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()
    }
    return sorted(present - _written(folder))


def _written(folder: Path) -> set[str]:
    """What the manifest in `folder` lists, and the two files beside it; nothing where there is no
    manifest of ours."""
    try:
        content = json.loads((folder / MANIFEST).read_text())
        return (
            {*content["files"], MANIFEST, NO_JEKYLL} if content["generator"] == GENERATOR else set()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def gzip_bytes(paths) -> int:
    """The size in bytes of the files as a host with gzip sends them, each file by itself."""
    return sum(len(gzip.compress(path.read_bytes(), mtime=0)) for path in paths)


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser(
        "site", help="write the static bundle", description=__doc__, allow_abbrev=False
    )
    parser.add_argument(
        "--out", type=Path, default=Path("dist"), help="the folder to write; default: %(default)s"
    )
    parser.set_defaults(run=run)


def run(args) -> int:
    if missing := missing_vendor_files():
        print(f"{missing[0]} is missing: run `npm ci --ignore-scripts` in site/.", file=sys.stderr)
        return 1
    try:
        manifest = write_bundle(published_files(), args.out)
    except BundleError as error:
        print(error, file=sys.stderr)
        return 1
    raw = sum(entry["bytes"] for entry in manifest.values())
    packed = gzip_bytes(args.out / url for url in manifest)
    print(f"{args.out}: {len(manifest)} files, {raw:,} bytes, {packed:,} bytes gzip")
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


def _copy(files: dict[str, Source], folder: Path) -> dict[str, dict]:
    for url, source in files.items():
        target = folder / url
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(read(source))
    manifest = {url: _entry(folder / url) for url in sorted(files)}
    content = {"generator": GENERATOR, "files": manifest}
    (folder / MANIFEST).write_text(json.dumps(content, indent=1) + "\n")
    (folder / NO_JEKYLL).touch()  # without it GitHub Pages leaves out every __init__.py
    return manifest


def _entry(path: Path) -> dict:
    content = path.read_bytes()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
