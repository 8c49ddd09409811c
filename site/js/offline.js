// Has the browser keep the page for visits without a network, once the page is ready; says when a new release is there.

const { files } = globalThis.start;
const container = /** @type {ServiceWorkerContainer} */ (containerOf(navigator));
const announcement = document.getElementById("release");
let isTaking = false;

if (container && files.worker) {
  await ready();
  const registration = await container.register(files.worker).catch(() => undefined); // storage may be denied
  if (registration) follow(registration);
} else if (container) {
  // The dev server has no worker, and one of a bundle at the same address would hide every edit.
  (await container.getRegistration().catch(() => undefined))?.unregister();
}

/**
 * Undefined where the browser offers none: without https, in private windows, or where nothing may be kept.
 * @param {Navigator} navigator
 */
function containerOf(navigator) {
  try {
    return navigator.serviceWorker;
  } catch {
    return undefined;
  }
}

/** @returns {Promise<void>} */
function ready() {
  return new Promise((resolve) => {
    if (performance.getEntriesByName("app:ready").length) resolve();
    else new PerformanceObserver((list) => list.getEntriesByName("app:ready").length && resolve()).observe({ type: "mark" });
  });
}

/** @param {ServiceWorkerRegistration} registration */
function follow(registration) {
  if (registration.waiting) announce(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = /** @type {ServiceWorker} */ (registration.installing);
    worker.addEventListener("statechange", () => {
      if (worker.state === "installed" && container.controller) announce(worker);
    });
  });
  // The worker of another release answers from now on, because this page asked for it or another did.
  if (container.controller) container.addEventListener("controllerchange", () => (isTaking ? location.reload() : announce()));
}

/**
 * The release is taken on the next visit, or at a click.
 * @param {ServiceWorker} [worker]
 */
function announce(worker) {
  announcement.hidden = false;
  announcement.querySelector("button").onclick = () => {
    isTaking = true;
    if (worker?.state === "installed") worker.postMessage("take over");
    else location.reload();
  };
}
