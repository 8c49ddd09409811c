"""Real pen strokes become the images that the page would make of them."""

import ast
import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from export.publish.site_files import ROOT
from py_frontend.core.image import mnist_image
from py_frontend.core.placement import CANVAS_UNITS
from py_frontend.core.strokes import Stroke
from tests.support.glyphs import GLYPHS
from training.data import strokes
from training.data.strokes import DRAWN_PART, PEN_UNITS, StrokesError, drawn_image, load_strokes

FRONTEND = ROOT / "py_frontend"
RECORDS = [
    {"label": digit, "writer": digit % 3, "strokes": glyph} for digit, glyph in GLYPHS.items()
]


def constant(path: Path, name: str):
    """The value that a module gives to a name, without importing it: the browser's modules cannot
    be."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if name in [getattr(target, "id", None) for target in targets]:
                return ast.literal_eval(node.value)
    raise AssertionError(f"{path} has no {name}")


@pytest.fixture(params=["strokes.json", "strokes.json.gz"])
def path(tmp_path, request) -> Path:
    """A file of the ten glyphs, packed or not."""
    path = tmp_path / request.param
    content = json.dumps(RECORDS).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def test_the_pen_and_the_canvas_are_those_of_the_page():
    assert f'value="{PEN_UNITS:.0f}" selected' in (ROOT / "site" / "index.html").read_text()
    sketch = (ROOT / "site" / "js" / "sketch.js").read_text()
    assert f"const UNITS = {CANVAS_UNITS:.0f};" in sketch
    eraser = constant(FRONTEND / "browser" / "pad.py", "ERASER_WIDTH")
    before_python = (ROOT / "site" / "js" / "before-python.js").read_text()
    assert f"const ERASER_WIDTH = {eraser:.0f};" in before_python
    assert strokes.CANVAS_UNITS is CANVAS_UNITS
    assert 0 < DRAWN_PART <= 1


def test_a_file_of_strokes_is_read(path):
    digits = load_strokes(path)
    assert digits.images.shape == (10, 784) and digits.images.dtype == np.float32
    assert digits.labels.tolist() == list(GLYPHS) and digits.writers.tolist() == [
        digit % 3 for digit in GLYPHS
    ]
    assert all(
        np.array_equal(image, drawn_image(glyph))
        for image, glyph in zip(digits.images, GLYPHS.values(), strict=True)
    )


@pytest.mark.parametrize("glyph", GLYPHS.values(), ids=GLYPHS)
def test_a_drawn_image_is_ink_like_mnists(glyph):
    image = drawn_image(glyph)
    assert image.shape == (784,) and image.dtype == np.float32
    assert image.min() == 0 and 0.9 < image.max() <= 1
    rows, columns = np.nonzero(image.reshape(28, 28) > 0.5)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20, 21)
    square = image.reshape(28, 28)
    mass = [(square.sum(axis=axis) * (np.arange(28) + 0.5)).sum() / square.sum() for axis in (0, 1)]
    assert mass == pytest.approx([14.5, 14.5], abs=0.6)


def test_a_drawn_image_is_what_the_page_makes_of_the_same_strokes_on_its_canvas():
    [points] = GLYPHS[2]
    scale = CANVAS_UNITS * DRAWN_PART
    on_canvas = Stroke("pen", PEN_UNITS, tuple((x * scale, y * scale) for x, y in points))
    assert drawn_image([points]).tolist() == list(mnist_image([on_canvas]))


def test_a_single_point_is_a_dot():
    image = drawn_image([[(0.5, 0.5)]])
    assert 0 < image.sum() < 30


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(StrokesError, match=f"{tmp_path}/none.json does not exist"):
        load_strokes(tmp_path / "none.json")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"7",
        b'{"label": 1}',
        b"[1]",
        b'[{"label": 1, "writer": 2}]',
        b'[{"writer": 2, "strokes": [[[0, 0]]]}]',
        b'[{"label": 1, "strokes": [[[0, 0]]]}]',
        b'[{"label": 1, "writer": 2, "strokes": []}]',
        b'[{"label": 1, "writer": 2, "strokes": [[]]}]',
        b'[{"label": 1, "writer": 2, "strokes": [[[0]]]}]',
        b'[{"label": 1, "writer": 2, "strokes": [[["a", 0]]]}]',
        b'[{"label": 1, "writer": 2, "strokes": [[[NaN, 0]]]}]',
        b"\xff\xfe",
    ],
)
def test_what_is_no_file_of_strokes_is_refused_by_name(tmp_path, content):
    path = tmp_path / "strokes.json"
    path.write_bytes(content)
    with pytest.raises(StrokesError, match="strokes.json is not a file of strokes"):
        load_strokes(path)


def test_an_empty_list_is_refused(tmp_path):
    path = tmp_path / "strokes.json"
    path.write_text("[]")
    with pytest.raises(StrokesError, match="strokes.json holds no strokes"):
        load_strokes(path)


def corrupt(packed: bytes) -> bytes:
    return packed[:12] + bytes(8) + packed[20:]


@pytest.mark.parametrize(
    "damage",
    [lambda b: b[:-9], lambda b: b[:5], corrupt, lambda b: b"no gzip"],
    ids=["cut short", "header", "corrupt", "other"],
)
def test_a_damaged_gzip_file_is_named(tmp_path, damage):
    path = tmp_path / "strokes.json.gz"
    path.write_bytes(damage(gzip.compress(json.dumps(RECORDS).encode())))
    with pytest.raises(StrokesError, match="strokes.json.gz is not a file of strokes"):
        load_strokes(path)
