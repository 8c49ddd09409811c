"""site/js/webgpu.js with exported kernels, on a real WebGPU device, against numpy's arithmetic.

How it behaves is tested with a small network, whose kernels a device compiles in no time;
test_outputs.py has the numbers of the two that ship.
"""

import hashlib
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tinygrad import Tensor, dtypes

from export.compile.package import build
from tests.support.module_page import DECODE_BYTES, SITE, encoded, module_page
from tests.support.networks import Example, example, shipped_example

MAX_DIFFERENCE = 1e-3
WIDTH = 16  # of the small network

SET_UP = (
    DECODE_BYTES
    + """
  const modules = await import("/js/webgpu.js");
  const adapter = await navigator.gpu.requestAdapter();
  const fetchBytes = async (file) => (await fetch(`/test/${file}`)).arrayBuffer();
  const device = await adapter.requestDevice();
  const net = (await import(`/test/${name}/net.js`)).default;
  const weights = await fetchBytes(`${name}/weights.safetensors`);
  const load = (changes = {}, bytes = weights) => (
    modules.load(device, { ...net, ...changes }, bytes));
  const outcome = (promise) => promise.then(
    (value) => Array.from(value ?? []), (error) => `${error.name}: ${error.message}`);
  const paper = () => new Float32Array(784);
  const deviceWithTimestamps = async () => {
    const fresh = await navigator.gpu.requestAdapter(); // one gives one device
    return fresh.requestDevice({ requiredFeatures: ["timestamp-query"] });
  };
"""
)


@cache
def small() -> Example:
    return example("mlp", width=WIDTH)


@pytest.fixture(scope="module")
def page(browser):
    examples = {"small": small(), "large": shipped_example("mlp")}
    files = {f"{name}/{file}": e.files[file] for name, e in examples.items() for file in e.files}
    with module_page(browser, files) as page:
        yield page


def evaluate(page, body: str, name: str = "small", **arguments):
    """Runs `body` as an async function with a device, the net and the weights of `name`, and `load`
    at hand."""
    names = ", ".join(["name", *arguments])
    return page.evaluate(
        f"async ({{ {names} }}) => {{ {SET_UP} {body} }}", {"name": name, **arguments}
    )


def logits_on_webgpu(page, name: str, ink: np.ndarray) -> np.ndarray:
    """The outputs of the exported kernels for ink (N, 784), one image after the other."""
    return np.array(
        evaluate(
            page,
            """
      const network = await load();
      const images = new Float32Array(decodeBytes(ink).buffer);
      const outputs = [];
      for (let i = 0; i < images.length; i += 784) {
        outputs.push(Array.from(await network.run(images.subarray(i, i + 784))));
      }
      network.destroy();
      device.destroy();
      return outputs;""",
            name,
            ink=encoded([ink.astype(np.float32).tobytes()])[0],
        )
    )


def assert_equal(found: np.ndarray, expected: np.ndarray) -> None:
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() <= MAX_DIFFERENCE
    assert (found.argmax(1) == expected.argmax(1)).all()


class Table:
    """Not a network: 256 eight-bit weights, each times the first ink value."""

    def __init__(self):
        self.values = Tensor(np.arange(-128, 128, dtype=np.int8)).contiguous().realize()

    def __call__(self, ink):
        return self.values.cast(dtypes.float32) * ink.reshape(-1)[0]


def test_each_of_the_256_bytes_is_decoded_with_its_sign(browser):
    table = Table()
    files, _ = build("table", table, {"values": table.values.numpy()})
    ink = np.zeros((1, 784), np.float32)
    ink[0, 0] = 0.5
    with module_page(
        browser, {f"table/{name}": content for name, content in files.items()}
    ) as page:
        assert (
            logits_on_webgpu(page, "table", ink)[0].tolist() == (np.arange(-128, 128) / 2).tolist()
        )


