"""The ten digits as a person might draw them: strokes as points (x, y) in 0..1 of the canvas, y
downwards."""

from math import cos, pi, sin

Point = tuple[float, float]


def arc(
    x: float, y: float, rx: float, ry: float, start: float, end: float, points: int = 24
) -> list[Point]:
    """Part of an ellipse; angles in turns, clockwise on the screen, 0 pointing right."""
    angles = [2 * pi * (start + (end - start) * i / (points - 1)) for i in range(points)]
    return [(x + rx * cos(angle), y + ry * sin(angle)) for angle in angles]


GLYPHS: dict[int, list[list[Point]]] = {
    0: [arc(0.5, 0.5, 0.18, 0.3, -0.25, 0.77)],
    1: [[(0.52, 0.2), (0.5, 0.5), (0.48, 0.8)]],
    2: [[*arc(0.5, 0.36, 0.17, 0.16, -0.5, 0.08), (0.33, 0.78), (0.68, 0.78)]],
    3: [[*arc(0.48, 0.35, 0.16, 0.15, -0.45, 0.22), *arc(0.47, 0.65, 0.19, 0.16, -0.22, 0.42)]],
    4: [[(0.4, 0.2), (0.32, 0.53), (0.68, 0.53)], [(0.6, 0.22), (0.58, 0.82)]],
    5: [[(0.64, 0.22), (0.4, 0.22), (0.37, 0.47), *arc(0.48, 0.62, 0.17, 0.17, -0.3, 0.4)]],
    6: [[(0.58, 0.2), (0.44, 0.38), *arc(0.49, 0.65, 0.14, 0.15, 0.5, -0.5)]],
    7: [[(0.32, 0.24), (0.66, 0.24), (0.54, 0.5), (0.45, 0.8)]],
    8: [[*arc(0.5, 0.36, 0.13, 0.14, 0.25, -0.75), *arc(0.5, 0.66, 0.16, 0.16, -0.25, 0.75)]],
    9: [[*arc(0.49, 0.36, 0.14, 0.15, 0.0, -1.0), (0.62, 0.5), (0.58, 0.8)]],
}
