"""Products of many rows at once, and the file that learning reads, against numpy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from safetensors.numpy import save

from py_frontend.core.packed import PackedRows
from py_frontend.core.tensors import read_tensors

SHAPES = st.tuples(st.integers(1, 40), st.integers(1, 60))


@given(st.data())
def test_packed_products_are_exact(data):
    rows, columns = data.draw(SHAPES)
    matrix = data.draw(arrays(np.int8, (rows, columns)))
    vector = data.draw(arrays(np.int32, columns, elements=st.integers(-8191, 8191)))
    found = PackedRows.of_rows(matrix.tobytes(), columns).products(vector.tolist())
    assert found == (matrix.astype(np.int64) @ vector).tolist()


@pytest.mark.parametrize("sign", [-1, 1])
def test_the_largest_products_of_features_fit(sign):
    matrix = np.full((3, 512), -127 * sign, np.int8)
    found = PackedRows.of_rows(matrix.tobytes(), 512).products([8191] * 512)
    assert found == [-sign * 127 * 8191 * 512] * 3


def test_a_file_of_tensors_is_read_as_it_was_written():
    written = {
        "bytes": np.arange(-6, 6, dtype=np.int8).reshape(3, 4),
        "counts": np.arange(5, dtype=np.int32),
        "steps": np.array([-300, 300], np.int16),
        "weights": np.linspace(0, 1, 7, dtype=np.float32),
        "labels": np.array([0, 255], np.uint8),
    }
    found = read_tensors(save(written, {"format": "1"}))
    assert found.texts == {"format": "1"}
    for name, array in written.items():
        assert found.shapes[name] == array.shape
        assert np.array_equal(np.array(found.arrays[name]).reshape(array.shape), array)


@pytest.mark.parametrize("length", [0, 7, 20, -1])
def test_a_file_that_is_cut_short_is_refused(length):
    whole = save({"counts": np.arange(5, dtype=np.int32)})
    with pytest.raises(ValueError):
        read_tensors(whole[:length])
