"""What time_schedules.mjs measured."""

import json
from pathlib import Path

Times = dict[str, float]  # microseconds by schedule, as JSON; the schedule in use first


def read_times(files: list[Path]) -> dict[str, Times]:
    """The least time of each schedule that computed what it should, by the kernel's signature."""
    found: dict[str, Times] = {}
    for kernel in (kernel for file in files for kernel in json.loads(file.read_text())["kernels"]):
        times = found.setdefault(kernel["signature"], {})
        for candidate in kernel["candidates"]:
            if "us" in candidate:
                schedule = json.dumps(candidate["schedule"])
                times[schedule] = min(candidate["us"], times.get(schedule, candidate["us"]))
    return found
