// Runs an exported network (net.js) as WebAssembly, where there is no WebGPU. Touches neither page nor network.

import {
  DestroyedError, NetworkError, bufferOf, bytesFor, channelsFirst, checkFormat, checkInput, checkSha256, inputOf, logitsOf, outputsOf,
  readWeights, readableOf, writableOf,
} from "./network.js";

/**
 * @typedef {{memory: WebAssembly.Memory, arena: WebAssembly.Global, prepare(): void, run(): void}} Exports of a net.wasm
 */

/**
 * @param {import("./network.js").Net} net the default export of a net.js
 * @param {import("./network.js").File} wasm the bytes of its net.wasm
 * @param {import("./network.js").File} weights the bytes of its weights.safetensors
 * @returns {Promise<import("./network.js").Network>}
 */
export async function load(net, wasm, weights) {
  checkFormat(net);
  if (!net.wasm) throw new NetworkError(`${net.name} was exported without WASM.`);
  await checkSha256(net.name, "net.wasm", wasm, net.wasm.sha256);
  const bytes = await readWeights(net, weights);
  const { instance } = await WebAssembly.instantiate(wasm);
  const exports = /** @type {Exports} */ (/** @type {unknown} */ (instance.exports));
  return new WasmNetwork(net, new Arena(net, net.wasm, exports), exports, bytes);
}

/** The module's memory, by the names of the buffers. */
class Arena {
  #net;
  #spec;
  #memory;
  #start;

  /**
   * @param {import("./network.js").Net} net
   * @param {NonNullable<import("./network.js").Net["wasm"]>} spec
   * @param {Exports} exports
   */
  constructor(net, spec, { memory, arena }) {
    this.#net = net;
    this.#spec = spec;
    this.#memory = memory.buffer;
    this.#start = arena.value;
  }

  /** @param {number} index of a buffer */
  bytes(index) {
    const { name, bytes } = this.#net.buffers[index];
    return new Uint8Array(this.#memory, this.#start + this.#spec.offsets[name], bytes);
  }

  /** @param {number} index of a buffer of floats */
  floats(index) {
    const { byteOffset, byteLength } = this.bytes(index);
    return new Float32Array(this.#memory, byteOffset, byteLength / Float32Array.BYTES_PER_ELEMENT);
  }

  /**
   * A copy of an output, with its channels first.
   * @param {string} buffer
   */
  read(buffer) {
    const values = this.floats(bufferOf(this.#net, buffer));
    const channels = this.#spec.channels_last[buffer];
    return channels ? channelsFirst(values, channels) : values.slice();
  }
}

class WasmNetwork {
  #net;
  /** @type {Arena | null} */
  #arena;
  #input;
  #logits;
  #compute;

  /**
   * @param {import("./network.js").Net} net
   * @param {Arena} arena
   * @param {Exports} exports
   * @param {Map<number, Uint8Array>} weights
   */
  constructor(net, arena, { prepare, run }, weights) {
    for (const [index, bytes] of weights) arena.bytes(index).set(bytes);
    prepare();
    this.#net = net;
    this.#arena = arena;
    this.#input = arena.floats(inputOf(net));
    this.#logits = arena.floats(logitsOf(net));
    this.#compute = run;
    this.outputs = readableOf(net);
    this.buffers = writableOf(net);
  }

  /**
   * The logits for `input` (784 ink values).
   * @param {Float32Array} input
   */
  async run(input) {
    this.#run(input);
    return this.#logits.slice();
  }

  /**
   * The named outputs for `input`, by their names.
   * @param {Float32Array} input
   * @param {string[]} names
   */
  async infer(input, names) {
    const outputs = outputsOf(this.#net, names);
    const arena = this.#run(input);
    return Object.fromEntries(outputs.map(({ name, buffer }) => [name, arena.read(buffer)]));
  }

  /**
   * As run(); there is no GPU whose time could be told.
   * @param {Float32Array} input
   */
  async measure(input) {
    return { output: await this.run(input), gpuMilliseconds: undefined };
  }

  /**
   * Replaces the contents of a writable buffer.
   * @param {string} name
   * @param {import("./network.js").Values} data
   */
  async write(name, data) {
    const bytes = bytesFor(this.#net, name, data);
    this.#running().bytes(bufferOf(this.#net, name)).set(bytes);
  }

  /** Lets go of the module's memory; every later run rejects. */
  destroy() {
    this.#arena = null;
    this.#input = this.#logits = new Float32Array();
    this.#compute = () => {};
  }

  /** @param {Float32Array} input */
  #run(input) {
    const arena = this.#running();
    checkInput(input, this.#input.length);
    this.#input.set(input);
    this.#compute();
    return arena;
  }

  #running() {
    if (this.#arena === null) throw new DestroyedError();
    return this.#arena;
  }
}
