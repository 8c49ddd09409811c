// The benchmark under Node, with WebGPU from the package webgpu (Dawn). Needs neither Python nor a network:
//   node tests/bench/dawn.mjs --case DIR [--packages DIR] [--runs 1000] [--models mlp,cnn] [--json FILE]
//     [--adapter NAME] [--enable TOGGLE,TOGGLE] [--disable TOGGLE,TOGGLE]

import { readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import os from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { race } from "./rounds.mjs";
import { table } from "./table.mjs";

const { values: options } = parseArgs({ options: {
  case: { type: "string" },
  packages: { type: "string", default: join(import.meta.dirname, "node_modules") },
  runs: { type: "string", default: "1000" },
  models: { type: "string" },
  json: { type: "string" },
  adapter: { type: "string" },
  enable: { type: "string" },
  disable: { type: "string" },
} });
if (!options.case) throw new Error("--case names the folder that `python -m tests.bench` made");

const inputs = JSON.parse(readFileSync(join(options.case, "inputs.json"), "utf8"));
const packages = (path) => pathToFileURL(resolve(options.packages, path)).href;
const { create, globals } = await import(packages("webgpu/index.js"));
Object.assign(globalThis, globals);
globalThis.navigator ??= {};
Object.defineProperty(navigator, "gpu", { value: create(dawnFlags(options)), configurable: true });

acceptSharedMemory(globals.GPUQueue.prototype);

const host = {
  device: once(async () => (await requestAdapter()).requestDevice()),
  file: async (path) => new Uint8Array(await readFile(join(options.case, path))),
  module: (path) => import(pathToFileURL(resolve(options.case, path))),
  ort: (flavour, label) => import(packages(`onnxruntime-web/dist/ort.${flavour}.bundle.min.mjs`) + `?${label}`),
};

const models = {}, tables = {};
for (const name of options.models?.split(",") ?? Object.keys(inputs)) {
  models[name] = await race(host, name, inputs[name], Number(options.runs));
  tables[name] = table(models[name]);
  console.log(`${name}\n${tables[name]}\n`);
}
const environment = await describe();
console.log(JSON.stringify(environment));
if (options.json) writeFileSync(options.json, JSON.stringify({ environment, models, tables }));
process.exit(0); // Dawn's and onnxruntime's threads would keep the process

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

async function requestAdapter() {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error("Dawn finds no adapter: is libvulkan there, and does VK_DRIVER_FILES name a driver?");
  return adapter;
}

async function describe() {
  const adapter = await navigator.gpu.requestAdapter();
  const { vendor, architecture, device, description } = adapter?.info ?? {};
  return { node: process.version, processor: os.cpus()[0]?.model, processors: os.cpus().length, adapter: { vendor, architecture, device, description },
    features: [...adapter?.features ?? []], toggles: { enable: options.enable, disable: options.disable } };
}

function once(make) {
  let made = null;
  return () => (made ??= make());
}
