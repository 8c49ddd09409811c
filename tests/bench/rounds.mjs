// Runs contestants against each other: first they must agree, then they are timed in turns.

import { contestants } from "./contestants.mjs";

const LARGEST_DIFFERENCE = 1e-3;
const PER_ROUND = 20; // inferences of one contestant in a row
const WARM_UP = 20;
const SETTLE = 3; // the first of a round, which threads of the one before may still disturb, are not counted

/**
 * Times `runs` single inferences of each contestant, each awaited until its logits are there.
 * @returns {Promise<{name: string, error?: string, difference?: number, load_ms?: number, times_ms?: number[]}[]>} where
 *   `error` says why one could not be loaded; where one gives other logits than expected, all of it rejects
 */
export async function race(host, model, { ink, logits }, runs) {
  const images = ink.map((values) => new Float32Array(values));
  const entrants = await loadAll(contestants(host, model));
  const ready = entrants.filter(({ run }) => run);
  for (const entrant of ready) entrant.difference = await largestDifference(entrant, images, logits);
  for (const { run } of ready) await times(run, images, WARM_UP);
  for (let round = 0; round < Math.ceil(runs / PER_ROUND); round++) {
    for (const { run, times_ms } of shuffled(ready, round)) times_ms.push(...(await times(run, images, SETTLE + PER_ROUND)).slice(SETTLE));
  }
  for (const { times_ms } of ready) times_ms.length = runs;
  return entrants.map(({ run, ...result }) => result);
}

async function loadAll(list) {
  const entrants = [];
  for (const { name, load } of list) {
    const begin = performance.now();
    try {
      entrants.push({ name, run: await load(), load_ms: performance.now() - begin, times_ms: [] });
    } catch (error) {
      entrants.push({ name, error: String(error?.message ?? error) });
    }
  }
  return entrants;
}

async function largestDifference({ name, run }, images, expected) {
  let largest = 0;
  for (const [i, image] of images.entries()) {
    const found = await run(image);
    if (found.length !== expected[i].length) throw new Error(`${name} gives ${found.length} logits instead of ${expected[i].length}: nothing was timed.`);
    largest = expected[i].reduce((worst, value, j) => Math.max(worst, Math.abs(value - found[j])), largest);
    if (!(largest <= LARGEST_DIFFERENCE)) throw new Error(`${name} gives other logits (by ${largest} for image ${i}): nothing was timed.`);
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
