"""site/js/readback.js on devices made up for the purpose: those that answer by themselves, and
those that must be reminded."""

import pytest

from tests.support.module_page import module_page

PROMPT_MS = 60  # a wait that nobody ends early takes 100 ms and more in Firefox
DEVICES = """
  const { Readback } = await import("/js/readback.js");
  /** A device whose buffers hold 1, 2, 3, 4; `answer(resolve)` is told of each mapAsync, `submitted` of each submission. */
  const device = ({ answer, submitted = () => {} }) => {
    const made = { submissions: 0, copies: [] };
    made.queue = { submit: (commands) => { if (commands.length) throw new Error("commands out of turn"); made.submissions += 1; submitted(); } };
    made.createBuffer = ({ size }) => ({
      size,
      mapAsync: () => new Promise(answer),
      getMappedRange: () => new Float32Array([1, 2, 3, 4]).buffer,
      unmap: () => {},
    });
    return made;
  };
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const timed = async (job) => { const begin = performance.now(); const value = await job(); return [performance.now() - begin, Array.from(value)]; };
  /** Like Firefox: an answer that is ready `ready` ms after the call is noticed at the next submission. */
  const inattentive = (ready) => {
    let waiting = null;
    return device({
      answer: (resolve) => { waiting = { resolve, at: performance.now() + ready }; },
      submitted: () => { if (waiting && performance.now() >= waiting.at) waiting.resolve(); },
    });
  };
"""


@pytest.fixture(scope="module")
def page(browser):
    with module_page(browser) as page:
        yield page


def evaluate(page, body: str):
    return page.evaluate(f"async () => {{ {DEVICES} {body} }}")


def test_a_device_that_answers_only_when_something_is_submitted_is_reminded(page):
    durations = evaluate(
        page,
        """
      const readback = new Readback(inattentive(0.5), 16);
      const runs = [];
      for (let i = 0; i < 10; i++) runs.push(await timed(() => readback.read(Float32Array, 16)));
      return runs;""",
    )
    assert all(values == [1, 2, 3, 4] for _, values in durations)
    first, *later = [ms for ms, _ in durations]
    assert first < PROMPT_MS  # patience has to run out once
    assert sorted(later)[len(later) // 2] < 10


def test_a_slow_answer_is_still_noticed(page):
    [duration, values] = evaluate(
        page,
        """
      const readback = new Readback(inattentive(50), 16);
      return timed(() => readback.read(Float32Array, 16));""",
    )
    assert 50 <= duration < 50 + PROMPT_MS and values == [1, 2, 3, 4]


@pytest.mark.parametrize("delay_ms", [0, 5])
def test_a_device_that_answers_by_itself_is_left_alone(page, delay_ms):
    submissions, late = evaluate(
        page,
        f"""
      const prompt = device({{ answer: (resolve) => setTimeout(resolve, {delay_ms}) }});
      const readback = new Readback(prompt, 16);
      for (let i = 0; i < 5; i++) await readback.read(Float32Array, 16);
      const during = prompt.submissions;
      await sleep(60);
      return [during, prompt.submissions];""",
    )
    assert submissions == 0 and late == 0


def test_reminders_that_do_not_help_are_given_up_in_the_next_wait(page):
    """A processor that computes for 60 ms is slow, not inattentive."""
    slow, quick = evaluate(
        page,
        """
      let ms = 60;
      const busy = device({ answer: (resolve) => setTimeout(resolve, ms) });
      const readback = new Readback(busy, 16);
      await readback.read(Float32Array, 16);
      const slow = busy.submissions;
      ms = 8;
      await readback.read(Float32Array, 16);
      return [slow, busy.submissions - slow];""",
    )
    assert slow > 2 and quick == 0


def test_reminders_end_with_a_wait_that_fails(page):
    message, during, after = evaluate(
        page,
        """
      const failing = device({ answer: (_, reject) => setTimeout(() => reject(new Error("lost")), 40) });
      const message = await new Readback(failing, 16).read(Float32Array, 16).catch((error) => error.message);
      const during = failing.submissions;
      await sleep(40);
      return [message, during, failing.submissions];""",
    )
    assert message == "lost" and during == after > 0
