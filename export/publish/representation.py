"""How a published file goes over the wire: in which encoding, and for how long it may be kept."""

import hashlib
import re
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

from .compression import (
    ENCODINGS,
    gzipped_bytes,
    gzipped_file,
    is_compressible,
)
from .memory_image import DIGEST_LENGTH, file_sha256
from .site_files import Source, read, size_bytes

# Their names change with their contents: the version or the digest is in the path.
VERSIONED = re.compile(r"(vendor/[^?]*@\d|start/[^?]*-[0-9a-f]{16}\.)")
FOR_EVER = "public, max-age=31536000, immutable"
ASK_ANEW = "no-cache"


@dataclass(frozen=True)
class Representation:
    """The headers that say which state and form of a file it is; `encoding` is empty for the file
    as it is."""

    source: Source
    encoding: str
    headers: dict[str, str]

    def body(self) -> bytes:
        if not self.encoding:
            return read(self.source)
        if isinstance(self.source, bytes):
            return gzipped_bytes(self.source)
        suffix = ENCODINGS[self.encoding]
        ready = self.source.with_name(self.source.name + suffix)
        if ready.exists():
            return ready.read_bytes()
        return gzipped_file(self.source, self.source.stat().st_mtime_ns)


def represent(key: str, version: str, source: Source, accepted: str) -> Representation:
    """The file at the URL path `key`. `version` is the part of its digest that the request names,
    `accepted` the header Accept-Encoding."""
    encoding = _encoding(key, source, accepted)
    headers = {
        "Cache-Control": FOR_EVER if _is_versioned(key, version, source) else ASK_ANEW,
        "Vary": "Accept-Encoding",
        **_state(source, encoding),
    }
    if encoding:
        headers["Content-Encoding"] = encoding
    return Representation(source, encoding, headers)


def _is_versioned(key: str, version: str, source: Source) -> bool:
    """Whether the address can never mean other contents."""
    if VERSIONED.match(key):
        return True
    return len(version) >= DIGEST_LENGTH and _sha256(source).startswith(version)


def _sha256(source: Source) -> str:
    return file_sha256(source) if isinstance(source, Path) else hashlib.sha256(source).hexdigest()


def _state(source: Source, encoding: str) -> dict[str, str]:
    """By which a browser knows whether its copy is still good."""
    form = f"-{encoding}" if encoding else ""
    if isinstance(source, bytes):
        return {"ETag": f'"{_sha256(source)}{form}"'}
    stat = source.stat()
    return {
        "ETag": f'"{stat.st_mtime_ns:x}-{stat.st_size:x}{form}"',
        "Last-Modified": formatdate(stat.st_mtime, usegmt=True),
    }


def _encoding(key: str, source: Source, accepted: str) -> str:
    """The best of what the browser takes: brotli where it was made ahead, else gzip."""
    takes = {part.partition(";")[0].strip() for part in accepted.split(",")}
    if not is_compressible(key, size_bytes(source)):
        return ""
    for encoding, suffix in ENCODINGS.items():
        is_ready = isinstance(source, Path) and source.with_name(source.name + suffix).exists()
        if encoding in takes and (is_ready or encoding == "gzip"):
            return encoding
    return ""
