// node image.mjs <order.json>: writes pyodide.asm.wasm with a memory in which Python has started already.
//
// The order: {pyodide, pyscript: folders of the packages, stdlib: archive, sources: {path: text}, digest, target:
// file to write}.
// A browser that instantiates the module has Python with all modules of the page in its memory, without having run any of
// their code.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { nonZeroPieces, wipeFree } from "./heap.mjs";
import { LATE, bootPyodide, importFile, readOrder, script, writeTarget } from "./pyodide.mjs";
import { writeFiles, writePyScript } from "./pyscript.mjs";
import { SECTION, customSection, dataSection, readSections, unsigned, withMinimumPages, writeSections } from "./wasm.mjs";

const CUSTOM_SECTION = "python-image";
const PAGE_BYTES = 65536;
const BLOCK_BYTES = 256; // of memory that the constructors write to
const STACK_BYTES = 1 << 16;
const HEAP_BYTES = 1 << 16;
const SNAPSHOT = { offset: 1, jsonLength: 2, jsonStart: 48 }; // in makeMemorySnapshot's header: two words, then a byte

const order = await readOrder();
const { "main.py": main, ...modules } = order.sources;
const memory = {};
const python = await bootPyodide(order.pyodide, {
  stdLibURL: order.stdlib,
  _makeSnapshot: true,
  createPyodideModule: watched,
});
const names = await writePyScript(python, order.pyscript);
writeFiles(python, { ...modules, "late_library.py": await script("late_library.py") });
await importModules();
const { state, heap, buildId } = takeSnapshot();
await writeTarget(order.target, merge(await readFile(join(order.pyodide, "pyodide.asm.wasm")), heap, {
  digest: order.digest,
  buildId,
  state,
  constructed: { regions: constructedRegions(), before: changedBlocks() },
  tableLength: memory.tableLength,
  sources: order.sources,
}));
process.exit(0);

/** Pyodide's module. `memory` keeps what the page cannot know: how memory was before and after the constructors. */
async function watched(settings) {
  const { default: create } = await importFile(order.pyodide, "pyodide.asm.mjs");
  const { instantiateWasm } = settings;
  settings.instantiateWasm = (imports, done) =>
    instantiateWasm(imports, (instance, module) => {
      memory.exports = instance.exports;
      memory.before = bytesOf(instance.exports);
      done(instance, module);
      memory.tableLength = instance.exports.__indirect_function_table.length;
    });
  settings.onRuntimeInitialized = () => (memory.after = bytesOf(memory.exports));
  return create(settings);
}

function bytesOf(exports) {
  return new Uint8Array(exports.memory.buffer).slice();
}

async function importModules() {
  const names = Object.keys(modules).map((path) => path.replace(/(\/__init__)?\.py$/, "").replaceAll("/", "."));
  const globals = python.toPy({ main, modules: ["late_library", ...LATE, ...names] });
  python.runPython(await script("snapshot.py"), { globals });
  globals.destroy();
}

/** Python's memory, and the JavaScript objects that it holds on to, by what the page can find them by. */
function takeSnapshot() {
  const bytes = python.makeMemorySnapshot({ serializer: nameOf });
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, SNAPSHOT.jsonStart / 4);
  const json = bytes.subarray(SNAPSHOT.jsonStart, SNAPSHOT.jsonStart + words[SNAPSHOT.jsonLength]);
  const heap = bytes.subarray(words[SNAPSHOT.offset]);
  dropTrampoline(heap);
  wipeFree(heap, memory.exports);
  return {
    state: JSON.parse(new TextDecoder().decode(json)),
    heap,
    buildId: python._api.config.BUILD_ID,
  };
}

function nameOf(object) {
  if (names.has(object)) return names.get(object);
  throw new Error(`A module of the page keeps a JavaScript object from its import on, which no memory image can hold: ${object}`);
}

/** Pyodide keeps a pointer to a function of the browser that it runs in; in the image there is none. */
function dropTrampoline(heap) {
  const { _PyRuntime: runtime, _PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET: offset } = memory.exports;
  const view = new DataView(heap.buffer, heap.byteOffset);
  view.setUint32(runtime.value + view.getUint32(offset.value, true), 0, true);
}

/**
 * The memory that the constructors may write to, [from, to]: their variables, the stack's end, and as much of the heap as
 * they take. What exactly they write depends on the browser, as its language is a variable of Python's environment.
 */
function constructedRegions() {
  const { __stack_low: low, __stack_high: high, __heap_base: heap } = memory.exports;
  return [[0, low.value], [high.value - STACK_BYTES, heap.value + HEAP_BYTES]];
}

/** The blocks that the constructors wrote to, [address, what was there before in base64]. */
function changedBlocks() {
  const blocks = [];
  for (let at = 0; at < memory.before.length; at += BLOCK_BYTES) {
    const before = Buffer.from(memory.before.buffer, at, BLOCK_BYTES);
    if (before.compare(memory.after, at, at + BLOCK_BYTES)) blocks.push([at, before.toString("base64")]);
  }
  return blocks;
}

function merge(wasm, heap, facts) {
  const pieces = nonZeroPieces(heap);
  const rewritten = {
    [SECTION.memory]: (content) => withMinimumPages(content, heap.length / PAGE_BYTES),
    [SECTION.dataCount]: () => unsigned(pieces.length),
    [SECTION.data]: () => dataSection(pieces),
  };
  const sections = readSections(wasm).map(([id, content]) => [id, rewritten[id]?.(content) ?? content]);
  const json = new TextEncoder().encode(JSON.stringify(facts));
  return writeSections(wasm, [...sections, [SECTION.custom, customSection(CUSTOM_SECTION, json)]]);
}
