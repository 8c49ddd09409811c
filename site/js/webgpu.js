// Runs an exported network (net.js) on a WebGPU device. Touches neither page nor network.

import {
  DestroyedError, NetworkError, Queue, bufferOf, bytesFor, checkFormat, checkInput, inputOf, logitsOf, outputsOf, readWeights, readableOf,
  writableOf,
} from "./network.js";
import { Readback } from "./readback.js";
import { Stopwatch } from "./stopwatch.js";

/** @typedef {{pipeline: GPUComputePipeline, workgroups: [number, number, number], group: GPUBindGroup}} Pass one dispatch */

const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;
// The values of GPUBufferUsage, which Node does not define as a global.
const USAGE = { COPY_SRC: 0x04, COPY_DST: 0x08, STORAGE: 0x80 };
const USAGE_OF_ROLE = new Map([
  ["input", USAGE.STORAGE | USAGE.COPY_DST],
  ["state", USAGE.STORAGE | USAGE.COPY_DST],
  ["output", USAGE.STORAGE | USAGE.COPY_SRC],
  ["weight", USAGE.STORAGE],
  ["scratch", USAGE.STORAGE],
]);

/** The GPU went away: unplugged, reset, taken by the system, or destroyed. */
export class DeviceLostError extends Error {
  name = "DeviceLostError";
}

/** The GPU's driver refused a kernel or a buffer; the message quotes it. */
export class KernelError extends Error {
  name = "KernelError";
}

/**
 * @param {GPUDevice} device with the feature timestamp-query, where the adapter has it, if measure() is to tell GPU time
 * @param {import("./network.js").Net} net the default export of a net.js
 * @param {import("./network.js").File} weights the bytes of its weights.safetensors
 * @returns {Promise<import("./network.js").Network>}
 */
export async function load(device, net, weights) {
  checkFormat(net);
  const bytes = await readWeights(net, weights);
  const pipelines = await Promise.all(net.kernels.map((kernel) => createPipeline(device, kernel)));
  return reportErrors(device, net.name, () => new WebGPUNetwork(device, net, pipelines, bytes));
}

/**
 * @param {GPUDevice} device
 * @param {import("./network.js").Kernel} kernel
 */
async function createPipeline(device, { name, source }) {
  const module = device.createShaderModule({ label: name, code: source });
  try {
    return await device.createComputePipelineAsync({ label: name, layout: "auto", compute: { module, entryPoint: name } });
  } catch (error) {
    throw new KernelError(`Kernel ${name} did not compile. ${(await compilerMessages(module)) || error.message}`);
  }
}

/** @param {GPUShaderModule} module */
async function compilerMessages(module) {
  const { messages } = await module.getCompilationInfo();
  return messages.filter(({ type }) => type === "error").map(({ lineNum, message }) => `Line ${lineNum}: ${message}`).join(" ");
}

/**
 * What `create` returns, once the device has accepted everything it asked for; if not, it is destroyed again.
 * @param {GPUDevice} device
 * @param {string} name of the network
 * @param {() => WebGPUNetwork} create
 */
async function reportErrors(device, name, create) {
  device.pushErrorScope("validation");
  device.pushErrorScope("out-of-memory");
  let created, refused;
  try {
    created = create();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    refused = error; // no memory for a buffer that is mapped when it is made
  } finally {
    const errors = await Promise.all([device.popErrorScope(), device.popErrorScope()]);
    refused ??= errors.find((found) => found !== null);
  }
  if (created && !refused) return created;
  created?.destroy();
  throw new KernelError(`The GPU refused ${name}: ${refused?.message}`);
}

class WebGPUNetwork {
  #device;
  #net;
  #buffers;
  #input;
  #logits;
  #readback;
  #inputLength;
  /** @type {Pass[]} */
  #passes;
  /** @type {Stopwatch | null} */
  #stopwatch = null;
  #queue = new Queue();
  /** @type {Error | null} */
  #ended = null;

