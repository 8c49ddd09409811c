"""What one version of the page leaves to the next: the drawing with its history, and choices."""

import json
from dataclasses import dataclass

from .options import Options
from .sketch import Sketch, parse_sketch, sketch_fields


@dataclass(frozen=True)
class Handover:
    """`options` are None where no version of the page was there before."""

    sketch: Sketch
    options: Options | None = None
    panels: tuple[str, ...] = ()


def parse_handover(text: str) -> Handover:
    """From JSON: what core/sketch.py reads, and perhaps {choices: {model, backend, panels}}."""
    choices = json.loads(text).get("choices")
    if choices is None:
        return Handover(parse_sketch(text))
    options = Options(choices["backend"], choices["model"])
    return Handover(parse_sketch(text), options, tuple(choices["panels"]))


def handover_text(sketch: Sketch, options: Options, panels: tuple[str, ...]) -> str:
    """As parse_handover reads it."""
    choices = {"model": options.model, "backend": options.backend, "panels": panels}
    return json.dumps({**sketch_fields(sketch), "choices": choices})
