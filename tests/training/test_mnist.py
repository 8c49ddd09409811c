"""MNIST's files, read and checked; the split; the cache and its downloads."""

import gzip
import hashlib
import os
import sys
import urllib.error
import urllib.request
from dataclasses import replace
from http.client import IncompleteRead
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.tiny_mnist import idx, idx_files, write_gzipped
from training.data import mnist as data
from training.data.mnist import (
    FILES,
    SOURCES,
    DataError,
    cache_folder,
    load_mnist,
    read_from,
    read_from_cache,
    split,
)
from training.networks.models import INK_MEAN, INK_STD

TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = idx_files()
# Of the indices of the 5,000 validation images, ascending, as little-endian uint32.
VALIDATION_SHA256 = "7fb7b54602b4b310277c86ae34b4b8d395e48e755e5cb544d691973d7d3472d2"


@pytest.fixture
def contents(monkeypatch):
    """Four small files in place of MNIST's, and a split that suits them."""
    files = idx_files()
    monkeypatch.setattr(data, "FILES", tuple(files))
    monkeypatch.setattr(data, "split", lambda labels: split(labels, 20))
    monkeypatch.delenv("MNIST_DIR", raising=False)
    return files


@pytest.fixture
def folder(tmp_path, contents):
    write_gzipped(tmp_path, contents)
    return tmp_path


def test_gzip_files_are_read_and_split(folder):
    mnist = load_mnist(folder)
    assert [len(part) for part in (mnist.train, mnist.validation, mnist.test)] == [180, 20, 50]
    assert mnist.train.images.shape == (180, 784) and mnist.train.images.dtype == np.uint8
    for part in (mnist.train, mnist.validation, mnist.test):  # each image still goes with its label
        bar_rows = part.images.reshape(-1, 28, 28)[:, :, 14].argmax(axis=1)
        assert ((bar_rows - 4) // 2 == part.labels).all()


def test_raw_files_are_read_as_well(tmp_path, contents):
    for file, content in contents.items():
        (tmp_path / file.name).write_bytes(content)
    assert load_mnist(tmp_path).test.labels.tolist() == [i % 10 for i in range(50)]


def packed(content: bytes) -> bytes:
    return gzip.compress(content)


def plain(content: bytes) -> bytes:
    return content


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("train-images.idx3-ubyte", plain),
        ("train-images.idx3-ubyte.gz", packed),
        ("train-images-idx3-ubyte/train-images-idx3-ubyte", plain),
        ("train-images-idx3-ubyte.gz", plain),
        ("train-images-idx3-ubyte", packed),
        ("train-images-idx3-ubyte.gz", lambda content: packed(packed(content))),
        ("train-images-idx3-ubyte (1).gz", packed),
        ("train_images_idx3_ubyte", plain),
        ("MNIST/raw/train-images-idx3-ubyte", plain),
        ("raw/train-images-idx3-ubyte.gz", packed),
    ],
    ids=[
        "Kaggle's name",
        "Kaggle's name, gzip",
        "Kaggle's folder",
        "unpacked by the browser, which kept the name",
        "gzip that lost its ending",
        "packed once more by a server",
        "downloaded twice",
        "underscores",
        "torchvision's root",
        "torchvision's folder",
    ],
)
def test_files_are_found_by_the_names_that_people_have_them_by(folder, contents, name, stored):
    (folder / f"{TRAIN_IMAGES.name}.gz").unlink()
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(stored(contents[TRAIN_IMAGES]))
    assert len(load_mnist(folder).train) == 180


def test_of_several_files_the_one_with_the_right_content_is_read(folder, contents):
    (folder / TRAIN_IMAGES.name).write_bytes(contents[TRAIN_IMAGES][:-1])
    (folder / "train-images-of-mine.txt").write_text("a list of my images")
    assert len(load_mnist(folder).train) == 180


def test_of_several_wrong_files_the_one_with_the_right_name_is_spoken_of(folder, contents):
    (folder / "train-images-of-mine.txt").write_text("a list of my images")
    message = broken(folder, TRAIN_IMAGES, gzip.compress(contents[TRAIN_IMAGES][:-1]))
    assert "156,799 bytes of data" in message and "of-mine" not in message


