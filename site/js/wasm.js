// Runs an exported network (net.js) as WebAssembly, where there is no WebGPU. Touches neither page nor network.

import {
  DestroyedError, NetworkError, bufferOf, bytesFor, channelsFirst, checkFormat, checkInput, checkSha256, inputOf, logitsOf, outputsOf,
  readWeights, shapesOf, writableOf,
} from "./network.js";

/**
 * @param {object} net the default export of a net.js
 * @param {ArrayBuffer|Uint8Array} wasm the bytes of its net.wasm
 * @param {ArrayBuffer|Uint8Array} weights the bytes of its weights.safetensors
 * @returns {Promise<import("./network.js").Network>}
 */
export async function load(net, wasm, weights) {
  checkFormat(net);
  if (!net.wasm) throw new NetworkError(`${net.name} was exported without WASM.`);
  await checkSha256(net.name, "net.wasm", wasm, net.wasm.sha256);
  const bytes = await readWeights(net, weights);
  const { instance } = await WebAssembly.instantiate(wasm);
  return new WasmNetwork(net, instance.exports, bytes);
}

class WasmNetwork {
  #net;
  #memory;
  #compute;
  #input;
  #logits;

  constructor(net, { memory, arena, prepare, run }, weights) {
    this.#net = net;
    this.#memory = { buffer: memory.buffer, arena: arena.value };
    for (const [index, bytes] of weights) this.#view(Uint8Array, index).set(bytes);
    prepare();
    this.#input = this.#view(Float32Array, inputOf(net));
    this.#logits = this.#view(Float32Array, logitsOf(net));
    this.#compute = run;
    this.outputs = shapesOf(net);
    this.buffers = writableOf(net).map(({ name }) => name);
  }

  /** The output for `input` (784 ink values): 10 logits. */
  async run(input) {
    this.#run(input);
    return this.#logits.slice();
  }

  /** The named outputs for `input`, by their names. */
  async infer(input, names) {
    const outputs = outputsOf(this.#net, names);
    this.#run(input);
    return Object.fromEntries(outputs.map(({ name, buffer }) => [name, this.#read(buffer)]));
  }

  /** As run(); there is no GPU whose time could be told. */
  async measure(input) {
    return { output: await this.run(input), gpuMilliseconds: undefined };
  }

  /** Replaces the contents of a writable buffer. */
  async write(name, data) {
    if (this.#compute === null) throw new DestroyedError();
    const bytes = bytesFor(this.#net, name, data);
    this.#view(Uint8Array, bufferOf(this.#net, name)).set(bytes);
  }

  /** Lets go of the module's memory; every later run rejects. */
  destroy() {
    this.#compute = this.#input = this.#logits = this.#memory = null;
  }

  #run(input) {
    if (this.#compute === null) throw new DestroyedError();
    checkInput(input, this.#input.length);
    this.#input.set(input);
    this.#compute();
  }

  #read(buffer) {
    const values = this.#view(Float32Array, bufferOf(this.#net, buffer));
    const channels = this.#net.wasm.channels_last[buffer];
    return channels ? channelsFirst(values, channels) : values.slice();
  }

  /** The memory of a buffer. */
  #view(TypedArray, index) {
    const { name, bytes } = this.#net.buffers[index];
    const start = this.#memory.arena + this.#net.wasm.offsets[name];
    return new TypedArray(this.#memory.buffer, start, bytes / TypedArray.BYTES_PER_ELEMENT);
  }
}
