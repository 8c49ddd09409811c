// The interpreter that index.html gives to PyScript: Pyodide, started from the memory image where there is one.
//
// It starts as soon as this module runs, beside PyScript, which then finds it under way. Pyodide waits for ever for what it
// cannot have, so every file is fetched here, and checked, before Pyodide gets it.

import { version } from "../vendor/pyodide@314.0.7/pyodide.js";

import "./package-cache.js";
import { startFromFiles } from "./from-files.js";
import { startFromImage } from "./from-image.js";
import { answer } from "./pyodide.js";
import { WASM_FORBIDDEN, forbidsWasm } from "./watch.js";

export { version };

const MAIN = "./py_frontend/main.py"; // as index.html names it
const OWN_LINE = /File "(?:\/home\/pyodide\/)?(<exec>|main\.py|(?:core|browser)\/[^"]+)", line (\d+)/g;
const { start } = globalThis;
const output = { stdout: console.log, stderr: console.error }; // until PyScript says where it goes
/** @type {Streams} */
const streams = { stdout: (text) => output.stdout(text), stderr: (text) => output.stderr(text) };
const started = startPython();

/**
 * As Pyodide's own.
 * @param {Streams} streams
 */
export async function loadPyodide({ stdout, stderr }) {
  Object.assign(output, { stdout, stderr });
  // PyScript is there by now; imported above, it would look for its script in a page that is not read yet.
  const { hooks } = await import("../vendor/@pyscript/core@0.7.31/dist/core.js");
  // It writes the hooks of workers as text and evaluates it, which a strict policy forbids. This page has no worker.
  hooks.worker.onBeforeRunAsync.clear();
  const python = await started;
  performance.mark("start:python");
  // PyScript fetches main.py only now: it has come meanwhile.
  const restore = answer({ [MAIN]: () => (restore(), mainFor(python)) });
  return watched(python);
}

async function startPython() {
  try {
    return await startFromImage(streams).catch((reason) => {
      console.debug(`Python starts without its memory image: ${reason.message}`);
      return startFromFiles(streams);
    });
  } catch (error) {
    start.fail(forbidsWasm() ? WASM_FORBIDDEN : `Python cannot start: ${error.message}. Check the connection and the server, then retry.`);
    return new Promise(() => {}); // PyScript has nothing to add
  }
}

/**
 * The response with main.py, whose text Python has as a file, too.
 * @param {Pyodide} python
 */
async function mainFor({ FS }) {
  const edited = start.files.edited?.["main.py"];
  const response = edited ? new Response(edited) : await start.main;
  response.clone().text().then((text) => FS.writeFile("/home/pyodide/main.py", text));
  return response;
}

/**
 * Tells where main.py does not come, or fails before the page can tell.
 * @param {Pyodide} python
 */
function watched(python) {
  const { runPythonAsync } = python;
  /** @type {Pyodide["runPythonAsync"]} */
  const run = async (code, ...options) => {
    if (start.failure) return new Promise(() => {}); // something that main.py needs is missing, and the person was told
    try {
      if (!code.trim() || code.trimStart().startsWith("<")) throw new Error("py_frontend/main.py is missing on the server");
      return await runPythonAsync(code, ...options);
    } catch (error) {
      start.isOver = false;
      start.fail(`Python cannot start the page: ${faultOf(error.message)}. Retry, or tell whoever publishes the page.`);
      throw error;
    }
  };
  return Object.create(python, { runPythonAsync: { value: run } });
}

/**
 * What a traceback says: the last of the page's own lines that the error came through, and the error, as core/faults.py.
 * @param {string} traceback
 */
function faultOf(traceback) {
  const [, path, line] = [...traceback.matchAll(OWN_LINE)].at(-1) ?? [];
  const place = path ? `${path.replace("<exec>", "main.py")}, line ${line}: ` : "";
  return place + traceback.trim().split("\n").at(-1);
}
