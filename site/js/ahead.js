// Loads while Python starts what Python will ask for first: the list of models, and the first model's network on WASM.
// Whatever does not come is left to Python, which tells the person.

import { checkSha256 } from "./network.js";
import { load } from "./wasm.js";

const MODELS = new URL("../models/", import.meta.url);
const query = new URLSearchParams(location.search);
const models = globalThis.start.files.models;
const first = models.find(({ name }) => name === query.get("model")) ?? models[0];
let network = query.get("backend") === "webgpu" || !first?.wasm ? undefined : loadNetwork(first);
network?.catch(() => {});

/** The text of the list of models, the first time; undefined where it did not come. */
export async function takeIndex() {
  const response = await globalThis.start.index.catch(() => undefined);
  return response?.ok && !response.bodyUsed ? response.text() : undefined;
}

/**
 * The network on WASM of the model whose weights have this digest, the first time; undefined where it did not come.
 * @param {string} sha256
 */
export async function takeNetwork(sha256) {
  if (sha256 !== first?.sha256) return undefined;
  const taken = network;
  network = undefined;
  return taken?.catch(() => undefined);
}

/** @param {ModelFiles} model */
async function loadNetwork({ net, net_sha256, weights, sha256, wasm, wasm_sha256 }) {
  const [{ default: data }, source, code, bytes] = await Promise.all([
    import(versioned(net, net_sha256)),
    bytesOf(versioned(net, net_sha256)),
    bytesOf(versioned(wasm, wasm_sha256)),
    bytesOf(versioned(weights, sha256)),
  ]);
  if (net_sha256) await checkSha256(net, "net.js", source, net_sha256);
  const loaded = await load(data, code, bytes);
  performance.mark("start:network");
  return loaded;
}

/** @param {string} url */
async function bytesOf(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} cannot be had`);
  return response.arrayBuffer();
}

/**
 * The address of a file under models/ that never means another version of it; as browser/files.py makes it.
 * @param {string} name
 * @param {string} sha256
 */
function versioned(name, sha256) {
  const url = new URL(name, MODELS);
  url.search = sha256 ? `v=${sha256.slice(0, 16)}` : "";
  return url.href;
}
