"""Sheets of misread images, to see at a glance what a network gets wrong."""

from math import ceil
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from training.networks.models import SIDE

from .calibration import log_softmax

ZOOM, COLUMNS = 3, 12
TILE_WIDTH, TILE_HEIGHT = (
    SIDE * ZOOM + 8,
    SIDE * ZOOM + 34,
)  # pixels; below an image there are two lines of text
BACKGROUND, TEXT = 48, 235


def write_misread(
    path: Path, images: np.ndarray, labels: np.ndarray, logits: np.ndarray, temperature: float
) -> int:
    """A PNG of all images (N, 784) whose highest logit is not their label; gives how many they
    are."""
    sheet, count = misread_sheet(images, labels, logits, temperature)
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path, format="PNG")
    return count


def misread_sheet(
    images: np.ndarray, labels: np.ndarray, logits: np.ndarray, temperature: float
) -> tuple[Image.Image, int]:
    """Misread images by label, then by what they were taken for, the surest first; under each
    label, answer and probability."""
    probabilities = np.exp(log_softmax(logits / temperature))
    answers, sureness = probabilities.argmax(axis=1), probabilities.max(axis=1)
    misread = np.flatnonzero(answers != labels)
    misread = misread[np.lexsort((-sureness[misread], answers[misread], labels[misread]))]
    sheet = Image.new(
        "L", (COLUMNS * TILE_WIDTH, max(1, ceil(len(misread) / COLUMNS)) * TILE_HEIGHT), BACKGROUND
    )
    for place, i in enumerate(misread):
        corner = place % COLUMNS * TILE_WIDTH, place // COLUMNS * TILE_HEIGHT
        put(sheet, corner, images[i], f"{labels[i]} as {answers[i]}\n{sureness[i]:.0%}, no. {i}")
    return sheet, len(misread)


def put(sheet: Image.Image, corner: tuple[int, int], ink: np.ndarray, caption: str) -> None:
    """Places one enlarged image (784,), uint8 or 0..1, and its caption."""
    grey = ink if ink.dtype == np.uint8 else (ink * 255).round().astype(np.uint8)
    picture = Image.fromarray(grey.reshape(SIDE, SIDE)).resize(
        (SIDE * ZOOM, SIDE * ZOOM), Image.Resampling.NEAREST
    )
    x, y = corner
    sheet.paste(picture, (x + 4, y + 4))
    ImageDraw.Draw(sheet).text((x + 5, y + SIDE * ZOOM + 5), caption, fill=TEXT)
