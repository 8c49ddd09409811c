"""An explanation of one answer: heat, strokes that matter, and a check of the heat."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass

from .latest import LatestOnly
from .occlusion import (
    Curves,
    Heat,
    Logits,
    Pause,
    WithoutPart,
    WithoutStroke,
    deletion_curves,
    heat_of,
    parts_mattering,
    strokes_mattering,
)
from .reader import Answer
from .runtime import Networks


@dataclass(frozen=True)
class Question:
    """Why this answer, or why not another digit; `digit` is None for the one that was read."""

    answer: Answer
    digit: int | None = None

    @property
    def about(self) -> int:
        return self.answer.prediction.digit if self.digit is None else self.digit


@dataclass(frozen=True)
class Explanation:
    """What speaks for and against a digit in a drawing."""

    question: Question
    heat: Heat
    without: tuple[WithoutStroke, ...]
    curves: Curves
    parts: tuple[WithoutPart, ...] = ()

    def sentences(self) -> list[str]:
        """What the answer would be without each stroke and part of a stroke, where it would be
        another one."""
        read = self.question.answer.prediction.digit
        strokes = {f"stroke {one.number + 1}": one.digit for one in self.without}
        parts = {f"the {one.words}": one.digit for one in self.parts}
        changes = [
            f"Without {what} "
            + ("nothing would be left." if digit is None else f"it would be a {digit}.")
            for what, digit in (strokes | parts).items()
            if digit != read
        ]
        if changes or not (strokes or parts):
            return changes
        pieces = "strokes" if strokes else "parts"
        return [f"Without any one of the {pieces} it would still be a {read}."]


class Superseded(Exception):
    """A newer question was asked; nobody waits for this answer any more."""


class Explainer:
    """Answers the newest question in idle time; one that was overtaken is given up at once."""

    def __init__(self, runtime: Networks, pause: Pause, show: Callable[[Explanation], None]):
        self._runtime, self._pause = runtime, pause
        self._latest: LatestOnly[Question, Explanation] = LatestOnly(self._explain, show)
        self._wanted: Question | None = None

    async def submit(self, question: Question) -> None:
        self._wanted = question
        await self._latest.submit(question)

    def drop(self) -> None:
        self._wanted = None
        self._latest.drop()

    async def _explain(self, question: Question) -> Explanation:
        answer = question.answer
        ink = answer.drawn.ink

        async def infer(changed: array[float]) -> Logits:
            found = await self._runtime.run(answer.model, lambda network: network.infer(changed))
            return found.logits

        async def pause() -> None:
            await self._pause()
            if self._wanted is not question:
                raise Superseded

        heat = await heat_of(ink, answer.inference.logits, question.about, infer, pause)
        strokes, area = answer.drawn.strokes, answer.drawn.area
        without = await strokes_mattering(strokes, infer, pause, area)
        parts = await parts_mattering(strokes, infer, pause, area)
        curves = await deletion_curves(ink, heat, infer, pause)
        return Explanation(question, heat, without, curves, parts)
