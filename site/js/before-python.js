// What the page does before Python runs: it keeps what is drawn, and says so when Python does not come.

// Pyodide would run Python on stacks of its own, so that it could wait for JavaScript in the middle of a function, which the
// page never does. Chromium 156 crashes now and then when it collects garbage meanwhile.
delete (/** @type {{Suspending?: unknown}} */ (WebAssembly)).Suspending;

const INK_WIDTH = 16 / 280; // of the canvas, as py_frontend/browser/pad.py draws
const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById("draw-canvas"));
const status = /** @type {HTMLElement} */ (document.getElementById("status"));
const waiting = new AbortController();
/** @type {PointerEvent[]} */
const events = [];
/** @type {{id: number} & Point | null} */
let pen = null; // where the pointer that draws was last

for (const type of /** @type {const} */ (["pointerdown", "pointermove", "pointerup", "pointercancel"])) {
  canvas.addEventListener(type, keep, { signal: waiting.signal });
}
window.addEventListener("error", ({ message }) => message && report(message), { signal: waiting.signal });
window.addEventListener("unhandledrejection", ({ reason }) => report(reason?.message ?? reason), { signal: waiting.signal });
// Pyodide waits for ever for a file that it cannot have, and PyScript tells only in a banner of its own.
const requests = new PerformanceObserver((list) => list.getEntries().filter(failed).forEach(({ name }) => report(`${new URL(name).pathname} is missing`)));
const banners = new MutationObserver(() => report(document.querySelector(".py-error")?.textContent));
requests.observe({ type: "resource", buffered: true });
banners.observe(document.body, { childList: true });

/** Called by Python once it listens itself: the pointer events so far, in their order. */
export function takeOver() {
  waiting.abort();
  requests.disconnect();
  banners.disconnect();
  return events;
}

/** @param {PointerEvent} event */
function keep(event) {
  events.push(event);
  if (event.type === "pointerdown" && event.button === 0 && !pen) {
    pen = { id: event.pointerId, ...place(event) };
    if (event.isTrusted) canvas.setPointerCapture(event.pointerId);
  }
  if (event.pointerId !== pen?.id) return;
  const to = place(event);
  draw(pen, to);
  Object.assign(pen, to);
  if (event.type !== "pointerdown" && event.type !== "pointermove") pen = null;
}

/** @typedef {{x: number, y: number}} Point in canvas pixels */

/** @param {Point} from @param {Point} to */
function draw(from, to) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.strokeStyle = getComputedStyle(canvas).color;
  context.lineCap = "round";
  context.lineWidth = INK_WIDTH * canvas.width;
  context.stroke(new Path2D(`M${from.x} ${from.y}L${to.x} ${to.y}h.01`));
}

/**
 * @param {PointerEvent} event
 * @returns {Point}
 */
function place({ clientX, clientY }) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return { x: ((clientX - left) / width) * canvas.width, y: ((clientY - top) / height) * canvas.height };
}

/** @param {PerformanceEntry} entry of a resource */
function failed(entry) {
  const { initiatorType, responseStatus } = /** @type {PerformanceResourceTiming} */ (entry);
  return initiatorType !== "css" && initiatorType !== "link" && (responseStatus === 0 || responseStatus >= 400);
}

/** @param {unknown} cause */
function report(cause) {
  if (!cause) return;
  document.documentElement.dataset.state = "error";
  status.textContent = `Python could not start (${cause}). Check the connection and reload the page.`;
}
