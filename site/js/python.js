// The interpreter that index.html gives to PyScript: Pyodide, started from the memory image where there is one.
//
// It starts as soon as this module runs, beside PyScript, which then finds it under way.

import { loadPyodide as load, version } from "../vendor/pyodide@314.0.7/pyodide.mjs";
import { hooks } from "../vendor/@pyscript/core@0.7.31/dist/core.js";

import { startFromImage } from "./image.js";
import { NO_PACKAGES, PYODIDE, files } from "./start.js";

export { version };

const output = { stdout: console.log, stderr: console.error }; // until PyScript says where it goes
/** @type {import("./image.js").Streams} */
const streams = { stdout: (text) => output.stdout(text), stderr: (text) => output.stderr(text) };
const started = startFromImage(streams).catch(startFromFiles);

/**
 * As Pyodide's own.
 * @param {import("./image.js").Streams} options
 */
export async function loadPyodide({ stdout, stderr }) {
  Object.assign(output, { stdout, stderr });
  // PyScript writes the hooks of workers as text and evaluates it, which a strict policy forbids. This page has no worker.
  hooks.worker.onBeforeRunAsync.clear();
  const python = await started;
  performance.mark("start:python");
  return python;
}

/**
 * The long way: Python imports its standard library and the page's modules.
 * @param {Error} reason
 */
async function startFromFiles(reason) {
  console.debug(`Python starts without its memory image: ${reason.message}`);
  const archive = fetch(files.frontend).then(bytesOf);
  const python = await load({ ...streams, indexURL: PYODIDE, stdLibURL: files.stdlib, lockFileContents: NO_PACKAGES });
  python.unpackArchive(await archive, "zip");
  return python;
}

/** @param {Response} response */
async function bytesOf(response) {
  if (!response.ok) throw new Error(`${response.url} is missing (HTTP ${response.status})`);
  return response.arrayBuffer();
}
