"""The test images that a network misreads, as the page reads the shipped files."""

import json

import pytest

from export.compile.package import MODELS_FOLDER, sha256
from py_frontend.core.errors import FileError
from py_frontend.core.misread import parse_confusion
from py_frontend.core.picture import Picture
from py_frontend.core.tensors import read_tensors

ENTRIES = json.loads((MODELS_FOLDER / "index.json").read_text())


@pytest.fixture(params=ENTRIES, ids=lambda entry: entry["name"])
def entry(request) -> dict:
    return request.param


@pytest.fixture
def content(entry) -> bytes:
    return (MODELS_FOLDER / entry["misread"]).read_bytes()


def test_the_matrix_counts_what_the_catalogue_states(entry, content):
    assert sha256(content) == entry["misread_sha256"]
    confusion = parse_confusion(content, entry["misread"])
    right = sum(confusion.counts[digit][digit] for digit in range(10))
    assert right / confusion.images == pytest.approx(entry["test_accuracy"], abs=1.5e-4)
    assert confusion.images == 10_000 == right + len(confusion.mistakes)


def test_every_cell_off_the_diagonal_opens_as_many_images_as_it_says(entry, content):
    confusion = parse_confusion(content, entry["misread"])
    for label in range(10):
        for answer in range(10):
            expected = 0 if label == answer else confusion.counts[label][answer]
            assert len(confusion.of(label, answer)) == expected


def test_each_image_has_its_number_in_the_test_set_and_its_own_pixels(entry, content):
    arrays = read_tensors(content).arrays
    mistakes = parse_confusion(content, entry["misread"]).mistakes
    assert [one.number for one in mistakes] == list(arrays["numbers"])
    assert b"".join(one.picture.levels for one in mistakes) == arrays["images"].tobytes()


@pytest.mark.parametrize("damage", [lambda it: b"", lambda it: it[:-1], lambda it: it[:200]])
def test_a_damaged_file_is_named(entry, content, damage):
    with pytest.raises(FileError, match="is damaged"):
        parse_confusion(damage(content), entry["misread"])


def test_a_picture_has_as_many_pixels_as_the_networks_read():
    assert list(Picture(bytes([0, 51, 255] + [0] * 781)).ink[:3]) == pytest.approx([0, 0.2, 1])
    with pytest.raises(ValueError, match="a picture has 784 pixels, not 783"):
        Picture(bytes(783))
