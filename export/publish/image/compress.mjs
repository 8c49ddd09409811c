// node compress.mjs <order.json>: writes the brotli form beside each file. The order: {files: paths, quick: boolean}.

import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

import { readOrder, writeTarget } from "./pyodide.mjs";

const QUALITY = { best: 11, quick: 5 }; // the memory image takes a minute, and less than a second where it is to be quick
const WINDOW_BITS = 24; // the most that browsers take

const compress = promisify(brotliCompress);
const { files, quick } = await readOrder();
for (const file of files) await writeTarget(`${file}.br`, await brotli(await readFile(file)));

function brotli(content) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quick ? QUALITY.quick : QUALITY.best,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS,
  };
  return compress(content, { params });
}
