// What the page does before Python runs: it keeps what is drawn, and says so when Python does not come.

// Pyodide would run Python on stacks of its own, so that it could wait for JavaScript in the middle of a function, which the
// page never does. Chromium 156 crashes now and then when it collects garbage meanwhile.
delete WebAssembly.Suspending;

const INK_WIDTH = 16 / 280; // of the canvas, as py_frontend/browser/pad.py draws
const canvas = document.getElementById("draw-canvas");
const status = document.getElementById("status");
const waiting = new AbortController();
const events = [];
let pen = null; // where the pointer that draws was last, in canvas pixels

for (const type of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
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

function keep(event) {
  events.push(event);
  if (event.type === "pointerdown" && event.button === 0 && !pen) {
    pen = { id: event.pointerId, ...place(event) };
    if (event.isTrusted) canvas.setPointerCapture(event.pointerId);
  }
  if (event.pointerId !== pen?.id) return;
  drawTo(place(event));
  if (event.type !== "pointerdown" && event.type !== "pointermove") pen = null;
}

function drawTo({ x, y }) {
  const context = canvas.getContext("2d");
  context.strokeStyle = getComputedStyle(canvas).color;
  context.lineCap = "round";
  context.lineWidth = INK_WIDTH * canvas.width;
  context.stroke(new Path2D(`M${pen.x} ${pen.y}L${x} ${y}h.01`));
  Object.assign(pen, { x, y });
}

function place({ clientX, clientY }) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return { x: ((clientX - left) / width) * canvas.width, y: ((clientY - top) / height) * canvas.height };
}

function failed({ initiatorType, responseStatus }) {
  return initiatorType !== "css" && initiatorType !== "link" && (responseStatus === 0 || responseStatus >= 400);
}

function report(cause) {
  if (!cause) return;
  document.documentElement.dataset.state = "error";
  status.textContent = `Python could not start (${cause}). Check the connection and reload the page.`;
}
