// PyScript's Python package in Pyodide under Node. In a page PyScript writes it there, and registers two modules of
// JavaScript objects beside it. The image is made without a page, so Python imports stand-ins; site/js/standins.js gives
// each of them, by its name, what it stands for.

import { importFile } from "./pyodide.mjs";

export const HOME = "/home/pyodide";
const STAND_INS = {
  _pyscript: { PyWorker() {}, js_import() {}, fs: {}, interpreter: {}, target: "" },
  polyscript: {
    IDBMap() {}, IDBMapSync() {}, XWorker() {}, lazy_py_modules() {}, storage() {},
    JSON: {}, config: {}, currentScript: {}, js_modules: {}, workers: {},
  },
};

/** Makes `import pyscript` work; gives the names of the stand-ins, by object. */
export async function writePyScript(python, folder) {
  globalThis.document ??= new (class HTMLDocument {})(); // PyScript asks whether there is one
  const { default: files } = await importFile(folder, "src/stdlib/pyscript.js");
  writeFiles(python, files);
  const names = new Map();
  for (const [module, members] of Object.entries(STAND_INS)) {
    python.registerJsModule(module, members);
    names.set(members, module);
    for (const [name, value] of Object.entries(members)) {
      if (typeof value !== "string") names.set(value, `${module}.${name}`);
    }
  }
  return names;
}

/** Writes {name: text, or the same for a folder} into Python's files. */
export function writeFiles(python, files, folder = HOME) {
  python.FS.mkdirTree(folder);
  for (const [name, content] of Object.entries(files)) {
    const path = `${folder}/${name}`;
    if (typeof content !== "string") {
      writeFiles(python, content, path);
      continue;
    }
    python.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    python.FS.writeFile(path, content);
  }
}
