"""`python -m tests.bench honesty`: whether the page's heat maps are honest. Deleting the pixels
that they call most important must lower the logit faster than deleting at random."""

import asyncio
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from py_frontend.core.occlusion import Curves, deletion_curves, heat_of
from training.networks.models import MODELS

IMAGES = 200
Network = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Honesty:
    """The curves of many images."""

    curves: tuple[Curves, ...]

    @property
    def by_heat(self) -> list[float]:
        """The mean logit from no ink deleted to all of it."""
        return np.mean([curves.by_heat for curves in self.curves], axis=0).tolist()

    @property
    def at_random(self) -> list[float]:
        return np.mean([curves.at_random for curves in self.curves], axis=0).tolist()

    @property
    def honest_share(self) -> float:
        return sum(curves.is_honest for curves in self.curves) / len(self.curves)


class Batcher:
    """Runs a network on the images of all jobs at once: each waits until all others wait too."""

    def __init__(self, network: Network, jobs: int):
        self._network, self._jobs = network, jobs
        self._waiting: list[tuple[array, asyncio.Future]] = []

    async def infer(self, ink: array) -> list[float]:
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append((ink, answer))
        self._run_if_all_wait()
        return await answer

    def finish(self) -> None:
        """One job is done; the others wait for it no more."""
        self._jobs -= 1
        self._run_if_all_wait()

    def _run_if_all_wait(self) -> None:
        if self._waiting and len(self._waiting) == self._jobs:
            waiting, self._waiting = self._waiting, []
            logits = self._network(np.array([ink for ink, _ in waiting], np.float32))
            for (_, answer), row in zip(waiting, logits.tolist(), strict=True):
                answer.set_result(row)


def honesty(network: Network, images: np.ndarray) -> Honesty:
    """Explains what `network` reads in each of `images` (N, 784) in 0..1, and checks it."""
    return Honesty(asyncio.run(_all_curves(Batcher(network, len(images)), images)))


async def _all_curves(batcher: Batcher, images: np.ndarray) -> tuple[Curves, ...]:
    async def curves_of(image: np.ndarray) -> Curves:
        ink = array("f", image.tolist())
        logits = await batcher.infer(ink)
        heat = await heat_of(ink, logits, int(np.argmax(logits)), batcher.infer, _no_pause)
        curves = await deletion_curves(ink, heat, batcher.infer, _no_pause)
        batcher.finish()
        return curves

    return tuple(await asyncio.gather(*map(curves_of, images)))


async def _no_pause() -> None:
    """Nobody waits for another turn here."""


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser(
        "honesty", help="check the heat maps", description=__doc__, allow_abbrev=False
    )
    parser.add_argument("--images", type=int, default=IMAGES, help="of MNIST's test set")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--data", metavar="FOLDER", help="where the four MNIST files are")
    parser.set_defaults(run=run)


def run(args) -> int:
    from training.data.mnist import load_mnist

    images = load_mnist(args.data).test.images[: args.images].astype(np.float32) / 255
    for name in args.models:
        found = honesty(shipped(name, len(images)), images)
        print(f"{name}: {found.honest_share:.1%} of {len(images)} heat maps are honest")
        print("  logit, most important first:", _row(found.by_heat))
        print("  logit, at random:           ", _row(found.at_random))
    return 0


def shipped(name: str, batch: int) -> Network:
    """A network of the page, as it ships, for up to `batch` images at a time."""
    from tinygrad import Tensor, TinyJit

    from export.compile.package import shipped_network

    network = shipped_network(name)
    run = TinyJit(lambda ink: network(ink).realize())

    def run_padded(images: np.ndarray) -> np.ndarray:
        """In one shape, so that its kernels are scheduled and compiled once."""
        padded = np.zeros((batch, images.shape[1]), np.float32)
        padded[: len(images)] = images
        return run(Tensor(padded).realize()).numpy()[: len(images)].copy()

    return run_padded


def _row(values: Sequence[float]) -> str:
    return " ".join(f"{value:5.1f}" for value in values)
