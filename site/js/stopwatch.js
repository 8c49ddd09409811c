// Times what the GPU does, by its own clock.

import { Readback } from "./readback.js";

const USAGE = { COPY_SRC: 0x04, QUERY_RESOLVE: 0x200 };
const TIMES_BYTES = 2 * BigUint64Array.BYTES_PER_ELEMENT;
const NANOSECONDS_PER_MS = 1e6;

/** Measures the time that the GPU spends on one compute pass. The device must have the feature timestamp-query. */
export class Stopwatch {
  #queries;
  #resolved;
  #readback;

  /** @param {GPUDevice} device */
  constructor(device) {
    this.#queries = device.createQuerySet({ label: "stopwatch", type: "timestamp", count: 2 });
    this.#resolved = device.createBuffer({ label: "stopwatch", size: TIMES_BYTES, usage: USAGE.QUERY_RESOLVE | USAGE.COPY_SRC });
    this.#readback = new Readback(device, TIMES_BYTES);
  }

  /** What beginComputePass() is given for the pass to be timed. */
  get passDescriptor() {
    return { timestampWrites: { querySet: this.#queries, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 } };
  }

  /**
   * Adds what brings the times to the program; after the pass.
   * @param {GPUCommandEncoder} encoder
   */
  encode(encoder) {
    encoder.resolveQuerySet(this.#queries, 0, 2, this.#resolved, 0);
    this.#readback.encode(encoder, this.#resolved);
  }

  /** Milliseconds from the pass's beginning to its end; undefined where the GPU's clock went backwards between them. */
  async milliseconds() {
    const [begin, end] = new BigUint64Array(await this.#readback.read(TIMES_BYTES));
    return end >= begin ? Number(end - begin) / NANOSECONDS_PER_MS : undefined;
  }

  destroy() {
    this.#queries.destroy();
    this.#resolved.destroy();
    this.#readback.destroy();
  }
}
