// For TypeScript's checker: what js/ takes from the packages that the page serves at vendor/, and from index.html.

declare module "*/pyodide@314.0.7/pyodide.js" {
  export const version: string;
  export function loadPyodide(options: object): Promise<any>;
}

declare module "*/pyodide.asm.js" {
  export default function create(settings: object): Promise<any>;
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

/** index.html has every element that js/ asks for by its id. */
interface Document {
  getElementById(elementId: string): any;
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
  files: { frontend: string; stdlib: string; image: string; imageBytes: number; worker: string; models: ModelFiles[]; edited?: Record<string, string | null> };
  image: Promise<WebAssembly.Module>;
  index: Promise<Response>;
  received: number;
  wireBytes: number;
  failure: string;
  isOver: boolean;
  main: Promise<Response>;
  isOwn(address: string): boolean;
  fail(sentence: string): void;
  offerRetry(): void;
};

/** What js/live.js takes over edits with, once Python runs. */
declare var live: {
  change?: (texts: string) => Promise<string | undefined>;
  keep?: () => string;
  begin(edit: string): void;
  end(): void;
  reload(): void;
};
