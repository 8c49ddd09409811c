// PyScript waits for a database of packages before it starts Python. This page has no packages, and there are browsers that
// forbid databases or never open one: this one is empty and always there.

import { version } from "../vendor/pyodide@314.0.7/pyodide.js";

const store = { getAllKeys: () => answered([]), clear: () => answered(undefined) };
const database = { transaction: () => ({ objectStore: () => store }), close() {} };
const real = globalThis.indexedDB;

Object.defineProperty(globalThis, "indexedDB", {
  configurable: true,
  value: {
    /**
     * @param {string} name
     * @param {number} [revision]
     */
    open: (name, revision) => (name.endsWith(`@${version}`) ? answered(database) : real.open(name, revision)),
    deleteDatabase: (/** @type {string} */ name) => real.deleteDatabase(name),
    databases: () => real.databases(),
    cmp: (/** @type {any} */ one, /** @type {any} */ other) => real.cmp(one, other),
  },
});

/**
 * A request that succeeds as soon as its handlers are there.
 * @param {unknown} result
 */
function answered(result) {
  const request = { onsuccess: (/** @type {object} */ _event) => {} };
  queueMicrotask(() => request.onsuccess({ target: { result } }));
  return request;
}
