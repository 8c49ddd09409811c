"""MNIST from its original idx files, checked, and split once into training, validation and test.

Files come from a given folder, else from a cache that is filled by download.
"""

import hashlib
import os
import sys
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import numpy as np

from training.data.idx import (
    DataError,
    IdxFile,
    named_folder,
    parse,
    raw_content,
    read_from,
    unpacked,
)
from training.files import write_atomically

VALIDATION_IMAGES = 5_000
SOURCES = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
DOWNLOAD_TIMEOUT_S = 30
TRAIN_IMAGES = IdxFile(
    "train-images-idx3-ubyte",
    (60_000, 28, 28),
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
)
TRAIN_LABELS = IdxFile(
    "train-labels-idx1-ubyte",
    (60_000,),
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
)
TEST_IMAGES = IdxFile(
    "t10k-images-idx3-ubyte",
    (10_000, 28, 28),
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
)
TEST_LABELS = IdxFile(
    "t10k-labels-idx1-ubyte",
    (10_000,),
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
)
FILES = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)


@dataclass(frozen=True)
class Examples:
    """Images (N, 784) uint8, ink 255 on paper 0, and labels (N,) uint8."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def at(self, indices: np.ndarray) -> "Examples":
        return Examples(self.images[indices], self.labels[indices])

    def evenly(self, count: int) -> "Examples":
        """At most `count` of them, evenly taken from all."""
        return self.at(np.linspace(0, len(self) - 1, min(count, len(self))).round().astype(int))

    def and_also(self, more: "Examples") -> "Examples":
        return Examples(
            np.concatenate([self.images, more.images]), np.concatenate([self.labels, more.labels])
        )


@dataclass(frozen=True)
class Mnist:
    """55,000 images to train on, 5,000 to choose with, 10,000 to report on."""

    train: Examples
    validation: Examples
    test: Examples


def load_mnist(folder: str | Path | None = None) -> Mnist:
    """Reads the four files from `folder`, else from $MNIST_DIR, else from the cache, downloading
    what is absent.

    Raises DataError when a file is missing, truncated, swapped or corrupt, or cannot be downloaded.
    """
    folder = folder or os.environ.get("MNIST_DIR")
    read = (lambda file: read_from(named_folder(folder), file)) if folder else read_from_cache
    images, labels, test_images, test_labels = (read(file) for file in FILES)
    full = Examples(images.reshape(-1, 784), labels)
    train, validation = split(labels)
    return Mnist(
        full.at(train), full.at(validation), Examples(test_images.reshape(-1, 784), test_labels)
    )


def split(labels: np.ndarray, validation: int = VALIDATION_IMAGES) -> tuple[np.ndarray, np.ndarray]:
    """Indices (train, validation), each ascending; every digit has its share of `validation`
    images.

    Drawn by the SHA-256 of the image's index, which no library version can change.
    """
    order = np.array(
        sorted(
            range(len(labels)), key=lambda i: hashlib.sha256(f"validation {i}".encode()).digest()
        )
    )
    by_digit = order[np.argsort(labels[order], kind="stable")]
    chosen = np.sort(by_digit[np.arange(validation) * len(labels) // validation])
    return np.setdiff1d(np.arange(len(labels)), chosen), chosen


def read_from_cache(file: IdxFile) -> np.ndarray:
    """The array in the user's cache folder, downloaded and checked first when it is not there."""
    path = cache_folder() / f"{file.name}.gz"
    if not path.exists():
        write_atomically(path, downloaded(file))
    return parse(path, raw_content(path), file)


def cache_folder() -> Path:
    """Where downloads are kept: $XDG_CACHE_HOME or the platform's own place, then
    webgpu-digits/mnist."""
    local = {
        "win32": os.environ.get("LOCALAPPDATA"),
        "darwin": Path.home() / "Library" / "Caches",
    }.get(sys.platform)
    return (
        Path(os.environ.get("XDG_CACHE_HOME") or local or Path.home() / ".cache")
        / "webgpu-digits"
        / "mnist"
    )


def downloaded(file: IdxFile) -> bytes:
    """The file, gzip as a rule, from the first source that gives it whole."""
    failures = []
    for source in SOURCES:
        url = f"{source}{file.name}.gz"
        try:
            print(f"Downloading {url}", file=sys.stderr)
            with urllib.request.urlopen(url, timeout=DOWNLOAD_TIMEOUT_S) as response:
                content = response.read()
            parse(url, unpacked(url, content), file)
            return content
        except (OSError, HTTPException, DataError) as error:
            failures.append(f"{url}: {error}")
    raise DataError(
        "MNIST could not be downloaded. "
        "Put its four files in a folder and name it with --data or MNIST_DIR.\n"
        + "\n".join(failures)
    )
