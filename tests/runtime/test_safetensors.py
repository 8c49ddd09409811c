"""site/js/safetensors.js in a real browser, against files by the safetensors library and against
hostile ones."""

import json
import math
import random
import struct

import numpy as np
import pytest
from safetensors import SafetensorError
from safetensors.numpy import load, save

from tests.support.module_page import DECODE_BYTES, encoded, module_page

SET_UP = f"""
  {DECODE_BYTES}
  const {{ parse }} = await import("/js/safetensors.js");
"""
PARSE_ALL = """
  return files.map((text) => {
    try {
      const tensors = [...parse(decodeBytes(text))];
      return Object.fromEntries(tensors.map(([name, tensor]) => (
        [name, { ...tensor, data: Array.from(tensor.data), bytes: tensor.data.byteLength }])));
    } catch (error) {
      return { error: error.name, message: error.message, tensor: error.tensor };
    }
  });
"""

FOUR_FLOATS = {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}
MUTATIONS = 3000
BYTES = {"I8": 1, "U8": 1, "I16": 2, "U16": 2, "I32": 4, "U32": 4, "F32": 4, "F64": 8}


@pytest.fixture(scope="module")
def page(browser):
    with module_page(browser) as page:
        yield page


def parse_all(page, files: list[bytes]) -> list[dict]:
    return page.evaluate(f"async (files) => {{ {SET_UP} {PARSE_ALL} }}", encoded(files))


def file_of(header: dict | str, data: bytes = bytes(16)) -> bytes:
    text = (header if isinstance(header, str) else json.dumps(header)).encode()
    return struct.pack("<Q", len(text)) + text + data


def sample() -> dict[str, np.ndarray]:
    numbers = np.random.default_rng(3)
    return {
        "layers.0.weight": numbers.integers(-128, 128, (5, 3, 3, 3)).astype(np.int8),
        "layers.0.bias": numbers.normal(size=7).astype(np.float32),
        "words": numbers.integers(0, 2**32, (2, 3), dtype=np.uint32),
        "doubles": numbers.normal(size=(1, 2)),
        "empty": np.zeros((0, 4), np.float32),
        "scalar": np.array(2.5, np.float32),
        'naïve "name" \\ {': np.array([1], np.uint8),
    }


def test_it_reads_what_the_library_wrote(page):
    tensors = sample()
    [parsed] = parse_all(page, [save(tensors, {"format": "np"})])
    assert parsed.keys() == tensors.keys()
    for name, array in tensors.items():
        assert parsed[name]["shape"] == list(array.shape)
        assert parsed[name]["data"] == array.ravel().tolist()


def test_aligned_tensors_are_views_and_others_are_copies(page):
    body = """
      const file = decodeBytes(text);
      const shifted = new Uint8Array(file.length + 1);
      shifted.set(file, 1);
      const data = (bytes) => parse(bytes).get("a").data;
      const moved = data(shifted.subarray(1));
      const isView = [data(file).buffer === file.buffer, moved.buffer === shifted.buffer];
      return [...isView, Array.from(moved)];
    """
    shares_memory = page.evaluate(
        f"async ([text]) => {{ {SET_UP} {body} }}",
        encoded([save({"a": np.arange(3, dtype=np.float32)})]),
    )
    assert shares_memory == [True, False, [0, 1, 2]]


def test_the_order_of_the_header_does_not_matter(page):
    header = {
        "b": {"dtype": "F32", "shape": [2], "data_offsets": [8, 16]},
        "a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
    }
    [parsed] = parse_all(page, [file_of(header, np.arange(4, dtype=np.float32).tobytes())])
    assert parsed["a"]["data"] == [0, 1] and parsed["b"]["data"] == [2, 3]


def entry(**changes) -> dict:
    return {"a": FOUR_FLOATS | changes}


