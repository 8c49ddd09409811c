// The ways of running one network that are compared. Each gives a function from ink (784) to a promise of the logits (10).

import { load as loadWasm } from "../../site/js/wasm.js";
import { load as loadWebGPU } from "../../site/js/webgpu.js";
import { load as loadStock } from "./stock.mjs";

/**
 * @param {object} host the machine: device() -> Promise<GPUDevice>, file(path) -> Promise<Uint8Array> and module(path) of
 *   the case folder, ort(flavour, label) -> Promise of onnxruntime-web, "wasm" or "webgpu", an instance of its own for each label
 * @param {string} model the name of the network
 * @param {string} only a pattern that the names of those wanted match
 * @returns {{name: string, load(): Promise<(ink: Float32Array) => Promise<Float32Array>>}[]}
 */
export function contestants(host, model, only = "") {
  const file = (path) => host.file(`${model}/${path}`);
  const net = async (form) => (await host.module(`${model}/${form}/net.js`)).default;
  const onGPU = async (load, form) => load(await host.device(), await net(form), await file(`${form}/weights.safetensors`));
  const ours = async (loading) => {
    const network = await loading;
    return (ink) => network.run(ink);
  };
  const ort = (flavour, threads) => loadOrt(host, flavour, threads, () => file("network.onnx"));
  return [
    { name: OURS_WEBGPU, load: () => ours(onGPU(loadWebGPU, "shipped")) },
    { name: "our kernels, run the stock way", load: () => onGPU(loadStock, "shipped") },
    { name: "stock kernels, our runtime", load: () => ours(onGPU(loadWebGPU, "stock")) },
    { name: "stock kernels, run the stock way", load: () => onGPU(loadStock, "stock") },
    { name: OURS_WASM, load: async () => ours(loadWasm(await net("shipped"), await file("shipped/net.wasm"), await file("shipped/weights.safetensors"))) },
    { name: "onnxruntime-web, WebGPU", load: () => ort("webgpu", 1) },
    { name: "onnxruntime-web, WASM, 1 thread", load: () => ort("wasm", 1) },
    { name: "onnxruntime-web, WASM, its own choice of threads", load: () => ort("wasm", undefined) },
  ].filter(({ name }) => new RegExp(only).test(name));
}

export const OURS_WEBGPU = "ours, WebGPU";
export const OURS_WASM = "ours, WASM";

async function loadOrt(host, flavour, threads, model) {
  const ort = await host.ort(flavour, `${flavour}-${threads}`);
  if (threads) ort.env.wasm.numThreads = threads;
  const session = await ort.InferenceSession.create(await model(), { executionProviders: [flavour] });
  return async (ink) => {
    const { logits } = await session.run({ ink: new ort.Tensor("float32", ink, [1, ink.length]) });
    return logits.getData();
  };
}
