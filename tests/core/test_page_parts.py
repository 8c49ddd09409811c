"""Small pure parts of the page: catalogue, address, keys, pointers, and where the canvas lies."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from py_frontend.core.catalog import CatalogError, first_choice, parse_catalog
from py_frontend.core.errors import PageError, panel_sentence, sentence
from py_frontend.core.options import Options, parse_options
from py_frontend.core.placement import CANVAS_UNITS, Placement
from py_frontend.core.pointers import Hand, change_of, tool_of
from py_frontend.core.shortcuts import command_of, digit_of
from tests.support.fakes import ENTRY


def test_a_catalogue_keeps_the_order_of_its_list_and_passes_over_what_it_does_not_know():
    catalog = parse_catalog(
        json.dumps([{**ENTRY, "name": "cnn", "wasm": "cnn/net.wasm", "new": 1}, ENTRY])
    )
    assert list(catalog) == ["cnn", "mlp"]
    assert (catalog["cnn"].wasm, catalog["mlp"].wasm, catalog["mlp"].temperature) == (
        "cnn/net.wasm",
        None,
        1.5,
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "<!doctype html>",
        "null",
        "3",
        "[3]",
        "[null]",
        '{"mlp": 1}',
        "[]",
        "[{}]",
        json.dumps([{key: value for key, value in ENTRY.items() if key != "weights"}]),
        json.dumps([{**ENTRY, "temperature": 0}]),
        json.dumps([{**ENTRY, "temperature": "hot"}]),
        *(
            json.dumps([{**ENTRY, "abstention": abstention}])
            for abstention in (
                {},
                3,
                {"score": "energy"},
                {"score": "energy", "threshold": "low"},
                {"score": "mood", "threshold": 1},
                {"score": "by_answer", "threshold": 1},
                {"score": "by_answer", "threshold": 1, "weights": [[1] * 11] * 9},
                {"score": "by_answer", "threshold": 1, "weights": [[1] * 10] * 10},
                {"score": "margin", "threshold": 1, "weights": [[1] * 11] * 10},
            )
        ),
    ],
)
def test_a_damaged_catalogue_is_refused_in_words(text):
    with pytest.raises(CatalogError, match="The list of models is (damaged|empty)"):
        parse_catalog(text)


@pytest.mark.parametrize(
    "wanted, chosen", [("cnn", "cnn"), ("mlp", "mlp"), ("vit", "mlp"), (None, "mlp")]
)
def test_the_first_choice(wanted, chosen):
    assert first_choice(wanted, ["mlp", "cnn"]) == chosen


@pytest.mark.parametrize(
    "query, options",
    [
        ("", Options()),
        ("?", Options()),
        ("?model=cnn", Options(None, "cnn")),
        ("?backend=wasm&model=mlp", Options("wasm", "mlp")),
        ("?backend=webgpu", Options("webgpu")),
        ("?backend=cuda&x=1", Options()),
        ("?backend=wasm&backend=webgpu", Options("webgpu")),
    ],
)
def test_the_address_chooses(query, options):
    assert parse_options(query) == options


def test_an_error_for_the_person_is_told_as_it_is_and_any_other_by_its_name():
    missing, fault = PageError("It is missing."), ZeroDivisionError("by zero")
    assert sentence(missing) == "It is missing."
    assert "(ZeroDivisionError: by zero)" in sentence(fault)
    assert "Your drawing is kept" in sentence(fault)
    assert panel_sentence(missing) == "A panel does not work. It is missing."
    assert "ZeroDivisionError: by zero" in panel_sentence(fault)


@pytest.mark.parametrize(
    "keys, command",
    [
        (("z", True), "undo"),
        (("Z", True, True), "redo"),
        (("y", True), "redo"),
        (("p",), "pen"),
        (("E",), "eraser"),
        (("Delete",), "clear"),
        (("z",), None),
        (("p", True), None),
        (("p", False, True), None),
        (("z", True, False, True), None),
        (("y", True, True), None),
        (("Tab",), None),
    ],
)
def test_keys(keys, command):
    assert command_of(*keys) == command


@pytest.mark.parametrize(
    "key, code, control, command",
    [
        ("з", "KeyP", False, "pen"),
        ("у", "KeyE", False, "eraser"),
        ("я", "KeyZ", True, "undo"),
        ("н", "KeyY", True, "redo"),
        ("ζ", "KeyZ", True, "undo"),
        ("ظ", "KeyZ", True, "undo"),
        ("Process", "KeyP", False, "pen"),
        ("Unidentified", "KeyP", False, "pen"),
        ("e", "KeyD", False, "eraser"),
        ("w", "KeyZ", True, None),
        ("z", "KeyY", True, "undo"),
        ("ğ", "KeyE", False, None),
        ("ẹ", "KeyE", False, None),
        ("ф", "KeyA", False, None),
        ("з", "", False, None),
        ("з", None, False, None),
        ("Delete", "Delete", False, "clear"),
        ("Dead", "KeyE", False, None),
        (None, None, False, None),
        ("", "KeyP", False, None),
    ],
    ids=str,
)
def test_keys_of_a_keyboard_without_latin_letters_go_by_their_place(key, code, control, command):
    """Where the letters are Latin ones, what is printed on the key counts, wherever it is."""
    assert command_of(key, control, code=code) == command


@pytest.mark.parametrize(
    "button, tool", [(0, "pen"), (5, "eraser"), (1, None), (2, None), (-1, None)]
)
def test_only_the_primary_button_and_the_other_end_of_a_stylus_draw(button, tool):
    assert tool_of(button, "pen") == tool


def test_one_pointer_at_a_time():
    hand = Hand()
    hand.take(7)
    assert hand.holds(7) and not hand.holds(8) and not hand.is_free
    hand.release()
    assert hand.is_free and not hand.holds(7)


@pytest.mark.parametrize("first", ["mouse", "pen", "touch"])
@pytest.mark.parametrize("second", ["mouse", "pen", "touch"])
def test_a_pen_takes_over_from_a_touch_and_nothing_else_from_anything(first, second):
    hand = Hand()
    assert not hand.yields_to(second)
    hand.take(1, first)
    assert hand.yields_to(second) == ((first, second) == ("touch", "pen"))
    hand.release()
    assert not hand.yields_to(second)


@pytest.mark.parametrize(
    "kind, button, buttons, let_go",
    [
        ("mouse", 0, 1, False),
        ("mouse", 0, 3, False),
        ("mouse", 0, 2, True),
        ("mouse", 0, 0, True),
        ("pen", 5, 32, False),
        ("pen", 0, 0, False),
        ("touch", 0, 0, False),
    ],
)
def test_a_mouse_has_let_go_once_its_own_button_is_not_down(kind, button, buttons, let_go):
    hand = Hand()
    hand.take(1, kind, button)
    assert hand.has_let_go(buttons) == let_go


@pytest.mark.parametrize(
    "button, buttons, change",
    [(-1, 1, None), (2, 3, "press"), (0, 2, "release"), (0, 3, "press"), (2, 1, "release")],
)
def test_a_move_tells_which_button_changed_beside_another(button, buttons, change):
    assert change_of(button, buttons) == change


sizes = st.floats(1, 3000)


@given(
    st.floats(-500, 500),
    st.floats(-500, 500),
    sizes,
    sizes,
    st.floats(0.1, 5),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_a_place_on_the_canvas_is_the_same_place_at_any_size(left, top, width, height, zoom, x, y):
    placement = Placement(left, top, width, height, zoom, zoom)
    units = placement.to_units(left + x * width * zoom, top + y * height * zoom)
    scale = CANVAS_UNITS / min(width, height)
    assert units == pytest.approx(
        (x * width * scale, y * height * scale), rel=1e-6, abs=1e-6 * CANVAS_UNITS
    )


def test_a_hidden_canvas_gives_finite_units():
    assert Placement(0, 0, 0, 0).to_units(3, 4) == (3 * CANVAS_UNITS, 4 * CANVAS_UNITS)


@pytest.mark.parametrize(
    "keys, digit",
    [(("7",), 7), (("0",), 0), (("7", True), None), (("7", False, True), None), (("78",), None)]
    + [((key,), None) for key in ("", None, "a", "F1", "\N{SUPERSCRIPT TWO}")],
)
def test_keys_that_write_a_digit_say_what_a_drawing_is(keys, digit):
    assert digit_of(*keys) == digit
