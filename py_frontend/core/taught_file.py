"""Taught drawings as text: strokes and labels in JSON, which any later version can read again.

A file comes from outside, and so does what the browser kept: all of it is checked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from .strokes import Point, Stroke
from .taught import MAX_TAUGHT, Taught, TaughtDrawing, TaughtError

FORMAT, VERSION = "digits taught by hand", 1
MAX_CHARACTERS = 50_000_000
FAULTS = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)


class TaughtFileError(TaughtError):
    """A text holds no taught drawings that this page could have written."""


def to_text(taught: Taught) -> str:
    drawings = [_plain(drawing) for drawing in taught]
    return json.dumps({"format": FORMAT, "version": VERSION, "drawings": drawings})


def from_text(text: str) -> Taught:
    if len(text) > MAX_CHARACTERS:
        raise TaughtFileError("This file is too long to be taught drawings.")
    try:
        content = json.loads(text)
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise TaughtFileError("This file holds no taught drawings.")
        if content["version"] != VERSION:
            raise TaughtFileError("This file was written by another version of the page.")
        if len(content["drawings"]) > MAX_TAUGHT:
            raise TaughtFileError(f"This file holds more than {MAX_TAUGHT} drawings.")
        return Taught().with_all(map(_drawing, content["drawings"]))
    except TaughtFileError:
        raise
    except FAULTS as error:
        raise TaughtFileError(f"This file of taught drawings is damaged ({error}).") from error


def drawing_to_text(drawing: TaughtDrawing) -> str:
    return json.dumps({"version": VERSION, **_plain(drawing)})


def drawing_from_text(text: str) -> TaughtDrawing:
    try:
        content = json.loads(text)
        if content["version"] != VERSION:
            raise TaughtFileError("A kept drawing was written by another version of the page.")
        return _drawing(content)
    except FAULTS as error:
        raise TaughtFileError(f"A kept drawing is damaged ({error}).") from error


def _plain(drawing: TaughtDrawing) -> dict[str, Any]:
    strokes = [
        {
            "tool": stroke.tool,
            "width": stroke.width,
            "points": list(chain.from_iterable(stroke.points)),
        }
        for stroke in drawing.strokes
    ]
    return {"label": drawing.label, "strokes": strokes}


def _drawing(plain: dict[str, Any]) -> TaughtDrawing:
    label = plain["label"]
    if type(label) is not int:
        raise ValueError(f"the label {label!r} is no whole number")
    strokes = tuple(_stroke(stroke) for stroke in plain["strokes"])
    if not any(stroke.tool == "pen" for stroke in strokes):
        raise ValueError("a drawing without ink")
    return TaughtDrawing(strokes, label)


def _stroke(plain: dict[str, Any]) -> Stroke:
    return Stroke(plain["tool"], _number(plain["width"]), tuple(_points(plain["points"])))


def _points(numbers: Sequence[Any]) -> Iterable[Point]:
    values = [_number(number) for number in numbers]
    if len(values) % 2:
        raise ValueError("a point without a y")
    return zip(values[::2], values[1::2], strict=True)


def _number(value: Any) -> float:
    if type(value) not in (int, float):
        raise ValueError(f"{str(value)[:20]!r} is no number")
    return float(value)
