"""`python -m tests.bench training`: steps a second, and time to 99 % of the validation images, ours
beside the plain recipe."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from tinygrad import Device, Tensor

from export.publish.site_files import ROOT
from tests.support.machine_load import in_words, load_average
from training.data.mnist import DataError, Mnist, load_mnist
from training.device import check_device
from training.files import write_json
from training.fit.config import TrainConfig, preset, preset_names
from training.fit.loop import score
from training.fit.trainer import Classifier, Trainer

from .plain_training import BATCH, PLAIN_MODELS, PlainTrainer

TARGET = 0.99
EVERY = 25  # steps between two looks at the validation images
COMPILING_STEPS = 3  # tinygrad's JIT runs twice before it replays
TIMED_STEPS = 50
MIN_LOOKS = 10  # at the clock, in the time that a contestant has, however slow its steps are
ROW = "{:20} {:>6} {:>10} {:>10} {:>12} {:>22} {:>12}"


@dataclass(frozen=True)
class Speed:
    """Of one contestant; `target_s` and `target_steps` are None where 99 % were not reached in
    time. Compiling is not counted."""

    name: str
    batch: int
    compile_s: float
    steps_per_s: float
    best_accuracy: float
    target_s: float | None
    target_steps: int | None


class OurTrainer:
    """Takes single steps of a run of ours; `judged` are its averaged weights."""

    def __init__(self, config: TrainConfig, mnist: Mnist):
        self._trainer, self._done = Trainer(config, mnist.train), 0
        self.judged = self._trainer.averaged

    def step(self) -> Tensor:
        if self._done % self._trainer.steps_per_epoch == 0:
            self._trainer.begin_epoch(self._done // self._trainer.steps_per_epoch)
        self._done += 1
        return self._trainer.step()


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser(
        "training", help="time training", description=__doc__, allow_abbrev=False
    )
    parser.add_argument(
        "--models", nargs="+", choices=PLAIN_MODELS, default=list(PLAIN_MODELS), help="default: all"
    )
    parser.add_argument(
        "--preset", choices=preset_names(), default="full", help="of ours (default: %(default)s)"
    )
    parser.add_argument(
        "--steps", type=int, default=600, help="that ours is planned for (default: %(default)s)"
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=60,
        help="after which a contestant is given up (default: %(default)s)",
    )
    parser.add_argument("--data", metavar="FOLDER", help="where the four MNIST files are")
    parser.add_argument(
        "--json",
        type=Path,
        default=ROOT / "runs" / "training-speed.json",
        help="default: %(default)s",
    )
    parser.set_defaults(run=run)


def run(args) -> int:
    check_device()
    try:
        race(
            [recipe(model, args.preset, args.steps) for model in args.models],
            load_mnist(args.data),
            args.seconds,
            args.json,
        )
    except (DataError, ValueError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


def recipe(model: str, name: str, steps: int) -> TrainConfig:
    """A preset without its teacher, planned for `steps` steps, so that its rate has fallen by
    then."""
    return replace(preset(model, name), teacher="", steps=steps)


def race(recipes: list[TrainConfig], mnist: Mnist, limit_s: float, file: Path) -> None:
    """Prints each contestant's speed as it is known, and keeps it in `file`: a race that is
    interrupted loses none."""
    print(f"on {Device.DEFAULT}, load {in_words(load_average())}")
    print(
        ROW.format(
            "", "batch", "compile s", "steps/s", "images/s", "to 99 %: s (steps)", "best seen"
        )
    )
    speeds = []
    for config in recipes:
        for name, trainer, batch in (
            (f"ours, {config.model}", OurTrainer(config, mnist), config.batch),
            (
                f"plain, {config.model}",
                PlainTrainer(PLAIN_MODELS[config.model](), mnist.train),
                BATCH,
            ),
        ):
            speeds.append(measured(name, trainer, batch, mnist, limit_s))
            print(row(speeds[-1]), flush=True)
            write_json(
                file, {"device": Device.DEFAULT, "speeds": [vars(speed) for speed in speeds]}
            )


def measured(name: str, trainer, batch: int, mnist: Mnist, limit_s: float) -> Speed:
    """Compiles, trains until 99 % or the limit, then times steps alone."""
    classifier = Classifier(trainer.judged)
    accuracy = lambda: (
        score(classifier.logits(mnist.validation.images), mnist.validation.labels).accuracy
    )
    compile_s = seconds(lambda: (steps(trainer, COMPILING_STEPS), accuracy()))
    done, best, began = COMPILING_STEPS + 1, 0.0, perf_counter()
    affordable = max(1, int(limit_s / MIN_LOOKS / seconds(lambda: steps(trainer, 1))))
    every, timed = min(EVERY, affordable), min(TIMED_STEPS, affordable)
    while best < TARGET and perf_counter() - began < limit_s:
        steps(trainer, every)
        done += every
        best = max(best, accuracy())
    reached = best >= TARGET
    target_s = perf_counter() - began if reached else None
    return Speed(
        name,
        batch,
        compile_s,
        timed / seconds(lambda: steps(trainer, timed)),
        best,
        target_s,
        done if reached else None,
    )


def steps(trainer, count: int) -> None:
    """Returns when the device has done them."""
    for _ in range(count):
        loss = trainer.step()
    loss.item()


def seconds(work) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def row(speed: Speed) -> str:
    target = f"{speed.target_s:.2f} ({speed.target_steps})" if speed.target_s else "not reached"
    return ROW.format(
        speed.name,
        speed.batch,
        f"{speed.compile_s:.1f}",
        f"{speed.steps_per_s:.1f}",
        f"{speed.steps_per_s * speed.batch:,.0f}",
        target,
        f"{speed.best_accuracy:.2%}",
    )
