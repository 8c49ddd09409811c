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
    with _scratch_beside(folder) as scratch:
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


def _scratch_beside(folder: Path) -> tempfile.TemporaryDirectory:
    """A folder for what is not complete yet; an error names `folder`, as nobody knows this one."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(
            dir=folder.parent, prefix=f".{folder.name}-", suffix=".tmp"
        )
    except OSError as error:
        reason = f"cannot be written here ({error.strerror}). --out names another folder"
        raise OSError(error.errno, reason, str(folder)) from error
