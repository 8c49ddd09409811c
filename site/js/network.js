// What both runtimes share: the checks that a net and its files belong together, and the queue of inferences.

import { parse } from "./safetensors.js";

const FORMAT = 2;

/**
 * @typedef {object} Network what both runtimes load
 * @property {(input: Float32Array) => Promise<Float32Array>} run 784 ink values in 0..1 -> 10 logits
 * @property {(input: Float32Array) => Promise<{output: Float32Array, gpuMilliseconds: number|undefined}>} measure
 *   the same, and how long the GPU computed: undefined without a GPU, and on a device without the feature timestamp-query
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

/** The index of the one buffer of `net` with this role. */
export function bufferOf(net, role) {
  return net.buffers.findIndex((buffer) => buffer.role === role);
}

/** Throws unless `input` is a Float32Array of this length. */
export function checkInput(input, length) {
  if (!(input instanceof Float32Array) || input.length !== length) {
    throw new TypeError(`run() takes a Float32Array of ${length} values, not ${input?.constructor?.name} of ${input?.length}`);
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
