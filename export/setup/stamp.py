"""Stamps: how set-up knows that a step was completed, and with what."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path


def fingerprint(*parts: str | bytes) -> str:
    """One SHA-256 over all that a step's result depends on."""
    digests = (
        hashlib.sha256(part.encode() if isinstance(part, str) else part).digest() for part in parts
    )
    return hashlib.sha256(b"".join(digests)).hexdigest()


@dataclass(frozen=True)
class Stamp:
    """A file that holds the fingerprint of a completed step; without it the step runs again."""

    path: Path

    def holds(self, wanted: str) -> bool:
        try:
            return self.path.read_text() == wanted
        except OSError:
            return False

    def write(self, value: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        scratch = self.path.with_name(self.path.name + ".tmp")
        scratch.write_text(value)
        os.replace(scratch, self.path)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)
