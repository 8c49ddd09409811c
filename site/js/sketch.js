// A drawing before Python runs: strokes in canvas units, as in py_frontend/core, so that nothing that happens to the page
// meanwhile moves them.

const UNITS = 280; // the canvas's side, as core/placement.py has it; also its pixels until Python runs
const SIDE = 28; // of a picture, in its own pixels
/** @type {Record<Tool, GlobalCompositeOperation>} */
const COMPOSITION = { pen: "source-over", eraser: "destination-out" };

/** @typedef {Stroke[] | {picture: number[]}} State A picture has 784 levels in 0..255; only Python puts one here. */

export class Sketch {
  #canvas;
  /** @type {State[]} */
  #states = [[]];
  #now = 0;
  /** @type {{pointer: number, type: string, button: number, stroke: Stroke} | null} */
  #open = null; // the stroke that is being drawn

  /** @param {Pad} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    this.tool = /** @type {Tool} */ ("pen");
  }

  /** None of them where there is a picture; a stroke on it takes its place. */
  get strokes() {
    const state = this.#states[this.#now];
    const strokes = "picture" in state ? [] : state;
    return this.#open ? [...strokes, this.#open.stroke] : strokes;
  }

  get isEmpty() {
    return !this.#picture && !this.strokes.length;
  }

  get canUndo() {
    return this.#open !== null || this.#now > 0;
  }

  get canRedo() {
    return this.#open === null && this.#now + 1 < this.#states.length;
  }

  /**
   * Begins a stroke, unless one is being drawn; false then. A pen takes over from a palm, whose ink goes.
   * @param {PointerEvent} event
   * @param {Tool} tool
   * @param {number} width in canvas units
   */
  begin(event, tool, width) {
    const isPalm = this.#open?.type === "touch" && event.pointerType === "pen";
    if (this.#open && !isPalm) return false;
    this.#open = {
      pointer: event.pointerId,
      type: event.pointerType,
      button: event.button,
      stroke: { tool, width, points: [this.#place(event)] },
    };
    this.draw();
    return true;
  }

  /** @param {number} pointer */
  isDrawnBy(pointer) {
    return this.#open?.pointer === pointer;
  }

  /** The button that the stroke was begun with. */
  get button() {
    return this.#open?.button;
  }

  /**
   * Goes on with the stroke of this pointer, if it is the one that draws.
   * @param {number} pointer
   * @param {PointerEvent} event
   */
  extend(pointer, event) {
    if (this.#open === null || this.#open.pointer !== pointer) return;
    const { stroke } = this.#open;
    const point = this.#place(event);
    if (`${point}` === `${stroke.points.at(-1)}`) return;
    stroke.points.push(point);
    this.#paint(stroke, stroke.points.slice(-2));
  }

  /** @param {number} pointer */
  end(pointer) {
    if (this.#open?.pointer === pointer) this.#close();
  }

  undo() {
    this.#close();
    this.#now -= Number(this.#now > 0);
    this.draw();
  }

  redo() {
    this.#close();
    this.#now += Number(this.#now + 1 < this.#states.length);
    this.draw();
  }

  clear() {
    this.#close();
    if (!this.isEmpty) this.#advance([]);
    this.draw();
  }

  /** All of it anew, in the colour that the page has now. */
  draw() {
    this.#canvas.getContext("2d").clearRect(0, 0, UNITS, UNITS);
    if (this.#picture) this.#paintPicture(this.#picture);
    else for (const stroke of this.strokes) this.#paint(stroke, stroke.points);
  }

  /**
   * Goes on with what toJSON() told.
   * @param {ReturnType<Sketch["toJSON"]>} told
   */
  restore({ tool, states, now, open }) {
    this.tool = tool;
    this.#states = states;
    this.#now = now;
    this.#open = open;
  }

  toJSON() {
    return { tool: this.tool, states: this.#states, now: this.#now, open: this.#open };
  }

  get #picture() {
    const state = this.#states[this.#now];
    return !this.#open && "picture" in state ? state.picture : null;
  }

  #close() {
    const stroke = this.#open?.stroke;
    this.#open = null;
    if (stroke) this.#advance([...this.strokes, stroke]);
  }

  /** @param {Stroke[]} state */
  #advance(state) {
    this.#now += 1;
    this.#states.splice(this.#now, Infinity, state);
  }

  /** @param {Stroke} stroke @param {number[][]} points */
  #paint({ tool, width }, points) {
    const context = this.#canvas.getContext("2d");
    context.strokeStyle = getComputedStyle(this.#canvas).color;
    context.globalCompositeOperation = COMPOSITION[tool];
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = width;
    context.stroke(new Path2D(`M${points.map(([x, y]) => `${x} ${y}`).join("L")}h.01`));
  }

  /**
   * In large pixels, as browser/surface.py paints it.
   * @param {number[]} levels
   */
  #paintPicture(levels) {
    const image = new ImageData(SIDE, SIDE);
    levels.forEach((level, place) => (image.data[4 * place + 3] = level));
    const canvas = new OffscreenCanvas(SIDE, SIDE);
    const small = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
    small.putImageData(image, 0, 0);
    small.globalCompositeOperation = "source-in";
    small.fillStyle = getComputedStyle(this.#canvas).color;
    small.fillRect(0, 0, SIDE, SIDE);
    const context = this.#canvas.getContext("2d");
    context.globalCompositeOperation = COMPOSITION.pen;
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, 0, 0, UNITS, UNITS);
  }

  /**
   * Canvas units of an event: 0..280 each way inside the canvas's border.
   * @param {PointerEvent} event
   */
  #place({ clientX, clientY }) {
    const canvas = this.#canvas;
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const [scaleX, scaleY] = [width / canvas.offsetWidth, height / canvas.offsetHeight];
    return [
      ((clientX - left) / scaleX - canvas.clientLeft) * (UNITS / canvas.clientWidth),
      ((clientY - top) / scaleY - canvas.clientTop) * (UNITS / canvas.clientHeight),
    ];
  }
}
