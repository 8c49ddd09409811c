"""Which images a network misreads, and how often it takes each digit for which; from the eight-bit
network as it ships."""

import numpy as np
from safetensors.numpy import save
from tinygrad import Tensor

from training.data.mnist import Examples
from training.networks.models import CLASSES
from training.networks.quantize import QuantizedNetwork

BATCH = 500


def misread_file(network: QuantizedNetwork, test: Examples) -> bytes:
    """A safetensors file: `counts` (10, 10) int32, a row for each label and a column for each
    answer; and of each misread image `images` (N, 784) uint8, `labels`, `answers` (N,) uint8 and
    `numbers` (N,) int32, its place among all."""
    answers = answers_of(network, test.images)
    counts = np.zeros((CLASSES, CLASSES), np.int32)
    np.add.at(counts, (test.labels, answers), 1)
    numbers = np.flatnonzero(answers != test.labels)
    return save(
        {
            "counts": counts,
            "images": test.images[numbers],
            "labels": test.labels[numbers],
            "answers": answers[numbers],
            "numbers": numbers.astype(np.int32),
        }
    )


def answers_of(network: QuantizedNetwork, images: np.ndarray) -> np.ndarray:
    """The digits (N,) uint8 that the network reads in `images` (N, 784) uint8."""
    ink = images.astype(np.float32) / 255
    logits = [network(Tensor(ink[i : i + BATCH])).numpy() for i in range(0, len(ink), BATCH)]
    return np.concatenate(logits).argmax(axis=1).astype(np.uint8)
