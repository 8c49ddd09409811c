// Notices what keeps Python from starting and tells nobody: a policy, and what PyScript reports in a banner of its own.
// What belongs to the host or to an extension does not count.

export const WASM_FORBIDDEN = "The page's Content Security Policy forbids WebAssembly, which Python needs. Let the server allow 'wasm-unsafe-eval' in script-src, or send no policy: the page has its own.";
const WASM = "wasm-eval"; // what browsers call it when a policy forbids WebAssembly
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** Whether a policy forbids WebAssembly. The browser's event may come after the error. */
export function forbidsWasm() {
  try {
    return !new WebAssembly.Module(EMPTY_MODULE);
  } catch {
    return true;
  }
}

/** @param {AbortSignal} signal */
export function watch(signal) {
  const { start } = globalThis;
  document.addEventListener("securitypolicyviolation", ({ blockedURI, disposition }) => {
    if (disposition === "report") return;
    if (blockedURI === WASM) start.fail(WASM_FORBIDDEN);
    else if (start.isOwn(blockedURI)) start.fail(`The page cannot start: a Content Security Policy of the server blocks ${blockedURI}. Let the server send none: the page has its own.`);
  }, { signal });
  addEventListener("unhandledrejection", ({ reason }) => {
    const text = `${reason?.message} ${reason?.stack}`;
    if ((text.match(/https?:[^\s)]+/g) ?? []).some(start.isOwn)) start.fail(`The page cannot start: ${reason.message}. Check the connection and the server, then retry.`);
  }, { signal });
  const banners = new MutationObserver(() => {
    const banner = document.querySelector(".py-error");
    if (banner) start.fail(`Python cannot start the page: ${banner.textContent.trim()}. Retry, or tell whoever publishes the page.`);
  });
  banners.observe(document.body, { childList: true });
  signal.addEventListener("abort", () => banners.disconnect());
}
