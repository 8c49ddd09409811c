"""Files that are either whole or absent: written under a temporary name, then renamed."""

import json
import os
import re
from glob import escape
from pathlib import Path

NUMBERS = re.compile(r"\[\n\s*([-+.\deE,\s]+)\n\s*\]")  # strings have no line ends in JSON


def write_atomically(path: Path, content: bytes | str) -> None:
    """Puts `content` at `path`; what was there stays until the new file is complete on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def leftovers(path: Path) -> list[Path]:
    """Temporary files of writes to `path` that were killed."""
    return list(path.parent.glob(f"{escape(path.name)}.*.tmp"))


def write_json(path: Path, value) -> None:
    """A list of numbers stands on one line."""
    text = NUMBERS.sub(lambda found: f"[{' '.join(found[1].split())}]", json.dumps(value, indent=1))
    write_atomically(path, text + "\n")
