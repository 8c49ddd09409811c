// node compress.mjs <order.json>: writes the brotli form beside each file. The order: {files: paths, quick: boolean}.

import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

import { readOrder, writeTarget } from "./pyodide.mjs";

const LARGE_BYTES = 1 << 20; // the memory image, which takes a minute, and less than a second where it is to be quick
const QUALITY = { best: 11, quick: 5 };
const WINDOW_BITS = 24; // the most that browsers take

const compress = promisify(brotliCompress);
const { files, quick } = await readOrder();
for (const file of files) await writeTarget(`${file}.br`, await brotli(await readFile(file)));

function brotli(content) {
  const quality = quick && content.length >= LARGE_BYTES ? QUALITY.quick : QUALITY.best;
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS,
  };
  return compress(content, { params });
}
