"""What tests do to a page before or while it loads: scripts that change what the browser offers,
and requests that wait."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial

from playwright.sync_api import Page, Route

from .tabs import Prepare

NO_CLIPBOARD = "delete Navigator.prototype.clipboard"
NO_DEVICE = """
  GPUAdapter.prototype.requestDevice = async () => {
    throw new DOMException("out of devices", "OperationError");
  };
"""

# window.silent names what never answers: "requestAdapter", "requestDevice" or
# "createComputePipelineAsync"; window.unanswered, what did not.
SILENT_GPU = """
  window.silent = localStorage.silent;
  const methods = {
    requestAdapter: GPU, requestDevice: GPUAdapter, createComputePipelineAsync: GPUDevice,
  };
  for (const [name, { prototype }] of Object.entries(methods)) {
    const method = prototype[name];
    prototype[name] = function (...options) {
      if (window.silent !== name) return method.apply(this, options);
      window.unanswered = name;
      return new Promise(() => {});
    };
  }
"""

# window.devices holds every GPU device that the page asked for.
KEEP_DEVICES = """
  window.devices = [];
  const requestDevice = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...options) {
    const device = await requestDevice.apply(this, options);
    devices.push(device);
    return device;
  };
"""

# While the promise window.hold is there, what the GPU computed does not arrive; window.holding
# tells that something waits.
HOLD_INFERENCES = """
  const mapAsync = GPUBuffer.prototype.mapAsync;
  GPUBuffer.prototype.mapAsync = async function (...options) {
    await mapAsync.apply(this, options);
    if (window.hold) { window.holding = true; await window.hold; }
  };
"""
HOLD = "window.hold = new Promise((release) => (window.release = release)); null"

# window.adapters counts how often the page asked for one.
COUNT_ADAPTERS = """
  window.adapters = 0;
  const requestAdapter = GPU.prototype.requestAdapter;
  GPU.prototype.requestAdapter = function (...options) {
    window.adapters += 1;
    return requestAdapter.apply(this, options);
  };
"""


def counting_wasm(first: str = "") -> str:
    """window.wasmRuns counts how often a network computed on WASM, each time after `first`."""
    return f"""
  const instantiate = WebAssembly.instantiate;
  window.wasmRuns = 0;
  WebAssembly.instantiate = async (bytes, ...imports) => {{
    const result = await instantiate(bytes, ...imports);
    const {{ run, arena, ...others }} = result.instance?.exports ?? {{}};
    if (!run || !arena) return result;
    const counted = () => {{
      window.wasmRuns += 1;
      {first}
      run();
    }};
    return {{ instance: {{ exports: {{ ...others, arena, run: counted }} }} }};
  }};
"""


COUNT_RUNS = counting_wasm()
# 80 ms more, so that WebGPU is the faster also where it runs on the processor.
SLOW_WASM = counting_wasm("for (const end = performance.now() + 80; performance.now() < end;);")


def scripts(*texts: str) -> Prepare:
    """For `open_page`: runs the scripts in the page before its own."""
    return prepared(*(partial(Page.add_init_script, script=text) for text in texts))


def prepared(*steps: Prepare) -> Prepare:
    """For `open_page`: prepares a page in several steps."""

    @contextmanager
    def prepare(page: Page) -> Iterator[None]:
        with ExitStack() as changes:
            for step in steps:
                changes.enter_context(step(page))
            yield

    return prepare


class Hold:
    """Makes requests that match wait: prepares a page, or is given one that is open already."""

    def __init__(self, pattern: str, page: Page | None = None):
        self._pattern = pattern
        self.routes: list[Route] = []
        if page:
            self(page)

    def __call__(self, page: Page) -> AbstractContextManager:
        self._page = page
        return page.route(self._pattern, lambda route: self.routes.append(route))

    def release(self) -> None:
        """Lets the requests go on, and later ones pass."""
        for route in self.routes:
            route.continue_()
        self._page.unroute(self._pattern)

    def abort(self) -> None:
        """Lets the requests fail, and later ones, too, until they are released."""
        self._page.route(self._pattern, lambda route: route.abort())
        while self.routes:
            self.routes.pop().abort()


@contextmanager
def routed(page: Page, pattern: str, answer: Callable[[Route], None]) -> Iterator[None]:
    """In the body of the `with` requests that match are answered so."""
    page.route(pattern, answer)
    try:
        yield
    finally:
        page.unroute(pattern)


def missing_file(route: Route) -> None:
    route.fulfill(status=404, body="")
