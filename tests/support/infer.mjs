// node infer.mjs <folder>: the logits of each image in the folder's file ink, from a network that lies beside it.

import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const PIXELS = 784;
const at = (file) => resolve(process.argv[2], file);
const module = (file) => import(pathToFileURL(at(file)));

const { load } = await module("wasm.js");
const { default: net } = await module("net.js");
const network = await load(net, await readFile(at("net.wasm")), await readFile(at("weights.safetensors")));
const ink = new Float32Array(new Uint8Array(await readFile(at("ink"))).buffer);
const logits = [];
for (let i = 0; i < ink.length; i += PIXELS) logits.push(...(await network.run(ink.subarray(i, i + PIXELS))));
await writeFile(at("logits"), new Float32Array(logits));
