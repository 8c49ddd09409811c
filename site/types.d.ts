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
  files: { frontend: string; stdlib: string; image: string; imageBytes: number; worker: string; models: ModelFiles[] };
  image: Promise<WebAssembly.Module>;
  index: Promise<Response>;
  received: number;
  wireBytes: number;
  failure: string;
  isOver: boolean;
  main: string;
  isOwn(address: string): boolean;
  fail(sentence: string): void;
  offerRetry(): void;
};
