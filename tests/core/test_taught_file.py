"""Taught drawings as text: nothing is lost on the way, and nothing that is wrong comes in."""

import json
import re

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
        ("[]", "^This file holds no taught drawings"),
        ("null", "no taught drawings"),
        ('{"format": "something"}', "no taught drawings"),
        (DEEP, "damaged"),
        (file(version=2), "^This file was written by another version of the page"),
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
        (" " * 50_000_001, "^This file is too long"),
    ],
    ids=lambda value: value[:20] if len(value) < 50 else None,
)
def test_what_no_page_has_saved_is_refused_in_a_sentence(text, reason):
    with pytest.raises(TaughtFileError, match=reason) as refused:
        from_text(text)
    assert str(refused.value).endswith(".") and len(str(refused.value)) < 200


def test_as_many_drawings_are_loaded_as_are_taught():
    drawings = [drawing(points=[float(number), 0.0]) for number in range(MAX_TAUGHT)]
    assert len(from_text(file(*drawings))) == MAX_TAUGHT


@pytest.mark.parametrize(
    "text, reason",
    [
        ("", "A kept drawing is damaged (Expecting value: line 1 column 1 (char 0))."),
        ("7", "A kept drawing is damaged ("),
        ("[]", "A kept drawing is damaged ("),
        ("{}", "A kept drawing is damaged ('version')."),
        ('{"version": 9}', "A kept drawing was written by another version of the page."),
        (json.dumps({"version": 1, **drawing(label=12)}), "A kept drawing is damaged (12 is no"),
        (
            json.dumps({"version": 1, **drawing(width="very, very, very wide")}),
            "('very, very, very wid' is no number)",
        ),
    ],
)
def test_a_damaged_record_is_refused(text, reason):
    with pytest.raises(TaughtFileError, match=re.escape(reason)):
        drawing_from_text(text)


def test_a_drawing_of_too_many_points_or_strokes_is_not_taught():
    pen = lambda points: Stroke("pen", 16.0, ((1.0, 2.0),) * points)
    for largest in ((pen(MAX_POINTS),), (pen(1),) * MAX_STROKES):
        TaughtDrawing(largest, 3)
    for larger in ((pen(MAX_POINTS), pen(1)), (pen(1),) * (MAX_STROKES + 1)):
        with pytest.raises(TaughtError, match=r"^This drawing is too large to be taught\.$"):
            TaughtDrawing(larger, 3)


def test_what_a_drawing_was_said_to_be_is_known_by_its_strokes():
    three, four = (
        TaughtDrawing((Stroke("pen", 16.0, ((x, 2.0),)),), label)
        for x, label in ((1.0, 3), (2.0, 4))
    )
    taught = Taught((three, four))
    assert (taught.label_of(four.strokes), taught.label_of(three.strokes)) == (4, 3)
    assert Taught((three,)).label_of(four.strokes) is None
