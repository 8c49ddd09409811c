// What both runtimes share: the checks that a net and its files belong together, its named outputs and buffers, and the
// queue of inferences.

import { ARRAYS, parse } from "./safetensors.js";

const FORMAT = 3;
const LOGITS = "logits";

/**
 * @typedef {object} Net the default export of a net.js, as export/compile/spec.py describes it
 * @property {number} format
 * @property {string} name
 * @property {string} weights_sha256
 * @property {BufferSpec[]} buffers
 * @property {Output[]} outputs
 * @property {Kernel[]} kernels
 * @property {Dispatch[]} dispatches
 * @property {{sha256: string, offsets: Object<string, number>, channels_last: Object<string, number>} | null} wasm
 *
 * @typedef {{name: string, role: string, dtype: keyof typeof ARRAYS, shape: number[], bytes: number}} BufferSpec
 * @typedef {{name: string, shape: number[], buffer: string, field: Field | null}} Output
 * @typedef {{size: number, stride: number, start: number}} Field which square of the input each value of an image sees
 * @typedef {{name: string, source: string}} Kernel
 * @typedef {{kernel: number, workgroups: [number, number, number], buffers: number[]}} Dispatch
 */

/**
 * @typedef {ArrayBuffer | Uint8Array<ArrayBuffer>} File the contents of one
 * @typedef {import("./safetensors.js").Values} Values
 *
 * @typedef {object} Network what both runtimes load
 * @property {(input: Float32Array) => Promise<Float32Array>} run 784 ink values in 0..1 -> 10 logits
 * @property {(input: Float32Array, names: string[]) => Promise<Object<string, Float32Array>>} infer
 *   the same run, of which it gives the outputs that are named, images with their channels first
 * @property {(input: Float32Array) => Promise<Measured>} measure the same run, and how long it took
 * @property {(name: string, data: Values) => Promise<void>} write
 *   replaces the contents of one of `buffers` for every run that is asked for afterwards
 * @property {Object<string, {shape: number[], field: Field | null}>} outputs
 *   what infer() can give: [values] or [channels, height, width], and which square of the input each value of an image sees
 * @property {string[]} buffers what write() can fill; zeros until then
 * @property {() => void} destroy
 *
 * @typedef {{output: Float32Array, gpuMilliseconds: number | undefined}} Measured
 *   the logits, and how long the GPU computed: undefined without a GPU, and on a device without the feature timestamp-query
 */

/** The net, its weights and its other files do not fit each other or this runtime. */
export class NetworkError extends Error {
  name = "NetworkError";
}

/** The network was destroyed; it cannot run any more. */
export class DestroyedError extends Error {
  name = "DestroyedError";
  constructor() {
    super("This network was destroyed; load it again.");
  }
}

/**
 * Throws unless `net` is of the format that the runtimes know.
 * @param {Net} net
 */
export function checkFormat(net) {
  if (net?.format !== FORMAT) {
    throw new NetworkError(`The network has format ${net?.format}, but this page runs format ${FORMAT}. Reload the page, or export the model again.`);
  }
}

/**
 * The bytes of each weight of `net`, by the index of its buffer.
 * @param {Net} net
 * @param {File} file
 * @returns {Promise<Map<number, Uint8Array>>}
 */
export async function readWeights(net, file) {
  await checkSha256(net.name, "weights.safetensors", file, net.weights_sha256);
  const tensors = parse(file);
  const weights = [...net.buffers.entries()].filter(([, buffer]) => buffer.role === "weight");
  if (weights.length !== tensors.size) {
    throw new NetworkError(`${net.name} needs ${weights.length} tensors, but its weight file holds ${tensors.size}.`);
  }
  return new Map(weights.map(([index, buffer]) => [index, weightBytes(net.name, buffer, tensors.get(buffer.name))]));
}

/**
 * @param {string} net
 * @param {BufferSpec} buffer
 * @param {import("./safetensors.js").Tensor | undefined} tensor
 */
function weightBytes(net, { name, dtype, shape }, tensor) {
  const expected = `${dtype} [${shape}]`;
  const found = tensor ? `${tensor.dtype} [${tensor.shape}]` : "missing";
  if (!tensor || found !== expected) {
    throw new NetworkError(`${net}'s ${name} should be ${expected}, but in the weight file it is ${found}.`);
  }
  return bytesOf(tensor.data);
}

