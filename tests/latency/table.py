"""What the recorder found, as tables."""

from bisect import bisect_left

import numpy as np


def latency_table(found: dict[str, dict]) -> str:
    head = [
        "",
        "events sent",
        "seen",
        "shown",
        "latency",
        "from dispatch",
        "handler",
        "to start",
        "image",
        "inference",
        "view",
        "Python",
    ]
    return aligned([head, *([name, *row(record)] for name, record in found.items())])


def row(record: dict) -> list[str]:
    """Median / 95th percentile of each time, in ms."""
    totals = sorted(
        (start, ms) for name, start, ms in record["measures"] if name == "predict:total"
    )
    shown = [
        (came, dispatched, prediction)
        for came, dispatched in record["events"]
        if (prediction := showing(dispatched, record["frames"], totals))
    ]
    handled = [ms for _, ms in record["handled"]]
    stages = {
        stage: np.array([ms for name, _, ms in record["measures"] if name == f"predict:{stage}"])
        for stage in ("image", "inference", "view", "total")
    }
    waits = [start - frame_of(dispatched, record["frames"]) for _, dispatched, (start, _) in shown]
    python = (
        handler_per_prediction(handled, totals)
        + np.median(waits)
        + stages["total"]
        - stages["inference"]
    )
    return [
        str(record["sent"]),
        str(len(record["events"])),
        str(len(shown)),
        *map(
            spread,
            (
                [start + ms - came for came, _, (start, ms) in shown],
                [start + ms - dispatched for _, dispatched, (start, ms) in shown],
                handled,
                waits,
                stages["image"],
                stages["inference"],
                stages["view"],
                python,
            ),
        ),
    ]


def showing(
    dispatched: float, frames: list[float], totals: list[tuple[float, float]]
) -> tuple[float, float] | None:
    """The first prediction that holds an event: the page hands its strokes over in the frame after
    the event."""
    position = bisect_left(totals, (frame_of(dispatched, frames), 0.0))
    return totals[position] if position < len(totals) else None


def frame_of(dispatched: float, frames: list[float]) -> float:
    position = bisect_left(frames, dispatched)
    return frames[position] if position < len(frames) else float("inf")


def handler_per_prediction(handled: list[float], totals: list) -> float:
    """Milliseconds of pointer handlers that each prediction has to bear."""
    return sum(handled) / len(totals)


def curve_table(found: dict[str, list[dict]]) -> str:
    head = ["points", *(str(point["points"]) for point in next(iter(found.values())))]
    rows = [
        [f"{kind}: {stage}", *(spread(point[stage]) for point in points)]
        for kind, points in found.items()
        for stage in ("image", "total")
    ]
    return aligned([head, *rows])


def spread(values) -> str:
    return f"{np.median(values):.1f} / {np.quantile(values, 0.95):.1f}"


def aligned(rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            [
                cells[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)),
            ]
        )
        for cells in rows
    )
