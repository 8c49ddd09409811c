"""What `python -m training evaluate` prints about a run: its figures as lines of text."""

from collections.abc import Iterator
from itertools import chain
from statistics import mean

from training.synthetic.scribbles import HELD_BACK

from .corruptions import CORRUPTIONS


def summary(name: str, figures: dict) -> str:
    parts = (
        accuracies(name, figures),
        sessions(figures),
        abstentions(figures),
        corruptions(figures),
    )
    return "\n".join(chain.from_iterable(parts))


def accuracies(name: str, figures: dict) -> Iterator[str]:
    yield (
        f"{name}: validation {figures['validation_accuracy']:.2%},"
        f" test {figures['test_accuracy']:.2%}"
        f" (float weights {figures['test_accuracy_float']:.2%}),"
        f" calibration error {figures['test_calibration_error']:.2%}"
        f" at temperature {figures['temperature']:.3f}"
    )
    yield f"  misread test images of 0 to 9: {by_digit(figures['test_errors_by_digit'])}"
    if "strokes" in figures:
        strokes = figures["strokes"]
        yield (
            f"  strokes: {strokes['accuracy']:.2%} of {strokes['digits']:,},"
            f" calibration error {strokes['calibration_error']:.2%}"
        )
        halves = {"accuracy_seen": "seen", "accuracy_unseen": "unseen"}
        known = [f"{halves[key]} {strokes[key]:.2%}" for key in halves if key in strokes]
        yield f"  by writers whose errors were looked at while forms were made: {', '.join(known)}"
        yield f"  misread strokes of 0 to 9: {by_digit(strokes['errors_by_digit'])}"


def by_digit(errors: list[int]) -> str:
    return f"{' '.join(map(str, errors))}, together {sum(errors)}"


def sessions(figures: dict) -> Iterator[str]:
    """What trained the weights: a line for each session of the run."""
    for session in figures["provenance"]:
        begun = f"resumed at step {session['step']:,} on" if session["step"] else "trained on"
        commit = f"commit {session['commit'][:10]}" if session["commit"] else "no git checkout"
        changed = " with changes" if session["dirty"] else ""
        versions = ", ".join(f"{name} {version}" for name, version in session["versions"].items())
        yield f"  {begun} {session['device']} at {session['date']}: {commit}{changed}; {versions}"
    if not figures["provenance"]:
        yield "  this run did not record its commit, versions and device"


def abstentions(figures: dict) -> Iterator[str]:
    """A table of the shares that each score abstains from, then those of each family of drawings
    with the chosen score."""
    abstained, chosen = figures["abstained"], figures["abstention"]
    yield (
        f"  abstains where {chosen['score']} is below {chosen['threshold']:.4g}"
        " (* families of drawings that it was not chosen with):"
    )
    yield f"    {'score':14}{'test digits':>12}{'strokes':>10}{'drawings':>10}{'drawings*':>10}"
    for score, shares in abstained.items():
        known, held_back = (
            [share for name, share in shares["drawings"].items() if (name in HELD_BACK) is held]
            for held in (False, True)
        )
        strokes = f"{shares['strokes']:.2%}" if "strokes" in shares else ""
        yield (
            f"    {score:14}{shares['test']:>12.2%}{strokes:>10}"
            f"{mean(known):>10.1%}{mean(held_back):>10.1%}"
        )
    shares = abstained[chosen["score"]]["drawings"]
    yield "    " + ", ".join(
        f"{name}{'*' * (name in HELD_BACK)} {share:.0%}" for name, share in shares.items()
    )


def corruptions(figures: dict) -> Iterator[str]:
    """A table of the errors at each severity."""
    if "corruptions" not in figures:
        return
    yield "  error on corrupted test images, by severity:"
    for name, errors in figures["corruptions"].items():
        corruption = CORRUPTIONS[name]
        at = "".join(
            f"{error:>9.2%} at {severity:<5g}"
            for error, severity in zip(errors, corruption.severities, strict=True)
        )
        yield f"    {name:15}{at} {corruption.unit}"