/**
 * Throws unless the SHA-256 of `bytes` is `expected`. Pages without HTTPS have no digest; there the shapes have to do.
 * @param {string} net
 * @param {string} file
 * @param {File} bytes
 * @param {string} expected
 */
export async function checkSha256(net, file, bytes, expected) {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) return;
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (found !== expected) {
    throw new NetworkError(`${net}'s ${file} is not the one it was exported with (SHA-256 ${found.slice(0, 12)}, expected ${expected?.slice(0, 12)}).`);
  }
}

/**
 * The index of the buffer of `net` that each run reads its input from.
 * @param {Net} net
 */
export function inputOf(net) {
  return net.buffers.findIndex((buffer) => buffer.role === "input");
}

/**
 * The index of the buffer of `net` that holds the logits.
 * @param {Net} net
 */
export function logitsOf(net) {
  const [{ buffer }] = outputsOf(net, [LOGITS]);
  return bufferOf(net, buffer);
}

/**
 * The index of the buffer of `net` with this name.
 * @param {Net} net
 * @param {string} name
 */
export function bufferOf(net, name) {
  return net.buffers.findIndex((buffer) => buffer.name === name);
}

/**
 * What readers must know of the outputs of `net`, by their names.
 * @param {Net} net
 * @returns {Network["outputs"]}
 */
export function readableOf(net) {
  return Object.fromEntries(net.outputs.map(({ name, shape, field }) => [name, { shape, field }]));
}

/**
 * The outputs of `net` with these names.
 * @param {Net} net
 * @param {string[]} names
 */
export function outputsOf(net, names) {
  return names.map((name) => named(name, net.outputs, `${net.name} has no output`));
}

/**
 * The names of the buffers of `net` that the page may write.
 * @param {Net} net
 */
export function writableOf(net) {
  return net.buffers.filter((buffer) => buffer.role === "state").map(({ name }) => name);
}

/**
 * The bytes of `data` for the writable buffer of `net` with this name, copied; throws where they do not fit it.
 * @param {Net} net
 * @param {string} name
 * @param {Values} data
 */
export function bytesFor(net, name, data) {
  const writable = net.buffers.filter((buffer) => buffer.role === "state");
  const { dtype, shape } = named(name, writable, `${net.name} has no writable buffer`);
  checkArray(`The buffer ${name}`, data, ARRAYS[dtype], shape.reduce((product, size) => product * size, 1));
  return bytesOf(data).slice();
}

/** @param {Values} data */
function bytesOf(data) {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * The one of `all` with this name.
 * @template {{name: string}} T
 * @param {string} name
 * @param {T[]} all
 * @param {string} missing what the error begins with where there is none
 * @returns {T}
 */
function named(name, all, missing) {
  const found = all.find((one) => one.name === name);
  if (found) return found;
  throw new TypeError(`${missing} ${JSON.stringify(name)}; it has ${all.map((one) => one.name).join(", ") || "none"}.`);
}

/**
 * A copy of `values`, (pixels, channels), as (channels, pixels).
 * @param {Float32Array} values
 * @param {number} channels
 */
export function channelsFirst(values, channels) {
  const pixels = values.length / channels;
  const turned = new Float32Array(values.length);
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < pixels; pixel++) turned[channel * pixels + pixel] = values[pixel * channels + channel];
  }
  return turned;
}

/**
 * Throws unless `input` is a Float32Array of this length.
 * @param {Float32Array} input
 * @param {number} length
 */
export function checkInput(input, length) {
  checkArray("run()", input, Float32Array, length);
}

/**
 * @param {string} taker
 * @param {Values | Float32Array} array
 * @param {(typeof ARRAYS)[keyof typeof ARRAYS]} TypedArray
 * @param {number} length
 */
function checkArray(taker, array, TypedArray, length) {
  if (!(array instanceof TypedArray) || array.length !== length) {
    throw new TypeError(`${taker} takes ${length} values (${TypedArray.name}), not ${array?.length} (${array?.constructor?.name}).`);
  }
}

/** Runs one job at a time, in the order they were added; a job that fails does not stop those after it. */
export class Queue {
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * @template T
   * @param {() => T | Promise<T>} job
   * @returns {Promise<T>}
   */
  add(job) {
    const result = this.#last.then(job);
    this.#last = result.catch(() => {});
    return result;
  }
}
