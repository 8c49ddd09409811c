"""Many drawings as the images that the page would make of them, on all of the machine's cores."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from os import cpu_count

import numpy as np

from training.data.strokes import drawn_image
from training.networks.models import PIXELS

from .handwriting import Path

FEW = 2000  # drawings that are painted sooner than processes start
CHUNK = 250


def painted(draw: Callable[..., list[Path]], jobs: Sequence) -> np.ndarray:
    """The images (N, 784) uint8 of what `draw` makes of each job; both must be picklable."""
    paint = partial(image, draw)
    if len(jobs) <= FEW:
        images = list(map(paint, jobs))
    else:
        with ProcessPoolExecutor(cpu_count(), get_context("forkserver")) as pool:
            images = list(pool.map(paint, jobs, chunksize=CHUNK))
    return np.array(images, np.uint8).reshape(-1, PIXELS)


def image(draw: Callable[..., list[Path]], job) -> np.ndarray:
    return levels(draw(job))


def levels(strokes: list[Path]) -> np.ndarray:
    """The image (784,) uint8 of one drawing."""
    return (drawn_image(strokes) * 255).round().astype(np.uint8)
