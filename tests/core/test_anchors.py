"""The images of MNIST that learning compares drawings with, read from their file."""

import json

import numpy as np
import pytest
from safetensors.numpy import load, save

from py_frontend.core.anchors import ABOUT, Anchor, about_anchors, parse_anchors
from py_frontend.core.embedding import ROW_UNIT, UNIT
from py_frontend.core.errors import FileError
from py_frontend.core.tensors import read_tensors
from tests.support import anchors as made

FILE = made.anchor_file()
ABOUT_FILE = about_anchors(read_tensors(FILE))
ARRAYS = load(FILE)


def file_with(about: dict | None = None, without: str = "") -> bytes:
    """The file with other texts, or without one of its tensors."""
    arrays = {name: values for name, values in ARRAYS.items() if name != without}
    return save(arrays, {ABOUT: json.dumps(ABOUT_FILE if about is None else about)})


def test_each_image_keeps_its_digit_margins_and_cosines():
    anchors = parse_anchors(FILE)
    assert (anchors.margin, anchors.gate, anchors.steepness) == (3.0, 0.7, 1.5)
    assert len(anchors.all) == 300
    for number, anchor in enumerate(anchors.all):
        nearest, further = (ARRAYS["nearest"].reshape(-1, 2)[number] / 32767).tolist()
        margins = tuple((ARRAYS["margins"].reshape(-1, 10)[number] / 8).tolist())
        nearest_label = int(ARRAYS["nearest_labels"][number])
        assert anchor == Anchor(number // 30, margins, nearest, nearest_label, further)


def test_the_nearest_image_that_is_not_a_digit_depends_on_the_digit():
    anchor = Anchor(3, (0.0,) * 10, nearest=0.9, nearest_label=5, further=0.7)
    assert [anchor.nearest_other_than(label) for label in (3, 5, 8)] == [0.9, 0.7, 0.9]


def test_a_drawing_is_embedded_as_the_files_texts_and_tensors_say():
    anchors = parse_anchors(FILE)
    [drawing] = made.features(np.array([4]), seed=9)
    embedding = anchors.embedder.embed(drawing.tolist(), made.ink(drawing[None])[0].tolist())
    assert np.linalg.norm(embedding) == pytest.approx(UNIT, rel=1e-3)
    cosines = anchors.cosines(embedding)
    rows = ARRAYS["rows"].astype(int)
    assert cosines == pytest.approx((rows @ embedding / (UNIT * ROW_UNIT)).tolist())
    assert anchors.all[int(np.argmax(cosines))].label == 4
    nearest = [max(cosines[30 * digit : 30 * digit + 30]) for digit in range(10)]
    assert anchors.nearest(embedding) == nearest


@pytest.mark.parametrize(
    "content",
    [
        b"",
        FILE[:-1],
        file_with({}),
        file_with(ABOUT_FILE | {"format": "1"}),
        file_with(ABOUT_FILE | {"margin": "wide"}),
        file_with(ABOUT_FILE | {"steepness": ""}),
        file_with(ABOUT_FILE | {"shape": ""}),
        *(file_with(without=name) for name in ARRAYS),
        save(ARRAYS, {}),
        save(ARRAYS, {ABOUT: "[]"}),
    ],
)
def test_a_damaged_file_is_refused_in_words(content):
    with pytest.raises(
        FileError, match=r"^What learning needs of MNIST is damaged \(.+\)[.] Reload"
    ):
        parse_anchors(content)


def test_a_file_of_another_format_is_told_so():
    with pytest.raises(ValueError, match=r"^its format is not 2$"):
        about_anchors(read_tensors(file_with(ABOUT_FILE | {"format": "1"})))
