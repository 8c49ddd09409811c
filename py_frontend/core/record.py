"""What predictions took, stage by stage, for each model on each backend."""

from collections import deque
from dataclasses import dataclass

from .catalog import ModelEntry
from .figures import quantile
from .reader import Answer

MAX_WARM = 200
STAGES = ("image", "gpu", "inference", "view", "total")


@dataclass(frozen=True)
class Figures:
    """Milliseconds of one stage: of the first prediction, which was cold, and of the last warm
    ones. None where there are none."""

    first: float | None = None
    last: float | None = None
    median: float | None = None
    percentile_95: float | None = None


class Series:
    """One stage of one model on one backend."""

    def __init__(self) -> None:
        self._first: float | None = None
        self._warm: deque[float] = deque(maxlen=MAX_WARM)

    def __len__(self) -> int:
        return len(self._warm)

    def add(self, ms: float, is_first: bool) -> None:
        if is_first:
            self._first = ms
        else:
            self._warm.append(ms)

    def figures(self) -> Figures:
        if not self._warm:
            return Figures(self._first)
        return Figures(
            self._first, self._warm[-1], quantile(self._warm, 0.5), quantile(self._warm, 0.95)
        )


class Record:
    """Remembers what the last predictions took, and the cold ones apart from them."""

    def __init__(self) -> None:
        self._series: dict[tuple[str, str, str], Series] = {}

    def note(self, answer: Answer, view_ms: float, total_ms: float) -> None:
        """A prediction that is on the page now."""
        stages = {
            "image": answer.drawn.image_ms,
            "inference": answer.inference_ms,
            "view": view_ms,
            "total": total_ms,
        }
        for stage, ms in stages.items():
            series = self._of(answer.model.name, answer.inference.backend, stage)
            series.add(ms, answer.inference.is_first)

    def note_first(self, model: ModelEntry, backend: str, inference_ms: float) -> None:
        """The first inference of a network that was not part of a prediction."""
        self._of(model.name, backend, "inference").add(inference_ms, is_first=True)

    def note_gpu(self, answer: Answer, ms: float | None) -> None:
        """How long the GPU computes for this prediction, measured afterwards; None where it has no
        clock."""
        if ms is not None:
            self._of(answer.model.name, answer.inference.backend, "gpu").add(ms, is_first=False)

    def count(self, model: str, backend: str) -> int:
        """How many warm predictions are remembered."""
        return len(self._of(model, backend, "total"))

    def figures(self, model: str, backend: str) -> dict[str, Figures]:
        return {stage: self._of(model, backend, stage).figures() for stage in STAGES}

    def _of(self, model: str, backend: str, stage: str) -> Series:
        return self._series.setdefault((model, backend, stage), Series())
