// For TypeScript's checker: what js/ takes from the packages that the page serves at vendor/, and from index.html, and what
// its files share.

declare module "*/pyodide@314.0.7/pyodide.js" {
  export const version: string;
  export function loadPyodide(options: object): Promise<Pyodide>;
}

declare module "*/pyodide.asm.js" {
  export default function create(settings: PyodideSettings): Promise<object>;
}

declare module "*/dist/core.js" {
  export const hooks: any;
  export const stdlib: string;
}

declare module "*/dist/codemirror-BDx3jn9j.js" {
  export const EditorView: any;
  export const basicSetup: any;
}

/** Its names are the package's own short ones: `t` is "tags" of @lezer/highlight, `x` all of @codemirror/language. */
declare module "*/dist/codemirror_language-BeYrpeur.js" {
  export const t: any;
  export const x: any;
}

declare module "*/dist/codemirror_lang-python-r-dBg-Wd.js" {
  export const python: any;
}

declare module "*/dist/codemirror_state-DxSVIxgn.js" {
  export const EditorState: any;
}

type Pyodide = import("pyodide").PyodideAPI;

/** Where Pyodide writes, line by line. */
interface Streams {
  stdout(text: string): void;
  stderr(text: string): void;
}

/** What js/ uses of the settings of Pyodide's module, which are private to Pyodide. */
interface PyodideSettings {
  API: { config: { BUILD_ID: string }; restoreSnapshot: () => object };
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: { exports: PyodideExports }, module: WebAssembly.Module) => void,
  ): unknown;
}

interface PyodideExports {
  memory: WebAssembly.Memory;
  __wasm_call_ctors(): void;
  __indirect_function_table: WebAssembly.Table;
}

/** What a memory image was made from, as export/publish/image/image.mjs writes it. */
interface ImageFacts {
  digest: string;
  buildId: string;
  state: object;
  constructed: Constructed;
  tableLength: number;
  sources: Record<string, string>;
}

type MemoryRegion = [from: number, to: number];

/** The memory that constructors write to, and what was there before. */
interface Constructed {
  regions: MemoryRegion[];
  before: [address: number, base64: string][];
}

/** Texts of Python's files by their paths; without a text a file goes. */
type Sources = Record<string, string | null>;

/** index.html has every element that js/ asks for by its id. */
interface Document {
  getElementById(elementId: string): any;
}

/** A canvas of which nobody asks for another kind of context. */
type Pad = { getContext(contextId: "2d"): CanvasRenderingContext2D } & HTMLCanvasElement;

type Tool = "pen" | "eraser";

interface Stroke {
  tool: Tool;
  width: number;
  points: number[][];
}

interface ModelFiles {
  name: string;
  net: string;
  net_sha256: string;
  weights: string;
  sha256: string;
  wasm: string;
  wasm_sha256: string;
}

/** What the script in the head of index.html begins. */
declare var start: {
  files: { frontend: string; stdlib: string; image: string; imageBytes: number; worker: string; models: ModelFiles[]; edited?: Sources };
  image: Promise<WebAssembly.Module>;
  index: Promise<Response>;
  received: number;
  wireBytes: number;
  failure: string;
  isOver: boolean;
  main: Promise<Response>;
  tellCanDraw?: () => void;
  isOwn(address: string): boolean;
  fail(sentence: string): void;
  offerRetry(): void;
};

/** What js/live.js takes over edits with, once Python runs. */
interface Live {
  change?: (texts: string) => Promise<string | undefined>;
  keep?: () => string;
  begin(edit: string): void;
  end(): void;
  reload(): void;
}

declare var live: Live;

/** What the dev server tells of, as export/publish/live_tree.py makes it. */
interface Edits {
  python: Sources;
  styles: boolean;
  others: string[];
}
