"""Fixed linear maps on 28x28 images, as matrices (784, 784): one product applies them to any number
of images."""

import numpy as np

from training.networks.models import PIXELS, SIDE

CENTRE = (SIDE - 1) / 2


def affine(matrix: np.ndarray, shift_y_px: float = 0.0, shift_x_px: float = 0.0) -> np.ndarray:
    """The map (784, 784) that moves ink about the image's centre by `matrix` (2, 2) on (y, x), then
    shifts it; bilinear, 0 outside."""
    place = np.indices((SIDE, SIDE)).reshape(2, PIXELS) - CENTRE
    source = np.linalg.inv(matrix) @ (place - np.array([[shift_y_px], [shift_x_px]])) + CENTRE
    corner = np.floor(source).astype(int)
    result = np.zeros((PIXELS, PIXELS), np.float32)
    for offset in ((0, 0), (0, 1), (1, 0), (1, 1)):
        y, x = corner + np.array(offset)[:, None]
        weight = (1 - np.abs(source - (y, x))).prod(axis=0)
        inside = (y >= 0) & (y < SIDE) & (x >= 0) & (x < SIDE)
        result[np.flatnonzero(inside), (y * SIDE + x)[inside]] += weight[inside]
    return result


def rotation(degrees: float) -> np.ndarray:
    """Clockwise as seen, y downwards."""
    angle = np.radians(degrees)
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def gaussian_blur(sigma_px: float) -> np.ndarray:
    """Each pixel's ink spread out (784, 784); what would leave the image is lost."""
    place = np.arange(SIDE)
    weights = np.exp(-0.5 * ((place[:, None] - place) / sigma_px) ** 2)
    far = np.arange(-SIDE, SIDE + 1)
    weights /= np.exp(-0.5 * (far / sigma_px) ** 2).sum()
    return np.kron(weights, weights).astype(np.float32)


def motion_blur(length_px: int, degrees: float) -> np.ndarray:
    """The mean (784, 784) over `length_px` places a pixel apart, along a line at `degrees` to the
    horizontal."""
    angle = np.radians(degrees)
    distances = np.arange(length_px) - (length_px - 1) / 2
    return np.mean(
        [affine(np.eye(2), d * np.sin(angle), d * np.cos(angle)) for d in distances], axis=0
    )
