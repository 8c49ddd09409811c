"""The static bundle: the published layout as a plain folder that any web server can host under any path."""
import gzip
import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path

from .layout import ROOT, missing_vendor_files, published_files

MANIFEST = "bundle.json"
GENERATOR = "webgpu-digits"


class BundleError(Exception):
    """The bundle cannot be written; the message says why and what to do."""


def write_bundle(files: dict[str, Path], out: Path) -> dict[str, dict]:
    """Copies files (URL path -> source) to the folder out, whole or not at all; gives its manifest."""
    _refuse_foreign(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-", suffix=".tmp") as scratch:
        new = Path(scratch, "new")
        manifest = _copy(files, new)
        if out.exists():
            out.rename(Path(scratch, "old"))
        new.rename(out)
    return manifest


def is_bundle(folder: Path) -> bool:
    """Whether write_bundle made this folder."""
    try:
        return json.loads((folder / MANIFEST).read_text())["generator"] == GENERATOR
    except (OSError, ValueError, KeyError, TypeError):
        return False


def gzip_bytes(paths) -> int:
    """The size in bytes of the files as a host with gzip sends them, each file by itself."""
    return sum(len(gzip.compress(path.read_bytes(), mtime=0)) for path in paths)


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser("site", help="write the static bundle", description=__doc__, allow_abbrev=False)
    parser.add_argument("--out", type=Path, default=Path("dist"), help="the folder to write; default: %(default)s")
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
            raise BundleError(f"{out} lies inside {source}, which is published itself: choose another folder.")
    if out.is_symlink() or out.exists() and not out.is_dir():
        raise BundleError(f"{out} is not a folder: choose another name.")
    if out.is_dir() and any(out.iterdir()) and not is_bundle(out):
        raise BundleError(f"{out} holds files that this command did not write: empty it, or choose another folder.")


def _copy(files: dict[str, Path], folder: Path) -> dict[str, dict]:
    for url, source in files.items():
        target = folder / url
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    manifest = {url: _entry(folder / url) for url in sorted(files)}
    content = {"generator": GENERATOR, "files": manifest}
    (folder / MANIFEST).write_text(json.dumps(content, indent=1) + "\n")
    (folder / ".nojekyll").touch()  # without it GitHub Pages leaves out every __init__.py
    return manifest


def _entry(path: Path) -> dict:
    content = path.read_bytes()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
