"""site/js/wasm.js with the exported module: the same manners as on WebGPU. test_outputs.py has the
numbers."""

import re

import numpy as np
import pytest

from export.compile.package import WASM
from tests.support.module_page import module_page
from tests.support.networks import MAX_KERNELS, narrow_example
from training.networks.models import MODELS

MAX_DIFFERENCE = 1e-3
SET_UP = """
  const modules = await import("/js/wasm.js");
  const fetchBytes = async (file) => (await fetch(`/test/${name}/${file}`)).arrayBuffer();
  const net = (await import(`/test/${name}/net.js`)).default;
  const wasm = await fetchBytes("net.wasm");
  const weights = await fetchBytes("weights.safetensors");
  const outcome = (promise) => promise.then(
    (value) => Array.from(value ?? []), (error) => `${error.name}: ${error.message}`);
"""


@pytest.fixture(scope="module")
def page(browser):
    files = {
        f"{name}/{file}": content
        for name in MODELS
        for file, content in narrow_example(name).files.items()
    }
    with module_page(browser, files) as page:
        yield page


def evaluate(page, body: str, name: str = "mlp", **arguments):
    """Runs `body` as an async function with the files of `name` and the module at hand."""
    names = ", ".join(["name", *arguments])
    return page.evaluate(
        f"async ({{ {names} }}) => {{ {SET_UP} {body} }}", {"name": name, **arguments}
    )


@pytest.mark.parametrize("name", MODELS)
def test_the_module_needs_nothing_from_outside_and_uses_vectors(page, name):
    imports, exports = evaluate(
        page,
        """
      const module = await WebAssembly.compile(wasm);
      const { imports, exports } = WebAssembly.Module;
      return [imports(module), exports(module).map(({ name }) => name).sort()];""",
        name,
    )
    assert imports == [] and exports == ["arena", "memory", "prepare", "run"]
    for instruction in (rb"\xfd\xe4\x01", rb"\xfd\xe6\x01"):  # f32x4.add and f32x4.mul
        assert len(re.findall(instruction, narrow_example(name).files[WASM])) >= MAX_KERNELS[name]


@pytest.mark.parametrize("name", MODELS)
def test_no_two_buffers_overlap_in_its_memory(page, name):
    spans, end = evaluate(
        page,
        """
      const { instance: { exports } } = await WebAssembly.instantiate(wasm);
      const outside = net.buffers.filter(({ role }) => role !== "scratch");
      const start = (name) => exports.arena.value + net.wasm.offsets[name];
      const spans = outside.map(({ name, bytes }) => [start(name), bytes]);
      return [spans.sort(([a], [b]) => a - b), exports.memory.buffer.byteLength];""",
        name,
    )
    starts = [start for start, _ in spans] + [end]
    assert all(
        start + size <= following
        for (start, size), following in zip(spans, starts[1:], strict=True)
    )
    assert all(start % 16 == 0 for start, _ in spans)


def test_bad_input_rejects_and_the_next_run_works(page):
    bad, good = evaluate(
        page,
        """
      const network = await modules.load(net, wasm, weights);
      const bad = await outcome(network.run(new Float32Array(10)));
      return [bad, await outcome(network.run(new Float32Array(784)))];""",
    )
    assert bad == "TypeError: run() takes 784 values (Float32Array), not 10 (Float32Array)."
    assert np.abs(np.array(good) - narrow_example("mlp").logits[0]).max() <= MAX_DIFFERENCE


def test_an_answer_stays_what_it_was_when_the_network_runs_again(page):
    kept, again = evaluate(
        page,
        """
      const network = await modules.load(net, wasm, weights);
      const kept = await network.run(new Float32Array(784).fill(0));
      const again = await network.run(new Float32Array(784).fill(1));
      return [Array.from(kept), Array.from(again)];""",
    )
    assert (
        np.abs(np.array([kept, again]) - narrow_example("mlp").logits[:2]).max() <= MAX_DIFFERENCE
    )


def test_a_destroyed_network_rejects(page):
    assert evaluate(
        page,
        """
      const network = await modules.load(net, wasm, weights);
      network.destroy();
      network.destroy();
      return outcome(network.run(new Float32Array(784)));""",
    ).startswith("DestroyedError")


@pytest.mark.parametrize(
    "arguments, message",
    [
        ("{ ...net, format: 99 }, wasm, weights", "NetworkError: The network has format 99"),
        ("{ ...net, wasm: null }, wasm, weights", "NetworkError: mlp was exported without WASM"),
        (
            "net, wasm.slice(0, -1), weights",
            "NetworkError: mlp's net.wasm is not the one it was exported with",
        ),
        (
            "net, wasm, weights.slice(0, -1)",
            "NetworkError: mlp's weights.safetensors is not the one",
        ),
        ("net, weights, weights", "NetworkError: mlp's net.wasm is not the one"),
    ],
)
def test_files_that_do_not_belong_together_are_refused(page, arguments, message):
    assert evaluate(page, f"return outcome(modules.load({arguments}));").startswith(message)