HOSTILE = {
    "empty file": (b"", "before its header"),
    "cut in the length": (b"\x10\0\0", "before its header"),
    "header beyond the file": (
        struct.pack("<Q", 1000) + b"{}",
        "the header is 1000 bytes long, but only 2",
    ),
    "header of 2^64-1 bytes": (b"\xff" * 8 + b"{}", "18446744073709551615"),
    "header is not JSON": (file_of("{", b""), "not JSON"),
    "header is not UTF-8": (struct.pack("<Q", 4) + b'{"\xff"', "not JSON in UTF-8"),
    "header is a list": (file_of("[]", b""), "is not an object"),
    "header is null": (file_of("null", b""), "is not an object"),
    "shape negative": (file_of(entry(shape=[-4])), "shape [-4] is not a list of whole numbers"),
    "two negative sizes": (file_of(entry(shape=[-2, -2])), "not a list of whole numbers"),
    "shape with a fraction": (file_of(entry(shape=[0.5, 8])), "not a list of whole numbers"),
    "negative offset": (file_of(entry(data_offsets=[-16, 0])), "not two whole numbers"),
    "entry is null": (file_of({"a": None}), '"a": dtype undefined'),
    "entry is a list": (file_of({"a": [1]}), '"a": dtype undefined'),
    "unknown dtype": (file_of(entry(dtype="F16")), '"F16" is not supported'),
    "dtype of Object's prototype": (
        file_of(entry(dtype="constructor")),
        '"constructor" is not supported',
    ),
    "dtype is a number": (file_of(entry(dtype=1)), "1 is not supported"),
    "shape missing": (file_of({"a": {"dtype": "F32", "data_offsets": [0, 16]}}), "shape undefined"),
    "shape of strings": (file_of(entry(shape=["4"])), "not a list of whole numbers"),
    "shape too large for a double": (file_of(entry(shape=[2**60])), "not a list of whole numbers"),
    "product beyond any memory": (file_of(entry(shape=[2**52, 2**52, 2**52])), "takes"),
    "shape does not match the bytes": (
        file_of(entry(shape=[5])),
        "has 16 bytes, but F32 [5] takes 20",
    ),
    "offsets missing": (file_of({"a": {"dtype": "F32", "shape": [4]}}), "data_offsets undefined"),
    "three offsets": (file_of(entry(data_offsets=[0, 16, 16])), "not two whole numbers"),
    "end before begin": (
        file_of(entry(data_offsets=[16, 0])),
        "begins at byte 16, after its end 0",
    ),
    "truncated data": (file_of(entry(), bytes(15)), "ends at byte 16, but the file holds only 15"),
}


@pytest.mark.parametrize("content, message", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_is_refused_with_a_reason(page, content, message):
    [result] = parse_all(page, [content])
    assert result.get("error") == "WeightsError", result
    assert message in result["message"]


def test_an_entry_called_proto_is_only_a_name(page):
    [parsed] = parse_all(page, [file_of(f'{{"__proto__": {json.dumps(FOUR_FLOATS)}}}')])
    assert parsed == {} or parsed["__proto__"]["shape"] == [4]
    assert page.evaluate("({}).dtype === undefined && ({}).shape === undefined")


def mutate(content: bytes, numbers: random.Random) -> bytes:
    """`content` with up to three bytes or stretches changed, removed, doubled or added, mostly in
    the header."""
    for _ in range(numbers.randint(1, 3)):
        at, length = numbers.randrange(260), numbers.randint(0, 30)
        new = numbers.choice(
            (
                content[at : at + length] * 2,
                b"",
                bytes([numbers.randrange(256)]),
                bytes([numbers.choice(b'{}[]:,"0123456789-.eE \\')]),
            )
        )
        content = content[:at] + new + content[at + numbers.choice((0, 1, length)) :]
    return content


def test_whatever_is_done_to_a_file_it_is_refused_or_no_tensor_is_other_than_it_says(page):
    """And what the library reads as well, it reads alike. It need not refuse all that the library
    refuses: whether a file is the one that was exported, its digest tells."""
    numbers = random.Random(11)
    original = save(
        {
            "a": np.arange(6, dtype=np.int8),
            "b": np.arange(4, dtype=np.float32),
            "c": np.arange(2, dtype=np.uint8),
        }
    )
    files = [original] + [mutate(original, numbers) for _ in range(MUTATIONS)]
    results = parse_all(page, files)
    accepted = [(file, result) for file, result in zip(files, results) if "error" not in result]
    assert {result["error"] for result in results if "error" in result} == {"WeightsError"}
    assert 0 < len(accepted) < len(files)
    read_by_both = 0
    for file, result in accepted:
        for tensor in result.values():
            count = math.prod(tensor["shape"])
            assert len(tensor["data"]) == count
            assert tensor["bytes"] == count * BYTES[tensor["dtype"]] <= len(file)
        try:
            expected = load(file)
        except SafetensorError:
            continue
        read_by_both += 1
        assert {name: tensor["data"] for name, tensor in result.items()} == {
            name: array.ravel().tolist() for name, array in expected.items()
        }
    assert read_by_both > 10


def test_what_the_library_reads_is_read(page):
    """The mutations of the data alone: nothing is wrong with such a file but its digest."""
    original = save({"a": np.arange(40, dtype=np.uint8)})
    files = [original[:-1] + bytes([byte]) for byte in range(256)]
    results = parse_all(page, files)
    assert [result["a"]["data"][-1] for result in results] == list(range(256))
