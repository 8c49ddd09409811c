"""Drawings as SVG images."""

import re
from xml.etree import ElementTree

from py_frontend.core.picture import Picture
from py_frontend.core.strokes import Stroke
from py_frontend.core.svg import drawing_svg

NAMESPACE = "{http://www.w3.org/2000/svg}"


def line(tool: str, *points) -> Stroke:
    return Stroke(tool, 16.0, points)


def parsed(content):
    return ElementTree.fromstring(drawing_svg(content))


def test_every_pen_stroke_is_a_line_of_its_width():
    paths = parsed((line("pen", (1, 2), (3, 4)), line("pen", (5, 6)))).findall(f"{NAMESPACE}path")
    assert [path.get("stroke-width") for path in paths] == ["16", "16"]


def test_an_eraser_masks_what_came_before_it_and_not_what_came_after():
    before, after = line("pen", (1, 1), (9, 9)), line("pen", (2, 2), (8, 8))
    root = parsed((before, line("eraser", (5, 5)), after))
    [group] = root.findall(f"{NAMESPACE}g")
    assert re.fullmatch(r"url\(#erased-1\)", group.get("mask"))
    assert len(group) == 1 and len(root.findall(f"{NAMESPACE}path")) == 1


def test_lines_are_black_on_white_and_so_is_what_masks_them():
    drawn = drawing_svg((line("pen", (1, 1), (9, 9)), line("eraser", (5, 5))))
    root = ElementTree.fromstring(drawn)
    assert [path.get("stroke") for path in root.iter(f"{NAMESPACE}path")] == ["#000000"] * 2
    fills = [rectangle.get("fill") for rectangle in root.iter(f"{NAMESPACE}rect")]
    assert fills == ["#ffffff"] * 2 and "".join(root.itertext()).strip() == ""


def test_a_picture_is_as_large_as_a_drawing():
    root = parsed(Picture(bytes([255] * 784)))
    [group] = root.findall(f"{NAMESPACE}g")
    assert group.get("transform") == "scale(10)" and root.get("viewBox") == "0 0 280 280"
    assert "".join(root.itertext()).strip() == ""


def test_a_picture_is_a_square_for_each_inked_pixel():
    root = parsed(Picture(bytes([0, 255, 128] + [0] * 781)))
    squares = root.findall(f"{NAMESPACE}g/{NAMESPACE}rect")
    assert [square.get("fill-opacity") for square in squares] == ["1", "0.502"]
    assert [square.get("x") for square in squares] == ["1", "2"]
