"""How the tests and the benchmark start Chromium."""

# WebGPU on the processor, so that they run where there is no GPU.
CHROMIUM_FLAGS = ["--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]
