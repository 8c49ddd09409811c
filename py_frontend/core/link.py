"""Drawings as links: strokes or a picture, model and open panels in the fragment of an address.

A fragment looks like `d=1.AbC...&model=cnn&panels=input,why&play`, where `play` asks for the
drawing stroke by stroke. What follows the version is base64url of bytes: for each stroke its tool
and width, then the number of its points and their differences, all as whole numbers of half canvas
units, small ones in one byte (LEB128, signed ones zigzag). A picture has `i=1.` in the place of
`d=1.`, and 784 levels of ink. Nothing in it is ever run.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qsl

from .base64url import decoded, encoded
from .drawing import Content
from .errors import PageError
from .picture import Picture
from .simplification import simplified
from .strokes import TOOLS, Point, Stroke

VERSION = "1"
UNITS_PER_STEP = 0.5
TOLERANCE = 0.4  # canvas units; a line that is off by as much looks and reads the same
MAX_DRAWING = 1900  # characters that a link spends on strokes, so that all of it stays below 2,000
MAX_FRAGMENT = 20_000  # characters; a longer one was not made here
MAX_STROKES, MAX_STEP = 500, 1 << 20
MAX_VARINT_BYTES = 5

T = TypeVar("T")


class LinkError(PageError):
    """A link holds no drawing that this page could have made."""


@dataclass(frozen=True)
class Link:
    """What a link says; None or empty where it says nothing. `plays` asks for the drawing stroke by
    stroke."""

    content: Content = ()
    model: str | None = None
    panels: tuple[str, ...] = ()
    plays: bool = False


def to_fragment(link: Link) -> str:
    """The fragment of an address, without its `#`."""
    parts = [_drawing(link.content)] if link.content else []
    parts += [f"model={link.model}"] if link.model else []
    parts += [f"panels={','.join(link.panels)}"] if link.panels else []
    parts += ["play"] if link.plays else []
    return "&".join(parts)


def from_fragment(fragment: str) -> Link:
    """What a fragment says, with or without its `#`; LinkError where it makes no sense."""
    text = fragment.removeprefix("#")
    if len(text) > MAX_FRAGMENT:
        raise LinkError("This link is too long to be a drawing. Ask for it again.")
    values = dict(parse_qsl(text, keep_blank_values=True))
    names = values.get("panels", "").split(",")
    panels = tuple(name for name in names if name.isidentifier())
    content = _picture(values["i"]) if values.get("i") else _strokes(values.get("d", ""))
    return Link(content, values.get("model") or None, panels, "play" in values)


def _drawing(content: Content) -> str:
    if isinstance(content, Picture):
        return f"i={VERSION}.{encoded(content.levels)}"
    return f"d={VERSION}.{_packed(content)}"


def _packed(strokes: Sequence[Stroke]) -> str:
    """The strokes in as many characters as a link may have: the more of them, the coarser."""
    tolerance = TOLERANCE
    while True:
        text = encoded(bytes(_bytes(strokes, tolerance)))
        if len(text) <= MAX_DRAWING or tolerance > MAX_DRAWING:
            return text
        tolerance *= 1.5


def _bytes(strokes: Sequence[Stroke], tolerance: float) -> Iterator[int]:
    for stroke in strokes:
        points = simplified(stroke.points, tolerance)
        yield TOOLS.index(stroke.tool)
        yield from _varint(_steps(stroke.width))
        yield from _varint(len(points))
        x = y = 0
        for px, py in points:
            new_x, new_y = _steps(px), _steps(py)
            yield from _varint(_zigzag(new_x - x))
            yield from _varint(_zigzag(new_y - y))
            x, y = new_x, new_y


def _strokes(text: str) -> tuple[Stroke, ...]:
    return _unpacked(text, lambda content: tuple(_read(Reader(content)))) if text else ()


def _picture(text: str) -> Picture:
    return _unpacked(text, Picture)


def _unpacked(text: str, read: Callable[[bytes], T]) -> T:
    """What `read` makes of the bytes that follow the version."""
    version, _, packed = text.partition(".")
    if version != VERSION:
        raise LinkError("This link was made by another version of the page. Ask for a new one.")
    try:
        return read(decoded(packed))
    except (ValueError, IndexError) as error:
        raise LinkError("The drawing in this link is damaged. Ask for the link again.") from error


class Reader:
    """Takes numbers from bytes; IndexError where they end too early, ValueError on nonsense."""

    def __init__(self, content: bytes):
        self._content, self._at = content, 0

    @property
    def is_at_end(self) -> bool:
        return self._at == len(self._content)

    def number(self) -> int:
        value = 0
        for place in range(MAX_VARINT_BYTES):
            byte = self._content[self._at]
            self._at += 1
            value |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                return value
        raise ValueError("a number of too many bytes")

    def difference(self) -> int:
        value = self.number()
        return value >> 1 if value % 2 == 0 else -(value >> 1) - 1


def _read(reader: Reader) -> Iterator[Stroke]:
    for _ in range(MAX_STROKES):
        if reader.is_at_end:
            return
        tool, width, count = TOOLS[reader.number()], reader.number(), reader.number()
        yield Stroke(tool, width * UNITS_PER_STEP, tuple(_points(reader, count)))
    if not reader.is_at_end:
        raise ValueError("too many strokes")


def _points(reader: Reader, count: int) -> Iterator[Point]:
    x = y = 0
    for _ in range(count):
        x, y = x + reader.difference(), y + reader.difference()
        yield x * UNITS_PER_STEP, y * UNITS_PER_STEP


def _steps(units: float) -> int:
    return max(-MAX_STEP, min(MAX_STEP, round(units / UNITS_PER_STEP)))


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


def _varint(number: int) -> Iterable[int]:
    while number >= 0x80:
        yield number & 0x7F | 0x80
        number >>= 7
    yield number
