// What both runtimes share: the checks that a net and its files belong together, its named outputs and buffers, and the
// queue of inferences.

import { ARRAYS, parse } from "./safetensors.js";

const FORMAT = 3;
const LOGITS = "logits";

/**
 * @typedef {object} Network what both runtimes load
 * @property {(input: Float32Array) => Promise<Float32Array>} run 784 ink values in 0..1 -> 10 logits
 * @property {(input: Float32Array, names: string[]) => Promise<Object<string, Float32Array>>} infer
 *   the same run, of which it gives the outputs that are named, images with their channels first
 * @property {(input: Float32Array) => Promise<{output: Float32Array, gpuMilliseconds: number|undefined}>} measure
 *   as run(), and how long the GPU computed: undefined without a GPU, and on a device without the feature timestamp-query
 * @property {(name: string, data: ArrayBufferView) => Promise<void>} write
 *   replaces the contents of one of `buffers` for every run that is asked for afterwards
 * @property {Object<string, {shape: number[], field: {size: number, stride: number, start: number}|null}>} outputs
 *   what infer() can give: [values] or [channels, height, width], and which square of the input each value of an image sees
 * @property {string[]} buffers what write() can fill; zeros until then
 * @property {() => void} destroy
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

/** Throws unless `net` (the default export of a net.js) is of the format that the runtimes know. */
export function checkFormat(net) {
  if (net?.format !== FORMAT) {
    throw new NetworkError(`The network has format ${net?.format}, but this page runs format ${FORMAT}. Reload the page, or export the model again.`);
  }
}

/**
 * The bytes of each weight of `net`, by the index of its buffer.
 * @returns {Promise<Map<number, Uint8Array>>}
 */
export async function readWeights(net, file) {
  await checkSha256(net.name, "weights.safetensors", file, net.weights_sha256);
  const tensors = parse(file);
  const weights = net.buffers.flatMap((buffer, index) => (buffer.role === "weight" ? [[index, buffer]] : []));
  if (weights.length !== tensors.size) {
    throw new NetworkError(`${net.name} needs ${weights.length} tensors, but its weight file holds ${tensors.size}.`);
  }
  return new Map(weights.map(([index, buffer]) => [index, weightBytes(net.name, buffer, tensors.get(buffer.name))]));
}

function weightBytes(net, { name, dtype, shape }, tensor) {
  const expected = `${dtype} [${shape}]`;
  const found = tensor ? `${tensor.dtype} [${tensor.shape}]` : "missing";
  if (found !== expected) throw new NetworkError(`${net}'s ${name} should be ${expected}, but in the weight file it is ${found}.`);
  return new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
}

/** Throws unless the SHA-256 of `bytes` is `expected`. Pages without HTTPS have no digest; there the shapes have to do. */
export async function checkSha256(net, file, bytes, expected) {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) return;
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (found !== expected) {
    throw new NetworkError(`${net}'s ${file} is not the one it was exported with (SHA-256 ${found.slice(0, 12)}, expected ${expected?.slice(0, 12)}).`);
  }
}

/** The index of the buffer of `net` that each run reads its input from. */
export function inputOf(net) {
  return net.buffers.findIndex((buffer) => buffer.role === "input");
}

/** The index of the buffer of `net` that holds the logits. */
export function logitsOf(net) {
  return bufferOf(net, net.outputs.find((output) => output.name === LOGITS).buffer);
}

/** The index of the buffer of `net` with this name. */
export function bufferOf(net, name) {
  return net.buffers.findIndex((buffer) => buffer.name === name);
}

/** The shapes of the outputs of `net`, by their names. */
export function shapesOf(net) {
  return Object.fromEntries(net.outputs.map(({ name, shape, field }) => [name, { shape, field }]));
}

/** The outputs of `net` with these names. */
export function outputsOf(net, names) {
  return names.map((name) => (
    net.outputs.find((output) => output.name === name) ?? unknown(`${net.name} has no output`, name, net.outputs)));
}

/** The buffers of `net` that the page may write. */
export function writableOf(net) {
  return net.buffers.filter((buffer) => buffer.role === "state");
}

/** The bytes of `data` for the writable buffer of `net` with this name, copied; throws where they do not fit it. */
export function bytesFor(net, name, data) {
  const writable = writableOf(net);
  const { dtype, shape } = writable.find((buffer) => buffer.name === name) ?? unknown(`${net.name} has no writable buffer`, name, writable);
  checkArray(`The buffer ${name}`, data, ARRAYS[dtype], shape.reduce((product, size) => product * size, 1));
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
}

function unknown(what, name, known) {
  throw new TypeError(`${what} ${JSON.stringify(name)}; it has ${known.map((one) => one.name).join(", ") || "none"}.`);
}

/** A copy of `values`, (pixels, channels), as (channels, pixels). */
export function channelsFirst(values, channels) {
  const pixels = values.length / channels;
  return Float32Array.from(values, (_, i) => values[(i % pixels) * channels + Math.floor(i / pixels)]);
}

/** Throws unless `input` is a Float32Array of this length. */
export function checkInput(input, length) {
  checkArray("run()", input, Float32Array, length);
}

function checkArray(taker, array, TypedArray, length) {
  if (!(array instanceof TypedArray) || array.length !== length) {
    throw new TypeError(`${taker} takes ${length} values (${TypedArray.name}), not ${array?.length} (${array?.constructor?.name}).`);
  }
}

/** Runs one job at a time, in the order they were added; a job that fails does not stop those after it. */
export class Queue {
  #last = Promise.resolve();

  add(job) {
    const result = this.#last.then(job);
    this.#last = result.catch(() => {});
    return result;
  }
}
