"""The models that the page offers, as site/models/index.json lists them."""

import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any

from .abstention import Abstention
from .errors import PageError
from .self_test import Probe


class CatalogError(PageError):
    """The list of models cannot be used."""


@dataclass(frozen=True)
class ModelEntry:
    """One model: file names are relative to the list, accuracies in 0..1, `bytes` the size of the
    weights."""

    name: str
    title: str
    parameters: int
    bytes: int
    sha256: str
    validation_accuracy: float
    test_accuracy: float
    temperature: float
    net: str
    weights: str
    net_sha256: str | None = None
    wasm: str | None = None
    wasm_sha256: str | None = None
    neighbours: str | None = None
    neighbours_sha256: str | None = None
    images: str | None = None
    images_sha256: str | None = None
    anchors: str | None = None
    anchors_sha256: str | None = None
    misread: str | None = None
    misread_sha256: str | None = None
    abstention: Abstention | None = None
    self_test: tuple[Probe, ...] = ()


class Catalog:
    """The models of this page, once they are loaded; `fetch` gives the text of the list."""

    def __init__(self, fetch: Callable[[], Awaitable[str]]):
        self._fetch = fetch
        self.entries: dict[str, ModelEntry] = {}

    async def load(self) -> None:
        """Fetches the list; what was known before stays where that fails."""
        self.entries = parse_catalog(await self._fetch())

    async def refresh(self) -> bool:
        """Fetches the list again; True where it has changed. What was known stays where the new
        list cannot be had."""
        before = self.entries
        with suppress(PageError):
            await self.load()
        return self.entries != before


def parse_catalog(text: str) -> dict[str, ModelEntry]:
    """The models by name, in the order of the list."""
    try:
        entries = [_entry(model) for model in json.loads(text)]
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise CatalogError(
            f"The list of models is damaged ({error}). Reload the page, or export the models again."
        ) from error
    if not entries:
        raise CatalogError(
            "The list of models is empty. Train and export one: python -m export model runs/<name>"
        )
    return {entry.name: entry for entry in entries}


def first_choice(wanted: str | None, names: Sequence[str]) -> str:
    """The model to begin with: the one asked for where there is one of that name, else the
    first."""
    return wanted if wanted is not None and wanted in names else names[0]


def _entry(model: dict[str, Any]) -> ModelEntry:
    known = {field.name for field in fields(ModelEntry)}
    values = {key: value for key, value in model.items() if key in known and value is not None}
    if "abstention" in values:
        values["abstention"] = Abstention.from_json(values["abstention"])
    values["self_test"] = tuple(map(Probe.from_json, values.get("self_test", ())))
    entry = ModelEntry(**values)
    if not entry.temperature > 0:
        raise ValueError(f"temperature {entry.temperature} of {entry.name}")
    return entry
