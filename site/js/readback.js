// Brings the contents of buffers from the GPU to the program.

const USAGE = { MAP_READ: 0x01, COPY_DST: 0x08 }; // the values of GPUBufferUsage, which Node does not define as a global
const MAP_READ = 0x01; // of GPUMapMode
const PATIENT_MS = 20; // longer than a GPU takes, shorter than Firefox waits
const EAGER_MS = 1;
const NEXT_MS = 4; // what browsers grant to timers that follow each other
const HELPFUL_NUDGES = 2; // a wait that ends after more of them was not ended by them

/** Memory that the GPU copies into and the program then reads; for one reader at a time. */
export class Readback {
  #device;
  #buffer;
  #impatience;

  /** @param {GPUDevice} device @param {number} bytes */
  constructor(device, bytes) {
    this.#device = device;
    this.#impatience = new Impatience(device);
    this.#buffer = this.#create(bytes);
  }

  /**
   * Makes room for so many bytes, if there is less; not while something is read.
   * @param {number} bytes
   */
  reserve(bytes) {
    if (bytes <= this.#buffer.size) return;
    const small = this.#buffer;
    this.#buffer = this.#create(bytes);
    small.destroy();
  }

  /**
   * Adds the copies of `sources`, one after the other, to the commands, so that they are submitted with what computes them.
   * @param {GPUCommandEncoder} encoder
   * @param {GPUBuffer[]} sources
   */
  encode(encoder, ...sources) {
    let offset = 0;
    for (const source of sources) {
      encoder.copyBufferToBuffer(source, 0, this.#buffer, offset, source.size);
      offset += source.size;
    }
  }

  /**
   * A copy of the first `bytes` that arrived, once the submitted commands are done.
   * @param {number} bytes
   */
  async read(bytes) {
    await this.#impatience.until(this.#buffer.mapAsync(MAP_READ, 0, bytes));
    const values = this.#buffer.getMappedRange(0, bytes).slice(0);
    this.#buffer.unmap();
    return values;
  }

  destroy() {
    this.#buffer.destroy();
  }

  /** @param {number} bytes */
  #create(bytes) {
    return this.#device.createBuffer({ label: "readback", size: bytes, usage: USAGE.MAP_READ | USAGE.COPY_DST });
  }
}

/**
 * Firefox looks whether the GPU has finished only when something is submitted, or after 100 ms. So a wait that turns out
 * long goes on with submitting nothing; if that ended it, the next wait begins to do so at once. Where answers come by
 * themselves, a wait costs one timer.
 */
class Impatience {
  #device;
  #firstMs = PATIENT_MS;

  /** @param {GPUDevice} device */
  constructor(device) {
    this.#device = device;
  }

  /**
   * Settles as `pending` does.
   * @param {Promise<unknown>} pending
   */
  async until(pending) {
    let nudges = 0;
    const nudge = () => {
      nudges += 1;
      this.#device.queue.submit([]);
      timer = setTimeout(nudge, NEXT_MS);
    };
    let timer = setTimeout(nudge, this.#firstMs);
    try {
      await pending;
    } finally {
      clearTimeout(timer);
      if (nudges > 0) this.#firstMs = nudges <= HELPFUL_NUDGES ? EAGER_MS : PATIENT_MS;
    }
  }
}
