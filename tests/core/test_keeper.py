"""What was taught is kept, and is the same in all tabs, whatever the browser's store does."""

import asyncio

import pytest

from py_frontend.core.keeper import Keeper, StoreError
from py_frontend.core.strokes import Stroke
from py_frontend.core.taught import Taught, TaughtDrawing
from py_frontend.core.taught_file import drawing_to_text
from py_frontend.core.teacher import Teacher
from tests.support.fakes import finished, settle


def drawing(number: int, label: int = 3) -> TaughtDrawing:
    return TaughtDrawing((Stroke("pen", 16.0, ((float(number), 0.0),)),), label)


class Browser:
    """A store that all tabs share, and the channel between them."""

    def __init__(self):
        self.kept: dict[int, str] | None = None  # None: there is no store
        self.error: Exception | None = None
        self.loads = self.writes = 0
        self.turns = 1  # of the event loop, that it takes for anything
        self._number = 0
        self.tabs: list[Tab] = []

    async def load(self):
        await self._begin()
        self.loads += 1
        return dict(self.kept or {})

    async def change(self, gone, added):
        await self._begin()
        self.writes += 1
        self.kept = {n: text for n, text in (self.kept or {}).items() if n not in gone}
        numbers = [self._number + place for place in range(1, len(added) + 1)]
        self._number += len(added)
        self.kept |= dict(zip(numbers, added, strict=True))
        return numbers

    async def delete(self):
        await self._begin()
        self.kept = None

    async def _begin(self):
        for _ in range(self.turns):
            await asyncio.sleep(0)
        if self.error:
            raise self.error


class Tab:
    """One page with its teacher."""

    def __init__(self, browser: Browser):
        self._browser, self._handler = browser, None
        self.remark, self._tasks = "", set()
        self.teacher = Teacher(None, None)
        self.keeper = Keeper(self.teacher, browser, self, self._run, self._say)
        browser.tabs.append(self)
        self.keeper.begin()

    def tell(self):
        for other in self._browser.tabs:
            if other is not self:
                other._handler()

    def on_told(self, handler):
        self._handler = handler

    def teach(self, *drawings):
        self.teacher.replace(self.teacher.taught.with_all(drawings))

    @property
    def labels(self):
        return [one.label for one in self.teacher.taught]

    def _say(self, sentence):
        self.remark = sentence

    def _run(self, work):
        task = asyncio.create_task(work())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def test_the_next_visit_knows_what_was_taught():
    async def scenario():
        browser = Browser()
        first = Tab(browser)
        first.teach(drawing(1, 4), drawing(2, 5))
        await settle()
        assert first.remark == "" and len(browser.kept) == 2
        later = Tab(browser)
        await settle()
        assert later.teacher.taught == first.teacher.taught

    finished(scenario())


def test_who_teaches_nothing_leaves_no_store():
    async def scenario():
        browser = Browser()
        Tab(browser)
        await settle()
        assert browser.kept is None and (browser.loads, browser.writes) == (1, 0)

    finished(scenario())


@pytest.mark.parametrize("forget", [Teacher.forget, lambda t: t.take_back(drawing(1).strokes)])
def test_what_is_forgotten_leaves_no_trace(forget):
    async def scenario():
        browser = Browser()
        tab = Tab(browser)
        tab.teach(drawing(1))
        await settle()
        forget(tab.teacher)
        await settle()
        assert browser.kept is None
        tab.teach(drawing(2))
        await settle()
        assert len(browser.kept) == 1

    finished(scenario())


def test_a_correction_writes_one_record():
    async def scenario():
        browser = Browser()
        tab = Tab(browser)
        tab.teach(*map(drawing, range(5)))
        await settle()
        before = dict(browser.kept)
        tab.teach(drawing(0, 9))
        await settle()
        assert len(before.items() & browser.kept.items()) == 4 and len(browser.kept) == 5

    finished(scenario())


