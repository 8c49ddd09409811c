"""What one version of the page leaves to the next."""

import json

from py_frontend.core.drawing import Drawing
from py_frontend.core.handover import handover_text, parse_handover
from py_frontend.core.options import Options
from py_frontend.core.sketch import Sketch, sketch_fields
from py_frontend.core.strokes import Stroke
from tests.support.fakes import LINE

SKETCH = Sketch(Drawing([(), LINE, LINE * 2], 1), "eraser", Stroke("pen", 9.0, ((1, 2),)), 7, "pen")


def test_the_next_version_goes_on_with_the_drawing_and_with_what_was_chosen():
    handover = parse_handover(handover_text(SKETCH, Options("wasm", "cnn"), ("speed", "notes")))
    assert sketch_fields(handover.sketch) == sketch_fields(SKETCH)
    assert handover.options == Options("wasm", "cnn")
    assert handover.panels == ("speed", "notes")


def test_what_was_drawn_before_any_version_ran_comes_without_choices():
    handover = parse_handover(json.dumps(sketch_fields(SKETCH)))
    assert sketch_fields(handover.sketch) == sketch_fields(SKETCH)
    assert (handover.options, handover.panels) == (None, ())
