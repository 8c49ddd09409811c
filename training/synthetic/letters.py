"""Letters and symbols as the pen strokes of a hand: templates of straight lines and bends, each
time a little different.

Letters that are drawn like a digit (B, D, G, I, J, L, O, Q, S, U, Z) are left out.
"""

from math import cos, pi, sin

import numpy as np

from .handwriting import Path, joined, writing

JITTER = 0.05  # standard deviation of a stroke's points together, parts of the letter's height
MAX_SLANT = 0.3  # sideways for each unit up
WIDTH = (0.7, 1.2)  # of the letter, times the template's
MAX_TURN = 0.12  # radians

Template = list[list[tuple[float, float]]]


def bend(
    x: float, y: float, rx: float, ry: float, start: float, end: float, points: int = 9
) -> list[tuple[float, float]]:
    """Part of an ellipse about (x, y); angles in turns, clockwise on the screen, 0 to the right."""
    angles = [2 * pi * (start + (end - start) * i / (points - 1)) for i in range(points)]
    return [(x + rx * cos(angle), y + ry * sin(angle)) for angle in angles]


STAR = [(0.5 + 0.5 * sin(4 * pi * i / 5), 0.5 - 0.5 * cos(4 * pi * i / 5)) for i in range(6)]

# x to the right and y downwards, both in 0..1; each inner list is drawn without lifting the pen.
LETTERS: dict[str, Template] = {
    "A": [[(0, 1), (0.4, 0), (0.8, 1)], [(0.15, 0.65), (0.65, 0.65)]],
    "E": [[(0.6, 0), (0, 0), (0, 1), (0.6, 1)], [(0, 0.5), (0.5, 0.5)]],
    "F": [[(0.6, 0), (0, 0), (0, 1)], [(0, 0.45), (0.5, 0.45)]],
    "H": [[(0, 0), (0, 1)], [(0.7, 0), (0.7, 1)], [(0, 0.5), (0.7, 0.5)]],
    "K": [[(0, 0), (0, 1)], [(0.65, 0), (0, 0.55), (0.65, 1)]],
    "M": [[(0, 1), (0.05, 0), (0.45, 0.6), (0.85, 0), (0.9, 1)]],
    "N": [[(0, 1), (0, 0), (0.7, 1), (0.7, 0)]],
    "P": [[(0, 1), (0, 0)], [(0, 0), *bend(0.3, 0.25, 0.3, 0.25, -0.25, 0.25), (0, 0.5)]],
    "R": [[(0, 1), (0, 0)], [(0, 0), *bend(0.3, 0.25, 0.3, 0.25, -0.25, 0.25), (0, 0.5), (0.6, 1)]],
    "T": [[(0, 0), (0.8, 0)], [(0.4, 0), (0.4, 1)]],
    "V": [[(0, 0), (0.4, 1), (0.8, 0)]],
    "W": [[(0, 0), (0.25, 1), (0.5, 0.25), (0.75, 1), (1, 0)]],
    "X": [[(0, 0), (0.7, 1)], [(0.7, 0), (0, 1)]],
    "Y": [[(0, 0), (0.4, 0.45), (0.4, 1)], [(0.8, 0), (0.4, 0.45)]],
    "+": [[(0.5, 0), (0.5, 1)], [(0, 0.5), (1, 0.5)]],
    "=": [[(0, 0.2), (0.8, 0.2)], [(0, 0.6), (0.8, 0.6)]],
    "#": [
        [(0.35, 0), (0.25, 1)],
        [(0.75, 0), (0.65, 1)],
        [(0, 0.33), (1, 0.33)],
        [(0, 0.67), (1, 0.67)],
    ],
    "?": [
        [*bend(0.3, 0.25, 0.3, 0.25, -0.5, 0.22), (0.3, 0.6), (0.3, 0.75)],
        [(0.3, 0.97), (0.31, 1.0)],
    ],
    "heart": [
        [
            (0.5, 1),
            *bend(0.25, 0.3, 0.25, 0.28, 0.42, 1.0),
            *bend(0.75, 0.3, 0.25, 0.28, 0.5, 1.08),
            (0.5, 1),
        ]
    ],
    "star": [STAR],
    "arrow": [[(0, 0.5), (1, 0.5)], [(0.7, 0.2), (1, 0.5), (0.7, 0.8)]],
    "check mark": [[(0, 0.6), (0.3, 1), (1, 0)]],
}


def written(name: str, rng: np.random.Generator) -> list[Path]:
    """Pen strokes of one letter or symbol: its points jittered, then made wider or narrower,
    slanted and turned."""
    slant, turn = rng.uniform(-MAX_SLANT, MAX_SLANT), rng.uniform(-MAX_TURN, MAX_TURN)
    width = rng.uniform(*WIDTH)
    shape = writing(width, slant, turn)
    jittered = lambda places: (
        np.array(places) + rng.normal(0, JITTER / len(places) ** 0.5, (len(places), 2))
    )
    return [joined(jittered(places) @ shape, rng) for places in LETTERS[name]]
