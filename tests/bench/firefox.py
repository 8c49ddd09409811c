"""`python -m tests.bench firefox`: the page in a real Firefox, and what reading back costs there,
plain and as this project does it.

Firefox looks only every 100 ms whether the GPU has finished (site/js/readback.js works round that).
"""

import asyncio
import json
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

from export.publish.site_files import ROOT
from tests.latency.lines import resampled
from tests.support.glyphs import GLYPHS
from tests.support.machine_load import in_words, load_average
from tests.support.serving import served
from training.files import write_json

from .bidi import BiDiError, firefox
from .files import MissingPackage

BACKENDS = ("wasm", "webgpu")
DIGIT = 7
READS = 50  # in a row; their mean is taken, as Firefox's clock has steps of a millisecond
ROUNDS = 5
START_S = 120
POINTS = 40

READ_BACK = """(async () => {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) return "null";
  const { Readback } = await import("/js/readback.js");
  const device = await adapter.requestDevice();
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const source = device.createBuffer({ size: 40, usage: STORAGE | COPY_SRC });
  const plain = device.createBuffer({ size: 40, usage: MAP_READ | COPY_DST });
  const readback = new Readback(device, 40);
  const submit = (encode) => {
    const encoder = device.createCommandEncoder();
    encode(encoder);
    device.queue.submit([encoder.finish()]);
  };
  const ways = {
    plain: async () => {
      submit((encoder) => encoder.copyBufferToBuffer(source, 0, plain, 0, 40));
      await plain.mapAsync(GPUMapMode.READ);
      plain.unmap();
    },
    ours: async () => {
      submit((encoder) => readback.encode(encoder, source));
      await readback.read(40);
    },
  };
  const found = { plain: [], ours: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, read] of Object.entries(ways)) {
      const begin = performance.now();
      for (let i = 0; i < READS; i++) await read();
      found[name].push((performance.now() - begin) / READS);
    }
  }
  return JSON.stringify(found);
})()""".replace("ROUNDS", str(ROUNDS)).replace("READS", str(READS))


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser(
        "firefox", help="try the page in Firefox", description=__doc__, allow_abbrev=False
    )
    parser.add_argument(
        "--json", type=Path, default=ROOT / "runs" / "firefox.json", help="default: %(default)s"
    )
    parser.set_defaults(run=run)


def run(args) -> int:
    try:
        found = asyncio.run(measure())
    except (MissingPackage, BiDiError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    print(f"{found['browser']}, load {in_words(load_average())}")
    for backend, page in found["pages"].items():
        print(
            f"{backend}: {page['state']} after {page['start_s']:.1f} s; "
            f"a {DIGIT} is read as {page['answer']}; "
            f"inference {page['inference_ms']} ms; {page['status']}"
        )
    if found["read_back_ms"]:
        print(
            "; ".join(
                f"reading back, {way}: {median(ms):.2f} ms"
                for way, ms in found["read_back_ms"].items()
            )
        )
    else:
        print("WebGPU found no adapter, so reading back was not timed.")
    write_json(args.json, found)
    ready = [page for page in found["pages"].values() if page["state"] == "ready"]
    return int(not ready or any(not page["answer"].startswith(str(DIGIT)) for page in ready))


async def measure() -> dict:
    with served() as url:
        async with firefox() as tab:
            return {
                "browser": await tab.evaluate("navigator.userAgent"),
                "pages": {
                    backend: await tried(tab, f"{url}?model=cnn&backend={backend}")
                    for backend in BACKENDS
                },
                "read_back_ms": json.loads(await tab.evaluate(READ_BACK)),
            }


async def tried(tab, url: str) -> dict:
    """What the page at `url` makes of a drawn digit, or what it says where it cannot start."""
    began = perf_counter()
    await tab.go(url)
    while (state := await tab.evaluate("document.documentElement.dataset.state")) not in (
        "ready",
        "error",
    ) and perf_counter() - began < START_S:
        await asyncio.sleep(0.1)
    start_s = perf_counter() - began
    left, top, width, height = json.loads(
        await tab.evaluate("""(() => {
      const canvas = document.getElementById("draw-canvas");
      const { left, top, width, height } = canvas.getBoundingClientRect();
      return JSON.stringify([left, top, width, height]);
    })()""")
    )
    for stroke in GLYPHS[DIGIT]:
        await tab.drag([(left + x * width, top + y * height) for x, y in resampled(stroke, POINTS)])
    await asyncio.sleep(1)
    text = {
        name: await tab.evaluate(f"document.getElementById('{name}').textContent")
        for name in ("prediction", "inference-time", "status")
    }
    return {
        "state": state,
        "start_s": start_s,
        "answer": text["prediction"],
        "inference_ms": text["inference-time"],
        "status": text["status"],
    }
