"""How busy the machine is; timings say so beside their figures."""

import os


def load_average() -> float | None:
    """Of the last minute; None on Windows, which keeps none."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def in_words(load: float | None) -> str:
    return "unknown" if load is None else f"{load:.1f}"