def test_home_can_be_written_as_a_tilde(folder, monkeypatch):
    """No shell replaces it in `--data=~/mnist`, nor in a variable that a file sets."""
    monkeypatch.setenv("HOME", str(folder.parent))
    monkeypatch.setenv("USERPROFILE", str(folder.parent))
    monkeypatch.setenv("MNIST_DIR", f"~/{folder.name}")
    assert len(load_mnist().test) == 50
    assert len(load_mnist(f"~/{folder.name}").test) == 50


def test_a_folder_that_is_not_there_is_named(tmp_path, contents):
    with pytest.raises(DataError, match="mnisst is no folder. Give the folder that holds"):
        load_mnist(tmp_path / "mnisst")


def test_the_folder_can_come_from_the_environment(folder, monkeypatch):
    monkeypatch.setenv("MNIST_DIR", str(folder))
    assert len(load_mnist().test) == 50


def test_a_missing_file_is_named_with_its_folder(folder):
    (folder / f"{TEST_LABELS.name}.gz").unlink()
    with pytest.raises(
        DataError, match=f"{folder}.*neither t10k-labels-idx1-ubyte nor t10k-labels-idx1-ubyte.gz"
    ):
        load_mnist(folder)


def broken(folder, file, content: bytes) -> str:
    """What is said of a file that holds `content` instead of its own."""
    path = folder / f"{file.name}.gz"
    path.write_bytes(content)
    with pytest.raises(DataError) as error:
        load_mnist(folder)
    assert str(path) in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("kept", [0, 3, 7, 40, -1])
def test_a_truncated_gzip_file_is_named(folder, contents, kept):
    assert broken(folder, TRAIN_IMAGES, gzip.compress(contents[TRAIN_IMAGES])[:kept])


def test_a_gzip_file_cut_short_is_called_not_whole(folder, contents):
    assert "not a whole gzip file" in broken(
        folder, TRAIN_IMAGES, gzip.compress(contents[TRAIN_IMAGES])[:-20]
    )


def test_a_corrupt_gzip_stream_is_called_not_whole(folder, contents):
    """Regression: zlib's own error was let through."""
    packed = bytearray(gzip.compress(contents[TRAIN_IMAGES]))
    packed[30:60] = bytes(30)
    assert "not a whole gzip file" in broken(folder, TRAIN_IMAGES, bytes(packed))


def test_a_file_that_is_not_gzip_is_called_so(folder):
    assert "not a whole gzip file" in broken(folder, TRAIN_LABELS, b"<html>Not found</html>")


def test_content_cut_short_is_counted(folder, contents):
    message = broken(folder, TRAIN_IMAGES, gzip.compress(contents[TRAIN_IMAGES][:-1]))
    assert "156,799 bytes of data instead of 156,800" in message


def test_content_that_goes_on_is_counted(folder, contents):
    message = broken(folder, TRAIN_IMAGES, gzip.compress(contents[TRAIN_IMAGES] + b"\0"))
    assert "156,801 bytes of data instead of 156,800" in message


@pytest.mark.parametrize("position", [16, 5_000, -1])
def test_one_changed_byte_is_noticed(folder, contents, position):
    content = bytearray(contents[TRAIN_IMAGES])
    content[position] ^= 1
    assert "differs from the published train-images-idx3-ubyte" in broken(
        folder, TRAIN_IMAGES, gzip.compress(bytes(content))
    )


@pytest.mark.parametrize(
    ("place", "other"),
    [
        (TRAIN_IMAGES, TRAIN_LABELS),
        (TRAIN_LABELS, TRAIN_IMAGES),
        (TRAIN_IMAGES, TEST_IMAGES),
        (TEST_LABELS, TRAIN_LABELS),
    ],
    ids=lambda f: f.name,
)
def test_swapped_files_are_told_by_their_shapes(folder, contents, place, other):
    message = broken(folder, place, gzip.compress(contents[other]))
    assert (
        f"holds an array {other.shape}, but {place.name} is {place.shape}" in message
        and "swapped" in message
    )


