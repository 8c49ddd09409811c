"""Runs a training from its first step, or the one it was stopped at, to its last."""

import signal
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from tinygrad.helpers import tqdm
from tinygrad.nn.state import get_state_dict

from training.data.mnist import Examples, Mnist
from training.evaluation.calibration import cross_entropy
from training.files import write_json

from .config import TrainConfig
from .provenance import Session
from .runs import RunError, RunFolder, assign, load_tensors, save_tensors
from .trainer import Classifier, Trainer


@dataclass(frozen=True)
class Score:
    """How well images are read: part that is right, mean cross-entropy."""

    accuracy: float
    loss: float

    def beats(self, other: "Score | None") -> bool:
        """By the loss: among the last evaluations of a run accuracies differ by single images,
        which is chance."""
        return other is None or self.loss < other.loss


class Interrupted(Exception):
    """The run was stopped by Ctrl-C; its checkpoint is complete."""


def score(logits: np.ndarray, labels: np.ndarray) -> Score:
    return Score(float((logits.argmax(axis=1) == labels).mean()), cross_entropy(logits, labels))


def train(
    config: TrainConfig, run: RunFolder, mnist: Mnist, resume: bool = False, quiet: bool = False
) -> Score:
    """Trains to the last step and gives the best validation score; `run` holds the weights that
    reached it.

    An evaluation of earlier weights is removed before better ones are written.

    Raises Interrupted after Ctrl-C, once a checkpoint is written. The score at that moment is
    recorded, but does not compete once the run goes on: a run that was never stopped would not have
    taken it.
    """
    trainer = Trainer(config, mnist.train)
    rows = restore(trainer, run) if resume else begin(config, run)
    validate = Validation(trainer, mnist.validation)
    done = trainer.steps_done
    if done < config.steps:
        run.add_session(Session.begun(done))
    began_s = time.perf_counter() - (rows[-1]["seconds"] if rows else 0)
    rows = [row for row in rows if config.evaluates_after(row["step"])]
    best = min(
        (Score(r["validation_accuracy"], r["validation_loss"]) for r in rows),
        key=lambda s: s.loss,
        default=None,
    )
    with (
        stop_requests() as stop,
        tqdm(total=config.steps, unit=" steps", disable=quiet or None) as bar,
    ):
        bar.update(done)
        trainer.begin_epoch(done // trainer.steps_per_epoch)
        for step in range(done, config.steps):
            if step % trainer.steps_per_epoch == 0:
                trainer.begin_epoch(step // trainer.steps_per_epoch)
            loss = trainer.step()
            bar.update(1)
            due = config.evaluates_after(step + 1)
            if not due and not stop:
                continue
            result = validate()
            rows.append(
                {
                    "step": step + 1,
                    "seconds": round(time.perf_counter() - began_s, 3),
                    "train_loss": loss.item(),
                    "validation_accuracy": result.accuracy,
                    "validation_loss": result.loss,
                }
            )
            bar.set_description(
                f"loss {rows[-1]['train_loss']:.4f}, validation {result.accuracy:.2%}"
            )
            if result.beats(best) and (due or best is None):
                best = result
                run.evaluation.unlink(missing_ok=True)
                save_tensors(run.best, get_state_dict(trainer.averaged))
            run.write_rows(rows)
            save_tensors(run.last, trainer.state)
            if stop:
                raise Interrupted(
                    f"Stopped after step {step + 1} of {config.steps}."
                    f" Continue with: {run.command} --resume"
                )
    if best is None:
        raise RunError(f"{run.metrics} has no rows. Restore it, or train under another --name.")
    return best


class Validation:
    """Scores the averaged weights on the validation images."""

    def __init__(self, trainer: Trainer, examples: Examples):
        self._classifier, self._examples = Classifier(trainer.averaged), examples

    def __call__(self) -> Score:
        return score(self._classifier.logits(self._examples.images), self._examples.labels)


def begin(config: TrainConfig, run: RunFolder) -> list[dict]:
    run.start()
    write_json(run.config, config.to_json())
    return []


def restore(trainer: Trainer, run: RunFolder) -> list[dict]:
    """Puts `trainer` where `run` stopped; gives the metrics up to there."""
    if not run.last.exists():
        start = f"Remove {run.best} and start it" if run.best.exists() else "Start it"
        raise RunError(
            f"{run.path} has no checkpoint to resume from."
            f" {start} without --resume, or under another --name."
        )
    values = load_tensors(run.last)
    assign(trainer.state, values, run.last)
    done = int(values["done"][0])
    return [row for row in run.rows() if row["step"] <= done]


@contextmanager
def stop_requests():
    """A list that is no longer empty after Ctrl-C or SIGTERM; a second Ctrl-C stops at once."""
    requests: list[int] = []

    def remember(signum, frame):
        requests.append(signum)
        signal.signal(signum, before[signum])
        print("\nStopping after this step; once more stops at once.", file=sys.stderr)

    before = {s: signal.signal(s, remember) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield requests
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
