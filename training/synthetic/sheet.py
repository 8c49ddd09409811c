"""Sheets of made-up digits, form by form, for a person to judge."""

from pathlib import Path as FilePath

import numpy as np
from PIL import Image, ImageDraw

from training.networks.models import SIDE

from .digits import drawing
from .forms import FORMS
from .painting import levels

ZOOM, ACROSS = 2, 20
NAME_WIDTH, GAP = 150, 4
BACKGROUND, TEXT = 48, 235


def write_forms(path: FilePath, rows: int, seed: int, spread: float, digits=range(10)) -> None:
    """A PNG with `rows` rows of drawings of every form."""
    forms = [(digit, form) for digit in digits for form in FORMS[digit]]
    step = SIDE * ZOOM + GAP
    sheet = Image.new("L", (NAME_WIDTH + ACROSS * step, len(forms) * rows * step), BACKGROUND)
    pen = ImageDraw.Draw(sheet)
    for place, (digit, form) in enumerate(forms):
        rng = np.random.default_rng([seed, place])
        pen.text((5, place * rows * step + 5), f"{digit} {form.name}", fill=TEXT)
        for i in range(rows * ACROSS):
            ink = levels(drawing(form, rng, spread))
            tile = Image.fromarray(ink.reshape(SIDE, SIDE)).resize((SIDE * ZOOM,) * 2)
            sheet.paste(tile, (NAME_WIDTH + i % ACROSS * step, (place * rows + i // ACROSS) * step))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path, format="PNG")
