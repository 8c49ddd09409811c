// node infer.mjs <folder>: what a network in the folder makes of each image in the file ink there: ten logits, then the
// features, or their sum weighted with the numbers in the file steps, where that is not null.

import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const PIXELS = 784;
const at = (file) => resolve(process.argv[2], file);
const module = (file) => import(pathToFileURL(at(file)));

const { load } = await module("wasm.js");
const { default: net } = await module("net.js");
const network = await load(net, await readFile(at("net.wasm")), await readFile(at("weights.safetensors")));
const steps = JSON.parse(await readFile(at("steps"), "utf8"));
const sum = (features) => [steps.reduce((found, step, place) => found + step * features[place], 0)];
const ink = new Float32Array(new Uint8Array(await readFile(at("ink"))).buffer);
const seen = [];
for (let i = 0; i < ink.length; i += PIXELS) {
  const { logits, features } = await network.infer(ink.subarray(i, i + PIXELS), ["logits", "features"]);
  seen.push(...logits, ...(steps ? sum(features) : features));
}
await writeFile(at("seen"), new Float64Array(seen));
