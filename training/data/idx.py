"""MNIST's idx files under the names that people have them by; what they hold decides."""

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

UNSIGNED_BYTE = 0x08
IDX_OF_BYTES = bytes([0, 0, UNSIGNED_BYTE])
GZIP = b"\x1f\x8b"
ADVICE = "Delete it and fetch it again."


class DataError(Exception):
    """MNIST is missing or not what it should be; the message names the file and what to do."""


@dataclass(frozen=True)
class IdxFile:
    """What one of the four files must be: its name, its shape, and the SHA-256 of its raw
    content."""

    name: str
    shape: tuple[int, ...]
    sha256: str

    @property
    def stem(self) -> str:
        """What its name begins with wherever people have it from, such as train-images."""
        return self.name.partition("-idx")[0]


def named_folder(name: str | Path) -> Path:
    """The folder that a person names; only a shell replaces ~, and not after an equals sign."""
    return Path(os.path.expanduser(name))


def read_from(folder: Path, file: IdxFile) -> np.ndarray:
    """The array in a file of `folder`, under MNIST's own name or another that begins alike.

    Of several the first whose content is right is taken; where there is none, DataError says what
    is wrong with the most likely one.
    """
    failures = []
    for path in _candidates(folder, file):
        try:
            return parse(path, raw_content(path), file)
        except DataError as error:
            failures.append(error)
    raise failures[0] if failures else _missing(folder, file)


def _missing(folder: Path, file: IdxFile) -> DataError:
    lack = f"has neither {file.name} nor {file.name}.gz" if folder.is_dir() else "is no folder"
    return DataError(f"{folder} {lack}. Give the folder that holds the four MNIST files.")


def _candidates(folder: Path, file: IdxFile) -> Iterator[Path]:
    """MNIST's own names first; then what archives, browsers and torchvision make of them."""
    own = [folder / file.name, folder / f"{file.name}.gz"]
    places = [folder, folder / file.name, folder / "raw", folder / "MNIST" / "raw"]
    others = [path for place in places for path in _alike(place, file)]
    return filter(Path.is_file, dict.fromkeys(own + others))


def _alike(place: Path, file: IdxFile) -> list[Path]:
    return sorted(path for path in place.glob("*") if _plain(path.name).startswith(file.stem))


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def raw_content(path: Path) -> bytes:
    """The bytes of `path`, unpacked if they are gzip, whatever the name says."""
    content = path.read_bytes()
    if path.suffix == ".gz" and not content.startswith((GZIP, IDX_OF_BYTES)):
        raise DataError(f"{path} is not a whole gzip file, nor an unpacked one. {ADVICE}")
    return unpacked(path, content)


def unpacked(path: Path | str, content: bytes) -> bytes:
    """`content` without any gzip around it; `path` is where it comes from."""
    try:
        while content.startswith(GZIP):
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} is not a whole gzip file ({error}). {ADVICE}") from error
    return content


def parse(path: Path | str, content: bytes, file: IdxFile) -> np.ndarray:
    """The array in an idx file: two zero bytes, the type, the number of dimensions, the dimensions,
    the data."""
    if len(content) < 4 or not content.startswith(IDX_OF_BYTES):
        raise DataError(f"{path} does not begin like an idx file of bytes. It is not {file.name}.")
    start = 4 + 4 * content[3]
    shape = tuple(np.frombuffer(content[4:start].ljust(4 * content[3], b"\0"), ">u4").tolist())
    if shape != file.shape:
        raise DataError(
            f"{path} holds an array {shape}, but {file.name} is {file.shape}. "
            "Two files may be swapped."
        )
    size = int(np.prod(shape))
    if len(content) - start != size:
        raise DataError(
            f"{path} has {len(content) - start:,} bytes of data instead of {size:,}. {ADVICE}"
        )
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise DataError(f"{path} differs from the published {file.name} (SHA-256). {ADVICE}")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
