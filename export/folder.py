"""Replaces a folder of generated files as a whole."""
import tempfile
from pathlib import Path


def replace_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Makes `folder` hold exactly `files`. The old one stays in place until all of the new one is written."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-", suffix=".tmp") as scratch:
        new, old = Path(scratch, "new"), Path(scratch, "old")
        new.mkdir()
        for name, content in files.items():
            (new / name).write_bytes(content)
        if folder.exists():
            folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
