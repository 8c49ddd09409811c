// Pyodide under Node, and what the scripts of the build share: each reads an order, and writes one file.

import { readFile, rename, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

// As in the page (site/index.html): Python runs on the stack of its caller.
delete WebAssembly.Suspending;

/** Modules that Python imports late, when text is encoded, something is fetched, or something goes wrong. */
export const LATE = ["encodings.ascii", "encodings.idna", "encodings.latin_1", "pyodide.http", "traceback"];

/** The Pyodide of `folder`, started with `options`. */
export async function bootPyodide(folder, options = {}) {
  const { loadPyodide } = await importFile(folder, "pyodide.mjs");
  return loadPyodide({ indexURL: resolve(folder), ...options });
}

export async function importFile(folder, name) {
  return import(pathToFileURL(resolve(folder, name)));
}

/** What the script is to do, from the JSON file that its command line names. */
export async function readOrder() {
  return JSON.parse(await readFile(process.argv[2], "utf8"));
}

/** The text of a Python script of the build. */
export async function script(name) {
  return readFile(fileURLToPath(new URL(name, import.meta.url)), "utf8");
}

/** Writes the file whole or not at all. */
export async function writeTarget(target, bytes) {
  await writeFile(`${target}.tmp`, bytes);
  await rename(`${target}.tmp`, target);
}
