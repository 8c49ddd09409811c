"""A drawing as an SVG image."""

from collections.abc import Iterator, Sequence

from .drawing import Content
from .image import SIDE_PX
from .paths import svg_path
from .picture import FULL, Picture
from .placement import CANVAS_UNITS
from .strokes import Stroke

INK, PAPER = "#000000", "#ffffff"
START = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {CANVAS_UNITS:g} {CANVAS_UNITS:g}">\n'
    f'<rect width="100%" height="100%" fill="{PAPER}"/>\n'
)


def drawing_svg(content: Content) -> str:
    """Black on white, as large as the square that a digit is drawn in."""
    inside = _pixels(content) if isinstance(content, Picture) else _lines(content)
    return f"{START}{inside}</svg>\n"


def _lines(strokes: Sequence[Stroke]) -> str:
    """What an eraser went over is masked, and what came after it is not."""
    drawn = ""
    for number, stroke in enumerate(strokes):
        if stroke.tool == "pen":
            drawn += _line(stroke, INK)
        elif drawn:
            mask = f'<mask id="erased-{number}" maskUnits="userSpaceOnUse">'
            white = f'<rect width="100%" height="100%" fill="{PAPER}"/>'
            drawn = (
                f"{mask}{white}{_line(stroke, INK)}</mask>\n"
                f'<g mask="url(#erased-{number})">\n{drawn}</g>\n'
            )
    return drawn


def _line(stroke: Stroke, colour: str) -> str:
    return (
        f'<path d="{svg_path(stroke.points)}" fill="none" stroke="{colour}" '
        f'stroke-width="{stroke.width:g}" stroke-linecap="round" stroke-linejoin="round"/>\n'
    )


def _pixels(picture: Picture) -> str:
    scale = CANVAS_UNITS / SIDE_PX
    squares = "\n".join(_squares(picture))
    return f'<g transform="scale({scale:g})" shape-rendering="crispEdges">\n{squares}\n</g>\n'


def _squares(picture: Picture) -> Iterator[str]:
    for place, level in enumerate(picture.levels):
        if level:
            y, x = divmod(place, SIDE_PX)
            opacity = level / FULL
            yield f'<rect x="{x}" y="{y}" width="1" height="1" fill-opacity="{opacity:.3g}"/>'
