"""Which files a run of the benchmark needs, by their paths in the folder or on the server that it
runs from."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from export.publish.site_files import ROOT

BENCH = Path(__file__).parent
MODULES = BENCH / "node_modules"
PACKAGES = {
    "onnxruntime-web": (
        "dist/ort.wasm.bundle.min.mjs",
        "dist/ort.webgpu.bundle.min.mjs",
        "dist/ort-wasm-simd-threaded.mjs",
        "dist/ort-wasm-simd-threaded.wasm",
        "dist/ort-wasm-simd-threaded.asyncify.mjs",
        "dist/ort-wasm-simd-threaded.asyncify.wasm",
    ),
    "webgpu": ("package.json", "index.js", "dist/linux-x64/dawn.node"),
}


class MissingPackage(Exception):
    """A package that the benchmark compares with, or runs on, is not installed; the message says
    how to install it."""


@contextmanager
def extra_packages() -> Iterator[None]:
    """For imports that only some commands need: raises MissingPackage where the extra `bench` is
    not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingPackage(
            f"{error.name.partition('.')[0]} is not installed. Run: pip install -e '.[bench]'"
        ) from error


def onnx_writer() -> Callable[[Path, list[str]], None]:
    """onnx_network.write_onnx."""
    with extra_packages():
        from .onnx_network import write_onnx
    return write_onnx


def bench_files(case: Path) -> dict[str, Path]:
    """All that a run needs; raises MissingPackage where npm has not brought the packages."""
    return own_files(case) | dict(_package_files())


def own_files(case: Path) -> dict[str, Path]:
    """The benchmark's modules, the runtimes of the page, and the files of `case`."""
    return {
        **dict(_files(ROOT / "site" / "js", "site/js", "*.js")),
        **dict(_files(ROOT / "export" / "tune", "export/tune", "gpu.mjs")),
        **dict(_files(BENCH, "tests/bench", "*.mjs")),
        **dict(_files(BENCH, "tests/bench", "*.html")),
        **dict(_files(case, "case", "**/*")),
    }


def copy_files(files: dict[str, Path], folder: Path) -> None:
    """Fills the new `folder`."""
    folder.mkdir(parents=True)
    for name, source in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _files(folder: Path, prefix: str, pattern: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.glob(pattern)):
        if path.is_file():
            yield f"{prefix}/{path.relative_to(folder).as_posix()}", path


def _package_files() -> Iterator[tuple[str, Path]]:
    for package, names in PACKAGES.items():
        for name in names:
            path = MODULES / package / name
            if not path.is_file():
                raise MissingPackage(
                    f"{path.relative_to(ROOT)} is missing. "
                    "Run in tests/bench: npm ci --ignore-scripts"
                )
            yield f"tests/bench/node_modules/{package}/{name}", path
