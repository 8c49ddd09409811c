// What the page does before Python runs: one can draw, with all tools, and see how far the start is.

import { Sketch } from "./sketch.js";
import { Progress } from "./progress.js";
import { watch } from "./watch.js";

const ERASER_WIDTH = 40; // canvas units, as browser/pad.py has it
const WIDTH_KEY = "webgpu-digits pen-width"; // beside those of browser/storage.py

const canvas = document.getElementById("draw-canvas");
const penWidth = document.getElementById("pen-width");
const waiting = new AbortController();
const { signal } = waiting;
const sketch = new Sketch(canvas);
const progress = globalThis.start && new Progress();
/** @type {unknown} */
let choices; // that the person has made before
const tools = {
  pen: () => choose("pen"),
  eraser: () => choose("eraser"),
  undo: () => sketch.undo(),
  redo: () => sketch.redo(),
  clear: () => sketch.clear(),
};
/** @type {Record<string, keyof typeof tools>} */
const KEYS = { p: "pen", e: "eraser", delete: "clear", backspace: "clear", "c+z": "undo", "c+y": "redo", "cs+z": "redo" };

/** @type {Record<number, number>} */
const BITS = { 0: 1, 1: 4, 2: 2, 3: 8, 4: 16, 5: 32 }; // as core/pointers.py

if (globalThis.start) watch(signal);
else showBlocked();
recallWidth();
penWidth.addEventListener("change", keepWidth); // also once Python runs
// A selection would be dragged in the place of the pen, also once Python runs.
canvas.addEventListener("dragstart", (/** @type {Event} */ event) => event.preventDefault());
// Chromium takes a tap soon after a flicked stroke for the end of a scroll, and gives no click, where touches may scroll.
canvas.addEventListener("touchstart", (/** @type {Event} */ event) => event.preventDefault(), { passive: false });
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
canvas.addEventListener("transitionend", () => sketch.draw(), { signal }); // its colour has changed
performance.mark("start:pad");
globalThis.start?.tellCanDraw?.();

/** Called by Python once it listens itself: what was drawn so far, as core/sketch.py reads it. */
export function takeOver() {
  globalThis.start.isOver = true;
  waiting.abort();
  progress.end();
  return JSON.stringify({ ...sketch.toJSON(), choices });
}

/**
 * What a version of the page's Python leaves for the next one to take over.
 * @param {string} text
 */
export function handOver(text) {
  const told = JSON.parse(text);
  choices = told.choices;
  sketch.restore(told);
  if (!signal.aborted) run(() => sketch.draw());
}

/** The inline script of index.html did not run. */
function showBlocked() {
  document.documentElement.dataset.state = "error";
  document.getElementById("status").textContent = "The server's Content Security Policy forbids this page's inline script. Let the server send none: the page has its own.";
}

/** @param {() => void} command */
function run(command) {
  command();
  showIdle();
}

/** @param {Tool} tool */
function choose(tool) {
  sketch.tool = tool;
  for (const name of ["pen", "eraser"]) document.getElementById(name).ariaPressed = String(name === tool);
}

/** The breadth of the pen that was chosen on the last visit. */
function recallWidth() {
  try {
    const kept = localStorage.getItem(WIDTH_KEY);
    if ([...penWidth.options].some(({ value }) => value === kept)) penWidth.value = kept;
  } catch { /* this browser keeps nothing */ }
}

function keepWidth() {
  try {
    localStorage.setItem(WIDTH_KEY, penWidth.value);
  } catch { /* this browser keeps nothing */ }
}

/** As AnswerCard in py_frontend/browser/answer.py. */
function showUnread() {
  document.getElementById("prediction").textContent = sketch.isEmpty ? "Draw a digit" : "Not read yet";
}

/** As Toolbar.show_idle in py_frontend/browser/controls.py. */
function showIdle() {
  const idle = { undo: !sketch.canUndo, redo: !sketch.canRedo, clear: sketch.isEmpty };
  for (const [name, isIdle] of Object.entries(idle)) document.getElementById(name).ariaDisabled = String(isIdle);
  showUnread();
}

/**
 * As core/shortcuts.py.
 * @param {KeyboardEvent & {target: any}} event
 */
function pressKey(event) {
  const modifiers = `${event.ctrlKey || event.metaKey ? "c" : ""}${event.shiftKey ? "s" : ""}`;
  const command = KEYS[`${modifiers && `${modifiers}+`}${keyName(event)}`];
  if (!command || event.altKey || !event.target.matches?.("body, .drawing *")) return;
  event.preventDefault();
  run(tools[command]);
}

/** What is printed on the key, or would be printed there on a keyboard with Latin letters. */
function keyName({ key = "", code = "" }) {
  const isElsewhere = /^[^\u0000-\u024f\u1e00-\u1eff]$/u.test(key) || key === "Process" || key === "Unidentified";
  return (isElsewhere && code.startsWith("Key") ? code.slice(3) : key).toLowerCase();
}

/** @param {PointerEvent} event */
function press(event) {
  const tool = /** @type {Record<number, Tool | undefined>} */ ({ 0: sketch.tool, 5: "eraser" })[event.button]; // 5: the other end of a stylus
  if (!tool) return;
  const width = tool === "pen" ? Number(penWidth.value) : ERASER_WIDTH;
  if (!sketch.begin(event, tool, width)) return;
  if (event.isTrusted) canvas.setPointerCapture(event.pointerId);
  showIdle();
}

/**
 * While one button is held, those of others come as moves; and a release may come where no event tells of it.
 * @param {PointerEvent} event
 */
function move(event) {
  const bit = BITS[event.button];
  if (!sketch.isDrawnBy(event.pointerId)) {
    if (event.buttons & bit) press(event);
  } else if (event.pointerType === "mouse" && !(event.buttons & BITS[/** @type {number} */ (sketch.button)])) breakOff(event);
  else for (const point of coalesced(event)) sketch.extend(event.pointerId, point);
}

/**
 * The points since the event before; a script's event has only its own.
 * @param {PointerEvent} event
 */
function coalesced(event) {
  const events = event.getCoalescedEvents?.() ?? [];
  return events.length ? events : [event];
}

/** @param {PointerEvent} event */
function lift(event) {
  sketch.extend(event.pointerId, event);
  breakOff(event);
}

/** @param {PointerEvent} event */
function breakOff({ pointerId }) {
  sketch.end(pointerId);
  showIdle();
}
