"""`python -m export.tune choose`: put the best of the timed schedules on record in
export/compile/schedules.json.

The rule: of the schedules that take a processor (SwiftShader) at most half as long again as the one
in use, those within a twentieth of the fastest on the GPU; of these, the fastest on the processor.
Where that gains nothing, nothing is recorded.
"""

import json
from pathlib import Path

from export.compile.schedule_rules import Schedule
from export.compile.schedules import SCHEDULES_FILE
from training.files import write_atomically

from .times import Times, read_times

LONGER_ON_PROCESSOR = 1.5
AS_FAST_ON_GPU = 1.05
WORTH_A_RECORD = 0.95  # of the time of the schedule in use, on either


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser(
        "choose", help="put the best schedules on record", description=__doc__, allow_abbrev=False
    )
    parser.add_argument(
        "--gpu",
        type=Path,
        nargs="+",
        required=True,
        help="JSON of time_schedules.mjs on a GPU; of several runs the least times count",
    )
    parser.add_argument(
        "--processor", type=Path, nargs="+", required=True, help="the same on SwiftShader"
    )
    parser.set_defaults(run=run)


def run(args) -> int:
    records = json.loads(SCHEDULES_FILE.read_text())
    gpu, processor = read_times(args.gpu), read_times(args.processor)
    for signature in (signature for signature in gpu if signature in processor):
        schedule = chosen(gpu[signature], processor[signature])
        if schedule is not None:
            records["wgsl"][signature] = schedule
        print(report(signature, schedule, gpu[signature], processor[signature]))
    write_atomically(SCHEDULES_FILE, formatted(records))
    return 0


def chosen(gpu: Times, processor: Times) -> Schedule | None:
    """The schedule by the rule; None where the one in use is as good."""
    used = next(iter(gpu))
    allowed = [
        schedule
        for schedule in gpu
        if processor.get(schedule, float("inf")) <= LONGER_ON_PROCESSOR * processor[used]
    ]
    fastest = min(gpu[schedule] for schedule in allowed)
    best = min(
        (schedule for schedule in allowed if gpu[schedule] <= AS_FAST_ON_GPU * fastest),
        key=processor.__getitem__,
    )
    is_better = any(times[best] <= WORTH_A_RECORD * times[used] for times in (gpu, processor))
    return json.loads(best) if is_better else None


def report(signature: str, schedule: Schedule | None, gpu: Times, processor: Times) -> str:
    used = next(iter(gpu))
    new = json.dumps(schedule) if schedule is not None else used
    best, best_on_processor = min(gpu.values()), min(processor.values())
    return (
        f"{signature}\n  GPU {gpu[used]:.1f} -> {gpu[new]:.1f} us (best {best:.1f}), "
        f"processor {processor[used]:.0f} -> {processor[new]:.0f} us "
        f"(best {best_on_processor:.0f}): {new}"
    )


def formatted(records: dict[str, dict[str, Schedule]]) -> str:
    """JSON with one record to a line."""
    targets = []
    for target, schedules in records.items():
        lines = [
            f"  {json.dumps(signature)}: {json.dumps(schedule)}"
            for signature, schedule in sorted(schedules.items())
        ]
        targets.append(f' "{target}": ' + ("{\n" + ",\n".join(lines) + "\n }" if lines else "{}"))
    return "{\n" + ",\n".join(targets) + "\n}\n"
