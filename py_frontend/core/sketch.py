"""What a person drew before Python ran, as site/js/sketch.js tells it."""

import json
from dataclasses import dataclass
from typing import Any

from .drawing import Content, Drawing
from .picture import Picture
from .strokes import Stroke, Tool, usable_points


@dataclass(frozen=True)
class Sketch:
    """A drawing with its history, the chosen tool, and the stroke that `pointer` is drawing, which
    is a mouse, a pen or a touch."""

    drawing: Drawing
    tool: Tool
    stroke: Stroke | None
    pointer: int | None
    kind: str = "mouse"


def parse_sketch(text: str) -> Sketch:
    """From JSON: {tool, states: each a list of strokes or {picture: 784 levels in 0..255}, now:
    place among them, open: {pointer, type, stroke} or null}."""
    told = json.loads(text)
    states = [_content(state) for state in told["states"]]
    under_way = told["open"] or {"stroke": None, "pointer": None, "type": "mouse"}
    stroke = under_way["stroke"] and _stroke(under_way["stroke"])
    drawing = Drawing(states, told["now"])
    return Sketch(drawing, told["tool"], stroke, under_way["pointer"], under_way["type"])


def sketch_fields(sketch: Sketch) -> dict[str, Any]:
    """As parse_sketch reads them."""
    states, now = sketch.drawing.history
    stroke = sketch.stroke and _told(sketch.stroke)
    under_way = {"pointer": sketch.pointer, "type": sketch.kind, "stroke": stroke}
    return {
        "tool": sketch.tool,
        "states": [_state(content) for content in states],
        "now": now,
        "open": under_way if stroke else None,
    }


def _content(state: Any) -> Content:
    if isinstance(state, dict):
        return Picture(bytes(state["picture"]))
    return tuple(map(_stroke, state))


def _state(content: Content) -> Any:
    """As _content reads it."""
    if isinstance(content, Picture):
        return {"picture": list(content.levels)}
    return [_told(stroke) for stroke in content]


def _told(stroke: Stroke) -> dict[str, Any]:
    return {"tool": stroke.tool, "width": stroke.width, "points": stroke.points}


def _stroke(told: dict[str, Any]) -> Stroke:
    return Stroke(told["tool"], told["width"], tuple(usable_points(told["points"])))
