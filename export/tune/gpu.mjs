// WebGPU for Node, from the package webgpu (Dawn).

import os from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** The options of parseArgs() that installWebGPU() and the programs here share. */
export const GPU_OPTIONS = {
  packages: { type: "string", default: join(import.meta.dirname, "../../tests/bench/node_modules") },
  adapter: { type: "string" },
  enable: { type: "string" },
  disable: { type: "string" },
};

export function packageUrl({ packages }, path) {
  return pathToFileURL(resolve(packages, path)).href;
}

/** Gives `navigator.gpu` and WebGPU's classes to this program, with Dawn's toggles as `options` name them. */
export async function installWebGPU(options) {
  const { create, globals } = await import(packageUrl(options, "webgpu/index.js"));
  Object.assign(globalThis, globals);
  globalThis.navigator ??= {};
  Object.defineProperty(navigator, "gpu", { value: create(dawnFlags(options)), configurable: true });
  acceptSharedMemory(globals.GPUQueue.prototype);
}

function dawnFlags({ adapter, enable, disable }) {
  return [adapter && `adapter=${adapter}`, enable && `enable-dawn-features=${enable}`, disable && `disable-dawn-features=${disable}`].filter(Boolean);
}

/** Browsers let onnxruntime-web write to the GPU from memory that its threads share; dawn.node needs a copy, some kilobytes for each inference. */
function acceptSharedMemory(queue) {
  const { writeBuffer } = queue;
  queue.writeBuffer = function (buffer, offset, data, ...range) {
    const isShared = ArrayBuffer.isView(data) && data.buffer instanceof SharedArrayBuffer;
    return writeBuffer.call(this, buffer, offset, isShared ? data.slice() : data, ...range);
  };
}

export async function requestAdapter() {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error("Dawn finds no adapter: is libvulkan there, and does VK_DRIVER_FILES name a driver?");
  return adapter;
}

/** The machine and its GPU, for the record beside the times. */
export async function environment({ enable, disable }) {
  const adapter = await navigator.gpu.requestAdapter();
  const { vendor, architecture, device, description } = adapter?.info ?? {};
  return { node: process.version, processor: os.cpus()[0]?.model, processors: os.cpus().length, load: os.loadavg(),
    adapter: { vendor, architecture, device, description }, features: [...adapter?.features ?? []], toggles: { enable, disable } };
}
