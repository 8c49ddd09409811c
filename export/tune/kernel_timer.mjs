// Times one kernel by the GPU's own clock: many dispatches in one pass, so that what starts and ends it does not count.

import { Stopwatch } from "../../site/js/stopwatch.js";

const USAGE = { MAP_READ: 0x01, COPY_SRC: 0x04, COPY_DST: 0x08, STORAGE: 0x80 };
const MAX_DIFFERENCE = 1e-4; // relative to the largest output
const PASS_MS = 2; // of one measurement
const MAX_DISPATCHES = 500;
const MEASUREMENTS = 7;

export class KernelTimer {
  #device;
  #stopwatch;
  #buffers;
  #download;
  #expected = null;

  /** @param {{dtype: string, bytes: number}[]} buffers as the kernel binds them; it writes the first */
  constructor(device, buffers) {
    this.#device = device;
    this.#stopwatch = new Stopwatch(device);
    this.#buffers = buffers.map((buffer, index) => filled(device, buffer, index));
    this.#download = device.createBuffer({ size: buffers[0].bytes, usage: USAGE.MAP_READ | USAGE.COPY_DST });
  }

  compile({ name, source }) {
    const module = this.#device.createShaderModule({ code: source });
    const pipeline = this.#device.createComputePipelineAsync({ layout: "auto", compute: { module, entryPoint: name } });
    pipeline.catch(() => {}); // time() tells
    return pipeline;
  }

  /** Microseconds of one dispatch, the least of some measurements. The first pipeline's output is what all others must give. */
  async time(pipeline, workgroups) {
    const launch = { pipeline, workgroups, group: this.#bind(pipeline) };
    await this.#check(launch);
    const [once] = await this.#measure(launch, 1, 2);
    const dispatches = Math.max(1, Math.min(MAX_DISPATCHES, Math.round(PASS_MS / once)));
    const [least] = await this.#measure(launch, dispatches, MEASUREMENTS);
    return (1000 * least) / dispatches;
  }

  #bind(pipeline) {
    const entries = this.#buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
    return this.#device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  }

  async #check(launch) {
    const encoder = this.#device.createCommandEncoder();
    encoder.clearBuffer(this.#buffers[0]);
    dispatch(encoder.beginComputePass(), launch, 1);
    encoder.copyBufferToBuffer(this.#buffers[0], 0, this.#download, 0, this.#download.size);
    this.#device.queue.submit([encoder.finish()]);
    await this.#download.mapAsync(USAGE.MAP_READ);
    const output = new Float32Array(this.#download.getMappedRange()).slice();
    this.#download.unmap();
    this.#expected ??= output;
    const difference = differenceOf(output, this.#expected);
    if (!(difference <= MAX_DIFFERENCE)) throw new Error(`computes something else (by ${difference} of the largest output)`);
  }

  /** Milliseconds of a pass of so many dispatches, measured so many times, the least first. */
  async #measure(launch, dispatches, measurements) {
    const found = [];
    for (let i = 0; i < measurements; i++) {
      const encoder = this.#device.createCommandEncoder();
      dispatch(encoder.beginComputePass(this.#stopwatch.passDescriptor), launch, dispatches);
      this.#stopwatch.encode(encoder);
      this.#device.queue.submit([encoder.finish()]);
      found.push((await this.#stopwatch.milliseconds()) ?? Infinity);
    }
    return found.sort((a, b) => a - b);
  }
}

function dispatch(pass, { pipeline, group, workgroups }, times) {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  for (let i = 0; i < times; i++) pass.dispatchWorkgroups(...workgroups);
  pass.end();
}

/** A buffer of made-up values: 0..1 for floats, any bytes for eight-bit weights. */
function filled(device, { dtype, bytes }, index) {
  const buffer = device.createBuffer({ size: Math.ceil(bytes / 4) * 4, usage: USAGE.STORAGE | USAGE.COPY_SRC | USAGE.COPY_DST, mappedAtCreation: true });
  const words = new Uint32Array(buffer.getMappedRange());
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b);
  if (dtype === "F32") new Float32Array(words.buffer).set(Float32Array.from(words, (word) => word / 2 ** 32));
  buffer.unmap();
  return buffer;
}

function differenceOf(output, expected) {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return output.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0) / largest;
}
