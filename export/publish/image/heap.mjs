// Python's memory as a memory image holds it: without garbage, and in pieces.

const WORD_BYTES = 8;
const GAP_BYTES = 64; // zeros that are written out, as each piece costs some bytes too
// Of Emscripten's malloc: its links at the beginning of a free piece of memory, and the length at its end.
const LINKS_BYTES = 24;
const LENGTH_BYTES = 4;
const [LARGEST_BYTES, SMALLEST_BYTES] = [1 << 20, 8]; // that are taken at once

/**
 * Fills with zeros what is free in `heap`, a copy of the memory: otherwise it holds what was there before. All that is free
 * is found by taking it, which changes the memory, but not the copy.
 */
export function wipeFree(heap, { malloc, malloc_usable_size: usableSize, sbrk }) {
  const end = sbrk(0);
  for (let size = LARGEST_BYTES; size >= SMALLEST_BYTES; size /= 2) {
    for (let at = malloc(size); at && at < end; at = malloc(size)) {
      const [from, to] = [at + LINKS_BYTES, Math.min(at + usableSize(at), end) - LENGTH_BYTES];
      if (from < to) heap.fill(0, from, to);
    }
  }
}

/** The parts of `heap` that are not zero, [address, bytes]. */
export function nonZeroPieces(heap) {
  const words = new BigUint64Array(heap.buffer, heap.byteOffset, heap.length / WORD_BYTES);
  const gap = GAP_BYTES / WORD_BYTES;
  const pieces = [];
  for (let at = 0; at < words.length;) {
    if (!words[at]) {
      at += 1;
      continue;
    }
    const start = at;
    let end = at;
    for (; at < words.length && at - end <= gap; at++) if (words[at]) end = at;
    pieces.push([start * WORD_BYTES, heap.subarray(start * WORD_BYTES, (end + 1) * WORD_BYTES)]);
  }
  return pieces;
}
