"""Damaged images, to see how a network's error grows with the damage: after MNIST-C (Mu & Gilmer
2019), by our own rules.

Each corruption is a function of ink (N, 784) in 0..1, a severity in a unit of its own, and a random
generator; it gives ink of the same shape in 0..1. Each has three severities: a damage that is
hardly seen, one that is plain, one that is hard.
"""

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from training.networks.models import PIXELS, SIDE

from .resampling import affine, gaussian_blur, motion_blur, rotation


@dataclass(frozen=True)
class Corruption:
    """One kind of damage, and how severe it is at three levels, in `unit`."""

    apply: Callable[[np.ndarray, float, np.random.Generator], np.ndarray]
    severities: tuple[float, float, float]
    unit: str


def corrupted(images: np.ndarray, name: str, severity: float, seed: int = 0) -> np.ndarray:
    """`images` (N, 784), uint8 or 0..1, damaged: float32 (N, 784) in 0..1, the same for the same
    arguments."""
    ink = images.astype(np.float32) / (255 if images.dtype == np.uint8 else 1)
    rng = np.random.default_rng([seed, crc32(name.encode())])
    return np.clip(CORRUPTIONS[name].apply(ink, severity, rng), 0, 1).astype(np.float32)


def gaussian_noise(ink: np.ndarray, deviation: float, rng: np.random.Generator) -> np.ndarray:
    return ink + rng.normal(0, deviation, ink.shape)


def shot_noise(ink: np.ndarray, grain: float, rng: np.random.Generator) -> np.ndarray:
    """As a camera sees in the dark: full ink is `1 / grain` photons."""
    return rng.poisson(ink / grain) * grain


