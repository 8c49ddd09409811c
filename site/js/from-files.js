// Starts Python the long way: it reads its standard library and the page's modules, and runs them all.

import { boot, compiled, writeSources } from "./pyodide.js";

const { files } = globalThis.start;
const ZIP = [0x50, 0x4b]; // how an archive begins

/**
 * Pyodide as loadPyodide() gives it, with the page's modules. Rejects with an error that names the file at fault.
 * @param {Streams} streams
 */
export async function startFromFiles(streams) {
  const [module, library, modules] = await Promise.all([compiled(), archive(files.stdlib), archive(files.frontend)]);
  const python = await boot({ module, library, options: streams });
  python.unpackArchive(modules, "zip");
  writeSources(python, files.edited);
  return python;
}

/** @param {string} url */
async function archive(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} is missing on the server (HTTP ${response.status})`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (!ZIP.every((byte, at) => bytes[at] === byte)) throw new Error(`${url} is not the archive that it should be`);
  return bytes;
}