def test_runs_that_overlap_each_get_their_own_answer(page):
    expected = small()
    outputs = evaluate(
        page,
        """
      const network = await load();
      const images = new Float32Array(decodeBytes(ink).buffer);
      const one = new Float32Array(784);
      const running = [];
      for (let i = 0; i < images.length; i += 784) {
        one.set(images.subarray(i, i + 784));
        running.push(network.run(one));
      }
      return (await Promise.all(running)).map((output) => Array.from(output));""",
        ink=encoded([expected.ink.tobytes()])[0],
    )
    assert_equal(np.array(outputs), expected.logits)


def test_a_run_with_wrong_input_rejects_and_the_next_one_works(page):
    short, plain, good = evaluate(
        page,
        """
      const network = await load();
      const inks = [new Float32Array(783), Array(784).fill(0), paper()];
      return Promise.all(inks.map((ink) => outcome(network.run(ink))));""",
    )
    assert short == "TypeError: run() takes 784 values (Float32Array), not 783 (Float32Array)."
    assert plain == "TypeError: run() takes 784 values (Float32Array), not 784 (Array)."
    assert np.abs(np.array(good) - small().logits[0]).max() <= MAX_DIFFERENCE


def test_a_destroyed_network_rejects_runs_in_flight_and_later_ones(page):
    outcomes = evaluate(
        page,
        """
      const network = await load();
      const blank = new Float32Array(784);
      const running = [outcome(network.run(blank)), outcome(network.run(blank))];
      await Promise.resolve();
      network.destroy();
      running.push(outcome(network.run(blank)));
      const other = await load();
      return [...await Promise.all(running), await outcome(other.run(blank))];""",
    )
    assert [text.split(":")[0] for text in outcomes[:3]] == ["DestroyedError"] * 3
    assert len(outcomes[3]) == 10


def test_destroy_frees_every_buffer_that_was_made(page):
    assert evaluate(
        page,
        """
      const timed = await deviceWithTimestamps();
      const made = new Set();
      for (const method of ["createBuffer", "createQuerySet"]) {
        const create = timed[method].bind(timed);
        timed[method] = (descriptor) => {
          const resource = create(descriptor);
          const destroy = resource.destroy.bind(resource);
          resource.destroy = () => { made.delete(resource); destroy(); };
          made.add(resource);
          return resource;
        };
      }
      const network = await modules.load(timed, net, weights);
      const loaded = made.size;
      await network.run(new Float32Array(784));
      await network.measure(new Float32Array(784));
      const used = made.size;
      network.destroy();
      network.destroy();
      return [loaded > net.buffers.length, used > loaded, made.size];""",
    ) == [True, True, 0]


@pytest.mark.parametrize("moment", ["before a run", "during a run"])
def test_a_lost_device_rejects_with_a_named_error(page, moment):
    outcomes = evaluate(
        page,
        """
      const network = await load();
      const blank = new Float32Array(784);
      if (early) { device.destroy(); await device.lost; }
      const running = outcome(network.run(blank));
      await Promise.resolve();
      if (!early) device.destroy();
      return [await running, await outcome(network.run(blank))];""",
        early=moment == "before a run",
    )
    assert all(
        text.startswith("DeviceLostError: The GPU device was lost (destroyed") for text in outcomes
    ), outcomes


def test_nothing_is_created_anew_for_a_run(page):
    """One submission of commands, one pass and one write per inference; no pipeline, bind group or
    buffer."""
    assert evaluate(
        page,
        """
      const network = await load();
      const calls = {};
      const count = (object, method) => {
        const original = object[method].bind(object);
        object[method] = (...values) => {
          // Where the machine is busy, readback.js submits nothing as a reminder.
          const isReminder = method === "submit" && values[0].length === 0;
          calls[method] = (calls[method] ?? 0) + !isReminder;
          return original(...values);
        };
      };
      for (const method of ["createBuffer", "createBindGroup"]) count(device, method);
      for (const method of ["createShaderModule", "createComputePipelineAsync"]) {
        count(device, method);
      }
      for (const method of ["submit", "writeBuffer"]) count(device.queue, method);
      const begin = GPUCommandEncoder.prototype.beginComputePass;
      GPUCommandEncoder.prototype.beginComputePass = function () {
        calls.passes = (calls.passes ?? 0) + 1;
        return begin.call(this);
      };
      for (let i = 0; i < 3; i++) await network.run(new Float32Array(784));
      GPUCommandEncoder.prototype.beginComputePass = begin;
      return calls;""",
    ) == {"submit": 3, "writeBuffer": 3, "passes": 3}