  /**
   * @param {GPUDevice} device
   * @param {import("./network.js").Net} net
   * @param {GPUComputePipeline[]} pipelines of its kernels
   * @param {Map<number, Uint8Array>} weights
   */
  constructor(device, net, pipelines, weights) {
    this.#device = device;
    this.#net = net;
    this.#buffers = createBuffers(device, net.buffers, weights);
    this.#input = this.#buffers[inputOf(net)];
    this.#logits = [this.#buffers[logitsOf(net)]];
    this.#readback = new Readback(device, this.#logits[0].size);
    this.#inputLength = net.buffers[inputOf(net)].bytes / FLOAT_BYTES;
    this.outputs = readableOf(net);
    this.buffers = writableOf(net);
    this.#passes = net.dispatches.map((dispatch) => this.#bind(dispatch, pipelines[dispatch.kernel]));
    device.lost.then((info) => (this.#ended ??= lost(info)));
  }

  /**
   * The logits for `input` (784 ink values). Calls that overlap are run one after the other.
   * @param {Float32Array} input
   */
  async run(input) {
    checkInput(input, this.#inputLength);
    const copy = input.slice();
    return this.#queue.add(() => this.#infer(copy, this.#logits));
  }

  /**
   * The named outputs for `input`, by their names; each costs a copy on the GPU, all together one reading.
   * @param {Float32Array} input
   * @param {string[]} names
   */
  async infer(input, names) {
    checkInput(input, this.#inputLength);
    const outputs = outputsOf(this.#net, names);
    const copy = input.slice();
    return this.#queue.add(() => this.#inferOutputs(copy, outputs));
  }

  /**
   * As run(), timed by the GPU's own clock, which browsers may round to 0.1 ms.
   * @param {Float32Array} input
   * @returns {Promise<import("./network.js").Measured>}
   */
  async measure(input) {
    checkInput(input, this.#inputLength);
    if (!this.#device.features.has("timestamp-query")) return { output: await this.run(input), gpuMilliseconds: undefined };
    const copy = input.slice();
    return this.#queue.add(() => this.#inferTimed(copy));
  }

  /**
   * Replaces the contents of a writable buffer, after the runs that were asked for before and before those after.
   * @param {string} name
   * @param {import("./network.js").Values} data
   * @returns {Promise<void>}
   */
  async write(name, data) {
    const bytes = padded(bytesFor(this.#net, name, data));
    return this.#queue.add(() => this.#write(name, bytes));
  }

  /** Frees the memory on the GPU. A run in flight rejects, as does every later one. */
  destroy() {
    this.#ended = new DestroyedError();
    for (const owned of [...this.#buffers, this.#readback]) owned.destroy();
    this.#stopwatch?.destroy();
  }

  /**
   * @param {import("./network.js").Dispatch} dispatch
   * @param {GPUComputePipeline} pipeline
   * @returns {Pass}
   */
  #bind({ buffers, workgroups }, pipeline) {
    const entries = buffers.map((index, binding) => ({ binding, resource: { buffer: this.#buffers[index] } }));
    return { pipeline, workgroups, group: this.#device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }) };
  }

  /** @param {string} name @param {Uint8Array<ArrayBuffer>} bytes */
  #write(name, bytes) {
    if (this.#ended) throw this.#ended;
    this.#device.queue.writeBuffer(this.#buffers[bufferOf(this.#net, name)], 0, bytes);
  }

  /**
   * The contents of `sources`, one after the other, for `input`.
   * @param {Float32Array<ArrayBuffer>} input
   * @param {GPUBuffer[]} sources
   * @param {Stopwatch | null} stopwatch
   */
  async #infer(input, sources, stopwatch = null) {
    if (this.#ended) throw this.#ended;
    const bytes = sources.reduce((sum, { size }) => sum + size, 0);
    this.#readback.reserve(bytes);
    this.#device.queue.writeBuffer(this.#input, 0, input);
    this.#device.queue.submit([this.#encode(sources, stopwatch)]);
    return new Float32Array(await this.#unlessEnded(this.#readback.read(bytes)));
  }

  /** @param {Float32Array<ArrayBuffer>} input @param {import("./network.js").Output[]} outputs */
  async #inferOutputs(input, outputs) {
    const wanted = outputs.map(({ buffer }) => this.#buffers[bufferOf(this.#net, buffer)]);
    const sources = [...new Set([...this.#logits, ...wanted])];
    const values = await this.#infer(input, sources);
    return Object.fromEntries(outputs.map(({ name }, i) => [name, partOf(values, sources, wanted[i])]));
  }

  /** @param {Float32Array<ArrayBuffer>} input */
  async #inferTimed(input) {
    if (this.#ended) throw this.#ended;
    this.#stopwatch ??= new Stopwatch(this.#device);
    const [output, gpuMilliseconds] = await Promise.all([
      this.#infer(input, this.#logits, this.#stopwatch),
      this.#unlessEnded(this.#stopwatch.milliseconds()),
    ]);
    return { output, gpuMilliseconds };
  }

  /** @param {GPUBuffer[]} sources @param {Stopwatch | null} stopwatch */
  #encode(sources, stopwatch) {
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass(stopwatch?.passDescriptor);
    for (const { pipeline, group, workgroups } of this.#passes) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(...workgroups);
    }
    pass.end();
    this.#readback.encode(encoder, ...sources);
    stopwatch?.encode(encoder);
    return encoder.finish();
  }

  /**
   * What `reading` gives; where the network ended meanwhile, or the device was lost, that is the error.
   * @template T
   * @param {Promise<T>} reading
   */
  async #unlessEnded(reading) {
    try {
      return await reading;
    } catch (error) {
      throw this.#ended ?? (error.name === "AbortError" ? lost(await this.#device.lost) : error);
    }
  }
}

/**
 * A copy of the part of `values` that came from `source`, one of `sources`.
 * @param {Float32Array} values
 * @param {GPUBuffer[]} sources
 * @param {GPUBuffer} source
 */
function partOf(values, sources, source) {
  const before = sources.slice(0, sources.indexOf(source));
  const begin = before.reduce((sum, { size }) => sum + size, 0) / FLOAT_BYTES;
  return values.slice(begin, begin + source.size / FLOAT_BYTES);
}

/**
 * `bytes`, and zeros up to a whole word.
 * @param {Uint8Array} bytes
 */
function padded(bytes) {
  const words = new Uint8Array(Math.ceil(bytes.length / FLOAT_BYTES) * FLOAT_BYTES);
  words.set(bytes);
  return words;
}

/**
 * All of them or none: where one fails, those made before it are destroyed.
 * @param {GPUDevice} device
 * @param {import("./network.js").BufferSpec[]} buffers
 * @param {Map<number, Uint8Array>} weights
 */
function createBuffers(device, buffers, weights) {
  /** @type {GPUBuffer[]} */
  const created = [];
  try {
    for (const [index, buffer] of buffers.entries()) created.push(createBuffer(device, buffer, weights.get(index)));
  } catch (error) {
    for (const buffer of created) buffer.destroy();
    throw error;
  }
  return created;
}

/**
 * @param {GPUDevice} device
 * @param {import("./network.js").BufferSpec} spec
 * @param {Uint8Array | undefined} contents
 */
function createBuffer(device, { name, role, bytes }, contents) {
  const usage = USAGE_OF_ROLE.get(role);
  if (usage === undefined) throw new NetworkError(`Buffer ${name} has the unknown role ${role}.`);
  const size = Math.ceil(bytes / FLOAT_BYTES) * FLOAT_BYTES;
  const buffer = device.createBuffer({ label: name, size, usage, mappedAtCreation: contents !== undefined });
  if (contents) {
    new Uint8Array(buffer.getMappedRange()).set(contents);
    buffer.unmap();
  }
  return buffer;
}

/** @param {GPUDeviceLostInfo} info */
function lost({ reason, message }) {
  return new DeviceLostError(`The GPU device was lost (${reason || "unknown"}${message ? `: ${message}` : ""}).`);
}