@pytest.mark.parametrize(
    "magic", [b"", b"\0\0\x08", b"\0\0\x0d\x03", b"\x89PNG", b"\0\x01\x08\x03"]
)
def test_what_does_not_begin_like_an_idx_file_of_bytes_is_called_so(folder, magic):
    assert "does not begin like an idx file of bytes" in broken(
        folder, TRAIN_IMAGES, gzip.compress(magic)
    )


def test_an_idx_file_of_too_many_dimensions_is_an_error(folder):
    assert "holds an array" in broken(folder, TRAIN_LABELS, gzip.compress(b"\0\0\x08\xff"))


@given(content=st.binary(max_size=64))
def test_no_content_passes_but_the_right_one(content):
    with pytest.raises(DataError):
        data.parse("file", b"\0\0\x08\x01" + content, TRAIN_LABELS)


@given(shape=st.lists(st.integers(1, 4), min_size=1, max_size=4), seed=st.integers(0, 9))
def test_any_array_of_bytes_is_read_back(shape, seed):
    array = np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)
    content = idx(array)
    file = replace(TRAIN_LABELS, shape=tuple(shape), sha256=hashlib.sha256(content).hexdigest())
    assert np.array_equal(data.parse("file", content, file), array)


def spread(labels, indices) -> np.ndarray:
    return np.bincount(labels[indices], minlength=10)


@given(
    counts=st.lists(st.integers(1, 60), min_size=10, max_size=10),
    share=st.floats(0.05, 0.9),
    seed=st.integers(0, 99),
)
def test_a_split_is_whole_disjoint_and_stratified(counts, share, seed):
    labels = (
        np.random.default_rng(seed).permutation(np.repeat(np.arange(10), counts)).astype(np.uint8)
    )
    validation = max(1, int(len(labels) * share))
    train, chosen = split(labels, validation)
    assert len(chosen) == validation
    assert np.array_equal(np.sort(np.concatenate([train, chosen])), np.arange(len(labels)))
    assert np.array_equal(train, np.sort(train)) and np.array_equal(chosen, np.sort(chosen))
    assert np.abs(spread(labels, chosen) - np.array(counts) * validation / len(labels)).max() < 1


def test_a_split_is_not_just_the_first_images():
    labels = np.repeat(np.arange(10), 100).astype(np.uint8)
    _, chosen = split(labels, 100)
    assert chosen[:10].tolist() != list(range(10))
    assert np.diff(chosen).max() > 20


def test_mnist_is_split_as_it_always_was(mnist):
    """Every validation score in this project is on these images: any change of the split makes them
    incomparable."""
    sizes = [len(part) for part in (mnist.train, mnist.validation, mnist.test)]
    assert sizes == [55_000, 5_000, 10_000]
    labels = published_labels()
    train, chosen = split(labels)
    assert np.array_equal(mnist.validation.labels, labels[chosen]) and np.array_equal(
        mnist.train.labels, labels[train]
    )
    assert np.intersect1d(train, chosen).size == 0 and len(train) + len(chosen) == 60_000
    assert np.abs(spread(labels, chosen) - np.bincount(labels) / 12).max() < 1
    assert hashlib.sha256(chosen.astype("<u4").tobytes()).hexdigest() == VALIDATION_SHA256


def published_labels() -> np.ndarray:
    """MNIST's 60,000 labels, in the file's order."""
    folder = os.environ.get("MNIST_DIR")
    return (
        read_from(Path(folder), data.TRAIN_LABELS) if folder else read_from_cache(data.TRAIN_LABELS)
    )


def test_the_ink_of_mnist_has_the_mean_and_deviation_that_the_networks_take_away(mnist):
    ink = mnist.train.images.astype(np.float32) / 255
    assert ink.mean() == pytest.approx(INK_MEAN, abs=2e-4) and ink.std() == pytest.approx(
        INK_STD, abs=2e-4
    )


