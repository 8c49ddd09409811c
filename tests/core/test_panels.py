"""Panels: told of what happens while they are open, and free while they are closed."""

import pytest

from py_frontend.core.panels import AlwaysOpen, Panels
from tests.support.fakes import answer, model
from tests.support.page_fakes import FakePanel


class Untold(FakePanel):
    """A closed panel that must not be called."""

    def describe(self, model, backend):
        raise AssertionError("a closed panel was told of a model")

    def show(self, answer):
        raise AssertionError("a closed panel was told of an answer")


def test_an_open_panel_is_told_of_every_answer_and_choice():
    panel = FakePanel(is_open=True)
    panels = Panels([panel])
    panels.describe(model("cnn"), "wasm")
    panels.show(answer())
    panels.show(None)
    assert panel.told == [("cnn", "wasm"), 0, None]


def test_a_closed_panel_is_told_nothing():
    panels = Panels([Untold(), Untold()])
    panels.describe(model(), "wasm")
    panels.show(answer())
    panels.show(None)


def test_a_panel_that_opens_is_told_what_it_missed_and_then_what_happens():
    panel = FakePanel()
    panels = Panels([panel])
    panels.describe(model("mlp"), "webgpu")
    panels.describe(model("cnn"), "wasm")
    panels.show(None)
    panels.show(answer())
    assert panel.told == []
    panel.open()
    assert panel.told == [("cnn", "wasm"), 0]
    panels.show(None)
    assert panel.told == [("cnn", "wasm"), 0, None]


def test_a_panel_that_was_closed_is_told_the_latest_again_when_it_opens():
    panel = FakePanel(is_open=True)
    panels = Panels([panel])
    panels.show(answer())
    panel.close()
    panels.show(None)
    assert panel.told == [0]
    panel.open()
    assert panel.told == [0, None]


@pytest.mark.parametrize("opened", [0, 1])
def test_one_panel_that_opens_does_not_tell_the_others(opened):
    both = [FakePanel(), FakePanel()]
    panels = Panels(both)
    panels.show(answer())
    both[opened].open()
    assert [panel.told for panel in both] == [[0] if i == opened else [] for i in range(2)]


def test_a_panel_opened_before_anything_is_known_is_told_that_there_is_no_answer():
    panel = FakePanel()
    Panels([panel])
    panel.open()
    assert panel.told == [None]


class Broken(FakePanel):
    """A panel with a fault."""

    def describe(self, model, backend):
        raise ZeroDivisionError("describe")

    def show(self, answer):
        raise ZeroDivisionError("show")


def test_a_panel_with_a_fault_does_not_take_the_others_down():
    broken, whole, faults = Broken(is_open=True), FakePanel(is_open=True), []
    panels = Panels([broken, whole])
    panels.on_fault(lambda fault: faults.append(str(fault)))
    panels.describe(model(), "wasm")
    panels.show(answer())
    assert whole.told == [("mlp", "wasm"), 0] and faults == ["describe", "show"]
    broken.close()
    panels.show(None)
    assert faults == ["describe", "show"]
    broken.open()
    assert faults == ["describe", "show"] * 2


def test_a_fault_that_nobody_is_told_of_is_raised():
    with pytest.raises(ZeroDivisionError):
        Panels([Broken(is_open=True)]).show(None)


def test_a_panel_that_opens_closes_the_one_that_was_open():
    first, second = FakePanel(is_open=True), FakePanel()
    first.name, second.name = "first", "second"
    panels = Panels([first, second])
    second.open()
    assert panels.open_names == ("second",) and not first.is_open


def test_it_is_told_which_panel_is_open_after_each_change():
    panel, seen = FakePanel(), []
    panels = Panels([panel])
    panels.on_toggle(lambda: seen.append(panels.open_names))
    panel.open()
    panel.close()
    assert seen == [("fake",), ()]


class Paced:
    """Does work when the test says so, once however often it was asked for."""

    def __init__(self):
        self.asked = 0

    def __call__(self, work):
        self._work = work
        return self._ask

    def _ask(self):
        self.asked += 1

    def run(self):
        self._work()


class Card(AlwaysOpen):
    def __init__(self):
        self.told = []

    def show(self, answer):
        self.told.append(answer)


def test_the_answer_is_told_at_once_and_opened_panels_get_the_latest_at_their_pace():
    card, panel, pace = Card(), FakePanel(is_open=True), Paced()
    panels = Panels([panel, card], pace)
    first, second = answer(), answer()
    panels.show(first)
    panels.show(second)
    assert card.told == [first, second] and panel.told == []
    pace.run()
    assert len(panel.told) == 1 and panels.answer is second
    pace.run()
    assert len(panel.told) == 1


def test_that_there_is_no_answer_is_told_at_once_and_what_was_due_is_not():
    panel, pace = FakePanel(is_open=True), Paced()
    panels = Panels([panel], pace)
    panels.show(answer())
    panels.show(None)
    pace.run()
    assert panel.told == [None]


def test_a_panel_that_was_closed_meanwhile_is_not_shown_what_was_due():
    panel, pace = FakePanel(is_open=True), Paced()
    panels = Panels([panel], pace)
    panels.show(answer())
    panel.close()
    pace.run()
    assert panel.told == []