TIMED = """
  const timed = await deviceWithTimestamps();
  const network = await modules.load(timed, net, weights);
"""


def test_a_device_with_timestamps_tells_how_long_the_gpu_computed(page):
    """Of a network that is large enough for a clock which counts tenths of milliseconds."""
    output, inside, outside = evaluate(
        page,
        TIMED
        + """
      await network.measure(new Float32Array(784));
      const begin = performance.now();
      const { output, gpuMilliseconds } = await network.measure(new Float32Array(784));
      return [Array.from(output), gpuMilliseconds, performance.now() - begin];""",
        "large",
    )
    assert np.abs(np.array(output) - shipped_example("mlp").logits[0]).max() <= MAX_DIFFERENCE
    assert 0 < inside < outside


def test_a_device_without_timestamps_gives_the_output_alone(page):
    outputs, times = evaluate(
        page,
        """
      const network = await load();
      const found = [await network.measure(paper()), await network.measure(paper().fill(1))];
      const outputs = found.map(({ output }) => Array.from(output));
      return [outputs, found.map(({ gpuMilliseconds }) => gpuMilliseconds === undefined)];""",
    )
    assert np.abs(np.array(outputs) - small().logits[:2]).max() <= MAX_DIFFERENCE
    assert times == [True, True]


def test_only_measured_runs_ask_for_timestamps(page):
    assert evaluate(
        page,
        TIMED
        + """
      let queries = 0;
      const create = timed.createQuerySet.bind(timed);
      timed.createQuerySet = (descriptor) => { queries += 1; return create(descriptor); };
      const counts = [];
      for (const method of ["run", "run", "measure", "measure", "run"]) {
        await network[method](new Float32Array(784));
        counts.push(queries);
      }
      return counts;""",
    ) == [0, 0, 1, 1, 1]


def test_measured_and_plain_runs_that_overlap_each_get_their_own_answer(page):
    expected = small()
    outputs = evaluate(
        page,
        TIMED
        + """
      const images = new Float32Array(decodeBytes(ink).buffer);
      const running = [];
      for (let i = 0; i < images.length / 784; i++) {
        const image = images.subarray(i * 784, (i + 1) * 784);
        const measured = ({ output }) => output;
        running.push(i % 2 ? network.run(image) : network.measure(image).then(measured));
      }
      return (await Promise.all(running)).map((output) => Array.from(output));""",
        ink=encoded([expected.ink.tobytes()])[0],
    )
    assert_equal(np.array(outputs), expected.logits)


@pytest.mark.parametrize(
    "ending, error",
    [("network.destroy()", "DestroyedError"), ("timed.destroy()", "DeviceLostError")],
)
def test_a_measured_run_in_flight_rejects_as_a_plain_one_does(page, ending, error):
    outcomes = evaluate(
        page,
        TIMED
        + f"""
      await network.measure(new Float32Array(784));
      const running = [outcome(network.measure(paper())), outcome(network.measure(paper()))];
      await Promise.resolve();
      {ending};
      return Promise.all(running);""",
    )
    assert [text.split(":")[0] for text in outcomes] == [error] * 2


def test_a_net_of_another_format_is_refused(page):
    assert evaluate(page, "return outcome(load({ format: 99 }));").startswith(
        "NetworkError: The network has format 99"
    )
    assert evaluate(page, "return outcome(modules.load(device, null, weights));").startswith(
        "NetworkError: The network has format undefined"
    )


