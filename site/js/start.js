// What the ways to start Python share.

import { version } from "../vendor/pyodide@314.0.7/pyodide.mjs";

/** The files to start from, by what they are: frontend, and once they are built image and stdlib. */
export const files = globalThis.start.files;

/** Where Pyodide lies. */
export const PYODIDE = new URL("../vendor/pyodide@314.0.7/", import.meta.url).href;

/** Pyodide asks for a list of the packages that can be installed: there are none. */
export const NO_PACKAGES = {
  info: { arch: "wasm32", platform: "emscripten", version, python: "3.14.2", abi_version: "2026_0" },
  packages: {},
};
