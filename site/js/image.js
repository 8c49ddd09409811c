// Starts Python from the memory image: Pyodide's wasm file, built with a memory in which Python has started and imported
// the page's modules (export/publish/image/).
//
// What is not in memory is made up for here: what Pyodide's constructors do in JavaScript, and the objects of the page that
// Python holds on to. Pyodide has no public interface for that. Its version is pinned, and whatever does not fit ends in a
// start without the image.

import { loadPyodide as load } from "../vendor/pyodide@314.0.7/pyodide.mjs";
import create from "../vendor/pyodide@314.0.7/pyodide.asm.mjs";
import { stdlib } from "../vendor/@pyscript/core@0.7.31/dist/core.js";

import { StandIns } from "./standins.js";
import { NO_PACKAGES, PYODIDE, files } from "./start.js";

const SECTION = "python-image"; // as export/publish/image/image.mjs names it
const WASM = `${PYODIDE}pyodide.asm.wasm`;
const NO_LIBRARY = "data:,"; // all that Python imports is in memory
const HOME = "/home/pyodide";
const LIBRARY = "/lib/python314.zip";

/**
 * @typedef {{stdout(text: string): void, stderr(text: string): void}} Streams where Python prints to
 *
 * @typedef {object} Facts of an image, as export/publish/image/ writes them
 * @property {string} digest
 * @property {string} buildId
 * @property {number} tableLength
 * @property {object} state
 * @property {[address: number, base64: string][]} constructed
 * @property {Object<string, string>} sources
 */

/**
 * Pyodide as loadPyodide() gives it. Rejects where there is no image, it does not fit, or this browser cannot take it.
 * @param {Streams} streams
 */
export async function startFromImage(streams) {
  const module = await globalThis.start.image;
  const facts = factsOf(module);
  performance.mark("start:image");
  const standIns = new StandIns();
  const python = await boot(module, facts, { ...streams, _snapshotDeserializer: (/** @type {string} */ name) => standIns.get(name) });
  reseed(python);
  writeSources(python, facts.sources);
  python.registerJsModule("_late_library", { fetch: () => python.FS.writeFile(LIBRARY, fetchNow(files.stdlib)) });
  return Object.create(python, {
    registerJsModule: { value: standIns.registering(python.registerJsModule) },
    runPythonAsync: { value: runner(python, facts.sources["main.py"]) },
  });
}

/**
 * What the image was made from; throws where that is not what the page was made from.
 * @param {WebAssembly.Module} module
 * @returns {Facts}
 */
function factsOf(module) {
  const [section] = WebAssembly.Module.customSections(module, SECTION);
  if (!section) throw new Error("the file holds no image");
  const facts = JSON.parse(new TextDecoder().decode(section));
  if (!files.image.includes(facts.digest)) throw new Error(`the image is another one, ${facts.digest}`);
  return facts;
}

/**
 * Pyodide never tells that it could not instantiate its module, hence the race.
 * @param {WebAssembly.Module} module
 * @param {Facts} facts
 * @param {object} options of loadPyodide()
 * @returns {Promise<any>}
 */
function boot(module, facts, options) {
  return new Promise((resolve, reject) => {
    const restoreFetch = answerFetches();
    const createPyodideModule = async (/** @type {any} */ settings) => {
      restoreFetch();
      checkBuild(settings, facts);
      checkTable(settings, facts, reject);
      instantiate(module, facts, reject);
      const pyodide = await create(settings);
      settings.API.restoreSnapshot = () => facts.state;
      return pyodide;
    };
    load({
      ...options,
      indexURL: PYODIDE,
      stdLibURL: NO_LIBRARY,
      lockFileContents: NO_PACKAGES,
      _loadSnapshot: Promise.resolve(new Uint8Array()), // memory is there already
      createPyodideModule,
    }).then(resolve, reject).finally(restoreFetch);
  });
}

