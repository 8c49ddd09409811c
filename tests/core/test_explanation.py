"""Explanations of answers: the newest question is answered, one that was overtaken is given up."""

import asyncio
from array import array

from py_frontend.core.explanation import Explainer, Explanation, Question
from py_frontend.core.image import mnist_image
from py_frontend.core.occlusion import Curves, Heat, WithoutPart, WithoutStroke
from py_frontend.core.prediction import Prediction, softmax
from py_frontend.core.reader import Answer, Drawn
from py_frontend.core.session import Inference
from py_frontend.core.strokes import Stroke
from py_frontend.core.turns import TURN_MS, Turns
from tests.support.fakes import finished, model

STROKES = (
    Stroke("pen", 16.0, ((80.0, 70.0), (200.0, 70.0))),
    Stroke("pen", 16.0, ((200.0, 70.0), (130.0, 220.0))),
)


class Network:
    """Digit 7 by as much ink as there is; counts its runs."""

    def __init__(self):
        self.runs, self.entries = 0, set()

    async def infer(self, ink):
        self.runs += 1
        return Inference([*[0.0] * 7, sum(ink), 0.0, 0.0], "wasm", False)

    async def run(self, entry, work, backend=None):
        self.entries.add(entry)
        return await work(self)


def answer(strokes=STROKES, area=None) -> Answer:
    ink = mnist_image(strokes, area)
    logits = [*[0.0] * 7, sum(ink), 0.0, 0.0]
    inference = Inference(logits, "wasm", False)
    drawn = Drawn(strokes, ink, 0.0, 1.0, area)
    return Answer(drawn, model(), inference, 1.0, Prediction(softmax(logits)))


async def turn():
    await asyncio.sleep(0)


def test_a_question_is_answered_with_heat_strokes_and_an_honest_check():
    async def scenario():
        shown = []
        question = Question(answer())
        network = Network()
        await Explainer(network, turn, shown.append).submit(question)
        [explanation] = shown
        assert network.entries == {model()}
        assert explanation.question is question and explanation.heat.digit == 7
        assert explanation.sentences() == ["Without any one of the strokes it would still be a 7."]
        assert explanation.curves.is_honest

    finished(scenario())


def test_what_lies_beyond_the_pad_is_no_ink_that_would_be_left():
    pad, shown = (0.0, 0.0, 280.0, 280.0), []
    bent = Stroke("pen", 16.0, ((80.0, 60.0), (300.0, 60.0), (320.0, 240.0)))
    beyond = Stroke("pen", 16.0, ((400.0, 60.0), (400.0, 200.0)))
    for strokes in ((bent,), (STROKES[1], beyond)):
        finished(Explainer(Network(), turn, shown.append).submit(Question(answer(strokes, pad))))
    of_parts, of_strokes = shown
    assert of_parts.parts == (
        WithoutPart("bar at the top", None),
        WithoutPart("upright bar at the right", 7),
    )
    assert of_strokes.without == (WithoutStroke(0, None), WithoutStroke(1, 7))


def test_a_question_may_be_about_a_digit_that_was_not_read():
    assert (Question(answer()).about, Question(answer(), 1).about) == (7, 1)


def test_an_overtaken_question_is_given_up_and_the_newest_is_answered():
    async def scenario():
        network, shown = Network(), []
        explainer = Explainer(network, turn, shown.append)
        questions = [Question(answer(), digit) for digit in (1, 2, 3)]
        tasks = [asyncio.create_task(explainer.submit(one)) for one in questions]
        await asyncio.gather(*tasks)
        assert [one.question for one in shown] == [questions[-1]]
        alone = Network()
        await Explainer(alone, turn, shown.append).submit(questions[0])
        assert network.runs < 1.2 * alone.runs

    finished(scenario())


def test_what_was_dropped_is_never_shown():
    async def scenario():
        shown = []
        explainer = Explainer(Network(), turn, shown.append)
        task = asyncio.create_task(explainer.submit(Question(answer())))
        await turn()
        explainer.drop()
        await task
        assert shown == []

    finished(scenario())


def test_only_strokes_that_change_the_answer_are_told():
    def told(*without):
        heat, curves = Heat(7, array("f")), Curves((1.0,), (2.0,))
        return Explanation(Question(answer()), heat, without, curves).sentences()

    assert told(WithoutStroke(0, 1), WithoutStroke(1, 7)) == ["Without stroke 1 it would be a 1."]
    assert told(WithoutStroke(2, None)) == ["Without stroke 3 nothing would be left."]
    assert told() == []


def test_turns_give_the_page_its_frame_once_their_time_is_used():
    async def scenario():
        now, frames = [0.0], []

        async def next_frame():
            frames.append(now[0])
            now[0] += 100

        turns = Turns(lambda: now[0], next_frame)
        for _ in range(8):
            now[0] += TURN_MS / 3
            await turns.pause()
        assert len(frames) == 2

    finished(scenario())
