"""What was drawn before Python ran, from the text in which site/js/sketch.js tells it."""

import json

import pytest

from py_frontend.core.image import PIXELS
from py_frontend.core.picture import Picture
from py_frontend.core.sketch import Sketch, parse_sketch, sketch_fields
from py_frontend.core.strokes import Stroke

PEN = {"tool": "pen", "width": 16, "points": [[1, 2], [3.5, 4]]}
ERASER = {"tool": "eraser", "width": 40.5, "points": [[5, 6]]}
PEN_STROKE = Stroke("pen", 16, ((1.0, 2.0), (3.5, 4.0)))
ERASER_STROKE = Stroke("eraser", 40.5, ((5.0, 6.0),))


def parsed(**told) -> Sketch:
    return parse_sketch(
        json.dumps(
            {"tool": "pen", "states": [[], [PEN], [PEN, ERASER]], "now": 1, "open": None} | told
        )
    )


def test_a_drawing_comes_with_its_history_and_its_place_in_it():
    drawing = parsed().drawing
    assert drawing.strokes == (PEN_STROKE,) and drawing.can_undo and drawing.can_redo
    drawing.redo()
    assert drawing.strokes == (PEN_STROKE, ERASER_STROKE) and not drawing.can_redo
    drawing.undo()
    drawing.undo()
    assert drawing.strokes == () and not drawing.can_undo


@pytest.mark.parametrize("tool", ["pen", "eraser"])
def test_where_nothing_is_being_drawn_there_is_no_stroke_and_no_pointer(tool):
    sketch = parsed(tool=tool)
    assert (sketch.tool, sketch.stroke, sketch.pointer, sketch.kind) == (tool, None, None, "mouse")


@pytest.mark.parametrize("kind", ["pen", "touch", "mouse"])
def test_the_stroke_under_way_comes_with_its_pointer_and_what_that_is(kind):
    sketch = parsed(open={"pointer": 7, "type": kind, "stroke": ERASER})
    assert (sketch.stroke, sketch.pointer, sketch.kind) == (ERASER_STROKE, 7, kind)


def test_a_pointer_that_is_down_without_a_stroke_is_kept():
    sketch = parsed(open={"pointer": 3, "type": "touch", "stroke": None})
    assert (sketch.stroke, sketch.pointer, sketch.kind) == (None, 3, "touch")


def test_points_far_from_any_canvas_are_brought_near():
    far = {"tool": "pen", "width": 16, "points": [[1, 1e9]]}
    assert parsed(states=[[far]], now=0).drawing.strokes[0].points == ((1.0, 1e6),)


def test_what_is_told_is_read_again_strokes_and_pictures():
    levels = bytes(place % 256 for place in range(PIXELS))
    told = {
        "tool": "eraser",
        "states": [[], [PEN], {"picture": list(levels)}, [ERASER]],
        "now": 2,
        "open": {"pointer": 7, "type": "pen", "stroke": PEN},
    }
    sketch = parsed(**told)
    assert sketch.drawing.content == Picture(levels)
    assert json.loads(json.dumps(sketch_fields(sketch))) == told
