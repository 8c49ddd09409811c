// What site/js takes from packages that the page serves at ../vendor/, and from index.html.

declare module "*/pyodide.mjs" {
  export const version: string;
  export function loadPyodide(options: object): Promise<any>;
}

declare module "*/pyodide.asm.mjs" {
  export default function create(settings: object): Promise<any>;
}

declare module "*/dist/core.js" {
  export const hooks: any;
  export const stdlib: string;
}

declare var start: {
  files: { frontend: string; stdlib: string; image: string };
  image: Promise<WebAssembly.Module>;
};
