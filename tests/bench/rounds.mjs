// Runs contestants against each other: first they must agree, then they are timed in turns.

const MAX_DIFFERENCE = 1e-3;
const PER_ROUND = 20; // inferences of one contestant in a row
const WARM_UP = 20;
const SETTLE = 3; // the first of a round, which threads of the one before may still disturb, are not counted

/**
 * Times `runs` single inferences of each contestant, each awaited until its logits are there.
 * @returns {Promise<{name: string, error?: string, difference?: number, load_ms?: number, times_ms?: number[]}[]>} where
 *   `error` says why one was not timed: it could not be loaded, could not run, or gives other logits than expected
 */
export async function race(entrants, { ink, logits }, runs) {
  const images = ink.map((values) => new Float32Array(values));
  const results = [];
  for (const entrant of entrants) results.push(await prepared(entrant, images, logits));
  for (let round = 0; round < Math.ceil(runs / PER_ROUND); round++) {
    for (const result of shuffled(results, round)) await unlessItFails(result, () => addRound(result, images));
  }
  return results.map(({ run, times_ms, ...result }) => (result.error ? result : { ...result, times_ms: times_ms.slice(0, runs) }));
}

/** A contestant that is loaded, warm and known to agree. */
async function prepared({ name, load }, images, logits) {
  const result = { name, times_ms: [] };
  await unlessItFails(result, async () => {
    const begin = performance.now();
    result.run = await load();
    result.load_ms = performance.now() - begin;
    result.difference = await largestDifference(result.run, images, logits);
    await times(result.run, images, WARM_UP);
  });
  return result;
}

async function addRound({ run, times_ms }, images) {
  const found = await times(run, images, SETTLE + PER_ROUND);
  times_ms.push(...found.slice(SETTLE));
}

async function unlessItFails(result, job) {
  if (result.error) return;
  try {
    await job();
  } catch (error) {
    result.error = String(error?.message ?? error);
  }
}

async function largestDifference(run, images, expected) {
  let largest = 0;
  for (const [i, image] of images.entries()) {
    const found = await run(image);
    if (found.length !== expected[i].length) throw new Error(`it gives ${found.length} logits instead of ${expected[i].length}`);
    largest = expected[i].reduce((worst, value, j) => Math.max(worst, Math.abs(value - found[j])), largest);
    if (!(largest <= MAX_DIFFERENCE)) throw new Error(`it gives other logits, by ${largest} for image ${i}`);
  }
  return largest;
}

async function times(run, images, count) {
  const found = [];
  for (let i = 0; i < count; i++) {
    const image = images[i % images.length];
    const begin = performance.now();
    await run(image);
    found.push(performance.now() - begin);
  }
  return found;
}

/** `list` in an order of its own for each round, so that none always follows the same one; the same in every run. */
function shuffled(list, round) {
  const random = generator(round + 1);
  const order = list.map((element) => [random(), element]);
  return order.sort(([a], [b]) => a - b).map(([, element]) => element);
}

/** Numbers in 0..1 that look random: Marsaglia's xorshift. */
function generator(seed) {
  let state = Math.imul(seed, 0x9e3779b9) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
