// What a race found, for people.

import { OURS_WASM, OURS_WEBGPU } from "./contestants.mjs";

const HEADINGS = ["", "median ms", "p95 ms", "x ours, WebGPU", "x ours, WASM", "difference"];

/** The value below which `share` (0..1) of the numbers lie. */
export function quantile(numbers, share) {
  const sorted = Float64Array.from(numbers).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** One line for each contestant: its median and 95th percentile, and how many times ours its median is. */
export function table(results) {
  const median = ({ times_ms }) => quantile(times_ms, 0.5);
  const timesOurs = (name) => {
    const ours = results.find((result) => result.name === name && !result.error);
    return (result) => (ours ? (median(result) / median(ours)).toFixed(2) : "-");
  };
  const [onWebGPU, onWasm] = [OURS_WEBGPU, OURS_WASM].map(timesOurs);
  const rows = results.map((result) => (result.error
    ? [result.name, `not timed: ${result.error.split("\n")[0]}`]
    : [result.name, median(result).toFixed(3), quantile(result.times_ms, 0.95).toFixed(3), onWebGPU(result), onWasm(result), result.difference.toExponential(0)]));
  return aligned([HEADINGS, ...rows]);
}

function aligned(rows) {
  const whole = rows.filter((row) => row.length === HEADINGS.length);
  const widths = HEADINGS.map((_, i) => Math.max(...(i ? whole : rows).map((row) => row[i].length)));
  return rows.map((row) => row.map((cell, i) => (i ? cell.padStart(row.length === HEADINGS.length ? widths[i] : 0) : cell.padEnd(widths[i]))).join("  ").trimEnd()).join("\n");
}
