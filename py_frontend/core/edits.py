"""Changed sources: kept from visit to visit, shown as a difference, and handed on in a link."""

from __future__ import annotations

import json
from binascii import crc32
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher, unified_diff
from urllib.parse import parse_qs
from zlib import compress, decompressobj
from zlib import error as ZlibError

from .base64url import decoded, encoded
from .errors import PageError

FOLDER = "py_frontend"
NO_NEWLINE = "\\ No newline at end of file\n"
MAX_CHANGE = 100_000  # characters of a change that a link brings
Texts = Mapping[str, str]


class EditError(PageError):
    """A change that cannot be made here."""


@dataclass(frozen=True)
class Edit:
    """A file with another text; `digest` is that of the text which it takes the place of."""

    path: str
    digest: str
    text: str


@dataclass(frozen=True)
class Kept:
    """What a browser keeps; `works` is False until the page has run with it."""

    edits: tuple[Edit, ...] = ()
    works: bool = True


def digest(text: str) -> str:
    return f"{crc32(text.encode()):08x}"


def edits(originals: Texts, texts: Texts) -> tuple[Edit, ...]:
    """How `texts` differ from the original ones."""
    return tuple(
        Edit(path, digest(originals[path]), texts[path])
        for path in sorted(originals)
        if texts.get(path, originals[path]) != originals[path]
    )


def fitting(found: tuple[Edit, ...], originals: Texts) -> dict[str, str]:
    """The texts of those edits that were made to the originals as they are now."""
    return {
        edit.path: edit.text
        for edit in found
        if edit.path in originals and digest(originals[edit.path]) == edit.digest
    }


def to_text(kept: Kept) -> str:
    return json.dumps(asdict(kept))


def from_text(text: str | None) -> Kept:
    """Nothing where the text makes no sense."""
    try:
        told = json.loads(text or "")
        return Kept(tuple(Edit(**edit) for edit in told["edits"]), bool(told["works"]))
    except (ValueError, TypeError, KeyError):
        return Kept()


def patch(originals: Texts, texts: Texts) -> str:
    """The difference as `git apply` takes it."""
    return "".join(
        _file_patch(edit.path, originals[edit.path], edit.text) for edit in edits(originals, texts)
    )


def _file_patch(path: str, before: str, after: str) -> str:
    name = f"{FOLDER}/{path}"
    lines = unified_diff(_lines(before), _lines(after), f"a/{name}", f"b/{name}")
    ended = (line if line.endswith("\n") else f"{line}\n{NO_NEWLINE}" for line in lines)
    return f"diff --git a/{name} b/{name}\n{''.join(ended)}"


def _lines(text: str) -> list[str]:
    """As git counts lines: a form feed ends none."""
    return [line for line in text.replace("\n", "\n\0").split("\0") if line]


def to_fragment(path: str, before: str, after: str) -> str:
    """A change of one file as the fragment of an address; only lines that differ are in it."""
    old, new = _lines(before), _lines(after)
    opcodes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    steps = [[i, j, new[k:m]] for tag, i, j, k, m in opcodes if tag != "equal"]
    packed = compress(json.dumps([path, digest(before), steps]).encode(), 9)
    return f"code={encoded(packed)}&panels=code"


def from_fragment(fragment: str, originals: Texts) -> Edit | None:
    """The change that a fragment brings, as text; None where it brings none."""
    packed = parse_qs(fragment.removeprefix("#")).get("code", [""])[0]
    if not packed:
        return None
    try:
        content = decompressobj().decompress(decoded(packed), MAX_CHANGE)
        path, mark, steps = json.loads(content)
        lines = _lines(originals[path])
        for start, stop, new in reversed(steps):
            lines[start:stop] = map(str, new)
    except (ValueError, TypeError, KeyError, ZlibError) as error:
        raise EditError("The change in this link is damaged. Ask for the link again.") from error
    if digest(originals[path]) != mark:
        raise EditError(f"This link changes another version of {path} than this page has.")
    return Edit(path, mark, "".join(lines))
