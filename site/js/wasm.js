// Runs an exported network (net.js) as WebAssembly, where there is no WebGPU. Touches neither page nor network.

import { DestroyedError, NetworkError, bufferOf, checkFormat, checkInput, checkSha256, readWeights } from "./network.js";

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
  #compute;
  #input;
  #output;

  constructor(net, { memory, arena, prepare, run }, weights) {
    const start = (index) => arena.value + net.wasm.offsets[net.buffers[index].name];
    const floats = (role) => {
      const index = bufferOf(net, role);
      return new Float32Array(memory.buffer, start(index), net.buffers[index].bytes / Float32Array.BYTES_PER_ELEMENT);
    };
    for (const [index, bytes] of weights) new Uint8Array(memory.buffer, start(index), bytes.length).set(bytes);
    prepare();
    this.#input = floats("input");
    this.#output = floats("output");
    this.#compute = run;
  }

  /** The output for `input` (784 ink values): 10 logits. */
  async run(input) {
    if (this.#compute === null) throw new DestroyedError();
    checkInput(input, this.#input.length);
    this.#input.set(input);
    this.#compute();
    return this.#output.slice();
  }

  /** As run(); there is no GPU whose time could be told. */
  async measure(input) {
    return { output: await this.run(input), gpuMilliseconds: undefined };
  }

  /** Lets go of the module's memory; every later run rejects. */
  destroy() {
    this.#compute = this.#input = this.#output = null;
  }
}
