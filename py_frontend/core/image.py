"""From strokes to the 28x28 image that the networks read, made as MNIST's images were made.

The ink is scaled into a box of 20x20 pixels with its aspect kept and placed by its centre of mass. It is painted
from the strokes' centre lines with a pen of constant width, so that neither the size of the drawing nor the pen shows.
"""
from array import array
from collections.abc import Sequence
from math import dist, pi

from .erasing import remaining
from .painting import painted
from .strokes import Point, Stroke
from .thinning import thinned

SIDE_PX = 28
PIXELS = SIDE_PX * SIDE_PX
BOX_PX = 20.0
PEN_PX = 2.5
EDGE_PX = 1.0         # the rim over which ink fades out
CENTRE_PX = 14.5      # MNIST's centre of mass is the centre of pixel (14, 14)
WIDEST_PEN_PX = 10.0  # no pen is enlarged beyond this: a dot stays a dot, and its jitter stays small
TOLERANCE_PX = 0.1    # how far thinning may move a line

Path = list[Point]


def mnist_image(strokes: Sequence[Stroke]) -> array | None:
    """Ink (784 float32 values in 0..1, row by row) as in MNIST's images; None where nothing is drawn or all is erased."""
    pen = remaining(strokes)
    if not pen:
        return None
    scale = _scale(pen)
    paths = [_scaled(thinned(stroke.points, TOLERANCE_PX / scale), scale) for stroke in pen]
    dx, dy = _shift(paths)
    placed = [[(x + dx, y + dy) for x, y in path] for path in paths]
    return painted(placed, PEN_PX, EDGE_PX, SIDE_PX)


def _scale(strokes: Sequence[Stroke]) -> float:
    """Pixels per canvas unit: the longer side of the ink fills the box, unless that enlarged the pen too much."""
    left, top, right, bottom = _bounds([stroke.points for stroke in strokes])
    longer_side = max(right - left, bottom - top)
    limit = WIDEST_PEN_PX / max(stroke.width for stroke in strokes)
    return min(limit, (BOX_PX - PEN_PX) / longer_side) if longer_side > 0 else limit


def _scaled(points: Path, scale: float) -> Path:
    return [(x * scale, y * scale) for x, y in points]


def _shift(paths: Sequence[Path]) -> Point:
    """What moves the centre of mass to the image's, as far as all ink stays within the image."""
    left, top, right, bottom = _bounds(paths)
    x, y = _centre_of_mass(paths)
    return _within(CENTRE_PX - x, left, right), _within(CENTRE_PX - y, top, bottom)


def _within(shift: float, low: float, high: float) -> float:
    rim = (PEN_PX + EDGE_PX) / 2
    return max(rim - low, min(SIDE_PX - rim - high, shift))


def _centre_of_mass(paths: Sequence[Path]) -> Point:
    """Each segment weighs as much as the ink along it, each end as much as half a round dot."""
    cap = pi * PEN_PX / 8
    mass = x_moment = y_moment = 0.0
    for path in paths:
        pieces = [((ax + bx) / 2, (ay + by) / 2, dist((ax, ay), (bx, by))) for (ax, ay), (bx, by) in zip(path, path[1:], strict=False)]
        pieces += [(*path[0], cap), (*path[-1], cap)]
        for x, y, weight in pieces:
            mass += weight
            x_moment += weight * x
            y_moment += weight * y
    return x_moment / mass, y_moment / mass


def _bounds(paths: Sequence[Sequence[Point]]) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of all points."""
    xs, ys = zip(*(point for path in paths for point in path), strict=True)
    return min(xs), min(ys), max(xs), max(ys)
