// Reads the safetensors format: an 8-byte little-endian header length, a JSON header, then the tensors' bytes.
// https://huggingface.co/docs/safetensors
//
// That a file is the one that was exported, its digest says (network.js). Pages without HTTPS have no digest; what is
// checked here is that even then no tensor has another size than it says or reaches beyond the file.

const PREFIX_BYTES = 8;

/**
 * @typedef {Int8Array<ArrayBuffer> | Uint8Array<ArrayBuffer> | Int16Array<ArrayBuffer> | Uint16Array<ArrayBuffer>
 *   | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>} Values
 * @typedef {{dtype: string, shape: number[], data: Values}} Tensor
 */

/** What holds the values of each dtype. */
export const ARRAYS = Object.freeze({
  I8: Int8Array, U8: Uint8Array, I16: Int16Array, U16: Uint16Array,
  I32: Int32Array, U32: Uint32Array, F32: Float32Array, F64: Float64Array,
});

/** The weight file is not a valid safetensors file; `tensor` names the entry at fault, or is null. */
export class WeightsError extends Error {
  name = "WeightsError";

  /** @param {string} message @param {string | null} tensor */
  constructor(message, tensor = null) {
    super(tensor === null ? message : `tensor ${JSON.stringify(tensor)}: ${message}`);
    this.tensor = tensor;
  }
}

/**
 * The tensors of a file, by name: their data are typed arrays on the file's own memory, or on a copy where their offset in
 * that memory is not a multiple of the element size.
 * @param {ArrayBuffer | Uint8Array<ArrayBuffer>} file
 * @returns {Map<string, Tensor>}
 */
export function parse(file) {
  const bytes = file instanceof Uint8Array ? file : new Uint8Array(file);
  const start = PREFIX_BYTES + headerLength(bytes);
  const header = parseHeader(bytes.subarray(PREFIX_BYTES, start));
  const data = bytes.subarray(start);
  const entries = Object.entries(header).filter(([name]) => name !== "__metadata__");
  return new Map(entries.map(([name, entry]) => [name, readTensor(name, entry, data)]));
}

/** @param {Uint8Array} bytes */
function headerLength(bytes) {
  if (bytes.length < PREFIX_BYTES) throw new WeightsError(`the file ends after ${bytes.length} bytes, before its header`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(bytes.length - PREFIX_BYTES)) {
    throw new WeightsError(`the header is ${length} bytes long, but only ${bytes.length - PREFIX_BYTES} bytes follow`);
  }
  return Number(length);
}

/**
 * @param {Uint8Array} bytes
 * @returns {Object<string, unknown>}
 */
function parseHeader(bytes) {
  let header;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new WeightsError(`the header is not JSON in UTF-8 (${error.message})`);
  }
  if (!isObject(header)) throw new WeightsError("the header is not an object");
  return header;
}

/**
 * @param {string} name
 * @param {unknown} entry what the header says of it
 * @param {Uint8Array<ArrayBuffer>} data of all tensors
 * @returns {Tensor}
 */
function readTensor(name, entry, data) {
  const { dtype, shape, data_offsets: offsets } = isObject(entry) ? entry : {};
  if (!isDtype(dtype)) throw new WeightsError(`dtype ${JSON.stringify(dtype)} is not supported`, name);
  if (!isSizes(shape)) throw new WeightsError(`shape ${JSON.stringify(shape)} is not a list of whole numbers`, name);
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw new WeightsError(`data_offsets ${JSON.stringify(offsets)} are not two whole numbers`, name);
  }
  const [begin, end] = offsets;
  if (begin > end) throw new WeightsError(`begins at byte ${begin}, after its end ${end}`, name);
  if (end > data.length) throw new WeightsError(`ends at byte ${end}, but the file holds only ${data.length} bytes of data`, name);
  const length = shape.reduce((product, size) => product * size, 1);
  const expected = length * ARRAYS[dtype].BYTES_PER_ELEMENT;
  if (end - begin !== expected) {
    throw new WeightsError(`has ${end - begin} bytes, but ${dtype} [${shape}] takes ${expected}`, name);
  }
  return { dtype, shape, data: view(ARRAYS[dtype], data.subarray(begin, end), length) };
}

/**
 * @param {(typeof ARRAYS)[keyof typeof ARRAYS]} TypedArray
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} length
 */
function view(TypedArray, bytes, length) {
  const aligned = bytes.byteOffset % TypedArray.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new TypedArray(aligned.buffer, aligned.byteOffset, length);
}

/**
 * @param {unknown} value
 * @returns {value is keyof typeof ARRAYS}
 */
function isDtype(value) {
  return typeof value === "string" && Object.hasOwn(ARRAYS, value);
}

/**
 * @param {unknown} value
 * @returns {value is Object<string, unknown>}
 */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @param {unknown} value
 * @returns {value is number[]}
 */
function isSizes(value) {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
