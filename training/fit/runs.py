"""Run folders: the configuration, the provenance, the metrics and the checkpoints of one training
run."""

import json
import os
import shlex
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save
from tinygrad import Tensor
from tinygrad.nn.state import get_state_dict

from training.files import leftovers, write_atomically, write_json

from .provenance import Session

RUNS = Path("runs")  # where `python -m training train` puts them
NAMES_IN_ERROR = 4


class RunError(Exception):
    """A run folder lacks something or does not fit; the message says what and what to do."""


@dataclass(frozen=True)
class RunFolder:
    folder: str | Path

    @property
    def path(self) -> Path:
        return Path(self.folder)

    @property
    def config(self) -> Path:
        return self.path / "config.json"

    @property
    def provenance(self) -> Path:
        return self.path / "provenance.json"

    @property
    def metrics(self) -> Path:
        return self.path / "metrics.jsonl"

    @property
    def best(self) -> Path:
        return self.path / "best.safetensors"

    @property
    def last(self) -> Path:
        return self.path / "last.safetensors"

    @property
    def evaluation(self) -> Path:
        return self.path / "evaluation.json"

    @property
    def name(self) -> str:
        """What --name calls it: its path from runs/."""
        return Path(os.path.relpath(self.path, RUNS)).as_posix()

    @property
    def command(self) -> str:
        """The shell command that trains it."""
        return f"python -m training train --name {shlex.quote(self.name)}"

    @property
    def files(self) -> set[Path]:
        """What the run has written, with what writes that were killed left behind; nothing else in
        the folder."""
        written = (
            self.config,
            self.provenance,
            self.metrics,
            self.best,
            self.last,
            self.evaluation,
        )
        return {file for path in written for file in (path, *leftovers(path)) if file.is_file()}

    def start(self) -> None:
        """An empty folder for a new run; raises RunError, and removes nothing, where there is a run
        already or anything else."""
        self.path.mkdir(parents=True, exist_ok=True)
        if self.last.exists():
            raise RunError(
                f"{self.path} holds a run already."
                f" Choose another --name, or continue it: {self.command} --resume"
            )
        if self.best.exists():
            raise RunError(
                f"{self.path} holds weights, but no checkpoint to resume from."
                f" Choose another --name, or remove {self.best}."
            )
        others = sorted(path.name for path in set(self.path.iterdir()) - self.files)
        if others:
            raise RunError(
                f"{self.path} holds what is not a run's: {', '.join(others[:NAMES_IN_ERROR])}."
                " Move that elsewhere, or choose another --name."
            )
        self.clear()

    def clear(self) -> None:
        """Removes the run's own files, checkpoints too; other files and folders stay."""
        for file in self.files:
            file.unlink(missing_ok=True)

    def sessions(self) -> list[dict]:
        """What each session ran on, oldest first; empty for a run that did not record it."""
        try:
            return json.loads(self.provenance.read_text())
        except FileNotFoundError:
            return []
        except ValueError as error:
            raise RunError(f"{self.provenance} is damaged ({error}). Remove it.") from error

    def add_session(self, session: Session) -> None:
        write_json(self.provenance, [*self.sessions(), session.to_json()])

    def rows(self) -> list[dict]:
        """The metrics, oldest first; a last line cut short by an interruption is dropped."""
        if not self.metrics.exists():
            return []
        return [
            json.loads(line)
            for line in self.metrics.read_text().splitlines(keepends=True)
            if line.endswith("\n")
        ]

    def write_rows(self, rows: list[dict]) -> None:
        write_atomically(self.metrics, "".join(json.dumps(row) + "\n" for row in rows))


def save_tensors(path: Path, tensors: dict[str, Tensor]) -> None:
    """Tensors as a safetensors file, written whole or not at all."""
    copies = {name: first_copy(tensor) for name, tensor in tensors.items()}
    Tensor.realize(*copies.values())
    write_atomically(path, save({name: copy.numpy() for name, copy in copies.items()}))


def first_copy(tensor: Tensor) -> Tensor:
    """The tensor on one device, where several hold copies of it."""
    return tensor.to(tensor.device[0]) if isinstance(tensor.device, tuple) else tensor


def load_tensors(path: Path) -> dict[str, np.ndarray]:
    try:
        return load(path.read_bytes())
    except FileNotFoundError:
        run = RunFolder(path.parent)
        advice = f"Train first: {run.command}" if run.config.exists() else "Restore it."
        raise RunError(f"{path} is missing. {advice}") from None
    except SafetensorError as error:
        raise RunError(f"{path} is damaged ({error}). Train again, or restore it.") from error


def assign(tensors: dict[str, Tensor], values: dict[str, np.ndarray], source: Path) -> None:
    """Puts `values` into `tensors`; both must have the same names and shapes."""
    shapes = {name: tuple(t.shape) for name, t in tensors.items()}
    found = {name: value.shape for name, value in values.items()}
    if shapes != found:
        differing = sorted(
            name for name in shapes.keys() | found.keys() if shapes.get(name) != found.get(name)
        )
        raise RunError(
            f"{source} does not fit the network: {', '.join(differing[:NAMES_IN_ERROR])} differ."
            " Was it trained with another --model or --width?"
        )
    Tensor.realize(
        *(
            tensor.assign(Tensor(values[name], dtype=tensor.dtype).to(tensor.device))
            for name, tensor in tensors.items()
        )
    )


def load_weights(model, path: Path) -> None:
    """Fills `model` from a weights file; raises RunError when it is missing, damaged or of another
    network."""
    state = get_state_dict(model)
    for tensor in state.values():
        tensor.replace(tensor.empty_like()).realize()  # its initial values are not worth computing
    assign(state, load_tensors(path), path)
