// Reads and writes the sections of a WebAssembly binary: no more of the format than merging a memory image takes.
// https://webassembly.github.io/spec/core/binary/modules.html

export const SECTION = { custom: 0, import: 2, memory: 5, data: 11, dataCount: 12 };
const HEADER_BYTES = 8;
const I32_CONST = 0x41;
const END = 0x0b;

/** The sections of a module as [id, content], in their order. */
export function readSections(binary) {
  const sections = [];
  for (let at = HEADER_BYTES; at < binary.length;) {
    const id = binary[at];
    const [length, start] = readUnsigned(binary, at + 1);
    sections.push([id, binary.subarray(start, start + length)]);
    at = start + length;
  }
  return sections;
}

/** The module with these sections. */
export function writeSections(header, sections) {
  const parts = [header.subarray(0, HEADER_BYTES)];
  for (const [id, content] of sections) parts.push(Uint8Array.of(id), unsigned(content.length), content);
  return join(parts);
}

/** A custom section's content: its name, then `bytes`. */
export function customSection(name, bytes) {
  const encoded = new TextEncoder().encode(name);
  return join([unsigned(encoded.length), encoded, bytes]);
}

/** A data section that fills the memory with these pieces, [address, bytes], when the module is instantiated. */
export function dataSection(pieces) {
  const parts = [unsigned(pieces.length)];
  for (const [address, bytes] of pieces) {
    parts.push(Uint8Array.of(0, I32_CONST), signed(address), Uint8Array.of(END), unsigned(bytes.length), bytes);
  }
  return join(parts);
}

/** The content of a memory section with its smallest size raised to `pages`. */
export function withMinimumPages(content, pages) {
  const [count, limits] = readUnsigned(content, 0);
  if (count !== 1) throw new Error(`Pyodide's module has ${count} memories, and the image is made for one.`);
  const [minimum, rest] = readUnsigned(content, limits + 1);
  return join([content.subarray(0, limits + 1), unsigned(Math.max(minimum, pages)), content.subarray(rest)]);
}

export function unsigned(value) {
  const bytes = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>>= 7;
  } while (value > 0);
  return Uint8Array.from(bytes);
}

function signed(value) {
  const bytes = [];
  for (;;) {
    const low = value & 0x7f;
    value >>= 7;
    const isLast = (value === 0 && !(low & 0x40)) || (value === -1 && low & 0x40);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return Uint8Array.from(bytes);
  }
}

function readUnsigned(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (!(byte & 0x80)) return [value, at];
  }
}

function join(parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
