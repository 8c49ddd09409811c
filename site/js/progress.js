// The bar that shows how far the start is, while Python cannot.

const EVERY_MS = 200;
const PATIENCE_MS = 15_000; // without a byte: by then the person may want to try again

export class Progress {
  #bar = document.getElementById("start-progress");
  #status = document.getElementById("status");
  #timer = setInterval(() => this.#show(), EVERY_MS);
  #seen = 0;
  #since = performance.now();

  /** Takes the bar away, for good. */
  end() {
    clearInterval(this.#timer);
    this.#bar.hidden = true;
  }

  #show() {
    const { start } = globalThis;
    if (start?.failure) return this.end();
    const { received = 0, wireBytes, files } = start;
    if (received !== this.#seen) [this.#seen, this.#since] = [received, performance.now()];
    const share = Math.min(1, received / files.imageBytes);
    if (!share) return;
    this.#bar.hidden = false;
    this.#bar.value = share;
    const isWaiting = share < 1 && performance.now() - this.#since > PATIENCE_MS;
    this.#status.textContent = share === 1 ? "Starting Python ..." : `Loading Python: ${amount(share, wireBytes || files.imageBytes)}${isWaiting ? "; nothing has come for a while" : ""}`;
    if (isWaiting) start.offerRetry();
  }
}

/** @param {number} share @param {number} bytes */
function amount(share, bytes) {
  const megabytes = (/** @type {number} */ value) => (value / 1e6).toFixed(1);
  return `${megabytes(share * bytes)} of ${megabytes(bytes)} MB`;
}