def impulse_noise(ink: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the pixels is black or white, whatever it was."""
    struck = rng.random(ink.shape) < share
    return np.where(struck, rng.random(ink.shape) < 0.5, ink)


def blur(ink: np.ndarray, sigma_px: float, rng: np.random.Generator) -> np.ndarray:
    return ink @ gaussian_blur(sigma_px).T


def moved_while_taken(ink: np.ndarray, length_px: float, rng: np.random.Generator) -> np.ndarray:
    """Blurred along one of four directions."""
    return each_its_own(
        ink, [motion_blur(int(length_px), degrees) for degrees in (0, 45, 90, 135)], rng
    )


def rotate(ink: np.ndarray, degrees: float, rng: np.random.Generator) -> np.ndarray:
    return each_its_own(ink, [affine(rotation(turn)) for turn in (-degrees, degrees)], rng)


def shear(ink: np.ndarray, degrees: float, rng: np.random.Generator) -> np.ndarray:
    """Slanted to the left or the right."""
    return each_its_own(
        ink,
        [
            affine(np.array([[1, 0], [np.tan(np.radians(slant)), 1]]))
            for slant in (-degrees, degrees)
        ],
        rng,
    )


def shrink(ink: np.ndarray, percent: float, rng: np.random.Generator) -> np.ndarray:
    return ink @ affine(np.eye(2) * (1 - percent / 100)).T


def enlarge(ink: np.ndarray, percent: float, rng: np.random.Generator) -> np.ndarray:
    return ink @ affine(np.eye(2) * (1 + percent / 100)).T


def translate(ink: np.ndarray, distance_px: float, rng: np.random.Generator) -> np.ndarray:
    """Shifted along both axes, each in either direction."""
    return each_its_own(
        ink,
        [affine(np.eye(2), y * distance_px, x * distance_px) for y in (-1, 1) for x in (-1, 1)],
        rng,
    )


def brightness(ink: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """The paper is as dark as that share of full ink."""
    return share + (1 - share) * ink


def faint(ink: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """That share of the ink is missing."""
    return (1 - share) * ink


def stripes(ink: np.ndarray, width_px: float, rng: np.random.Generator) -> np.ndarray:
    """A vertical band of the image is inverted."""
    start = rng.integers(0, SIDE - int(width_px) + 1, (len(ink), 1, 1))
    column = np.arange(SIDE).reshape(1, 1, SIDE)
    inverted = (column >= start) & (column < start + int(width_px))
    image = ink.reshape(-1, SIDE, SIDE)
    return np.where(inverted, 1 - image, image).reshape(-1, PIXELS)


def zigzag(ink: np.ndarray, deviation_px: float, rng: np.random.Generator) -> np.ndarray:
    """A jagged line of one pixel across the image, this far from its own middle."""
    height = rng.uniform(SIDE / 4, SIDE * 3 / 4, (len(ink), 1))
    corners = height + rng.choice([-1, 1], (len(ink), 1)) * deviation_px * np.array(
        [1, -1, 1, -1, 1, -1, 1]
    )
    places = np.linspace(0, SIDE - 1, corners.shape[1])
    line = np.array([np.interp(np.arange(SIDE), places, row) for row in corners])[:, None, :]
    steepness = np.hypot(1, 2 * deviation_px / (places[1] - places[0]))
    distance = np.abs(np.arange(SIDE)[None, :, None] - line) / steepness
    return np.maximum(ink, np.clip(1 - distance, 0, 1).reshape(-1, PIXELS))


def spatter(ink: np.ndarray, drops: float, rng: np.random.Generator) -> np.ndarray:
    """Round drops of ink, one to two pixels in radius."""
    place = np.indices((SIDE, SIDE)).reshape(2, 1, PIXELS)
    for _ in range(int(drops)):
        y, x = rng.uniform(0, SIDE - 1, (2, len(ink), 1))
        distance = np.hypot(place[0] - y, place[1] - x)
        ink = np.maximum(ink, np.clip(rng.uniform(1, 2, (len(ink), 1)) + 0.5 - distance, 0, 1))
    return ink


def fog(ink: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """A cloud over the image: smooth noise, in places as dark as that share of full ink."""
    cloud = rng.normal(0, 1, ink.shape) @ gaussian_blur(3.0).T
    low, high = cloud.min(axis=1, keepdims=True), cloud.max(axis=1, keepdims=True)
    return np.maximum(ink, share * (cloud - low) / (high - low))


def each_its_own(ink: np.ndarray, maps: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Every image through one of `maps` (784, 784), drawn at random."""
    turns = rng.integers(0, len(maps), len(ink))
    result = np.empty_like(ink)
    for turn, matrix in enumerate(maps):
        result[turns == turn] = ink[turns == turn] @ matrix.T
    return result


CORRUPTIONS = {
    "gaussian noise": Corruption(
        gaussian_noise, (0.1, 0.25, 0.4), "standard deviation, of full ink"
    ),
    "shot noise": Corruption(shot_noise, (0.1, 0.5, 1.0), "of full ink a photon"),
    "impulse noise": Corruption(impulse_noise, (0.02, 0.1, 0.2), "of the pixels"),
    "blur": Corruption(blur, (0.75, 1.25, 2.0), "px, sigma"),
    "motion blur": Corruption(moved_while_taken, (3, 5, 8), "px long"),
    "rotation": Corruption(rotate, (10, 20, 30), "degrees, either way"),
    "shear": Corruption(shear, (10, 20, 30), "degrees, either way"),
    "shrinking": Corruption(shrink, (10, 25, 40), "percent"),
    "enlarging": Corruption(enlarge, (10, 20, 30), "percent"),
    "translation": Corruption(translate, (1, 2, 4), "px along both axes"),
    "brightness": Corruption(brightness, (0.1, 0.3, 0.5), "of full ink on the paper"),
    "faint ink": Corruption(faint, (0.25, 0.5, 0.75), "of the ink missing"),
    "stripe": Corruption(stripes, (1, 3, 5), "px wide, inverted"),
    "zigzag": Corruption(zigzag, (1, 2, 4), "px, a line this far up and down"),
    "spatter": Corruption(spatter, (1, 3, 6), "drops"),
    "fog": Corruption(fog, (0.2, 0.4, 0.6), "of full ink where thickest"),
}
