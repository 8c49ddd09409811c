"""Named outputs and writable buffers: what WebGPU and WASM make of them is the same, and what
numpy does. Of the networks in site/models, which are what this code exports, says
test_committed_models.py."""

import numpy as np
import pytest
from tinygrad import Tensor

from export.compile.package import build
from tests.support.module_page import encoded, module_page
from tests.support.network_page import BACKENDS, evaluate, expected_outputs, inferred
from tests.support.networks import shipped_example
from training.networks.models import CLASSES, MODELS, PIXELS

MAX_DIFFERENCE = 1e-3


class Written:
    """Not a network: `kept` of its weights, each scaled by what the page writes, times the ink, and
    what the page writes besides.

    The scaled weights are a kernel of their own, which reads no ink, but is not done once and for
    all either.
    """

    def __init__(self):
        numbers = np.random.default_rng(7)
        weight = numbers.normal(size=(CLASSES, PIXELS)).astype(np.float32)
        self.weight = Tensor(weight).realize()
        self.scale = Tensor.zeros(CLASSES).contiguous().realize()
        self.steps = Tensor.zeros(CLASSES, dtype="int8").contiguous().realize()

    def __call__(self, ink):
        scaled = (self.weight * self.scale.reshape(CLASSES, 1)).contiguous()
        return ink.linear(scaled.transpose()) + self.steps.float()


WRITABLE = ("scale", "steps")


@pytest.fixture(scope="module")
def written() -> dict[str, bytes]:
    network = Written()
    return build("written", network, {"weight": network.weight.numpy()}, WRITABLE)[0]


@pytest.fixture(scope="module")
def page(browser, written):
    networks = {name: shipped_example(name).files for name in MODELS} | {"written": written}
    files = {
        f"{name}/{file}": content for name, of in networks.items() for file, content in of.items()
    }
    with module_page(browser, files) as page:
        yield page


@pytest.fixture(scope="module", params=MODELS)
def found(request, page) -> tuple[str, dict[str, dict[str, np.ndarray]]]:
    """A network's name, and its outputs by the backend's."""
    ink = shipped_example(request.param).ink
    return request.param, {of: inferred(page, of, request.param, ink) for of in BACKENDS}


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_output_is_what_numpy_computes_whatever_its_order_in_memory(found, backend):
    name, outputs = found[0], found[1][backend]
    known = shipped_example(name)
    expected = expected_outputs(outputs, known.logits, known.results)
    assert len(outputs) == len(set(outputs)) >= 4
    assert np.ptp(known.logits, axis=0).max() > 1
    assert (outputs["logits"].argmax(axis=1) == known.logits.argmax(axis=1)).all()
    for key, values in outputs.items():
        assert values.shape == expected[key].shape, key
        assert np.ptp(expected[key], axis=0).max() > 0.1, f"{key} is the same for every image"
        assert np.abs(values - expected[key]).max() <= MAX_DIFFERENCE, key


def test_both_backends_have_the_same_outputs(found):
    on_webgpu, on_wasm = (found[1][backend] for backend in BACKENDS)
    assert list(on_webgpu) == list(on_wasm)
    for key, values in on_webgpu.items():
        assert np.abs(values - on_wasm[key]).max() <= MAX_DIFFERENCE, key


@pytest.mark.parametrize("backend", BACKENDS)
def test_only_the_outputs_that_are_asked_for_are_given(page, backend):
    assert evaluate(
        page,
        backend,
        "cnn",
        """
      const ink = new Float32Array(784).fill(0.5);
      const asked = [[], ["logits"], ["features", "layer 2"]];
      const found = [];
      for (const names of asked) found.push(Object.keys(await network.infer(ink, names)));
      const [logits, run] = [(await network.infer(ink, ["logits"])).logits, await network.run(ink)];
      return [...found, Array.from(logits).join() === Array.from(run).join()];""",
    ) == [[], ["logits"], ["features", "layer 2"], True]


@pytest.mark.parametrize("backend", BACKENDS)
def test_outputs_belong_to_whoever_asked_for_them(page, backend):
    """Neither another name of the same buffer nor a later run changes them."""
    assert evaluate(
        page,
        backend,
        "mlp",
        """
      const [paper, full] = [new Float32Array(784), new Float32Array(784).fill(1)];
      const first = await network.infer(paper, ["features", "layer 3"]);
      const before = first["layer 3"].join();
      first.features.fill(7);
      const second = await network.infer(full, ["layer 3"]);
      return [first["layer 3"].join() === before, second["layer 3"].join() !== before];""",
    ) == [True, True]


