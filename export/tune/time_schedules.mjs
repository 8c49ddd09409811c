// Times candidate schedules of kernels on this machine's GPU, through Dawn; each must compute what the first one computes.
//   node export/tune/time_schedules.mjs --schedules FILE --json FILE [--seconds 120] [--packages DIR] [--enable TOGGLE,TOGGLE] ...
// Where the time is too short for all, each kernel has had as many of its candidates timed as the others.

import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { GPU_OPTIONS, environment, installWebGPU, requestAdapter } from "./gpu.mjs";
import { KernelTimer } from "./kernel_timer.mjs";

const AT_ONCE = 16; // compilations

const { values: options } = parseArgs({ options: {
  ...GPU_OPTIONS,
  schedules: { type: "string" },
  json: { type: "string" },
  seconds: { type: "string", default: "120" },
} });
options.disable ??= "timestamp_quantization"; // a tenth of a millisecond is longer than a kernel
const end = performance.now() + 1000 * Number(options.seconds);
const { kernels } = JSON.parse(readFileSync(options.schedules, "utf8"));
await installWebGPU(options);
const adapter = await requestAdapter();
const device = await adapter.requestDevice({ requiredFeatures: ["timestamp-query"] });
const timers = kernels.map(({ buffers }) => new KernelTimer(device, buffers));
const results = kernels.map(({ signature }) => ({ signature, candidates: [] }));

const entries = inTurns();
while (entries.length > 0 && performance.now() < end) {
  const batch = entries.splice(0, AT_ONCE);
  const pipelines = batch.map(({ kernel, candidate }) => timers[kernel].compile(candidate));
  await Promise.allSettled(pipelines); // a compilation would disturb what is timed meanwhile
  for (const [i, { kernel, candidate }] of batch.entries()) {
    const found = await time(timers[kernel], pipelines[i], candidate);
    results[kernel].candidates.push({ schedule: candidate.schedule, workgroups: candidate.workgroups, ...found });
  }
  await save();
}
for (const { signature, candidates } of results) console.log(summary(signature, candidates));
console.log(entries.length ? `${entries.length} candidates were not timed for want of time.` : "All were timed.");
process.exit(0);

/** The first candidate of each kernel, then the second of each, and so on; at last the first again, which the others are measured by. */
function inTurns() {
  const longest = Math.max(...kernels.map(({ candidates }) => candidates.length));
  const turns = Array.from({ length: longest }, (_, place) => kernels.flatMap(({ candidates }, kernel) => (
    place < candidates.length ? [{ kernel, candidate: candidates[place] }] : [])));
  return [...turns, turns[0]].flat();
}

/** After each batch, so that what is known outlives a driver that hangs. */
async function save() {
  writeFileSync(options.json, JSON.stringify({ environment: await environment(options), left: entries.length, kernels: results }));
}

async function time(timer, pipeline, { workgroups }) {
  try {
    return { us: await timer.time(await pipeline, workgroups) };
  } catch (error) {
    return { error: String(error?.message ?? error).split("\n")[0] };
  }
}

function summary(signature, candidates) {
  const timed = candidates.filter(({ us }) => us !== undefined).sort((a, b) => a.us - b.us);
  const failed = candidates.length - timed.length;
  const used = timed.find(({ schedule }) => JSON.stringify(schedule) === JSON.stringify(candidates[0].schedule));
  return `${signature}\n  in use ${used?.us.toFixed(2)} us; best ${timed[0]?.us.toFixed(2)} us ${JSON.stringify(timed[0]?.schedule)}; ${timed.length} timed, ${failed} failed`;
}
