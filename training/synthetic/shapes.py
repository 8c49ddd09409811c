"""Things that people draw to see what happens: shapes, faces, several digits at once."""

from math import pi

import numpy as np

from .digits import drawing
from .forms import FORMS
from .hand import any_hand, rewritten
from .handwriting import TURN, Path, Template, ellipse, through

GAP = (0.08, 0.35)  # between digits side by side, parts of their height


def polygon(corners: int, rng: np.random.Generator) -> Template:
    """Its corners sharp and somewhat moved, closed or nearly."""
    start = rng.uniform(0, 2 * pi) if corners > 4 else -pi / 2 + (pi / 4 if corners == 4 else 0)
    angles = start + 2 * pi * np.arange(corners + 1) / corners
    places = np.stack([np.cos(angles), np.sin(angles)], axis=1) / 2
    places += rng.normal(0, 0.05, places.shape)
    places[-1] = places[0] + rng.normal(0, 0.03, 2)
    return [[(float(x), float(y), TURN) for x, y in places]]


def triangle(rng: np.random.Generator) -> list[Path]:
    return by_hand(polygon(3, rng), rng)


def square(rng: np.random.Generator) -> list[Path]:
    return by_hand(polygon(4, rng), rng)


def face(rng: np.random.Generator) -> list[Path]:
    """A circle with eyes and a mouth, some with a nose."""
    width, mouth = rng.uniform(0.4, 0.55), rng.uniform(0.1, 0.26)
    apart, eye = rng.uniform(0.12, 0.2), rng.uniform(0.01, 0.05)
    smile = rng.uniform(-0.12, 0.2)
    strokes: Template = [
        ellipse(0, 0, width, 0.5, rng.uniform(-0.4, -0.1), -rng.uniform(0.95, 1.08))
    ]
    strokes += [ellipse(x, -0.15, eye, eye * 1.4, 0, 1) for x in (-apart, apart)]
    strokes += [[(-mouth, 0.2), (0, 0.2 + smile / 2), (mouth, 0.2)]]
    if rng.random() < 0.4:
        strokes += [[(0, -0.08), (-0.03, 0.06), (0.04, 0.07)]]
    return by_hand(strokes, rng)


def house(rng: np.random.Generator) -> list[Path]:
    """Walls and a roof, most with a door."""
    width, eaves = rng.uniform(0.35, 0.55), rng.uniform(-0.15, 0.05)
    walls = [(-width, eaves), (-width, 0.5, TURN), (width, 0.5, TURN), (width, eaves)]
    roof = [(-width - 0.05, eaves), (0, -0.5, TURN), (width + 0.05, eaves)]
    door = [(-0.1, 0.5), (-0.1, 0.2, TURN), (0.1, 0.2, TURN), (0.1, 0.5)]
    strokes: Template = [walls, roof, [(-width, eaves), (width, eaves)]]
    return by_hand(strokes + [door] * bool(rng.random() < 0.7), rng)


def flower(rng: np.random.Generator) -> list[Path]:
    """Five or six petals about a middle."""
    petals, size = int(rng.integers(5, 7)), rng.uniform(0.12, 0.2)
    places = 2 * pi * np.arange(petals) / petals + rng.uniform(0, 1)
    rings = [ellipse(0.3 * np.cos(a), 0.3 * np.sin(a), size, size, a / 2 / pi, 1) for a in places]
    return by_hand([ellipse(0, 0, 0.14, 0.14, 0, 1.05), *rings], rng)


def fish(rng: np.random.Generator) -> list[Path]:
    """One line from a fin of the tail round the body to the other, and an eye."""
    height, tail = rng.uniform(0.2, 0.35), rng.uniform(0.15, 0.3)
    body = [
        (0.5, -tail),
        (0.25, 0),
        (-0.2, height),
        (-0.6, 0),
        (-0.2, -height),
        (0.25, 0),
        (0.5, tail),
    ]
    return by_hand([body, ellipse(-0.38, -0.06, 0.03, 0.03, 0, 1)], rng)


def two_digits(rng: np.random.Generator) -> list[Path]:
    return side_by_side(2, rng)


def three_digits(rng: np.random.Generator) -> list[Path]:
    return side_by_side(3, rng)


def side_by_side(count: int, rng: np.random.Generator) -> list[Path]:
    """Digits of one height in a row, each in some form and by some hand."""
    strokes, end = [], 0.0
    for _ in range(count):
        forms = FORMS[int(rng.integers(10))]
        digit = drawing(forms[rng.integers(len(forms))], rng)
        points = np.array([point for path in digit for point in path])
        left, top = points.min(axis=0)
        width, height = np.ptp(points, axis=0)
        strokes += [[((x - left) / height + end, (y - top) / height) for x, y in p] for p in digit]
        end += width / height + rng.uniform(*GAP)
    return strokes


def by_hand(strokes: Template, rng: np.random.Generator) -> list[Path]:
    """The strokes as some hand draws them."""
    lines = [through(nodes, np.array([node[:2] for node in nodes])) for nodes in strokes]
    return rewritten(lines, any_hand(rng), rng)
