"""Changes to try: each of one line, with what to look at afterwards."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Experiment:
    """In the file at `path` the text `old` becomes `new`."""

    title: str
    path: str
    old: str
    new: str
    look: str


EXPERIMENTS = (
    Experiment(
        "Pen of 1.5 pixels",
        "core/image.py",
        "PEN_PX = 2.5",
        "PEN_PX = 1.5",
        "The network reads thinner lines than it was trained on. Open Input, and draw an 8: is it "
        "as sure as before?",
    ),
    Experiment(
        "No centring",
        "core/image.py",
        "CENTRE_PX - centre[0], CENTRE_PX - centre[1])",
        "0, 0)",
        "The ink stays in the middle of its box. Draw a 7, or a 4 with a long tail: their ink is "
        "not in their middle.",
    ),
    Experiment(
        "Always doubt",
        "core/abstention.py",
        "return self.score_of(logits, temperature, features) < self.threshold",
        "return True",
        "No answer is sure any more: the words say so, and the bar of the best guess is grey.",
    ),
    Experiment(
        "Chart upside down",
        "browser/chart.py",
        '"y": {"display": False, "min": 0, "max": 1}',
        '"y": {"display": False, "min": 0, "max": 1, "reverse": True}',
        "The bars hang from the top. The numbers are the same.",
    ),
    Experiment(
        "A fat pen",
        "browser/pad.py",
        'return float(self._pen_width.value) if tool == "pen" else ERASER_WIDTH',
        "return 40.0",
        "What you draw from now on is fat, and the network does not notice: its image is drawn "
        "with a pen of its own. Open Input.",
    ),
)
