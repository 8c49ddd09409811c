"""Corrections on a page of fakes: what is read after them, what it costs, and what goes wrong."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from py_frontend.core.abstention import Abstention
from py_frontend.core.errors import FileError
from py_frontend.core.image import mnist_image
from py_frontend.core.learning import NOT_A_DIGIT
from py_frontend.core.strokes import Stroke
from py_frontend.core.taught import Taught, TaughtDrawing
from tests.support import anchors as made
from tests.support.fakes import finished, model, settle
from tests.support.page_fakes import Visit

PATHS = {name: f"learning/{name}.safetensors" for name in ("mlp", "cnn")}
ANCHORS = f"fetch {PATHS['mlp']}"


def drawing(number: int) -> tuple[Stroke, ...]:
    """One of many lines, each at an angle of its own."""
    return (Stroke("pen", 16.0, ((50.0, 60.0 + 9 * number), (220.0, 200.0 - 7 * number))),)


def features_of(ink) -> list[float]:
    """Of what no digit of MNIST resembles, and no two drawings share."""
    seed = np.frombuffer(ink.tobytes(), np.uint32)
    return np.maximum(0, np.random.default_rng(seed).normal(0.5, 1.2, made.FEATURES)).tolist()


async def visit(**values) -> Visit:
    """A page that is ready, whose networks read a 1 in everything."""
    page = Visit(backend="wasm")
    entries = [model(name, anchors=path, **values) for name, path in PATHS.items()]
    page.index = json.dumps([asdict(entry) for entry in entries])
    page.machine.logits = [0.0, 5.0] + [0.0] * 8
    page.machine.features_of = features_of
    return await page.open()


async def taught(page: Visit, number: int, label: int) -> None:
    await page.draw(drawing(number))
    page.page.correct(label)
    await settle()


def digit(page: Visit) -> int:
    return page.card.answer.prediction.digit


def test_a_correction_changes_the_answer_and_all_that_is_shown():
    async def scenario():
        page = await visit()
        page.panel.open()
        await taught(page, 0, 7)
        assert digit(page) == 7 and page.panel.told[-1] == 7
        assert page.card.answer.inference.own_logits == page.machine.logits
        await page.draw(drawing(1))
        assert digit(page) == 1

    finished(scenario())


def test_nothing_is_taught_without_an_answer():
    async def scenario():
        page = await visit()
        page.page.correct(7)
        await settle()
        assert page.teacher.taught == Taught() and ANCHORS not in page.machine.log

    finished(scenario())


def test_who_corrects_nothing_pays_nothing():
    async def scenario():
        page = await visit()
        page.machine.features_of = None
        await page.draw(drawing(0))
        assert digit(page) == 1 and page.card.answer.inference.own_logits is None
        assert not any(event.startswith("fetch learning") for event in page.machine.log)

    finished(scenario())


def test_anchors_are_fetched_once():
    async def scenario():
        page = await visit()
        for number in range(3):
            await taught(page, number, number)
        assert page.machine.log.count(ANCHORS) == 1

    finished(scenario())


def test_who_comes_near_the_buttons_has_the_anchors_loaded_and_a_failure_is_told_only_when_needed():
    async def scenario():
        page = await visit()
        page.page.expect_correction()
        await page.draw(drawing(0))
        page.machine.broken[ANCHORS] = [FileError("No connection.")]
        page.page.expect_correction()
        await settle()
        assert page.machine.log.count(ANCHORS) == 1 and page.faults == []
        page.page.expect_correction()
        page.page.expect_correction()
        page.page.correct(7)
        await settle()
        assert page.machine.log.count(ANCHORS) == 2 and digit(page) == 7

    finished(scenario())


def test_what_was_said_last_of_a_drawing_counts():
    async def scenario():
        page = await visit()
        await taught(page, 0, 7)
        page.page.correct(4)
        await settle()
        assert digit(page) == 4 and len(page.teacher.taught) == 1

    finished(scenario())


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_taking_back_in_any_order_equals_never_teaching(order):
    async def scenario():
        page, other = await visit(), await visit()
        for number in range(3):
            await taught(page, number, number + 4)
        for count, number in enumerate(order, 1):
            page.teacher.take_back(drawing(number))
            await settle()
            left = [number for number in range(3) if number not in order[:count]]
            other.teacher.replace(Taught())
            for number in left:
                await taught(other, number, number + 4)
            for number in range(3):
                await page.draw(drawing(number))
                await other.draw(drawing(number))
                assert page.card.answer.inference.logits == other.card.answer.inference.logits

    finished(scenario())


def test_after_forgetting_all_is_as_ever():
    async def scenario():
        page = await visit()
        await taught(page, 0, 7)
        page.teacher.forget()
        await settle()
        assert digit(page) == 1 and page.card.answer.inference.own_logits is None

    finished(scenario())


def test_another_model_learns_the_kept_drawings_by_itself():
    async def scenario():
        page = await visit()
        await taught(page, 0, 7)
        await page.choose("cnn")
        assert page.card.answer.model.name == "cnn" and digit(page) == 7
        page.teacher.take_back(drawing(0))
        await settle()
        await page.choose("mlp")
        assert digit(page) == 1

    finished(scenario())


def test_kept_drawings_are_learned_after_the_first_answer_and_change_it():
    async def scenario():
        page = await visit()
        page.machine.hold(ANCHORS)
        page.teacher.replace(Taught((TaughtDrawing(drawing(0), 7),)))
        await page.draw(drawing(0))
        assert digit(page) == 1
        await page.machine.release(ANCHORS)
        assert digit(page) == 7

    finished(scenario())


@pytest.mark.parametrize("threshold", [-100.0, 100.0])
def test_a_taught_digit_is_not_doubted_and_what_was_said_to_be_none_is(threshold):
    async def scenario():
        page = await visit(abstention=Abstention("margin", threshold))
        await taught(page, 0, 7)
        assert not page.card.answer.prediction.abstains
        await taught(page, 1, NOT_A_DIGIT)
        assert page.card.answer.prediction.abstains
        await page.draw(drawing(2))
        assert page.card.answer.prediction.abstains is (threshold > 0)

    finished(scenario())


def test_anchors_that_cannot_be_had_are_told_and_nothing_is_lost():
    async def scenario():
        page = await visit()
        page.machine.broken[ANCHORS] = [FileError("No connection.")]
        await taught(page, 0, 7)
        assert page.faults == [
            "What you taught is remembered, but not used yet. No connection.",
        ]
        assert digit(page) == 1 and len(page.teacher.taught) == 1
        await page.draw(drawing(0))
        assert len(page.faults) == 1
        await taught(page, 1, 8)
        await page.draw(drawing(0))
        assert digit(page) == 7

    finished(scenario())


def test_choosing_the_model_again_learns_what_could_not_be_learned():
    async def scenario():
        page = await visit()
        page.machine.broken[ANCHORS] = [FileError("No connection.")]
        await taught(page, 0, 7)
        await page.choose("mlp")
        assert digit(page) == 7

    finished(scenario())


def test_a_model_without_anchors_says_that_it_cannot_learn():
    async def scenario():
        page = await visit()
        page.index = json.dumps([asdict(model("mlp"))])
        await page.page.start()
        await taught(page, 0, 7)
        assert "exported without what learning needs" in page.faults[0] and digit(page) == 1

    finished(scenario())


def test_drawings_without_ink_teach_nothing():
    async def scenario():
        page = await visit()
        eraser = (Stroke("eraser", 40.0, ((10.0, 10.0),)),)
        assert mnist_image(eraser) is None
        page.teacher.replace(Taught((TaughtDrawing(eraser, 3), TaughtDrawing(drawing(0), 7))))
        await page.draw(drawing(0))
        assert digit(page) == 7
        studied = page.teacher.studied(page.card.answer.model)
        assert [one.label for one in studied.drawings] == [7] and not page.faults

    finished(scenario())
