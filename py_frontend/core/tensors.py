"""Reads the safetensors format: named arrays in one file."""

import json
import struct
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LENGTH = struct.Struct("<Q")
_CODES = {"I8": "b", "U8": "B", "I16": "h", "I32": "i", "F32": "f"}


@dataclass(frozen=True)
class Tensors:
    """Arrays by name, row by row, their shapes, and texts about all of them."""

    arrays: Mapping[str, Any]
    shapes: Mapping[str, tuple[int, ...]]
    texts: Mapping[str, str]


def read_tensors(content: bytes) -> Tensors:
    """Raises ValueError where `content` is not a whole file of this format."""
    try:
        return _read(content)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"its header is none of a file of tensors ({error!r})") from error


def _read(content: bytes) -> Tensors:
    if len(content) < _LENGTH.size:
        raise ValueError("it is too short")
    [length] = _LENGTH.unpack_from(content)
    start = _LENGTH.size + length
    header = json.loads(content[_LENGTH.size : start])
    texts = header.pop("__metadata__", {})
    arrays = {name: _values(content, start, entry) for name, entry in header.items()}
    return Tensors(arrays, {name: tuple(entry["shape"]) for name, entry in header.items()}, texts)


def _values(content: bytes, start: int, entry: Mapping[str, Any]) -> Any:
    begin, end = entry["data_offsets"]
    data = content[start + begin : start + end]
    if len(data) != end - begin:
        raise ValueError("it is cut short")
    values = array(_CODES[entry["dtype"]])
    values.frombytes(data)
    return values
