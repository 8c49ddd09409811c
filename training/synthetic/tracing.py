"""Images of digits traced to the centre lines that a pen might have followed.

The ink is thinned to a skeleton (Guo and Hall 1989) at twice the image's resolution; its pixels
are then walked from end to end, straight on at crossings.
"""

from itertools import combinations

import numpy as np

from training.networks.models import SIDE

Pixel = tuple[int, int]

FINER = 2  # pixels of the skeleton for one of the image
INK = 0.45  # of 1, from which on a pixel belongs to a stroke
MAX_SPUR = 5  # pixels of the skeleton; a shorter branch is a bulge of the stroke's outline
AHEAD = 5  # pixels from a crossing over which a line's direction is taken
MIN_STRAIGHT = -0.3  # cosine between two branches that are one line; -1 is straight on
AROUND = (
    (-1, 0),
    (-1, 1),
    (0, 1),
    (1, 1),
    (1, 0),
    (1, -1),
    (0, -1),
    (-1, -1),
)  # from above, clockwise


def skeletons(images: np.ndarray) -> np.ndarray:
    """Lines one pixel wide, bool (N, 56, 56), of images (N, 784) uint8."""
    return thinned(enlarged(images.reshape(-1, SIDE, SIDE) / np.float32(255)) > INK)


def enlarged(images: np.ndarray) -> np.ndarray:
    """(N, 28, 28) with `FINER` pixels for each, linear between their middles."""
    places = np.clip((np.arange(SIDE * FINER) + 0.5) / FINER - 0.5, 0, SIDE - 1)
    before = np.minimum(places.astype(int), SIDE - 2)
    after = (places - before).astype(np.float32)
    weights = np.zeros((SIDE * FINER, SIDE), np.float32)
    rows = np.arange(SIDE * FINER)
    weights[rows, before], weights[rows, before + 1] = 1 - after, after
    return weights @ images @ weights.T


def thinned(ink: np.ndarray) -> np.ndarray:
    """`ink` (N, H, W) bool without its outer pixels, layer by layer, as far as lines stay
    connected."""
    ink = np.pad(ink, ((0, 0), (1, 1), (1, 1)))
    changing = np.arange(len(ink))
    while len(changing):
        before = ink[changing]
        after = without_rim(without_rim(before, 0), 1)
        ink[changing] = after
        changing = changing[(before != after).any(axis=(1, 2))]
    return ink[:, 1:-1, 1:-1]


def without_rim(ink: np.ndarray, half: int) -> np.ndarray:
    """One of the two halves of an iteration: off go the rims on one side, then those opposite."""
    near = [np.roll(ink, (-dy, -dx), (1, 2)) for dy, dx in AROUND]
    n, ne, e, se, s, sw, w, nw = near
    number = lambda *flags: sum(flag.astype(np.int8) for flag in flags)
    parts = number(~n & (ne | e), ~e & (se | s), ~s & (sw | w), ~w & (nw | n))
    filled = np.minimum(
        number(nw | n, ne | e, se | s, sw | w), number(n | ne, e | se, s | sw, w | nw)
    )
    inner = (n | ne | ~se) & e if half else (s | sw | ~nw) & w
    return ink & ~((parts == 1) & (filled >= 2) & (filled <= 3) & ~inner)


def centre_lines(skeleton: np.ndarray) -> list[np.ndarray]:
    """The lines of a skeleton (H, W) as points (M, 2), x and y in pixels of the image."""
    links = linked(skeleton)
    branches = without_spurs(walked(links), links)
    to_points = lambda line: (np.array(line, float)[:, ::-1] + 0.5) / FINER
    return [to_points(line) for line in straightened(branches)]


def linked(skeleton: np.ndarray) -> dict[Pixel, list[Pixel]]:
    """The neighbours of each pixel; a diagonal one only where no pixel lies beside both."""
    pixels = set(zip(*(axis.tolist() for axis in np.nonzero(skeleton)), strict=True))

    def neighbours(y: int, x: int) -> list[Pixel]:
        return [
            (y + dy, x + dx)
            for dy, dx in AROUND
            if (y + dy, x + dx) in pixels
            and not (dy and dx and ((y + dy, x) in pixels or (y, x + dx) in pixels))
        ]

    return {pixel: neighbours(*pixel) for pixel in sorted(pixels)}


def walked(links: dict[Pixel, list[Pixel]]) -> list[list[Pixel]]:
    """Every branch from one end or crossing to the next, then the rings that have neither."""
    seen: set[frozenset[Pixel]] = set()
    branches = []
    ends = [pixel for pixel, near in links.items() if len(near) != 2]
    for start in [*ends, *links]:
        if not links[start]:
            branches.append([start])
        for following in links[start]:
            if frozenset((start, following)) in seen:
                continue
            branch = [start, following]
            seen.add(frozenset(branch))
            while len(links[branch[-1]]) == 2 and branch[-1] != start:
                ahead = next(p for p in links[branch[-1]] if p != branch[-2])
                seen.add(frozenset((branch[-1], ahead)))
                branch.append(ahead)
            branches.append(branch)
    return branches


def without_spurs(
    branches: list[list[Pixel]], links: dict[Pixel, list[Pixel]]
) -> list[list[Pixel]]:
    """Without short branches that end in the open, where they leave a crossing."""
    is_spur = lambda b: (
        len(b) <= MAX_SPUR and sorted(min(len(links[end]), 3) for end in (b[0], b[-1])) == [1, 3]
    )
    kept = [branch for branch in branches if not is_spur(branch)]
    return kept or branches


def straightened(branches: list[list[Pixel]]) -> list[list[Pixel]]:
    """Branches that go straight on at a crossing joined to one line, the straightest first."""
    lines = list(branches)
    while True:
        pairs = [
            (cosine, i, j, a, b)
            for (i, one), (j, other) in combinations(enumerate(lines), 2)
            for a in (one, one[::-1])
            for b in (other, other[::-1])
            if a[-1] == b[0] and (cosine := cosine_between(a[::-1], b)) < MIN_STRAIGHT
        ]
        if not pairs:
            return lines
        _, i, j, a, b = min(pairs)
        lines = [line for place, line in enumerate(lines) if place not in (i, j)] + [a + b[1:]]


def cosine_between(one: list[Pixel], other: list[Pixel]) -> float:
    """Between two branches that begin at the same pixel; 0 where one of them is a dot."""
    arms = [np.subtract(b[min(AHEAD, len(b) - 1)], b[0]) for b in (one, other)]
    lengths = np.linalg.norm(arms[0]) * np.linalg.norm(arms[1])
    return float(arms[0] @ arms[1] / lengths) if lengths else 0.0
