"""New handwriting from old: random affine and elastic distortions of batches of images.

Every function is pure. Coordinates are in pixels, y down, relative to the centre of the image.
Random numbers come from a counter-based generator, so step n of a run draws the same ones whatever
came before.
"""

import math
from dataclasses import dataclass
from functools import cache, reduce
from operator import add

import numpy as np
from tinygrad import Tensor, dtypes

from training.networks.models import PIXELS, SIDE

CENTRE = (SIDE - 1) / 2


@dataclass(frozen=True)
class Distortion:
    """How far images are distorted; each value is the largest in either direction, drawn
    uniformly."""

    rotate_deg: float = 0.0
    scale_percent: float = 0.0
    shear_deg: float = 0.0
    translate_px: float = 0.0
    elastic_px: float = 0.0  # standard deviation of each component of the displacement
    elastic_smooth_px: float = 4.0  # sigma of the Gaussian that smooths the displacement
    thickness: float = 0.0  # 1 is a pixel more or less of ink all round


def random_uniform(key: Tensor, stream: int, *shape: int) -> Tensor:
    """Numbers in [-1, 1) that depend only on `key` (1,) uint32, `stream` and the place in `shape`.

    A counter through the finaliser of MurmurHash3 (Appleby), twice with the key between.
    """
    counter = Tensor.arange(math.prod(shape), dtype=dtypes.uint32) + (stream * 0x9E3779B9) % 2**32
    bits = avalanche(avalanche(counter) ^ key)
    return ((bits >> 8).cast(dtypes.float32) * 2**-23 - 1).reshape(shape)


def avalanche(x: Tensor) -> Tensor:
    """Mixes uint32 so that each input bit changes half of the output bits."""
    x = (x ^ (x >> 16)) * 0x85EBCA6B
    x = (x ^ (x >> 13)) * 0xC2B2AE35
    return x ^ (x >> 16)


def distort(images: Tensor, key: Tensor, how: Distortion, elastic: Tensor | None = None) -> Tensor:
    """`images` (N, 784) float 0..1, each distorted in its own way; of the elastic part as much as
    its factor in `elastic` (N,) says."""
    n = len(images)
    draw = lambda stream, largest: random_uniform(key, stream, n, 1, 1) * largest
    angle, shear = draw(0, math.radians(how.rotate_deg)), draw(1, math.radians(how.shear_deg))
    scale_y, scale_x = (1 + draw(stream, how.scale_percent / 100) for stream in (2, 3))
    shift_y, shift_x = (draw(stream, how.translate_px) for stream in (4, 5))
    y, x = affine_source(angle, shear, scale_y, scale_x, shift_y, shift_x)
    if how.elastic_px:
        noise = random_uniform(key, 6, 2, n, SIDE, SIDE)
        amount = how.elastic_px if elastic is None else elastic.reshape(n, 1, 1) * how.elastic_px
        displacement = elastic_field(noise, how.elastic_smooth_px) * amount
        y, x = y + displacement[0], x + displacement[1]
    warped = sample(images, y, x)
    return thicken(warped, draw(7, how.thickness)) if how.thickness else warped


def affine_source(angle, shear, scale_y, scale_x, shift_y, shift_x) -> tuple[Tensor, Tensor]:
    """Where each output pixel comes from (y, x), for images scaled, sheared, turned clockwise, then
    shifted.

    Arguments are tensors (N, 1, 1): radians, radians, factors, pixels. Results are (N, 28, 28).
    """
    grid = Tensor.arange(SIDE).cast(dtypes.float32) - CENTRE
    y, x = grid.reshape(1, SIDE, 1) - shift_y, grid.reshape(1, 1, SIDE) - shift_x
    y, x = y * angle.cos() - x * angle.sin(), y * angle.sin() + x * angle.cos()
    x = x - y * shear.tan()
    return y / scale_y, x / scale_x


def elastic_field(noise: Tensor, smooth_px: float) -> Tensor:
    """White noise (..., 28, 28) in -1..1 as a smooth field of standard deviation one (Simard et al.
    2003)."""
    smooth, uniform_deviation = smoothing(smooth_px, noise.device), 1 / math.sqrt(3)
    return (smooth @ noise.contiguous() @ smooth.transpose()) / uniform_deviation


@cache
def smoothing(smooth_px: float, device: str | tuple[str, ...]) -> Tensor:
    """A Gaussian around each of 28 places as rows of a matrix (28, 28), whose products with white
    noise keep its deviation.

    In memory: tinygrad would work an expression of constants out again for every product.
    """
    place = np.arange(SIDE)
    weights = np.exp(-(((place[:, None] - place) / smooth_px) ** 2) / 2)
    return (
        Tensor((weights / np.sqrt((weights**2).sum(axis=1, keepdims=True))).astype(np.float32))
        .to(device)
        .realize()
    )


def sample(images: Tensor, y: Tensor, x: Tensor) -> Tensor:
    """`images` (N, 784) at positions (N, 28, 28), bilinear between pixels, 0 outside; gives (N,
    784)."""
    y, x = (y + CENTRE).contiguous(), (x + CENTRE).contiguous()
    top, left = y.floor(), x.floor()
    below, right = y - top, x - left
    corners = (
        (top, left, (1 - below) * (1 - right)),
        (top, left + 1, (1 - below) * right),
        (top + 1, left, below * (1 - right)),
        (top + 1, left + 1, below * right),
    )
    return reduce(
        add,
        (
            pixels(images, row, column) * weight.reshape(-1, PIXELS)
            for row, column, weight in corners
        ),
    )


def pixels(images: Tensor, row: Tensor, column: Tensor) -> Tensor:
    """The pixels of `images` (N, 784) at whole-numbered places (N, 28, 28), 0 outside; gives (N,
    784)."""
    inside = (row >= 0) * (row < SIDE) * (column >= 0) * (column < SIDE)
    index = (
        (row.clamp(0, SIDE - 1) * SIDE + column.clamp(0, SIDE - 1))
        .cast(dtypes.int32)
        .reshape(-1, PIXELS)
    )
    return inside.reshape(-1, PIXELS).where(images.gather(1, index), 0)


def thicken(images: Tensor, amount: Tensor) -> Tensor:
    """`images` (N, 784) with strokes made thicker (amount 1: by a pixel all round) or thinner
    (-1)."""
    image = images.reshape(-1, 1, SIDE, SIDE).contiguous()
    amount = amount.reshape(-1, 1, 1, 1)
    dilated, eroded = dilate(image), -dilate(-image)
    changed = (amount > 0).where(
        image + (dilated - image) * amount, image + (image - eroded) * amount
    )
    return changed.reshape(-1, PIXELS)


def dilate(image: Tensor) -> Tensor:
    """The largest of each pixel and its four neighbours, (N, 1, 28, 28)."""
    padded = image.pad((1, 1, 1, 1))
    shifted = [
        padded[:, :, dy : dy + SIDE, dx : dx + SIDE] for dy, dx in ((0, 1), (2, 1), (1, 0), (1, 2))
    ]
    largest = image
    for neighbour in shifted:
        largest = largest.maximum(neighbour)
    return largest
