"""`python -m tests.bench choose`: put the best of the timed layouts on record in export/tuning.json.

The rule: of the layouts that take a processor (SwiftShader) at most half as long again as the one in use, those within a
twentieth of the fastest on the GPU; of these, the fastest on the processor. Where that gains nothing, nothing is recorded.
"""
import json
from pathlib import Path

from export.kernel_layouts import Layout
from export.tuning import TUNING_FILE
from training.files import write_atomically

from .timed import Times, read_times

LONGER_ON_PROCESSOR = 1.5
AS_FAST_ON_GPU = 1.05
WORTH_A_RECORD = 0.95  # of the time of the layout in use, on either


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser("choose", help="put the best layouts on record", description=__doc__, allow_abbrev=False)
    parser.add_argument("--gpu", type=Path, nargs="+", required=True, help="JSON of layouts.mjs on a GPU; of several runs the least times count")
    parser.add_argument("--processor", type=Path, nargs="+", required=True, help="the same on SwiftShader")
    parser.set_defaults(run=run)


def run(args) -> int:
    records = json.loads(TUNING_FILE.read_text())
    gpu, processor = read_times(args.gpu), read_times(args.processor)
    for signature in (signature for signature in gpu if signature in processor):
        layout = chosen(gpu[signature], processor[signature])
        if layout is not None:
            records["wgsl"][signature] = layout
        print(report(signature, layout, gpu[signature], processor[signature]))
    write_atomically(TUNING_FILE, formatted(records))
    return 0


def chosen(gpu: Times, processor: Times) -> Layout | None:
    """The layout by the rule; None where the one in use is as good."""
    used = next(iter(gpu))
    allowed = [layout for layout in gpu if processor.get(layout, float("inf")) <= LONGER_ON_PROCESSOR * processor[used]]
    fastest = min(gpu[layout] for layout in allowed)
    best = min((layout for layout in allowed if gpu[layout] <= AS_FAST_ON_GPU * fastest), key=processor.__getitem__)
    is_better = any(times[best] <= WORTH_A_RECORD * times[used] for times in (gpu, processor))
    return json.loads(best) if is_better else None


def report(signature: str, layout: Layout | None, gpu: Times, processor: Times) -> str:
    used = next(iter(gpu))
    new = json.dumps(layout) if layout is not None else used
    return (f"{signature}\n  GPU {gpu[used]:.1f} -> {gpu[new]:.1f} us (best {min(gpu.values()):.1f}), "
            f"processor {processor[used]:.0f} -> {processor[new]:.0f} us (best {min(processor.values()):.0f}): {new}")


def formatted(records: dict[str, dict[str, Layout]]) -> str:
    """JSON with one record to a line."""
    targets = []
    for target, layouts in records.items():
        lines = [f"  {json.dumps(signature)}: {json.dumps(layout)}" for signature, layout in sorted(layouts.items())]
        targets.append(f' "{target}": ' + ("{\n" + ",\n".join(lines) + "\n }" if lines else "{}"))
    return "{\n" + ",\n".join(targets) + "\n}\n"
