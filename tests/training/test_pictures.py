"""Sheets of misread images: every one of them, nothing else, in order."""

import numpy as np
import pytest
from PIL import Image

from training.evaluation.pictures import (
    BACKGROUND,
    COLUMNS,
    TILE_HEIGHT,
    TILE_WIDTH,
    ZOOM,
    misread_sheet,
    write_misread,
)
from training.networks.models import SIDE


def logits(answers: list[int], sureness: list[float]) -> np.ndarray:
    return np.eye(10)[answers] * np.array(sureness)[:, None]


def shades(count: int) -> np.ndarray:
    """Images (count, 784) uint8, each of one grey value of its own, from 1."""
    return np.repeat(np.arange(1, count + 1, dtype=np.uint8)[:, None], SIDE * SIDE, axis=1)


def shown(sheet: Image.Image) -> list[int]:
    """The grey value in the middle of each tile, in reading order; empty places left out."""
    places = [
        (x + TILE_WIDTH // 2, y + SIDE * ZOOM // 2)
        for y in range(0, sheet.height, TILE_HEIGHT)
        for x in range(0, sheet.width, TILE_WIDTH)
    ]
    return [value for value in map(sheet.getpixel, places) if value != BACKGROUND]


def test_all_misread_images_are_shown_and_no_other():
    labels = np.array([3, 5, 9, 9, 1])
    sheet, count = misread_sheet(shades(5), labels, logits([3, 6, 4, 9, 7], [5] * 5), 1.0)
    assert count == 3 and sorted(shown(sheet)) == [2, 3, 5]


def test_they_come_by_label_then_by_answer_then_the_surest_first():
    labels = np.array([9, 2, 9, 9, 2])
    sheet, _ = misread_sheet(shades(5), labels, logits([4, 7, 4, 3, 1], [2, 9, 6, 1, 1]), 1.0)
    assert shown(sheet) == [5, 2, 4, 3, 1]


def test_a_sheet_has_as_many_rows_as_it_needs():
    count = 2 * COLUMNS + 1
    sheet, _ = misread_sheet(
        shades(count), np.zeros(count, int), logits([1] * count, [3] * count), 1.0
    )
    assert sheet.size == (COLUMNS * TILE_WIDTH, 3 * TILE_HEIGHT)
    assert sorted(shown(sheet)) == [grey for grey in range(1, count + 1) if grey != BACKGROUND]


@pytest.mark.parametrize("kind", ["bytes", "parts of one"])
def test_an_image_is_shown_enlarged_whichever_way_up_it_is(kind):
    """A bright pixel in the second row, fifth column."""
    image = np.zeros((1, SIDE, SIDE))
    image[0, 1, 4] = 1
    ink = (image * 255).astype(np.uint8) if kind == "bytes" else image.astype(np.float32)
    sheet, _ = misread_sheet(ink.reshape(1, -1), np.array([0]), logits([1], [3]), 1.0)
    bright = np.argwhere(np.array(sheet)[: SIDE * ZOOM + 4] == 255)
    assert (
        bright.min(axis=0).tolist() == [4 + 1 * ZOOM, 4 + 4 * ZOOM] and len(bright) == ZOOM * ZOOM
    )


def test_the_caption_depends_on_label_answer_and_probability():
    caption = lambda label, answer, sure, temperature: np.array(
        misread_sheet(shades(1), np.array([label]), logits([answer], [sure]), temperature)[0]
    )[SIDE * ZOOM + 4 :].tobytes()
    captions = [
        caption(4, 9, 3, 1.0),
        caption(5, 9, 3, 1.0),
        caption(4, 8, 3, 1.0),
        caption(4, 9, 6, 1.0),
        caption(4, 9, 3, 3.0),
    ]
    assert len(set(captions)) == 5
    assert caption(4, 9, 3, 1.0) == captions[0] and any(byte != BACKGROUND for byte in captions[0])


def test_the_sheet_is_a_png_in_a_folder_that_is_made_for_it(tmp_path):
    path = tmp_path / "new" / "sheet.png"
    assert write_misread(path, shades(3), np.array([1, 2, 3]), logits([1, 1, 1], [3] * 3), 1.0) == 2
    with Image.open(path) as sheet:
        assert sheet.format == "PNG" and shown(sheet) == [2, 3]


def test_a_sheet_without_errors_is_empty(tmp_path):
    assert (
        write_misread(
            tmp_path / "none.png", shades(2), np.array([1, 1]), logits([1, 1], [3, 3]), 1.0
        )
        == 0
    )
    with Image.open(tmp_path / "none.png") as sheet:
        assert shown(sheet) == []
