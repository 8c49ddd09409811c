"""Images that take minutes to make are kept in the user's cache folder, under a name that changes
with the code that makes them."""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np

from training.data.mnist import cache_folder
from training.files import write_atomically

ROOT = Path(__file__).parents[2]
SOURCES = ("training/synthetic", "py_frontend/core", "training/data")  # whose code decides images


def kept(name: str, make: Callable[[], np.ndarray]) -> np.ndarray:
    """What `make` gives, from the cache where this code has made it before; what older code made
    under the same name is removed."""
    folder = cache_folder().parent / "synthetic"
    path = folder / f"{name}-{code()}.npy"
    if path.exists():
        return np.load(path)
    content = BytesIO()
    np.save(content, make())
    write_atomically(path, content.getvalue())
    for older in set(folder.glob(f"{name}-*.npy")) - {path}:
        older.unlink(missing_ok=True)
    return np.load(path)


@cache
def code() -> str:
    """The first digits of a SHA-256 over all that decides what images look like."""
    digest = sha256()
    for path in sorted(path for folder in SOURCES for path in (ROOT / folder).rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
