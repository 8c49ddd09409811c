"""One drawing, read by every model, and what is said of the answers."""

import asyncio
from dataclasses import replace

import pytest

from py_frontend.core.catalog import Catalog
from py_frontend.core.comparison import Comparison, agreement
from py_frontend.core.prediction import Prediction
from py_frontend.core.reader import Reader
from tests.support.fakes import Machine, Stopwatch, answer, finished, model, settle

MODELS = [model("mlp"), model("cnn", temperature=2.0), model("third")]


class Compared:
    """A comparison of three models on a machine of the test's, and what it has shown."""

    def __init__(self):
        self.machine, self.shown = Machine(wasm=3.0), []
        self.machine.logits = [0.0] * 7 + [2.0, 0.0, 0.0]
        catalog = Catalog(None)
        catalog.entries = {entry.name: entry for entry in MODELS}
        reader = Reader(self.machine.runtime("wasm"), Stopwatch(self.machine))
        self.comparison = Comparison(catalog, reader, self.shown.append)

    @property
    def runs(self) -> list[str]:
        return [event.split()[1] for event in self.machine.log if event.startswith("run")]


@pytest.mark.parametrize("known", [entry.name for entry in MODELS])
def test_the_other_models_read_what_one_has_read_and_all_are_shown_in_the_catalogues_order(known):
    async def scenario():
        compared = Compared()
        told = replace(answer(), model=next(entry for entry in MODELS if entry.name == known))
        await compared.comparison.submit(told)
        [answers] = compared.shown
        assert isinstance(answers, tuple)
        assert [each.model for each in answers] == MODELS
        assert compared.runs == [entry.name for entry in MODELS if entry.name != known]
        for each in answers:
            assert each is told or (each.prediction.digit, each.inference_ms) == (7, 103.0)
            assert each.drawn is told.drawn

    finished(scenario())


def test_of_drawings_that_come_while_the_models_read_only_the_newest_is_read():
    async def scenario():
        compared = Compared()
        compared.machine.hold("load cnn on wasm")
        drawings = [replace(answer(), inference_ms=float(place)) for place in range(3)]
        first = asyncio.create_task(compared.comparison.submit(drawings[0]))
        await settle()
        for later in drawings[1:]:
            await compared.comparison.submit(later)
        assert compared.shown == []
        await compared.machine.release("load cnn on wasm")
        await first
        assert [answers[0] for answers in compared.shown] == [drawings[0], drawings[2]]

    finished(scenario())


def test_what_is_still_being_read_when_the_comparison_is_dropped_is_never_shown():
    async def scenario():
        compared = Compared()
        compared.machine.hold("load cnn on wasm")
        reading = asyncio.create_task(compared.comparison.submit(answer()))
        await settle()
        compared.comparison.drop()
        await compared.machine.release("load cnn on wasm")
        await reading
        assert compared.shown == []
        await compared.comparison.submit(answer())
        assert len(compared.shown) == 1

    finished(scenario())


def of_digit(digit: int, abstains: bool = False):
    chances = tuple(float(place == digit) for place in range(10))
    return replace(answer(), prediction=Prediction(chances, abstains))


UNSURE = "At least one of them is not sure that this is a digit."


@pytest.mark.parametrize(
    "answers, said",
    [
        ([of_digit(4), of_digit(4)], "They agree on 4."),
        ([of_digit(0)], "They agree on 0."),
        ([of_digit(9), of_digit(4)], "They disagree: 4 or 9?"),
        ([of_digit(7), of_digit(1), of_digit(7), of_digit(2)], "They disagree: 1 or 2 or 7?"),
        ([of_digit(4), of_digit(4, True)], UNSURE),
        ([of_digit(4, True), of_digit(5)], UNSURE),
    ],
)
def test_agreement_is_told_in_a_sentence(answers, said):
    assert agreement(answers) == said
