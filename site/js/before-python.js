// What the page does before Python runs: one can draw, with all tools, and see how far the start is.

import { Sketch } from "./sketch.js";
import { Progress } from "./progress.js";
import { watch } from "./watch.js";

const canvas = document.getElementById("draw-canvas");
const waiting = new AbortController();
const { signal } = waiting;
const sketch = new Sketch(canvas);
const progress = new Progress();
const tools = {
  pen: () => choose("pen"),
  eraser: () => choose("eraser"),
  undo: () => sketch.undo(),
  redo: () => sketch.redo(),
  clear: () => sketch.clear(),
};
const KEYS = { p: "pen", e: "eraser", delete: "clear", backspace: "clear", "c+z": "undo", "c+y": "redo", "cs+z": "redo" };

watch(signal);
for (const [type, handle] of Object.entries({
  pointerdown: press,
  pointermove: move,
  pointerup: lift,
  pointercancel: breakOff,
  lostpointercapture: breakOff,
})) {
  canvas.addEventListener(type, handle, { signal });
}
for (const [name, command] of Object.entries(tools)) {
  document.getElementById(name).addEventListener("click", () => run(command), { signal });
}
document.addEventListener("keydown", pressKey, { signal });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => sketch.draw(), { signal });
performance.mark("start:pad");

/** Called by Python once it listens itself: what was drawn so far, as core/sketch.py reads it. */
export function takeOver() {
  globalThis.start.isOver = true;
  waiting.abort();
  progress.end();
  return JSON.stringify(sketch);
}

function run(command) {
  command();
  showIdle();
}

function choose(tool) {
  sketch.tool = tool;
  for (const name of ["pen", "eraser"]) document.getElementById(name).ariaPressed = String(name === tool);
}

/** As Toolbar.show_idle in py_frontend/browser/controls.py. */
function showIdle() {
  const idle = { undo: !sketch.canUndo, redo: !sketch.canRedo, clear: !sketch.strokes.length };
  for (const [name, isIdle] of Object.entries(idle)) document.getElementById(name).classList.toggle("idle", isIdle);
}

/** As core/shortcuts.py. */
function pressKey(event) {
  const modifiers = `${event.ctrlKey || event.metaKey ? "c" : ""}${event.shiftKey ? "s" : ""}`;
  const command = KEYS[`${modifiers && `${modifiers}+`}${event.key?.toLowerCase()}`];
  if (!command || event.altKey || !event.target.matches("body, .drawing *")) return;
  event.preventDefault();
  run(tools[command]);
}

function press(event) {
  const tool = { 0: sketch.tool, 5: "eraser" }[event.button]; // 5: the other end of a stylus
  if (!tool || !sketch.begin(event, tool)) return;
  if (event.isTrusted) canvas.setPointerCapture(event.pointerId);
  showIdle();
}

function move(event) {
  if (event.pointerType === "mouse" && !event.buttons) breakOff(event); // released where no event told of it
  else for (const point of event.getCoalescedEvents?.() ?? [event]) sketch.extend(event.pointerId, point);
}

function lift(event) {
  sketch.extend(event.pointerId, event);
  breakOff(event);
}

function breakOff({ pointerId }) {
  sketch.end(pointerId);
  showIdle();
}
