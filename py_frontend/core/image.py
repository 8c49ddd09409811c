"""From strokes to the 28x28 image that the networks read, made as MNIST's images were made.

The ink is scaled into a box of 20x20 pixels with its aspect kept and placed by its centre of mass.
It is rasterized from the strokes' centre lines with a pen of constant width, so that neither the
size of the drawing nor the pen shows. Where an eraser, or the rim of the pad, left only a strip of
a line, its middle is rasterized, in its proportion to the broadest line that is left.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from .capsule import Box, box_of
from .erasing import seen
from .rasterize import rasterize
from .simplification import simplified, spaced
from .strokes import Point, Stroke

SIDE_PX = 28
PIXELS = SIDE_PX * SIDE_PX
BOX_PX = 20.0
PEN_PX = 2.5
EDGE_PX = 1.0  # the rim over which ink fades out
CENTRE_PX = 14.5  # MNIST's centre of mass is the centre of pixel (14, 14)
WIDTHS = 10  # of the pen, for strips of a line
MIN_MAIN = 0.25  # of the broadest line: slivers do not make the digit beside them smaller
MAX_PEN_PX = 12.0  # no pen is enlarged beyond this: a dot stays a dot, and its jitter stays small
SPACING_PX = 0.25  # between the points of a line before simplification
TOLERANCE_PX = 0.05  # of simplification
MAX_POINTS = 120  # twice what a digit needs; in a scribble of more, spacing and tolerance grow

Path = list[Point]


@dataclass(frozen=True)
class Steps:
    """How a drawing becomes the image that the networks read, stage by stage.

    `pen` are the strokes that the eraser left, in canvas units. `boxed` and `placed` are their
    centre lines in pixels of the image: scaled into the box, then moved so that the centre of mass
    of the ink, which was at `centre`, is where MNIST has it. `widths` are those of the pen for each
    of these lines, in pixels. `ink` is the image, 784 float32 values in 0..1, row by row.
    """

    pen: tuple[Stroke, ...]
    widths: tuple[float, ...]
    boxed: tuple[Path, ...]
    centre: Point
    placed: tuple[Path, ...]
    ink: array[float]


def steps(strokes: Sequence[Stroke], area: Box | None = None) -> Steps | None:
    """The stages from strokes to the image; None where nothing is drawn or all is erased.

    `area` is the pad in canvas units, beyond which there is no ink; None is one without end.
    """
    pieces = seen(strokes, area)
    if not pieces:
        return None
    pen = tuple(piece.stroke for piece in pieces)
    broadest = max(piece.share for piece in pieces)
    widths = tuple(_pen_px(piece.share / broadest) for piece in pieces)
    main = [number for number, width in enumerate(widths) if width >= MIN_MAIN * PEN_PX]
    scale = _scale([pen[number] for number in main])
    boxed = _boxed(_few([stroke.points for stroke in pen], scale), main, scale)
    centre = _centre_of_mass(_rasterized(boxed, widths))
    placed = _moved(boxed, main, CENTRE_PX - centre[0], CENTRE_PX - centre[1])
    ink = _rasterized(placed, widths)
    return Steps(pen, widths, tuple(boxed), centre, tuple(placed), ink)


def mnist_image(strokes: Sequence[Stroke], area: Box | None = None) -> array[float] | None:
    """Ink (784 float32 values in 0..1, row by row) as in MNIST's images; None where nothing is
    drawn or all is erased."""
    made = steps(strokes, area)
    return made.ink if made else None


def _pen_px(share: float) -> float:
    """In few steps, because each width is rasterized by itself."""
    return PEN_PX * max(1, round(WIDTHS * share)) / WIDTHS


def _few(paths: Sequence[Sequence[Point]], scale: float) -> list[Path]:
    """The same lines in few points: the more points there are, the less each of them matters."""
    px = 1 / scale
    while True:
        lines = [simplified(spaced(path, SPACING_PX * px), TOLERANCE_PX * px) for path in paths]
        points = sum(map(len, lines))
        if points <= MAX_POINTS or SPACING_PX * px * scale > BOX_PX:
            return lines
        paths = lines
        px *= max(2, points / MAX_POINTS)


def _rasterized(paths: Sequence[Path], widths: Sequence[float]) -> array[float]:
    """All lines of one width are rasterized together; most drawings have only one."""
    layers = [
        rasterize([p for p, w in zip(paths, widths) if w == width], width, EDGE_PX, SIDE_PX)
        for width in set(widths)
    ]
    return layers[0] if len(layers) == 1 else array("f", map(max, *layers))


def _scale(strokes: Sequence[Stroke]) -> float:
    """Pixels per canvas unit: the longer side of the ink fills the box, unless that enlarged the
    pen too much."""
    left, top, right, bottom = _bounds([stroke.points for stroke in strokes])
    longer_side = max(right - left, bottom - top)
    limit = MAX_PEN_PX / max(stroke.width for stroke in strokes)
    return min(limit, (BOX_PX - PEN_PX) / longer_side) if longer_side > 0 else limit


def _boxed(paths: Sequence[Path], main: Sequence[int], scale: float) -> list[Path]:
    """Scaled, and with the middle of the `main` lines' box in the middle of the image."""
    left, top, right, bottom = _bounds([paths[number] for number in main])
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    return [
        [
            ((x - middle_x) * scale + SIDE_PX / 2, (y - middle_y) * scale + SIDE_PX / 2)
            for x, y in path
        ]
        for path in paths
    ]


def _moved(paths: Sequence[Path], main: Sequence[int], dx: float, dy: float) -> list[Path]:
    """Moved as far as all `main` lines stay within the image."""
    rim = (PEN_PX + EDGE_PX) / 2
    left, top, right, bottom = _bounds([paths[number] for number in main])
    dx, dy = (
        _limited(dx, rim - left, SIDE_PX - rim - right),
        _limited(dy, rim - top, SIDE_PX - rim - bottom),
    )
    return [[(x + dx, y + dy) for x, y in path] for path in paths]


def _limited(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))


def _centre_of_mass(ink: array[float]) -> Point:
    """In pixels from the image's corner; the first pixel's centre is at (0.5, 0.5)."""
    mass = sum(ink)
    columns = sum((x + 0.5) * sum(ink[x::SIDE_PX]) for x in range(SIDE_PX))
    rows = sum((y + 0.5) * sum(ink[y * SIDE_PX : (y + 1) * SIDE_PX]) for y in range(SIDE_PX))
    return columns / mass, rows / mass


def _bounds(paths: Sequence[Sequence[Point]]) -> Box:
    return box_of(list(chain.from_iterable(paths)))
