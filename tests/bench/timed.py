"""What layouts.mjs measured."""
import json
from pathlib import Path

Times = dict[str, float]  # microseconds by layout, as JSON; the layout in use first


def read_times(files: list[Path]) -> dict[str, Times]:
    """The least time of each layout that computed what it should, by the kernel's signature."""
    found: dict[str, Times] = {}
    for kernel in (kernel for file in files for kernel in json.loads(file.read_text())["kernels"]):
        times = found.setdefault(kernel["signature"], {})
        for candidate in kernel["candidates"]:
            if "us" in candidate:
                layout = json.dumps(candidate["layout"])
                times[layout] = min(candidate["us"], times.get(layout, candidate["us"]))
    return found
