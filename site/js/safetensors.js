// Reads the safetensors format: an 8-byte little-endian header length, a JSON header, then the tensors' bytes.
// https://huggingface.co/docs/safetensors

const PREFIX_BYTES = 8;
/** What holds the values of each dtype. */
export const ARRAYS = {
  I8: Int8Array, U8: Uint8Array, I16: Int16Array, U16: Uint16Array,
  I32: Int32Array, U32: Uint32Array, F32: Float32Array, F64: Float64Array,
};

/** The weight file is not a valid safetensors file; `tensor` names the entry at fault, or is null. */
export class WeightsError extends Error {
  constructor(message, tensor = null) {
    super(tensor === null ? message : `tensor ${JSON.stringify(tensor)}: ${message}`);
    this.name = "WeightsError";
    this.tensor = tensor;
  }
}

/**
 * The tensors of a file, by name, as {dtype, shape, data}: data is a typed array on the file's own memory,
 * or on a copy where its offset in that memory is not a multiple of the element size.
 * @param {ArrayBuffer|Uint8Array} file
 * @returns {Map<string, {dtype: string, shape: number[], data: ArrayBufferView}>}
 */
export function parse(file) {
  const bytes = file instanceof Uint8Array ? file : new Uint8Array(file);
  const start = PREFIX_BYTES + headerLength(bytes);
  const header = parseHeader(bytes.subarray(PREFIX_BYTES, start));
  const data = bytes.subarray(start);
  const tensors = new Map();
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") checkMetadata(entry);
    else tensors.set(name, readTensor(name, entry, data));
  }
  checkCoverage(header, data.length);
  return tensors;
}

function headerLength(bytes) {
  if (bytes.length < PREFIX_BYTES) throw new WeightsError(`the file ends after ${bytes.length} bytes, before its header`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(bytes.length - PREFIX_BYTES)) {
    throw new WeightsError(`the header is ${length} bytes long, but only ${bytes.length - PREFIX_BYTES} bytes follow`);
  }
  return Number(length);
}

function parseHeader(bytes) {
  if (bytes[0] !== "{".charCodeAt(0)) throw new WeightsError("the header does not begin with {");
  let text, header;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch (error) {
    throw new WeightsError(`the header is not JSON in UTF-8 (${error.message})`);
  }
  checkTokens(text);
  return header;
}

/** JSON.parse silently keeps the last of several equal names and takes 1e0 for an integer, so the text is read once more. */
function checkTokens(json) {
  const scopes = [];
  let string = null;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[{}[\]:]/g)) {
    if (token === "{" || token === "[") scopes.push(new Set());
    else if (token === "}" || token === "]") scopes.pop();
    else if (token === ":") addName(scopes.at(-1), JSON.parse(string));
    else if (token[0] === '"') string = token;
    else if (!/^\d+$/.test(token)) throw new WeightsError(`${token} in the header is not a whole number from 0 up`);
  }
}

function addName(scope, name) {
  if (scope.has(name)) throw new WeightsError("its name, or one of its fields, occurs twice in the header", name);
  scope.add(name);
}

function checkMetadata(metadata) {
  if (!isObject(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    throw new WeightsError("__metadata__ is not an object of strings");
  }
}

function readTensor(name, entry, data) {
  const { dtype, shape, data_offsets: offsets } = isObject(entry) ? entry : {};
  if (!Object.hasOwn(ARRAYS, dtype)) throw new WeightsError(`dtype ${JSON.stringify(dtype)} is not supported`, name);
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

function view(TypedArray, bytes, length) {
  const aligned = bytes.byteOffset % TypedArray.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new TypedArray(aligned.buffer, aligned.byteOffset, length);
}

/** The format allows neither gaps nor overlaps: sorted, the tensors lie end to end from the first byte to the last. */
function checkCoverage(header, dataLength) {
  const ranges = Object.entries(header).filter(([name]) => name !== "__metadata__").map(([name, entry]) => [name, ...entry.data_offsets]);
  ranges.sort(([, beginA, endA], [, beginB, endB]) => beginA - beginB || endA - endB);
  let covered = 0;
  for (const [name, begin, end] of ranges) {
    if (begin !== covered) {
      throw new WeightsError(`begins at byte ${begin}, which ${begin < covered ? "overlaps" : "leaves a hole after"} what ends at ${covered}`, name);
    }
    covered = end;
  }
  if (covered !== dataLength) throw new WeightsError(`the last tensor ends at byte ${covered}, but the file holds ${dataLength} bytes of data`);
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value) {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
