"""Taught drawings as text: nothing is lost on the way, and nothing that is wrong comes in."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from py_frontend.core.learning import NOT_A_DIGIT
from py_frontend.core.strokes import MAX_COORDINATE, TOOLS, Stroke
from py_frontend.core.taught import (
    MAX_POINTS,
    MAX_STROKES,
    MAX_TAUGHT,
    Taught,
    TaughtDrawing,
    TaughtError,
)
from py_frontend.core.taught_file import (
    FORMAT,
    VERSION,
    TaughtFileError,
    drawing_from_text,
    drawing_to_text,
    from_text,
    to_text,
)

NUMBERS = st.floats(-MAX_COORDINATE, MAX_COORDINATE)
WIDTHS = st.floats(0.01, 100)
POINTS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=5).map(tuple)
PENS = st.builds(Stroke, st.just("pen"), WIDTHS, POINTS)
STROKES = st.builds(Stroke, st.sampled_from(TOOLS), WIDTHS, POINTS)
DRAWINGS = st.builds(
    lambda first, others, label: TaughtDrawing((first, *others), label),
    PENS,
    st.lists(STROKES, max_size=3),
    st.integers(0, NOT_A_DIGIT),
)
LINE = {"tool": "pen", "width": 16.0, "points": [1.0, 2.0, 3.0, 4.0]}
DEEP = '{"format":' * 100_000


def file(*drawings, **changes) -> str:
    content = {"format": FORMAT, "version": VERSION, "drawings": list(drawings)}
    return json.dumps({**content, **changes})


def drawing(label=3, **changes) -> dict:
    return {"label": label, "strokes": [{**LINE, **changes}]}


@given(st.lists(DRAWINGS, max_size=6))
def test_what_was_saved_is_loaded_to_the_bit(drawings):
    taught = Taught().with_all(drawings)
    assert from_text(to_text(taught)) == taught
    for one in taught:
        assert drawing_from_text(drawing_to_text(one)) == one


@pytest.mark.parametrize(
    "text, reason",
    [
        ("", "damaged"),
        ("[]", "no taught drawings"),
        ("null", "no taught drawings"),
        ('{"format": "something"}', "no taught drawings"),
        (DEEP, "damaged"),
        (file(version=2), "another version"),
        (file(drawings=3), "damaged"),
        (file(drawings=[3]), "damaged"),
        (file(*[drawing()] * (MAX_TAUGHT + 1)), "more than 100"),
        (file(drawing(label=11)), "no label"),
        (file(drawing(label=-1)), "no label"),
        (file(drawing(label="7")), "no whole number"),
        (file(drawing(label=True)), "no whole number"),
        (file(drawing(tool="axe")), "no tool"),
        (file(drawing(tool="eraser")), "without ink"),
        (file({"label": 3, "strokes": []}), "without ink"),
        (file(drawing(width=0)), "units wide"),
        (file(drawing(width="wide")), "no number"),
        (file(drawing(points=[])), "at least one point"),
        (file(drawing(points=[1.0])), "without a y"),
        (file(drawing(points=[float("nan"), 1.0])), "must be numbers"),
        (file(drawing(points=[float("inf"), 1.0])), "must be numbers"),
        (file(drawing(points=[10**400, 1])), "damaged"),
        (file(drawing(points=[1e9, 1.0])), "must be numbers"),
        (file(drawing(points=[True, 1.0])), "no number"),
        (file(drawing(points=[1.0] * 2 * (MAX_POINTS + 1))), "too large"),
        (file({"label": 3, "strokes": [LINE] * (MAX_STROKES + 1)}), "too large"),
        (" " * 50_000_001, "too long"),
    ],
    ids=lambda value: value[:20] if len(value) < 50 else None,
)
def test_what_no_page_has_saved_is_refused_in_a_sentence(text, reason):
    with pytest.raises(TaughtFileError, match=reason) as refused:
        from_text(text)
    assert str(refused.value).endswith(".") and len(str(refused.value)) < 200


@pytest.mark.parametrize(
    "text", ["", "7", "[]", "{}", '{"version": 9}', json.dumps({"version": 1, **drawing(label=12)})]
)
def test_a_damaged_record_is_refused(text):
    with pytest.raises(TaughtFileError):
        drawing_from_text(text)


def test_a_drawing_of_too_many_points_is_not_taught():
    enormous = Stroke("pen", 16.0, ((1.0, 2.0),) * (MAX_POINTS + 1))
    with pytest.raises(TaughtError, match="too large"):
        TaughtDrawing((enormous,), 3)