class Response(BytesIO):
    """An answer of a server; one that breaks off gives part of what it announced."""

    def __init__(self, content: bytes, broken_off: bool = False):
        super().__init__(content)
        self.broken_off = broken_off

    def read(self, *size):
        if self.broken_off:
            raise IncompleteRead(super().read(100), 1000)
        return super().read(*size)


class Web:
    """Answers urlopen: what each source gives for a file, and what was asked for."""

    def __init__(self, contents):
        self.contents = {file.name: gzip.compress(content) for file, content in contents.items()}
        self.asked, self.answers = [], {}

    def urlopen(self, url, timeout):
        self.asked.append(url)
        source, name = url.rsplit("/", 1)
        answer = self.answers.get(f"{source}/")
        if isinstance(answer, Exception):
            raise answer
        return (
            answer(self.contents[name.removesuffix(".gz")])
            if answer
            else Response(self.contents[name.removesuffix(".gz")])
        )


@pytest.fixture
def web(contents, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    web = Web(contents)
    monkeypatch.setattr(urllib.request, "urlopen", web.urlopen)
    return web


def cached_files() -> list[str]:
    return sorted(path.name for path in cache_folder().iterdir()) if cache_folder().exists() else []


@pytest.mark.parametrize(
    "platform, local, where",
    [
        ("linux", "", ".cache"),
        ("win32", "AppData/Local", "AppData/Local"),
        ("win32", "", ".cache"),
        ("darwin", "", "Library/Caches"),
    ],
)
def test_without_a_folder_of_the_persons_the_cache_is_where_the_platform_has_its_own(
    monkeypatch, platform, local, where
):
    home = Path("/home/of/the/person")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: home)
    monkeypatch.setenv("LOCALAPPDATA", str(home / local) if local else "")
    assert cache_folder() == home / where / "webgpu-digits" / "mnist"


def test_the_cache_is_filled_by_download_once(web, tmp_path):
    assert len(load_mnist().train) == 180
    assert web.asked == [f"{SOURCES[0]}{file.name}.gz" for file in FILES]
    assert cache_folder() == tmp_path / "cache" / "webgpu-digits" / "mnist"
    assert cached_files() == sorted(f"{file.name}.gz" for file in FILES)
    load_mnist()
    assert len(web.asked) == 4


def test_a_download_that_something_on_the_way_has_unpacked_is_as_good(web):
    web.answers = {SOURCES[0]: lambda content: Response(gzip.decompress(content))}
    load_mnist()
    assert len(load_mnist().train) == 180
    assert len(web.asked) == 4


@pytest.mark.parametrize(
    "answer",
    [
        urllib.error.URLError("no route to host"),
        TimeoutError("timed out"),
        lambda content: Response(content, broken_off=True),
        lambda content: Response(content[:-30]),
        lambda content: Response(b"<html>Not found</html>"),
        lambda content: Response(gzip.compress(b"something else")),
    ],
    ids=["unreachable", "slow", "breaks off", "cut short", "a web page", "another file"],
)
def test_the_second_source_helps_when_the_first_fails(web, answer):
    web.answers[SOURCES[0]] = answer
    assert len(load_mnist().train) == 180
    assert len(web.asked) == 8 and web.asked[1] == f"{SOURCES[1]}{FILES[0].name}.gz"


def test_a_download_that_breaks_off_everywhere_leaves_nothing_and_names_both_sources(web):
    web.answers = {source: lambda content: Response(content, broken_off=True) for source in SOURCES}
    with pytest.raises(DataError, match="could not be downloaded.*MNIST_DIR") as error:
        load_mnist()
    assert all(source in str(error.value) for source in SOURCES)
    assert cached_files() == []


def test_a_download_that_cannot_be_written_leaves_nothing(web, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space left"):
        load_mnist()
    assert cached_files() == []


def test_a_damaged_file_in_the_cache_is_named(web):
    load_mnist()
    path = cache_folder() / f"{TEST_IMAGES.name}.gz"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match=f"{path}.*Delete it and fetch it again"):
        load_mnist()
