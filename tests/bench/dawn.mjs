// The benchmark under Node, with WebGPU from the package webgpu (Dawn). Needs neither Python nor a network:
//   node tests/bench/dawn.mjs --case DIR [--packages DIR] [--runs 1000] [--models mlp,cnn] [--only "PATTERN OF NAMES"]
//     [--json FILE] [--adapter NAME] [--enable TOGGLE,TOGGLE] [--disable TOGGLE,TOGGLE]

import { readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { contestants } from "./contestants.mjs";
import { GPU_OPTIONS, environment, installWebGPU, packageUrl, requestAdapter } from "../../export/tune/gpu.mjs";
import { race } from "./rounds.mjs";
import { table } from "./table.mjs";

const { values: options } = parseArgs({ options: {
  ...GPU_OPTIONS,
  case: { type: "string" },
  runs: { type: "string", default: "1000" },
  models: { type: "string" },
  only: { type: "string", default: "" },
  json: { type: "string" },
} });
if (!options.case) throw new Error("--case names the folder that `python -m tests.bench pack` made");

const inputs = JSON.parse(readFileSync(join(options.case, "inputs.json"), "utf8"));
await installWebGPU(options);

const host = {
  device: once(async () => (await requestAdapter()).requestDevice()),
  file: async (path) => new Uint8Array(await readFile(join(options.case, path))),
  module: (path) => import(pathToFileURL(resolve(options.case, path))),
  ort: (flavour, label) => import(packageUrl(options, `onnxruntime-web/dist/ort.${flavour}.bundle.min.mjs`) + `?${label}`),
};

const models = {}, tables = {};
for (const name of options.models?.split(",") ?? Object.keys(inputs)) {
  models[name] = await race(contestants(host, name, options.only), inputs[name], Number(options.runs));
  tables[name] = table(models[name]);
  console.log(`${name}\n${tables[name]}\n`);
}
const found = { environment: await environment(options), models, tables };
console.log(JSON.stringify(found.environment));
if (options.json) writeFileSync(options.json, JSON.stringify(found));
process.exit(0); // Dawn's and onnxruntime's threads would keep the process

function once(make) {
  let made = null;
  return () => (made ??= make());
}
