"""Exported networks on either backend, in a page that a test has opened with their files at
/test/<name>/, and loaded once for all tests that leave them as they are."""

from base64 import b64decode

import numpy as np
from playwright.sync_api import Page

from .module_page import DECODE_BYTES, ENCODE_BYTES, encoded

BACKENDS = ("webgpu", "wasm")
LOAD = f"""
  {DECODE_BYTES}
  const fetchBytes = async (file) => (await fetch(`/test/${{name}}/${{file}}`)).arrayBuffer();
  const net = (await import(`/test/${{name}}/net.js`)).default;
  const weights = await fetchBytes("weights.safetensors");
  const load = {{
    webgpu: async () => {{
      const device = await (await navigator.gpu.requestAdapter()).requestDevice();
      return (await import("/js/webgpu.js")).load(device, net, weights);
    }},
    wasm: async () => {{
      const wasm = await fetchBytes("net.wasm");
      return (await import("/js/wasm.js")).load(net, wasm, weights);
    }},
  }};
  const outcome = (promise) => promise.then(
    (value) => Array.from(value ?? []), (error) => `${{error.name}}: ${{error.message}}`);
  const loaded = (globalThis.loadedNetworks ??= {{}});
  const network = isFresh
    ? await load[backend]() : await (loaded[[name, backend]] ??= load[backend]());
"""
INFER_ALL = f"""
  {ENCODE_BYTES}
  const images = new Float32Array(decodeBytes(ink).buffer);
  const names = Object.keys(network.outputs);
  const values = names.map(() => []);
  for (let i = 0; i < images.length; i += 784) {{
    const found = await network.infer(images.subarray(i, i + 784), names);
    names.forEach((key, number) => values[number].push(found[key]));
  }}
  const joined = async (arrays) => (
    encodeBytes(new Uint8Array(await new Blob(arrays).arrayBuffer())));
  return [network.outputs, await Promise.all(values.map(joined))];
"""


def evaluate(page: Page, backend: str, name: str, body: str, is_fresh: bool = False, **arguments):
    """Runs `body` as an async function with `network`, which is `name` on `backend`, at hand; one
    of its own where that `is_fresh`."""
    arguments |= {"backend": backend, "name": name, "isFresh": is_fresh}
    names = ", ".join(arguments)
    return page.evaluate(f"async ({{ {names} }}) => {{ {LOAD} {body} }}", arguments)


def inferred(page: Page, backend: str, name: str, ink: np.ndarray) -> dict[str, np.ndarray]:
    """Every named output (N, ...) for ink (N, 784), in its declared shape."""
    ink_text = encoded([ink.astype(np.float32).tobytes()])[0]
    outputs, values = evaluate(page, backend, name, INFER_ALL, ink=ink_text)
    return {
        output: np.frombuffer(b64decode(text), np.float32).reshape(len(ink), *about["shape"])
        for (output, about), text in zip(outputs.items(), values, strict=True)
    }


def expected_outputs(names, logits: np.ndarray, results: dict[int, np.ndarray]) -> dict:
    """What outputs with these names must be: from the logits (N, 10), and each layer's result
    (N, ...) by its number."""
    numbered = {f"layer {number}": values for number, values in results.items()}
    last = [name for name in names if name in numbered][-1]
    known = numbered | {"logits": logits, "features": numbered[last].reshape(len(logits), -1)}
    return {name: known[name] for name in names}