def test_tabs_see_each_others_corrections_and_do_not_answer_each_other():
    async def scenario():
        browser = Browser()
        one, other = Tab(browser), Tab(browser)
        await settle()
        one.teach(drawing(1, 4))
        await settle()
        assert other.labels == [4]
        other.teach(drawing(2, 5))
        await settle()
        assert one.labels == [4, 5] and browser.writes == 2
        one.teacher.take_back(drawing(1).strokes)
        await settle()
        assert other.labels == [5]
        other.teacher.forget()
        await settle()
        assert one.labels == [] and browser.kept is None

    finished(scenario())


def test_what_two_tabs_teach_at_once_is_kept_of_both():
    async def scenario():
        browser = Browser()
        one, other = Tab(browser), Tab(browser)
        await settle()
        one.teach(drawing(1, 4))
        other.teach(drawing(2, 5))
        await settle()
        assert sorted(one.labels) == sorted(other.labels) == [4, 5] and len(browser.kept) == 2

    finished(scenario())


def test_what_is_taught_while_the_store_is_read_is_not_lost():
    async def scenario():
        browser = Browser()
        Tab(browser).teach(drawing(1, 4))
        await settle()
        tab = Tab(browser)
        tab.teach(drawing(2, 5))
        await settle()
        assert tab.labels == [4, 5] and len(browser.kept) == 2

    finished(scenario())


def test_what_is_kept_is_read_again_where_something_was_taught_while_it_was_read():
    async def scenario():
        browser = Browser()
        Tab(browser).teach(drawing(1, 4))
        await settle()
        browser.turns = 3
        tab = Tab(browser)
        await asyncio.sleep(0)
        tab.teach(drawing(2, 5))
        await settle()
        assert tab.labels == [4, 5] and len(browser.kept) == 2

    finished(scenario())


def test_what_is_taught_while_the_store_writes_is_written_after_it():
    async def scenario():
        browser = Browser()
        tab = Tab(browser)
        await settle()
        browser.turns = 3
        tab.teach(drawing(1, 4))
        await asyncio.sleep(0)
        tab.teach(drawing(2, 5))
        await settle()
        assert len(browser.kept) == browser.writes == 2

    finished(scenario())


def test_a_store_that_refuses_is_told_and_the_page_goes_on():
    async def scenario():
        browser = Browser()
        browser.error = StoreError("It is full.")
        tab = Tab(browser)
        await settle()
        assert tab.remark == ""
        tab.teach(drawing(1, 4))
        await settle()
        assert "will forget them when the page is closed. It is full." in tab.remark
        assert tab.labels == [4]
        browser.error = None
        tab.teach(drawing(2, 5))
        await settle()
        assert tab.remark == "" and len(browser.kept) == 2

    finished(scenario())


def test_a_store_that_cannot_be_deleted_is_told():
    async def scenario():
        browser = Browser()
        tab = Tab(browser)
        tab.teach(drawing(1))
        await settle()
        browser.error = StoreError("It is locked.")
        tab.teacher.forget()
        await settle()
        assert "could not delete what it kept. It is locked." in tab.remark

    finished(scenario())


def test_damaged_records_are_left_out_and_told():
    async def scenario():
        browser = Browser()
        browser.kept = {1: "nonsense", 2: drawing_to_text(drawing(1, 4)), 3: '{"version": 9}'}
        tab = Tab(browser)
        await settle()
        assert tab.labels == [4] and tab.remark.endswith("left out: 2.")
        tab.teacher.forget()
        await settle()
        assert browser.kept is None and tab.teacher.taught == Taught()

    finished(scenario())


def test_of_equal_records_none_comes_back_when_the_drawing_is_taken_back():
    async def scenario():
        browser = Browser()
        text = drawing_to_text(drawing(1, 4))
        browser.kept = {1: text, 2: text, 3: drawing_to_text(drawing(2, 5))}
        tab = Tab(browser)
        await settle()
        tab.teacher.take_back(drawing(1).strokes)
        await settle()
        later = Tab(browser)
        await settle()
        assert later.labels == [5]

    finished(scenario())
