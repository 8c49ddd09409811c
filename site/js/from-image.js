// Starts Python from the memory image: Pyodide's wasm file, built with a memory in which Python has started and imported
// the page's modules (export/publish/image/).
//
// What is not in memory is made up for here: what Pyodide's constructors do in JavaScript, and the objects of the page that
// Python holds on to. Pyodide has no public interface for that. Its version is pinned, and whatever does not fit ends in a
// start without the image.

import { boot, writeSources } from "./pyodide.js";
import { StandIns } from "./standins.js";

const SECTION = "python-image"; // as export/publish/image/image.mjs names it
const LIBRARY = "/lib/python314.zip";
const MAIN = "main.py"; // which is no module
const { start } = globalThis;

/**
 * Pyodide as loadPyodide() gives it. Rejects where there is no image, it does not fit, or this browser cannot take it.
 * @param {Streams} streams
 * @returns {Promise<Pyodide>}
 */
export async function startFromImage(streams) {
  const module = await start.image;
  const facts = factsOf(module);
  performance.mark("start:image");
  const standIns = new StandIns();
  const python = await boot({
    module,
    library: new Uint8Array(), // all that the page imports is in memory
    options: {
      ...streams,
      _loadSnapshot: Promise.resolve(new Uint8Array()), // as memory is there already
      _snapshotDeserializer: (/** @type {string} */ name) => standIns.get(name),
    },
    prepare: (settings, reject) => check(settings, facts, reject),
    adapt: (exports) => ({ ...exports, __wasm_call_ctors: () => construct(exports, facts.constructed) }),
    finish: ({ API }) => (API.restoreSnapshot = () => facts.state),
  });
  reseed(python);
  writeSources(python, facts.sources);
  writeSources(python, start.files.edited);
  if (isOutdated(facts.sources, start.files.edited)) forgetModules(python);
  python.registerJsModule("_late_library", { fetch: () => python.FS.writeFile(LIBRARY, fetchNow(start.files.stdlib)) });
  return Object.create(python, {
    registerJsModule: { value: standIns.registering(python.registerJsModule) },
    runPythonAsync: { value: runner(python, facts.sources[MAIN]) },
  });
}

/**
 * What the image was made from; throws where that is not what the page was made from.
 * @param {WebAssembly.Module} module
 * @returns {ImageFacts}
 */
function factsOf(module) {
  const [section] = WebAssembly.Module.customSections(module, SECTION);
  if (!section) throw new Error("the file holds no image");
  const facts = JSON.parse(new TextDecoder().decode(section));
  if (!start.files.image.includes(facts.digest)) throw new Error(`the image is another one, ${facts.digest}`);
  return facts;
}

/**
 * Rejects an image of another Pyodide, and browsers that order the table of functions differently: memory holds places in it.
 * @param {PyodideSettings} settings
 * @param {ImageFacts} facts
 * @param {(reason: Error) => void} reject
 */
function check(settings, { buildId, tableLength }, reject) {
  if (settings.API.config.BUILD_ID !== buildId) throw new Error("the image is of another build of Pyodide");
  const { instantiateWasm } = settings;
  settings.instantiateWasm = (imports, done) =>
    instantiateWasm(imports, (instance, module) => {
      done(instance, module);
      const { length } = instance.exports.__indirect_function_table;
      if (length !== tableLength) reject(new Error(`there are ${length} functions in the table, and ${tableLength} in the image's`));
    });
}

/**
 * Runs the constructors on memory as they expect it, and leaves the image as it was.
 * @param {PyodideExports} exports
 * @param {Constructed} constructed
 */
function construct({ memory, __wasm_call_ctors }, { regions, before }) {
  /** @param {number} from @param {number} [length] */
  const view = (from, length) => new Uint8Array(memory.buffer, from, length);
  /** @type {[number, Uint8Array][]} */
  const kept = regions.map(([from, to]) => [from, view(from, to - from).slice()]);
  const [heapFrom, heapTo] = /** @type {MemoryRegion} */ (regions.at(-1));
  view(heapFrom, heapTo - heapFrom).fill(0);
  for (const [address, base64] of before) view(address).set(bytesOf(base64));
  __wasm_call_ctors();
  for (const [from, image] of kept) view(from).set(image);
}

/** @param {string} base64 */
function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/**
 * In the image the generator of random numbers stands where it stood: every visitor would draw the same.
 * @param {Pyodide} python
 */
function reseed(python) {
  const random = python.pyimport("random");
  random.seed();
  random.destroy();
}

/**
 * Whether the page's modules in memory are not those of the edited sources, some of which may have been changed back.
 * @param {Sources} imaged
 * @param {Sources} [edited]
 */
function isOutdated(imaged, edited = {}) {
  return Object.entries(edited).some(([path, text]) => path !== MAIN && text !== (imaged[path] ?? null));
}

/** @param {Pyodide} python */
function forgetModules(python) {
  python.runPython("import sys\nfor name in [*sys.modules]:\n if name.partition('.')[0] in ('core', 'browser'): del sys.modules[name]\n");
}

/**
 * PyScript runs its own Python first, which the image has, and then main.py, which the image has compiled.
 * @param {Pyodide} python
 * @param {string} main
 * @returns {Pyodide["runPythonAsync"]}
 */
function runner(python, main) {
  const { runPythonAsync } = python;
  return async (code, ...options) => {
    const { stdlib } = await import("../vendor/@pyscript/core@0.7.31/dist/core.js");
    if (code.startsWith(stdlib)) return runPythonAsync(code.slice(stdlib.length), ...options);
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
