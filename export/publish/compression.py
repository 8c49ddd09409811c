"""Compressed forms of published files, for hosts and browsers that take them."""

import gzip
from functools import lru_cache
from pathlib import Path

from .node import run_script

BROTLI, GZIP = ".br", ".gz"  # what is added to a file's name
ENCODINGS = {"br": BROTLI, "gzip": GZIP}  # by the names of HTTP, the best first
PACKED = {".png", ".zip"}  # already compressed
MIN_BYTES = 1024  # less is not worth a second file


def is_compressible(name: str, size: int) -> bool:
    return size >= MIN_BYTES and Path(name).suffix not in PACKED


def gzipped(content: bytes, level: int = 6) -> bytes:
    """The same bytes for the same content."""
    return gzip.compress(content, level, mtime=0)


@lru_cache(maxsize=64)
def gzipped_file(path: Path, _mtime_ns: int) -> bytes:
    """Compressed once for each state of the file."""
    return gzipped(path.read_bytes())


@lru_cache(maxsize=64)
def gzipped_bytes(content: bytes) -> bytes:
    return gzipped(content)


def write_brotli(files: list[Path], quick: bool = False) -> None:
    """Writes the brotli form beside each file, under Node, which can. Raises NodeError."""
    run_script("compress.mjs", {"files": [str(path) for path in files], "quick": quick})
