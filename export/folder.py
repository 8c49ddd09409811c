"""Replaces a folder of generated files as a whole."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def replace_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Makes `folder` hold exactly `files`."""
    with replacing(folder) as new:
        new.mkdir()
        for name, content in files.items():
            (new / name).write_bytes(content)


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A path to write the new `folder` to. The old one stays until all of it is written, and for
    good where that fails."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=folder.parent, prefix=f".{folder.name}-", suffix=".tmp"
    ) as scratch:
        new, old = Path(scratch, "new"), Path(scratch, "old")
        yield new
        try:
            if folder.exists():
                folder.rename(old)
            new.rename(folder)
        except BaseException:
            if old.exists():
                old.rename(folder)
            raise
