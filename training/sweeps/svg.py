"""Charts as SVG files that follow the reader's colour scheme; the same results give the same bytes.

Each shape carries its light colour, which a viewer without style sheets shows; the file's own style
sheet replaces it for readers who prefer dark pages.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import matplotlib
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure


@dataclass(frozen=True)
class Theme:
    """Colours of one page: text and axes, faint lines, the base, and the levels of a factor."""

    text: str
    faint: str
    base: str
    levels: tuple[str, ...]

    @property
    def colours(self) -> tuple[str, ...]:
        return (self.text, self.faint, self.base, *self.levels)


LIGHT = Theme(
    text="#1f2328",
    faint="#d1d9e0",
    base="#818b98",
    levels=("#0969da", "#bc4c00", "#1a7f37", "#8250df", "#bf3989", "#9a6700"),
)
DARK = Theme(
    text="#f0f6fc",
    faint="#3d444d",
    base="#9198a1",
    levels=("#58a6ff", "#f0883e", "#3fb950", "#bc8cff", "#f778ba", "#d29922"),
)

SETTINGS: dict[Any, Any] = {
    "svg.hashsalt": "webgpu-digits",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 8,
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Helvetica"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "legend.frameon": False,
    "text.color": LIGHT.text,
    "axes.labelcolor": LIGHT.text,
    "axes.edgecolor": LIGHT.text,
    "xtick.color": LIGHT.text,
    "ytick.color": LIGHT.text,
    "legend.labelcolor": LIGHT.text,
}


def svg(draw: Callable[[], Figure]) -> bytes:
    """What `draw` draws in the colours of LIGHT, as a file for light and dark pages."""
    file = BytesIO()
    with matplotlib.rc_context(SETTINGS):
        figure = draw()
        lay_out(figure)
        figure.savefig(
            file, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
    return compact(with_dark_style(file.getvalue().decode())).encode()


def lay_out(figure: Figure) -> None:
    """Once and for all, as matplotlib would draw the whole figure to see whether that has to be."""
    FigureCanvasSVG(figure)  # whose text is as wide as it will be
    if engine := figure.get_layout_engine():
        engine.execute(figure)
    figure.set_layout_engine(None)


def with_dark_style(text: str) -> str:
    """`text` with rules that replace each colour of LIGHT by its counterpart of DARK."""
    rules = "\n".join(dark_rules(text))
    style = f"\n@media (prefers-color-scheme: dark) {{\n{rules}\n}}\n</style>"
    return text.replace("</style>", style, 1)


def dark_rules(text: str) -> Iterator[str]:
    """One for each colour in `text`, as a fill or as a stroke."""
    for light, dark in zip(LIGHT.colours, DARK.colours, strict=True):
        for name in ("fill", "stroke"):
            if f"{name}: {light}" in text:
                yield f'[style*="{name}: {light}"] {{{name}: {dark} !important}}'


def compact(text: str) -> str:
    """SVG with coordinates rounded to hundredths of a point and without indentation; what is
    written in it stays."""
    rounded = lambda number: format(round(float(number[0]), 2), "g")
    tags = re.sub(r"<[^>]*>", lambda tag: re.sub(r"-?\d+\.\d{3,}", rounded, tag[0]), text)
    return re.sub(r"\n[ \n]*", "\n", tags)
