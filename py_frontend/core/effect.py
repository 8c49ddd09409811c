"""What corrections brought to one model, and what they cost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from .learning import MAX_LOSS, NOT_A_DIGIT, WHOLE, Lesson
from .prediction import highest
from .pupil import Studied
from .strokes import Stroke

NONE_TAUGHT = "Nothing is taught yet: draw a digit, and say what it is where the answer is wrong."
UNUSED = "Not learned yet."
WEAKENED = "This correction is weakened: MNIST's digits would be misread."


@dataclass(frozen=True)
class Effect:
    """How many of the taught digits are read right: by the network alone, with all that was taught,
    and each with the others alone; and what MNIST loses by it, a share of its images."""

    digits: int
    right_alone: int
    right_now: int
    right_by_others: int
    loss: float
    weakened: int

    def sentences(self) -> list[str]:
        said = [
            f"Of the digits that you taught ({self.digits}), the network alone reads "
            f"{self.right_alone} right, and {self.right_now} with all that you taught. "
            f"Each judged by the others alone: {self.right_by_others}.",
            f"Estimated cost on MNIST's test: {100 * self.loss:.3f} points of accuracy, "
            f"of {100 * MAX_LOSS:.2f} at most.",
        ]
        if self.weakened:
            said.append(
                f"Corrections that were weakened, so that MNIST costs no more: {self.weakened}."
            )
        return said


async def effect_of(studied: Studied, pause: Callable[[], Awaitable[None]]) -> Effect:
    """`pause` is awaited between drawings."""
    learned = studied.learned
    alone = now = by_others = 0
    digits = [
        (number, lesson)
        for number, lesson in enumerate(learned.lessons)
        if lesson.label != NOT_A_DIGIT
    ]
    for number, lesson in digits:
        await pause()
        alone += _is_right(lesson, lesson.logits)
        now += _is_right(lesson, learned.read_taught(number).logits)
        by_others += _is_right(lesson, learned.read_without(number).logits)
    weakened = sum(extent != WHOLE for extent in learned.extents)
    return Effect(len(digits), alone, now, by_others, learned.loss, weakened)


def _is_right(lesson: Lesson, logits: Sequence[float]) -> bool:
    return highest(logits) == lesson.label


def captions(studied: Studied) -> list[str]:
    """Of each drawing: what the network alone reads, what it was taught, and whether that is
    weakened."""
    learned = studied.learned
    return [
        f"{highest(lesson.logits)} \N{RIGHTWARDS ARROW} {label_name(lesson.label)}"
        + ("" if extent == WHOLE else ", weakened")
        for lesson, extent in zip(learned.lessons, learned.extents, strict=True)
    ]


def weakened(studied: Studied | None, strokes: tuple[Stroke, ...]) -> str:
    """A sentence where the correction of a drawing does not even count in full for itself."""
    if studied is not None:
        for drawing, extent in zip(studied.drawings, studied.learned.extents, strict=True):
            if drawing.strokes == strokes and extent.strength < 1:
                return WEAKENED
    return ""


def label_name(label: int) -> str:
    return "none" if label == NOT_A_DIGIT else str(label)


def drawings(number: int) -> str:
    return "1 drawing" if number == 1 else f"{number} drawings"
