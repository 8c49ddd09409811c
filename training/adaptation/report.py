"""The outcomes of writer adaptation as a table."""

from collections.abc import Sequence

import numpy as np

from .writer_adaptation import CORRECTIONS, Outcome

HEADINGS = (
    "corrected",
    "right before",
    "after",
    "errors gone",
    "writers worse",
    "worst, digits",
    "others, points",
    "MNIST, points",
    "worst",
    "estimated",
)


def table(title: str, outcomes: Sequence[Outcome]) -> str:
    """A table in Markdown, a line for each number of corrections."""
    if not outcomes:
        return f"{title}: no writer is read badly"
    writers = len({one.writer for one in outcomes})
    lines = [f"{title}, {writers} writers", "", "| " + " | ".join(HEADINGS) + " |"]
    lines.append("| " + " | ".join(["---"] * len(HEADINGS)) + " |")
    for corrections in CORRECTIONS:
        those = [one for one in outcomes if one.corrections == corrections]
        lines.append("| " + " | ".join(cells(corrections, those)) + " |")
    return "\n".join(lines)


def cells(corrections: int, outcomes: Sequence[Outcome]) -> list[str]:
    before, after = (
        sum(getattr(one, f"errors_{when}") for one in outcomes) for when in ("before", "after")
    )
    digits = sum(one.digits for one in outcomes)
    mnist = [one.mnist for one in outcomes]
    return [
        str(corrections),
        f"{1 - before / digits:.1%}",
        f"{1 - after / digits:.1%}",
        f"{gone(outcomes):.0%}",
        str(len(worse(outcomes))),
        f"{max(one.errors_after - one.errors_before for one in outcomes):+d}",
        f"{100 * np.mean([one.others for one in outcomes]):+.2f}",
        f"{100 * np.mean(mnist):+.3f}",
        f"{100 * min(mnist):+.2f}",
        f"{-100 * np.mean([one.estimate for one in outcomes]):+.3f}",
    ]


def gone(outcomes: Sequence[Outcome]) -> float:
    """The share of the judged digits' errors that corrections took away."""
    before = sum(one.errors_before for one in outcomes)
    return 1 - sum(one.errors_after for one in outcomes) / before if before else 0.0


def worse(outcomes: Sequence[Outcome]) -> list[str]:
    """Writers with more errors after than before, over all halves."""
    change: dict[str, int] = {}
    for one in outcomes:
        change[one.writer] = change.get(one.writer, 0) + one.errors_after - one.errors_before
    return [writer for writer, more in change.items() if more > 0]
