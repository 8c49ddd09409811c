"""site/js/readback.js on devices made up for the purpose: those that answer by themselves, and
those that must be reminded."""

import pytest

from tests.support.module_page import module_page

PATIENT_MS, EAGER_MS = 20, 1  # how long a wait goes on before its first reminder
DEVICES = """
  const { Readback } = await import("/js/readback.js");
  const CONTENTS = new Float32Array([1, 2, 3, 4]).buffer;
  /** A device whose buffers hold 1, 2, 3, 4; `answer(resolve)` is told of each mapAsync, and
   *  `submitted` of each submission. */
  const device = ({ answer, submitted = () => {} }) => {
    const made = { submissions: 0 };
    made.queue = { submit(commands) {
      if (commands.length) throw new Error("commands out of turn");
      made.submissions += 1;
      submitted(made.submissions);
    } };
    made.createBuffer = ({ size }) => ({
      size,
      mapAsync: () => new Promise(answer),
      getMappedRange: (begin, bytes) => CONTENTS.slice(begin, begin + bytes),
      unmap() {},
      destroy() {},
    });
    return made;
  };
  /** Like Firefox: an answer, ready `ms` after the call, is noticed at the next submission. */
  const inattentive = (ms) => {
    let waiting = null;
    return device({
      answer: (resolve) => { waiting = { resolve, at: performance.now() + ms }; },
      submitted: () => { if (waiting && performance.now() >= waiting.at) waiting.resolve(); },
    });
  };
  const read = async (readback, bytes = 16) => (
    Array.from(new Float32Array(await readback.read(bytes))));
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  /** How long each wait was to be that `job` began. */
  const waits = async (job) => {
    const original = globalThis.setTimeout, asked = [];
    globalThis.setTimeout = (callback, ms) => { asked.push(ms); return original(callback, ms); };
    try { await job(); } finally { globalThis.setTimeout = original; }
    return asked;
  };
"""


@pytest.fixture(scope="module")
def page(browser):
    with module_page(browser) as page:
        yield page


def evaluate(page, body: str):
    return page.evaluate(f"async () => {{ {DEVICES} {body} }}")


def test_a_device_that_answers_only_when_something_is_submitted_is_reminded_and_then_sooner(page):
    values, first, later = evaluate(
        page,
        """
      const readback = new Readback(inattentive(0.5), 16);
      const values = [];
      const first = await waits(async () => values.push(await read(readback)));
      const later = await waits(async () => {
        for (let i = 0; i < 5; i++) values.push(await read(readback));
      });
      return [values, first[0], later.filter((_, i) => i % 2 === 0)];""",
    )
    assert values == [[1, 2, 3, 4]] * 6
    assert first == PATIENT_MS  # patience has to run out once
    assert later == [EAGER_MS] * 5  # the other half are what follows a reminder


def test_a_slow_answer_is_still_noticed(page):
    """Nothing but reminders would end this wait."""
    assert evaluate(page, "return read(new Readback(inattentive(50), 16));") == [1, 2, 3, 4]


@pytest.mark.parametrize("delay_ms", [0, 5])
def test_a_device_that_answers_by_itself_is_left_alone(page, delay_ms):
    during, late = evaluate(
        page,
        f"""
      const prompt = device({{ answer: (resolve) => setTimeout(resolve, {delay_ms}) }});
      const readback = new Readback(prompt, 16);
      for (let i = 0; i < 5; i++) await readback.read(16);
      const during = prompt.submissions;
      await sleep(60);
      return [during, prompt.submissions];""",
    )
    assert during == 0 and late == 0


def test_reminders_that_do_not_help_are_given_up_in_the_next_wait(page):
    """A processor that is still computing after five of them is slow, not inattentive."""
    slow, next_wait = evaluate(
        page,
        """
      let answer = null;
      const busy = device({
        answer: (resolve) => { answer = resolve; },
        submitted: (count) => { if (count === 5) answer(); },
      });
      const readback = new Readback(busy, 16);
      await readback.read(16);
      const slow = busy.submissions;
      const next = await waits(() => {
        const reading = readback.read(16);
        answer();
        return reading;
      });
      return [slow, next];""",
    )
    assert slow == 5 and next_wait == [PATIENT_MS]


def test_reminders_end_with_a_wait_that_fails(page):
    message, during, after = evaluate(
        page,
        """
      let fail = null;
      const failing = device({
        answer: (_, reject) => { fail = () => reject(new Error("lost")); },
        submitted: (count) => { if (count === 3) fail(); },
      });
      const message = await new Readback(failing, 16).read(16).catch((error) => error.message);
      const during = failing.submissions;
      await sleep(40);
      return [message, during, failing.submissions];""",
    )
    assert message == "lost" and during == after == 3


def test_room_for_more_is_made_once_and_what_was_there_is_freed(page):
    assert evaluate(
        page,
        """
      const prompt = device({ answer: (resolve) => resolve() });
      const create = prompt.createBuffer, sizes = [], freed = [];
      prompt.createBuffer = (descriptor) => {
        sizes.push(descriptor.size);
        return { ...create(descriptor), destroy: () => freed.push(descriptor.size) };
      };
      const readback = new Readback(prompt, 8);
      readback.reserve(4);
      readback.reserve(16);
      readback.reserve(16);
      const values = [await read(readback, 8), await read(readback, 16)];
      readback.destroy();
      return [sizes, freed, values];""",
    ) == [[8, 16], [8, 16], [[1, 2], [1, 2, 3, 4]]]
