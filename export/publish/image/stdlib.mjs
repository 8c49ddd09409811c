// node stdlib.mjs <order.json>: the standard library with bytecode of what Python imports at its start. npm's has none, and
// a browser spends more than half of a start compiling. Bytecode fits one version of Python, which the host need not have:
// Pyodide itself compiles.
//
// The order: {pyodide, pyscript: folders of the packages, target: file to write}.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { LATE, bootPyodide, readOrder, script, writeTarget } from "./pyodide.mjs";
import { writePyScript } from "./pyscript.mjs";

const order = await readOrder();
const python = await bootPyodide(order.pyodide);
await writePyScript(python, order.pyscript);
python.FS.writeFile("/tmp/sources.zip", await readFile(join(order.pyodide, "python_stdlib.zip")));
python.runPython(await script("bytecode.py"), { globals: python.toPy({ late: LATE }) });
await writeTarget(order.target, python.FS.readFile("/tmp/compiled.zip"));
process.exit(0);