@pytest.mark.parametrize("backend", BACKENDS)
def test_runs_and_inferences_that_overlap_each_get_their_own_answer(page, backend):
    ink = shipped_example("cnn").ink[:6]
    logits, features = evaluate(
        page,
        backend,
        "cnn",
        """
      const images = new Float32Array(decodeBytes(ink).buffer);
      const image = (i) => images.subarray(i * 784, (i + 1) * 784);
      const runs = [], inferences = [];
      for (let i = 0; i < 3; i++) {
        runs.push(network.run(image(i)));
        inferences.push(network.infer(image(i + 3), ["features"]));
      }
      const features = (await Promise.all(inferences)).map((outputs) => outputs.features);
      const plain = (arrays) => arrays.map((array) => Array.from(array));
      return [plain(await Promise.all(runs)), plain(features)];""",
        ink=encoded([ink.tobytes()])[0],
    )
    known = shipped_example("cnn")
    assert np.abs(np.array(logits) - known.logits[:3]).max() <= MAX_DIFFERENCE
    expected = known.results[max(known.results) - 1][3:6].reshape(3, -1)
    assert np.abs(np.array(features) - expected).max() <= MAX_DIFFERENCE


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_unknown_output_is_refused_with_the_names_of_the_known(page, backend):
    message = evaluate(
        page,
        backend,
        "mlp",
        'return outcome(network.infer(new Float32Array(784), ["logits", "layer 99"]));',
    )
    assert message == (
        'TypeError: mlp has no output "layer 99"; it has logits, layer 1, layer 3, features.'
    )


def test_all_outputs_together_are_one_pass_and_one_mapping(page):
    """And run() maps no more than its logits, however much was asked for before."""
    assert evaluate(
        page,
        "webgpu",
        "cnn",
        """
      const calls = { submits: 0, copies: [], maps: [] };
      const watched = [[GPUBuffer, "mapAsync", (mode, offset, size) => calls.maps.push(size)],
        [GPUCommandEncoder, "copyBufferToBuffer", (...of) => calls.copies.push(of[4])],
        [GPUQueue, "submit", (commands) => { calls.submits += commands.length; }]];
      const originals = watched.map(([type, method, note]) => {
        const original = type.prototype[method];
        type.prototype[method] = function (...values) {
          note(...values);
          return original.apply(this, values);
        };
        return original;
      });
      const ink = new Float32Array(784);
      await network.run(ink);
      await network.infer(ink, ["features", "layer 14", "layer 2"]);
      await network.run(ink);
      watched.forEach(([type, method], i) => { type.prototype[method] = originals[i]; });
      return calls;""",
    ) == {"submits": 3, "copies": [40, 40, 8192, 64896, 40], "maps": [40, 40 + 8192 + 64896, 40]}


INK = np.linspace(0, 1, PIXELS, dtype=np.float32)
SCALES = np.array([np.full(CLASSES, 2), np.arange(CLASSES)], np.float32)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_kernel_reads_what_was_written_before_its_run(page, backend):
    """Zeros at first; runs and writes that overlap keep the order in which they were asked for."""
    outputs, buffers = evaluate(
        page,
        backend,
        "written",
        """
      const one = new Float32Array(decodeBytes(ink).buffer);
      const running = [network.run(one)];
      for (const scale of scales) {
        const values = new Float32Array(scale);
        network.write("scale", values);
        values.fill(NaN);
        running.push(network.run(one));
      }
      network.write("steps", new Int8Array([-128, -1, 0, 1, 2, 3, 4, 5, 6, 127]));
      running.push(network.run(one));
      const outputs = await Promise.all(running);
      return [outputs.map((output) => Array.from(output)), network.buffers];""",
        is_fresh=True,
        ink=encoded([INK.tobytes()])[0],
        scales=SCALES.tolist(),
    )
    assert sorted(buffers) == sorted(WRITABLE)
    plain = Written().weight.numpy() @ INK
    steps = np.array([-128, -1, 0, 1, 2, 3, 4, 5, 6, 127])
    expected = [0 * plain, SCALES[0] * plain, SCALES[1] * plain, SCALES[1] * plain + steps]
    assert np.abs(np.array(outputs) - expected).max() <= MAX_DIFFERENCE


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    "call, message",
    [
        ("'shift', new Float32Array(10)", 'written has no writable buffer "shift"; it has s'),
        ("'weight', new Float32Array(7840)", 'written has no writable buffer "weight"'),
        ("'scale', new Float32Array(9)", "The buffer scale takes 10 values (Float32Array), not 9"),
        ("'scale', new Int8Array(10)", "The buffer scale takes 10 values (Float32Array), not 10"),
        ("'steps', Array(10).fill(0)", "The buffer steps takes 10 values (Int8Array), not 10"),
    ],
)
def test_what_does_not_fit_a_buffer_is_refused(page, backend, call, message):
    found = evaluate(page, backend, "written", f"return outcome(network.write({call}));")
    assert found.startswith(f"TypeError: {message}")


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_destroyed_network_neither_infers_nor_takes_what_is_written(page, backend):
    outcomes = evaluate(
        page,
        backend,
        "written",
        """
      network.destroy();
      const inferred = network.infer(new Float32Array(784), ["logits"]);
      const written = network.write("scale", new Float32Array(10));
      return Promise.all([inferred, written].map(outcome));""",
        is_fresh=True,
    )
    assert [text.split(":")[0] for text in outcomes] == ["DestroyedError"] * 2


@pytest.mark.parametrize("name", MODELS)
def test_the_shipped_networks_have_nothing_to_write(page, name):
    assert evaluate(page, "wasm", name, "return network.buffers;") == []
