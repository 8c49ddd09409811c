"""Polylines in the notation of SVG, which canvases understand as well."""

from collections.abc import Iterable, Sequence

from .strokes import Point


def svg_path(points: Sequence[Point]) -> str:
    """A polyline. The short last step is what makes the round ends of a single point appear."""
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points) + "h.01"


def svg_paths(paths: Iterable[Sequence[Point]]) -> str:
    """Several polylines as one path."""
    return "".join(map(svg_path, paths))
