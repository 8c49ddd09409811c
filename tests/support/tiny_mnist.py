"""A data set in MNIST's form that takes no time to learn: each digit is a bright bar at its own
height, in noise."""

import gzip
import hashlib
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from tinygrad import nn

from training.data.mnist import FILES, Examples, IdxFile, Mnist
from training.fit.config import TrainConfig
from training.networks.layers import Activation, Network
from training.networks.models import CLASSES, MODELS, PIXELS, SIDE, normalise

# Few units and steps, for a processor; all else as in a real run: epochs that end within it, every
# distortion, the average.
TINY = TrainConfig(
    model="mlp",
    width=32,
    steps=20,
    batch=32,
    lr=0.02,
    evaluations=4,
    tensor_cores=False,
    rotate_deg=2,
    scale_percent=2,
    shear_deg=1,
    translate_px=0.5,
    elastic_px=0.3,
    thickness=0.2,
)
# Where distortions are not what is asked about: without them tinygrad has less to compile.
UNDISTORTED = replace(
    TINY,
    rotate_deg=0,
    scale_percent=0,
    shear_deg=0,
    translate_px=0,
    elastic_px=0,
    thickness=0,
)
# And where it is enough that each step distorts in its own way.
TURNED = replace(UNDISTORTED, rotate_deg=2)


class Shallow(Network):
    """An MLP with one hidden layer: what a run does is the same with each, and each layer is more
    for tinygrad to compile."""

    def __init__(self, width: int = 32):
        super().__init__(
            [
                normalise(),
                nn.Linear(PIXELS, width, bias=False),
                nn.BatchNorm(width),
                Activation("relu"),
                nn.Linear(width, CLASSES),
            ]
        )


def shallow_mlp():
    """Has configurations build one hidden layer where they say mlp."""
    return patch.dict(MODELS, mlp=Shallow)


def bars(count: int, seed: int) -> Examples:
    numbers = np.random.default_rng(seed)
    labels = (np.arange(count) % CLASSES).astype(np.uint8)
    images = numbers.integers(0, 60, (count, SIDE, SIDE))
    for image, digit in zip(images, labels, strict=True):
        image[4 + 2 * digit : 6 + 2 * digit, 6:22] = 255
    return Examples(images.reshape(-1, PIXELS).astype(np.uint8), labels)


def tiny_mnist() -> Mnist:
    return Mnist(bars(256, seed=0), bars(100, seed=1), bars(100, seed=2))


def idx(array: np.ndarray) -> bytes:
    """An idx file of bytes."""
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


def idx_files() -> dict[IdxFile, bytes]:
    """The four files, small, and what each must be."""
    train, test = bars(200, seed=0), bars(50, seed=1)
    arrays = (
        train.images.reshape(-1, SIDE, SIDE),
        train.labels,
        test.images.reshape(-1, SIDE, SIDE),
        test.labels,
    )
    contents = [idx(array) for array in arrays]
    return {
        replace(file, shape=array.shape, sha256=hashlib.sha256(content).hexdigest()): content
        for file, array, content in zip(FILES, arrays, contents, strict=True)
    }


def write_gzipped(folder: Path, contents: dict[IdxFile, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in contents.items():
        (folder / f"{file.name}.gz").write_bytes(gzip.compress(content))
