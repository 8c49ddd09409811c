// Records, in the page that is measured, when pointer events came, when frames began, and what the page measured itself.

window.recorded = { events: [], handled: [], frames: [], measures: [] };

function keep(event) {
  if (!event.buttons || event.target.id !== "draw-canvas") return;
  const now = performance.now();
  const positions = event.getCoalescedEvents?.() ?? [];
  for (const { timeStamp } of positions.length ? positions : [event]) recorded.events.push([timeStamp, now]);
  addEventListener(event.type, () => recorded.handled.push([now, performance.now() - now]), { once: true });
}

function keepFrame() {
  recorded.frames.push(performance.now());
  requestAnimationFrame(keepFrame);
}

for (const type of ["pointerdown", "pointermove"]) addEventListener(type, keep, { capture: true });
requestAnimationFrame(keepFrame);
new PerformanceObserver((list) => {
  for (const { name, startTime, duration } of list.getEntries()) recorded.measures.push([name, startTime, duration]);
}).observe({ type: "measure" });
