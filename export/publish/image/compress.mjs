// node compress.mjs <order.json>: writes the brotli form beside each file. The order: {files: paths, quick: boolean}.

import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

import { readOrder, writeTarget } from "./pyodide.mjs";

const LARGE_BYTES = 1 << 20; // the best quality would take a minute for the memory image, and save 6 %
const QUALITY = { quick: 5, large: 9, small: 11 };

const compress = promisify(brotliCompress);
const { files, quick } = await readOrder();
for (const file of files) await writeTarget(`${file}.br`, await brotli(await readFile(file)));

function brotli(content) {
  const quality = quick ? QUALITY.quick : content.length < LARGE_BYTES ? QUALITY.small : QUALITY.large;
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  return compress(content, { params });
}
