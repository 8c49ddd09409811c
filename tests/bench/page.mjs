// The benchmark in a browser; called by the program that opened page.html.

import { contestants } from "./contestants.mjs";
import { race } from "./rounds.mjs";
import { table } from "./table.mjs";

const CASE = new URL("../../case/", import.meta.url);
const ORT = new URL("./node_modules/onnxruntime-web/dist/", import.meta.url);

/** @returns {Promise<{environment: object, models: object, tables: object}>} results and printed tables by model */
export async function run({ names, runs, only }) {
  const inputs = JSON.parse(new TextDecoder().decode(await host.file("inputs.json")));
  const models = {}, tables = {};
  for (const name of names) {
    models[name] = await race(contestants(host, name, only), inputs[name], runs);
    tables[name] = table(models[name]);
  }
  return { environment: await environment(), models, tables };
}

async function environment() {
  const { vendor, architecture, description } = (await navigator.gpu?.requestAdapter())?.info ?? {};
  return { agent: navigator.userAgent, processors: navigator.hardwareConcurrency, isolated: crossOriginIsolated, adapter: { vendor, architecture, description } };
}

let device = null;

const host = {
  async device() {
    device ??= (async () => {
      const adapter = await navigator.gpu?.requestAdapter();
      if (!adapter) throw new Error("this browser offers no WebGPU adapter");
      return adapter.requestDevice();
    })();
    return device;
  },
  async file(path) {
    const response = await fetch(new URL(path, CASE));
    if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  },
  module: (path) => import(new URL(path, CASE)),
  async ort(flavour, label) {
    const ort = await import(new URL(`ort.${flavour}.bundle.min.mjs?${label}`, ORT));
    ort.env.wasm.wasmPaths = ORT.href;
    return ort;
  },
};