/** Keeps Pyodide from fetching what it always fetches, until the returned function is called. */
function answerFetches() {
  const { fetch } = globalThis;
  /** @type {Object<string, () => Promise<Response>>} */
  const answers = { [WASM]: () => new Promise(() => {}), [NO_LIBRARY]: async () => new Response() };
  globalThis.fetch = (input, ...options) => answers[String(input)]?.() ?? fetch(input, ...options);
  return () => (globalThis.fetch = fetch);
}

/** @param {any} settings @param {Facts} facts */
function checkBuild({ API }, { buildId }) {
  if (API.config.BUILD_ID !== buildId) throw new Error("the image is of another build of Pyodide");
}

/**
 * Memory holds pointers to functions, places in a table: where this browser orders it differently, they lead astray.
 * @param {any} settings
 * @param {Facts} facts
 * @param {(reason: Error) => void} reject
 */
function checkTable(settings, { tableLength }, reject) {
  const { instantiateWasm } = settings;
  settings.instantiateWasm = (/** @type {any} */ imports, /** @type {Function} */ done) =>
    instantiateWasm(imports, (/** @type {any} */ instance, /** @type {unknown} */ module) => {
      done(instance, module);
      const { length } = instance.exports.__indirect_function_table;
      if (length !== tableLength) reject(new Error(`the table has ${length} functions, but ${tableLength} where the image was made`));
    });
}

/**
 * The next instantiation, which is Pyodide's, is of the image.
 * @param {WebAssembly.Module} module
 * @param {Facts} facts
 * @param {(reason: Error) => void} reject
 */
function instantiate(module, { constructed }, reject) {
  const { instantiateStreaming } = WebAssembly;
  WebAssembly.instantiateStreaming = async (_response, imports) => {
    WebAssembly.instantiateStreaming = instantiateStreaming;
    try {
      const { exports } = await WebAssembly.instantiate(module, imports);
      const __wasm_call_ctors = () => construct(exports, constructed);
      return { module, instance: { exports: { ...exports, __wasm_call_ctors } } };
    } catch (error) {
      reject(error);
      throw error;
    }
  };
}

/**
 * Runs the constructors on memory as they expect it, and leaves the image as it was.
 * @param {any} exports of Pyodide's module
 * @param {Facts["constructed"]} blocks
 */
function construct({ memory, __wasm_call_ctors }, blocks) {
  const kept = blocks.map(([address, base64]) => {
    const before = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const block = new Uint8Array(memory.buffer, address, before.length);
    const image = block.slice();
    block.set(before);
    return { address, image };
  });
  __wasm_call_ctors();
  for (const { address, image } of kept) new Uint8Array(memory.buffer, address, image.length).set(image);
}

/**
 * In the image the generator of random numbers stands where it stood: every visitor would draw the same.
 * @param {any} python
 */
function reseed(python) {
  const random = python.pyimport("random");
  random.seed();
  random.destroy();
}

/**
 * Tracebacks quote their lines.
 * @param {any} python
 * @param {Facts["sources"]} sources
 */
function writeSources({ FS }, sources) {
  for (const [path, text] of Object.entries(sources)) {
    FS.mkdirTree(`${HOME}/${path}`.replace(/\/[^/]*$/, ""));
    FS.writeFile(`${HOME}/${path}`, text);
  }
}

/**
 * PyScript runs its own Python first, which the image has, and then main.py, which the image has compiled.
 * @param {any} python
 * @param {string} main
 */
function runner(python, main) {
  const { runPythonAsync } = python;
  return async (/** @type {string} */ code, /** @type {unknown[]} */ ...options) => {
    if (code.startsWith(stdlib)) code = code.slice(stdlib.length);
    if (code !== main) return runPythonAsync(code, ...options);
    performance.mark("start:main");
    const { runner } = python.pyimport("_main");
    return runner.run_async(python.globals);
  };
}

/**
 * The bytes of a file, at once: Python's import waits for nothing.
 * @param {string} url
 */
function fetchNow(url) {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.overrideMimeType("text/plain; charset=x-user-defined"); // each byte a character: bytes are for workers only
  request.send();
  return Uint8Array.from(request.responseText, (character) => character.charCodeAt(0));
}
