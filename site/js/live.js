// Only in pages of the dev server, before anything else: takes over the edits that the server tells of.

const HANDOVER = "live:handover"; // what a page leaves for itself when it reloads
const ATTEMPT = "webgpu-digits attempt "; // and when the page began: the edit that runs there, as py_frontend/browser/live.py tells it
const store = keptTexts();

globalThis.live = /** @type {Live} */ ({ begin, end, reload }); // Python puts in `change` and `keep`, once it runs
leaveOutWhatHung();
addEventListener("DOMContentLoaded", resume);
const { since } = filesElement().read();
const changes = new EventSource(`./dev/changes?since=${since}`);
changes.onmessage = async (/** @type {MessageEvent} */ { data }) => apply(JSON.parse(data));
addEventListener("pagehide", leave);

/** @param {Edits} edits */
async function apply({ python, styles, others }) {
  const hasPython = Object.keys(python).length > 0;
  if (others.length || (hasPython && !live.change)) return reload();
  if (styles) await refreshStyles();
  if (hasPython) await change(python);
}

/** @param {Sources} texts */
async function change(texts) {
  const fault = await /** @type {NonNullable<Live["change"]>} */ (live.change)(JSON.stringify(texts));
  performance.mark("live:changed");
  if (fault) await fetch("./dev/faults", { method: "POST", body: fault });
}

/** Comes back to the same state. */
function reload() {
  if (live.keep) sessionStorage.setItem(HANDOVER, JSON.stringify({ kept: live.keep(), top: scrollY }));
  location.reload();
}

async function resume() {
  const left = sessionStorage.getItem(HANDOVER);
  sessionStorage.removeItem(HANDOVER);
  if (!left) return;
  const { kept, top } = JSON.parse(left);
  const { handOver } = await import(new URL("./js/before-python.js", document.baseURI).href);
  handOver(kept);
  const seen = new MutationObserver(() => {
    if (document.documentElement.dataset.state !== "ready") return;
    seen.disconnect();
    scrollTo(0, top);
  });
  seen.observe(document.documentElement, { attributeFilter: ["data-state"] });
}

async function refreshStyles() {
  /** @type {NodeListOf<HTMLLinkElement>} */
  const all = document.querySelectorAll("link[rel=stylesheet]");
  const links = [...all].filter(({ href }) => !href.includes("/vendor/"));
  await Promise.all(links.map((link) => new Promise((resolve) => {
    const fresh = /** @type {HTMLLinkElement} */ (link.cloneNode());
    fresh.href = `${link.href.replace(/\?.*/, "")}?${Date.now()}`;
    fresh.onload = fresh.onerror = resolve;
    link.after(fresh);
  })));
  for (const link of links) link.remove();
  performance.mark("live:changed");
}

/**
 * Marks that an edit runs, for all tabs: the one that hangs may never start again.
 * @param {string} edit
 */
function begin(edit) {
  try {
    store?.setItem(ATTEMPT + performance.timeOrigin, edit);
  } catch (error) {
    console.info(`If this edit hangs, the next start cannot tell: ${error.message}`);
  }
}

/** Once the page has had the time to paint. */
function end() {
  setTimeout(forget);
}

function forget() {
  store?.removeItem(ATTEMPT + performance.timeOrigin);
}

/** A page that is told of this does not hang. */
function leave() {
  changes.close();
  forget();
}

/** An edit never came to an end, here or in another tab: this page may start without. */
function leaveOutWhatHung() {
  /** @type {Record<string, boolean>} */
  const answers = {};
  for (const [key, edit] of Object.entries(store ?? {})) {
    if (!key.startsWith(ATTEMPT)) continue;
    answers[edit] ??= leavesOut(JSON.parse(edit));
    if (!answers[edit]) store?.removeItem(key);
  }
}

/**
 * True where the next start has to ask again, as the edit is still in the files.
 * @param {{before: Sources, tried: Sources}} edit
 */
function leavesOut({ before, tried }) {
  const files = filesElement();
  const { edited = {} } = files.read(); // what was not saved since the server started is not in it
  const paths = Object.keys(tried);
  if (paths.some((path) => path in edited && edited[path] !== tried[path])) return false;
  if (!confirm(`The last edit, of ${paths.join(", ")}, did not come to an end. Start the page without it?`)) return false;
  files.write({ ...files.read(), edited: { ...edited, ...before } });
  return paths.every((path) => path in edited);
}

/** What the browser keeps for this site; null where it keeps nothing. */
function keptTexts() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

function filesElement() {
  const element = document.getElementById("start-files");
  return {
    read: () => JSON.parse(element.textContent),
    write: (/** @type {object} */ files) => (element.textContent = JSON.stringify(files)),
  };
}