def test_weights_of_another_export_are_refused_even_if_their_shapes_fit(page):
    message = evaluate(
        page,
        """
      const flipped = new Uint8Array(weights.slice(0));
      flipped[flipped.length - 5] ^= 1;
      return outcome(load({}, flipped));""",
    )
    assert message.startswith(
        "NetworkError: mlp's weights.safetensors is not the one it was exported with"
    )


@pytest.mark.parametrize(
    "change, message",
    [
        (
            "buffer.shape = [1, ...buffer.shape]",
            "should be I8 [1,16,784], but in the weight file it is I8 [16,784]",
        ),
        ("buffer.dtype = 'F32'", "should be F32 [16,784]"),
        (
            "buffer.name = 'elsewhere'",
            "elsewhere should be I8 [16,784], but in the weight file it is missing",
        ),
        (
            "buffers.splice(buffers.indexOf(buffer), 1)",
            "needs 8 tensors, but its weight file holds 9",
        ),
    ],
)
def test_a_net_that_does_not_match_its_weights_is_refused(page, change, message):
    found = evaluate(
        page,
        f"""
      const {{ buffers }} = structuredClone(net);
      const buffer = buffers.find(({{ name }}) => name === "layers.0.weight");
      {change};
      return outcome(load({{ buffers }}));""",
    )
    assert found.startswith("NetworkError") and message in found


def test_truncated_weights_are_refused(page):
    message = evaluate(
        page,
        "return outcome(load({ weights_sha256: sha256 }, weights.slice(0, -1)));",
        sha256=hashlib.sha256(small().weights[:-1]).hexdigest(),
    )
    assert message.startswith("WeightsError: tensor ")


def test_a_kernel_that_does_not_compile_is_named_and_quoted(page):
    message = evaluate(
        page,
        """
      const kernels = structuredClone(net.kernels);
      kernels[1].source += "\\nfn broken( {";
      return outcome(load({ kernels }));""",
    )
    assert message.startswith("KernelError: Kernel k1_layers_2 did not compile. Line ")


def test_buffers_that_the_device_refuses_are_reported(page):
    message = evaluate(
        page,
        """
      const buffers = structuredClone(net.buffers);
      buffers.find(({ name }) => name === "layer 1").bytes = 4;
      return outcome(load({ buffers }));""",
    )
    assert message.startswith("KernelError: The GPU refused mlp: ")


@pytest.mark.parametrize(
    "error, message",
    [
        ("RangeError", "KernelError: The GPU refused mlp: thrown"),
        ("TypeError", "TypeError: thrown"),
    ],
)
def test_a_buffer_that_cannot_be_made_leaves_nothing_behind(page, error, message):
    """Neither the buffers made before it, nor an error scope on the device, which goes on to serve
    other networks."""
    assert evaluate(
        page,
        """
      const create = device.createBuffer.bind(device);
      let left = 0, calls = 0;
      device.createBuffer = (descriptor) => {
        if (++calls === 3) throw new window[error]("thrown");
        const buffer = create(descriptor), destroy = buffer.destroy.bind(buffer);
        left += 1;
        buffer.destroy = () => { left -= 1; destroy(); };
        return buffer;
      };
      const failed = await outcome(load());
      device.createBuffer = create;
      const scopes = await outcome(device.popErrorScope());
      const network = await load();
      const output = await network.run(new Float32Array(784));
      return [failed, left, scopes.startsWith("OperationError"), output.length];""",
        error=error,
    ) == [message, 0, True, 10]


def test_the_modules_touch_neither_the_page_nor_the_network():
    for path in Path(SITE, "js").glob("*.js"):
        if path.name in (
            "webgpu.js",
            "network.js",
            "readback.js",
            "safetensors.js",
            "stopwatch.js",
            "wasm.js",
        ):
            source = path.read_text()
            assert not any(
                word in source
                for word in ("document", "window", "fetch(", "XMLHttpRequest", "localStorage")
            ), path.name
