"""Links: drawings survive them, and no fragment, however hostile, does more than fail."""

from base64 import urlsafe_b64encode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from py_frontend.core.base64url import decoded, encoded
from py_frontend.core.image import mnist_image
from py_frontend.core.link import (
    MAX_FRAGMENT,
    MAX_STROKES,
    UNITS_PER_STEP,
    Link,
    LinkError,
    from_fragment,
    to_fragment,
)
from py_frontend.core.picture import Picture
from py_frontend.core.strokes import Stroke
from tests.support.glyphs import GLYPHS

DIGITS = {
    digit: tuple(
        Stroke("pen", 16.0, tuple((280 * x, 280 * y) for x, y in line)) for line in GLYPHS[digit]
    )
    for digit in GLYPHS
}
points = st.lists(st.tuples(*[st.floats(-50, 330)] * 2), min_size=1, max_size=40)
strokes = st.lists(
    st.builds(
        Stroke, st.sampled_from(["pen", "eraser"]), st.sampled_from([16.0, 40.0]), points.map(tuple)
    ),
    max_size=6,
).map(tuple)


@pytest.mark.parametrize("digit", DIGITS)
def test_a_digit_survives_and_is_read_alike(digit):
    fragment = to_fragment(Link(DIGITS[digit], "cnn", ("input", "why")))
    link = from_fragment("#" + fragment)
    assert len(fragment) < 400
    assert (link.model, link.panels) == ("cnn", ("input", "why"))
    before, after = mnist_image(DIGITS[digit]), mnist_image(link.content)
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) < 0.15


@given(strokes)
def test_every_stroke_keeps_its_tool_width_and_ends(drawing):
    back = from_fragment(to_fragment(Link(drawing))).content
    assert [(s.tool, s.width) for s in back] == [(s.tool, s.width) for s in drawing]
    for stroke, kept in zip(drawing, back, strict=True):
        ends = zip((stroke.points[0], stroke.points[-1]), (kept.points[0], kept.points[-1]))
        assert all(abs(a - b) <= 0.25 for pair in ends for a, b in zip(*pair, strict=True))
        assert len(kept.points) <= len(stroke.points) + 1


@pytest.mark.parametrize(
    "content, text",
    [
        (b"", ""),
        (b"f", "Zg"),
        (b"fo", "Zm8"),
        (b"foo", "Zm9v"),
        (b"\0\0\x17", "AAAX"),
        (b"\xff", "_w"),
    ],
)
def test_bytes_in_an_address_are_padded_by_nothing(content, text):
    assert encoded(content) == text
    assert decoded(text) == content


def test_a_link_of_a_link_is_the_same_link():
    once = to_fragment(Link(DIGITS[8], "mlp"))
    assert to_fragment(from_fragment(once)) == once


def test_a_scribble_of_any_length_fits_into_a_link():
    long = Stroke("pen", 16.0, tuple(((37 * i) % 280, (53 * i * i) % 280) for i in range(6_000)))
    fragment = to_fragment(Link((long,) * 3, "cnn", ("input", "layers", "why", "both")))
    assert len(fragment) <= 2000
    assert len(from_fragment(fragment).content) == 3


def test_an_empty_fragment_says_nothing():
    assert from_fragment("") == from_fragment("#") == Link()
    assert to_fragment(Link()) == ""


PANELS = ("input", "layers", "why", "neighbours", "both", "speed")
GOOD = to_fragment(Link(DIGITS[4], "cnn"))


@pytest.mark.parametrize(
    "fragment",
    [
        "d=2.AAAA",
        "d=nonsense",
        "d=1.*",
        "d=1.é",
        "d=1.AAAA",  # a pen of no width
        "d=1." + "_" * 40,  # numbers that never end
        "d=1.ACD___8P",  # more points than there are bytes
        "d=1.CSAB",  # a tool that there is not
        "d=" + "1" * MAX_FRAGMENT,
        GOOD.split("&")[0][:-3],
    ],
)
def test_what_no_page_made_fails_in_a_sentence(fragment):
    with pytest.raises(LinkError, match=r"link.*[.] Ask for"):
        from_fragment(fragment)


