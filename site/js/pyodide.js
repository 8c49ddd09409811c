// Boots Pyodide from what has been loaded already: it would fetch its files itself, and wait for ever where it cannot have
// them or use them.

import create from "../vendor/pyodide@314.0.7/pyodide.asm.js";
import { loadPyodide, version } from "../vendor/pyodide@314.0.7/pyodide.js";

const FOLDER = new URL("../vendor/pyodide@314.0.7/", import.meta.url).href;
const WASM = `${FOLDER}pyodide.asm.wasm`;
const HOME = "/home/pyodide";
const LIBRARY = "data:,"; // a name for what is there already
const NO_PACKAGES = {
  info: { arch: "wasm32", platform: "emscripten", version, python: "3.14.2", abi_version: "2026_0" },
  packages: {},
};

/** Pyodide's own module, without the image. */
export async function compiled() {
  const response = await fetch(WASM);
  if (!response.ok) throw new Error(`${WASM} is missing on the server (HTTP ${response.status})`);
  try {
    return await WebAssembly.compile(await response.arrayBuffer());
  } catch (error) {
    throw new Error(`${WASM} cannot be used (${error.message})`);
  }
}

/**
 * @param {object} how
 * @param {WebAssembly.Module} how.module Pyodide's, or one with an image
 * @param {Uint8Array<ArrayBuffer>} how.library the archive of the standard library
 * @param {object} how.options of loadPyodide
 * @param {(exports: PyodideExports) => PyodideExports} [how.adapt] gives the exports that Pyodide is to have
 * @param {(settings: PyodideSettings, reject: (reason: Error) => void) => void} [how.prepare]
 *   is called before Pyodide's JavaScript begins, with its settings
 * @param {(settings: PyodideSettings) => void} [how.finish] after its memory is there
 * @returns {Promise<Pyodide>}
 */
export function boot({ module, library, options, adapt = (exports) => exports, prepare = () => {}, finish = () => {} }) {
  return new Promise((resolve, reject) => {
    const restore = answer({ [WASM]: () => new Promise(() => {}), [LIBRARY]: async () => new Response(library) });
    const createPyodideModule = async (/** @type {PyodideSettings} */ settings) => {
      restore();
      prepare(settings, reject);
      instantiateNext(module, adapt, reject);
      const pyodide = await create(settings);
      finish(settings);
      return pyodide;
    };
    loadPyodide({ ...options, indexURL: FOLDER, stdLibURL: LIBRARY, lockFileContents: NO_PACKAGES, createPyodideModule })
      .then(resolve, reject)
      .finally(restore);
  });
}

/**
 * Writes Python's files, {path: text}, which tracebacks quote; without a text a file goes.
 * @param {Pyodide} python
 * @param {Sources} [sources]
 */
export function writeSources({ FS }, sources = {}) {
  for (const [path, text] of Object.entries(sources)) {
    const file = `${HOME}/${path}`;
    FS.mkdirTree(file.replace(/\/[^/]*$/, ""));
    if (text !== null) FS.writeFile(file, text);
    else if (FS.analyzePath(file).exists) FS.unlink(file);
  }
}

/**
 * Answers fetches of some addresses, until the returned function is called.
 * @param {Record<string, () => Promise<Response>>} answers
 */
export function answer(answers) {
  const { fetch } = globalThis;
  globalThis.fetch = (input, ...options) => answers[String(input)]?.() ?? fetch(input, ...options);
  return () => (globalThis.fetch = fetch);
}

/**
 * The next instantiation, which is Pyodide's, is of `module`. Pyodide never tells that one failed.
 * @param {WebAssembly.Module} module
 * @param {(exports: PyodideExports) => PyodideExports} adapt
 * @param {(reason: Error) => void} reject
 */
function instantiateNext(module, adapt, reject) {
  const { instantiateStreaming } = WebAssembly;
  WebAssembly.instantiateStreaming = async (_response, imports) => {
    WebAssembly.instantiateStreaming = instantiateStreaming;
    try {
      const instance = /** @type {any} */ (await WebAssembly.instantiate(module, imports));
      return { module, instance: /** @type {any} */ ({ exports: adapt(instance.exports) }) };
    } catch (error) {
      reject(error);
      throw error;
    }
  };
}
