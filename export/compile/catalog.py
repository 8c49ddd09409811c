"""site/models/index.json: the list of models from which the page chooses."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from training.files import write_json
from training.networks.models import MODELS

from .graph import ExportError


@dataclass(frozen=True)
class Entry:
    """One model: paths are relative to index.json, accuracies are in 0..1, sizes in bytes;
    abstention as in evaluation.json.

    `network` holds the arguments of its class, where it is not built as it is by default;
    `self_test` is described in self_test.py; `neighbours` and `images` what the panel of neighbours
    needs, `anchors` what learning needs, `misread` what the confusion matrix shows.
    """

    name: str
    parameters: int
    bytes: int
    sha256: str
    validation_accuracy: float
    test_accuracy: float
    temperature: float
    net: str
    net_sha256: str
    weights: str
    wasm: str
    wasm_sha256: str
    abstention: dict | None = None
    network: dict | None = None
    self_test: list[dict] | None = None
    neighbours: str | None = None
    neighbours_sha256: str | None = None
    images: str | None = None
    images_sha256: str | None = None
    anchors: str | None = None
    anchors_sha256: str | None = None
    misread: str | None = None
    misread_sha256: str | None = None

    def to_json(self) -> dict:
        known = {key: value for key, value in asdict(self).items() if value not in (None, {})}
        return {"name": self.name, "title": MODELS[self.name].title, **known}


def update(index: Path, entry: Entry) -> None:
    """Puts `entry` in the place of the one of the same name; the others stay, in the order of
    MODELS."""
    others = [model for model in read(index) if model["name"] != entry.name]
    order = {name: position for position, name in enumerate(MODELS)}
    write_json(
        index,
        sorted([*others, entry.to_json()], key=lambda model: order.get(model["name"], len(order))),
    )


def name_files(index: Path, name: str, files: dict[str, str]) -> None:
    """Adds to the entry of one model which further files belong to it."""
    write_json(index, [model | files if model["name"] == name else model for model in read(index)])


def read(index: Path) -> list[dict]:
    """The entries of a catalogue; none where there is no file yet."""
    try:
        return [{"name": entry["name"], **entry} for entry in _list(json.loads(index.read_text()))]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError, KeyError) as error:
        raise ExportError(
            f"{index} is not a list of models ({error!r}). "
            "Restore it, or delete it and export every model again."
        ) from error


def _list(value) -> list:
    if not isinstance(value, list):
        raise TypeError(f"it holds a {type(value).__name__}")
    return value
