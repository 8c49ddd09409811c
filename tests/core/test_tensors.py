"""The safetensors reader: what is written is read, and what is damaged is refused."""

import json
import struct
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from py_frontend.core.tensors import read_tensors

LIMITS = {"I8": ("b", 8), "I16": ("h", 16), "I32": ("i", 32)}


def file_of(header: dict, data: bytes) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


@st.composite
def tensors(draw) -> tuple[str, array]:
    """A type by its name in the format, and values of it."""
    kind = draw(st.sampled_from([*LIMITS, "U8", "F32"]))
    if kind == "F32":
        return kind, array("f", draw(st.lists(st.floats(width=32, allow_nan=False))))
    if kind == "U8":
        return kind, array("B", draw(st.binary()))
    code, bits = LIMITS[kind]
    numbers = st.integers(-(1 << bits - 1), (1 << bits - 1) - 1)
    return kind, array(code, draw(st.lists(numbers)))


names = st.text().filter(lambda name: name != "__metadata__")


@given(st.dictionaries(names, tensors(), max_size=5), st.dictionaries(st.text(), st.text()))
def test_tensors_of_any_type_and_name_are_read_as_they_were_written(written, texts):
    header, data = {"__metadata__": texts}, b""
    for name, (kind, values) in written.items():
        content = values.tobytes()
        offsets = [len(data), len(data) + len(content)]
        header[name] = {"dtype": kind, "shape": [len(values)], "data_offsets": offsets}
        data += content
    found = read_tensors(file_of(header, data))
    assert found.texts == texts
    assert found.arrays == {name: values for name, (_, values) in written.items()}
    assert found.shapes == {name: (len(values),) for name, (_, values) in written.items()}


def entry(**values) -> dict:
    return {"bytes": {"dtype": "I8", "shape": [2], "data_offsets": [0, 2]} | values}


def test_a_file_without_texts_has_none():
    found = read_tensors(file_of(entry(), b"\x01\xff"))
    assert (found.texts, found.arrays["bytes"].tolist()) == ({}, [1, -1])


@pytest.mark.parametrize("length", range(8))
def test_a_file_that_ends_before_its_header_begins_is_too_short(length):
    with pytest.raises(ValueError, match=r"^it is too short$"):
        read_tensors(bytes(length))


def test_a_tensor_of_fewer_bytes_than_announced_is_cut_short():
    with pytest.raises(ValueError, match=r"^it is cut short$"):
        read_tensors(file_of(entry(), b"\x01"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda values: st.lists(values) | st.dictionaries(st.text(), values),
    max_leaves=10,
)
entries = st.fixed_dictionaries(
    {},
    optional={
        "dtype": st.sampled_from(["I8", "F32", "BF16"]) | json_values,
        "shape": st.lists(st.integers()) | json_values,
        "data_offsets": st.lists(st.integers(-9, 9)) | json_values,
    },
)
headers = json_values | st.dictionaries(st.text() | st.just("__metadata__"), entries | json_values)


@given(headers, st.binary())
def test_a_file_with_any_header_is_read_or_refused_as_the_docstring_says(header, data):
    try:
        read_tensors(file_of(header, data))
    except ValueError:
        return
    assert isinstance(header, dict)


@given(st.binary(), st.integers(0, 1 << 64 - 1))
def test_bytes_that_are_no_file_of_tensors_are_refused(content, length):
    with pytest.raises(ValueError):
        read_tensors(struct.pack("<Q", length) + b"\xff" + content)
