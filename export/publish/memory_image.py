"""The memory image: Pyodide's wasm file with a memory in which Python has started and imported the
page's modules.

It is built under Node in seconds, kept in build/start/, and named by a digest of everything that
it was made from: a source that was edited since has another image, or none yet.
"""

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from .compression import BROTLI, GZIP, gzipped, write_brotli
from .node import SCRIPTS, run_script
from .packages import PYODIDE, PYSCRIPT, STDLIB, package_folder

BUILD = Path("build/start")
DIGEST_LENGTH = 16  # characters of a digest in a file's name
PYODIDE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", STDLIB)
PYSCRIPT_FILES = ("src/stdlib/pyscript.js",)


def frontend_sources(root: Path) -> dict[str, Path]:
    """The page's Python modules by their paths below py_frontend/."""
    folder = root / "py_frontend"
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*.py"))
        if "__pycache__" not in path.parts
    }


def image_file(root: Path) -> Path:
    """Where the image of the tree as it is now lies, once it is built."""
    return root / BUILD / f"python-{image_digest(root)}.wasm"


def image_digest(root: Path) -> str:
    """Of everything that the image is made from."""
    return _digest([*_packages(root), *_scripts(), *frontend_sources(root).items()])


def stdlib_file(root: Path) -> Path:
    """Where the standard library lies with bytecode of what Python imports at its start."""
    return root / BUILD / f"stdlib-{_digest([*_packages(root), *_scripts()])}.zip"


def build_image(root: Path) -> Path:
    """Builds what is not built yet, and gives the image. Raises NodeError: without the image the
    page starts all the same, but later."""
    image, stdlib = image_file(root), stdlib_file(root)
    image.parent.mkdir(parents=True, exist_ok=True)
    if not stdlib.exists():
        run_script("stdlib.mjs", _order(root, stdlib))
    if not image.exists():
        sources = {name: path.read_text() for name, path in frontend_sources(root).items()}
        order = _order(root, image, stdlib=str(stdlib), sources=sources)
        run_script("image.mjs", {**order, "digest": image_digest(root)})
        _remove_old(image, stdlib)
    return image


def compress_image(root: Path) -> None:
    """Writes the compressed forms of the built image beside it, where they are not there yet."""
    image = image_file(root)
    packed = image.with_name(image.name + GZIP)
    if not packed.exists():
        packed.write_bytes(gzipped(image.read_bytes()))
    if not image.with_name(image.name + BROTLI).exists():
        write_brotli([image], quick=True)


def _order(root: Path, target: Path, **more) -> dict:
    return {
        "pyodide": str(package_folder(root, PYODIDE)),
        "pyscript": str(package_folder(root, PYSCRIPT)),
        "target": str(target),
        **more,
    }


def _remove_old(image: Path, stdlib: Path) -> None:
    for path in image.parent.iterdir():
        if not path.name.startswith((image.name, stdlib.name)):
            path.unlink(missing_ok=True)


def _packages(root: Path) -> Iterator[tuple[str, Path]]:
    for package, names in ((PYODIDE, PYODIDE_FILES), (PYSCRIPT, PYSCRIPT_FILES)):
        for name in names:
            yield f"{package}/{name}", package_folder(root, package) / name


def _scripts() -> list[tuple[str, Path]]:
    return [
        (path.name, path) for path in sorted(SCRIPTS.iterdir()) if path.suffix in (".mjs", ".py")
    ]


def _digest(files: list[tuple[str, Path]]) -> str:
    """Of the names and contents of all these files."""
    whole = hashlib.sha256()
    for name, path in files:
        whole.update(f"{name} {file_sha256(path)}\n".encode())
    return whole.hexdigest()[:DIGEST_LENGTH]


def file_sha256(path: Path) -> str:
    """Computed once for each state of a file: the dev server asks with every request."""
    stat = path.stat()
    return _sha256(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4096)
def _sha256(path: Path, _mtime_ns: int, _size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
