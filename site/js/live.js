// Only in pages of the dev server, before anything else: takes over the edits that the server tells of.

const HANDOVER = "live:handover"; // what a page leaves for itself when it reloads
const ATTEMPT = "live:attempt"; // the texts from before an edit that runs, as py_frontend/browser/live.py keeps them

globalThis.live = /** @type {Live} */ ({ reload }); // Python puts in `change` and `keep`, once it runs
leaveOutWhatHung();
addEventListener("DOMContentLoaded", resume);
const { since } = filesElement().read();
const changes = new EventSource(`./dev/changes?since=${since}`);
changes.onmessage = async (/** @type {MessageEvent} */ { data }) => apply(JSON.parse(data));
addEventListener("pagehide", () => changes.close());

/** @param {Edits} edits */
async function apply({ python, styles, others }) {
  const hasPython = Object.keys(python).length > 0;
  if (others.length || (hasPython && !live.change)) reload();
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

/** An edit that never came to an end was under way when this page was left: it may start without. */
function leaveOutWhatHung() {
  const before = sessionStorage.getItem(ATTEMPT);
  sessionStorage.removeItem(ATTEMPT);
  if (!before) return;
  const texts = JSON.parse(before);
  const paths = Object.keys(texts).join(", ");
  if (!confirm(`The last edit, of ${paths}, did not come to an end. Start the page without it?`)) return;
  const files = filesElement();
  files.write({ ...files.read(), edited: { ...files.read().edited, ...texts } });
}

function filesElement() {
  const element = document.getElementById("start-files");
  return {
    read: () => JSON.parse(element.textContent),
    write: (/** @type {object} */ files) => (element.textContent = JSON.stringify(files)),
  };
}
