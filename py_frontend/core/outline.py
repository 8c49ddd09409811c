"""The page's modules in the order in which the data flows, for whoever reads them."""

from collections.abc import Iterable

PARTS = {
    "Connections": ("main.py", "core/page.py"),
    "Pen": ("browser/pad.py", "browser/surface.py", "core/pointers.py", "core/strokes.py")
    + ("core/drawing.py", "core/erasing.py"),
    "Image": ("core/reader.py", "core/image.py", "core/simplification.py", "core/rasterize.py"),
    "Network": ("core/runtime.py", "core/session.py", "core/chooser.py", "browser/backends.py")
    + ("browser/gpu.py", "browser/network.py"),
    "Answer": ("core/prediction.py", "core/abstention.py", "browser/answer.py")
    + ("browser/chart.py", "core/panels.py"),
    "Panels": ("browser/panels/",),
}
OTHERS = "Others"


def outline(paths: Iterable[str]) -> dict[str, list[str]]:
    """The paths by the part of the page that they are; empty files and unknown parts come last."""
    left = {path for path in paths if not path.endswith("__init__.py")}
    parts: dict[str, list[str]] = {}
    for part, starts in PARTS.items():
        parts[part] = [path for start in starts for path in sorted(left) if path.startswith(start)]
        left -= set(parts[part])
    return {**parts, OTHERS: sorted(left)}