def leb128(number: int) -> bytes:
    """The number in seven bits a byte, the lowest first, as a link packs it."""
    low, rest = number & 127, number >> 7
    return bytes([low | 128]) + leb128(rest) if rest else bytes([low])


numbers = st.integers(0, 1 << 35)
packed = st.binary(max_size=300) | st.lists(numbers, max_size=40).map(
    lambda values: b"".join(leb128(value) for value in values)
)
hostile = st.text(max_size=300) | packed.map(
    lambda content: f"d=1.{urlsafe_b64encode(content).decode().rstrip('=')}"
)


@given(hostile)
@example("d=1." + "AAAB" * (MAX_FRAGMENT // 5))
def test_a_hostile_fragment_gives_few_strokes_of_usable_points_or_an_error_and_nothing_else(text):
    try:
        link = from_fragment(text)
    except LinkError:
        return
    assert len(link.content) <= MAX_STROKES
    for stroke in link.content:
        assert stroke == Stroke(stroke.tool, stroke.width, stroke.points)


@given(strokes, st.none() | st.sampled_from(["mlp", "cnn"]), st.lists(st.sampled_from(PANELS)))
def test_a_link_says_all_that_it_was_made_of(drawing, model, panels):
    back = from_fragment("#" + to_fragment(Link(drawing, model, tuple(panels))))
    assert (back.model, back.panels) == (model, tuple(panels))
    assert len(back.content) == len(drawing)


@given(st.lists(st.tuples(*[st.integers(-2000, 2000)] * 2), min_size=1, max_size=2))
def test_points_on_whole_steps_come_back_to_the_bit(steps):
    drawn = tuple((x * UNITS_PER_STEP, y * UNITS_PER_STEP) for x, y in steps)
    [stroke] = from_fragment(to_fragment(Link((Stroke("pen", 7.5, drawn),)))).content
    assert stroke.width == 7.5
    assert (stroke.points[0], stroke.points[-1]) == (drawn[0], drawn[-1])


@pytest.mark.parametrize("count, is_read", [(MAX_STROKES, True), (MAX_STROKES + 1, False)])
def test_a_link_holds_so_many_strokes_and_no_more(count, is_read):
    dot = bytes([0, 32, 1, 2, 3])
    fragment = f"d=1.{urlsafe_b64encode(dot * count).decode().rstrip('=')}"
    if is_read:
        dots = from_fragment(fragment).content
        assert dots == (Stroke("pen", 16.0, ((0.5, -1.0),)),) * count
    else:
        with pytest.raises(LinkError):
            from_fragment(fragment)


@pytest.mark.parametrize("length, is_read", [(MAX_FRAGMENT, True), (MAX_FRAGMENT + 1, False)])
def test_a_fragment_may_be_so_long_and_no_longer(length, is_read):
    text = "model=".ljust(length, "x")
    if is_read:
        assert from_fragment(text).model == text.removeprefix("model=")
    else:
        with pytest.raises(LinkError, match="^This link is too long"):
            from_fragment(text)


@given(st.lists(st.sampled_from(["input", "../x", "<b>", "why", "a b", ""]), max_size=5))
def test_only_names_are_taken_for_panels(names):
    link = from_fragment("panels=" + ",".join(names))
    assert set(link.panels) <= {"input", "why"}


def test_a_picture_comes_back_pixel_by_pixel_from_a_link_of_fewer_than_2000_characters():
    picture = Picture(bytes(number % 256 for number in range(784)))
    fragment = to_fragment(Link(picture, "cnn", ("why",)))
    assert len(fragment) < 1200
    assert from_fragment(fragment) == Link(picture, "cnn", ("why",))


@pytest.mark.parametrize(
    "damaged, told",
    [
        ("i=1.AAAA", "^The drawing in this link is damaged. Ask for the link again.$"),
        ("i=2.AAAA", "^This link was made by another version of the page. Ask for a new one.$"),
        ("i=1.%3Cscript%3E", "^The drawing in this link is damaged"),
        ("i=1.AA.AA", "^The drawing in this link is damaged"),
        ("i=x", "^This link was made by another version"),
    ],
)
def test_a_damaged_picture_is_said_to_be_damaged(damaged, told):
    with pytest.raises(LinkError, match=told):
        from_fragment(damaged)
