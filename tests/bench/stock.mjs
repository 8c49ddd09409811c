// Runs a net.js as tinygrad's stock export does: bind groups made anew for each run, a compute pass for each kernel,
// the input through a buffer that is mapped first. What site/js/webgpu.js is compared with.

import { parse } from "../../site/js/safetensors.js";

const USAGE = { MAP_READ: 0x01, MAP_WRITE: 0x02, COPY_SRC: 0x04, COPY_DST: 0x08, STORAGE: 0x80 };
const MAP_MODE = { READ: 0x01, WRITE: 0x02 };

/** @returns {Promise<(input: Float32Array) => Promise<Float32Array>>} */
export async function load(device, net, weights) {
  const tensors = parse(weights);
  const buffers = net.buffers.map(({ name, bytes }) => createBuffer(device, bytes, tensors.get(name)?.data));
  const [input, output] = ["input", "logits"].map((wanted) => buffers[net.buffers.findIndex(({ name }) => name === wanted)]);
  const upload = device.createBuffer({ size: input.size, usage: USAGE.MAP_WRITE | USAGE.COPY_SRC });
  const download = device.createBuffer({ size: output.size, usage: USAGE.MAP_READ | USAGE.COPY_DST });
  const pipelines = await Promise.all(net.kernels.map((kernel) => createPipeline(device, kernel)));

  return async (values) => {
    const encoder = device.createCommandEncoder();
    await upload.mapAsync(MAP_MODE.WRITE);
    new Float32Array(upload.getMappedRange()).set(values);
    upload.unmap();
    encoder.copyBufferToBuffer(upload, 0, input, 0, input.size);
    for (const { kernel, buffers: bound, workgroups } of net.dispatches) {
      addPass(device, encoder, pipelines[kernel], bound.map((index) => buffers[index]), workgroups);
    }
    encoder.copyBufferToBuffer(output, 0, download, 0, output.size);
    device.queue.submit([encoder.finish()]);
    await download.mapAsync(MAP_MODE.READ);
    const logits = new Float32Array(download.getMappedRange()).slice();
    download.unmap();
    return logits;
  };
}

function addPass(device, encoder, pipeline, buffers, workgroups) {
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(...workgroups);
  pass.end();
}

function createPipeline(device, { name, source }) {
  const module = device.createShaderModule({ code: source });
  return device.createComputePipelineAsync({ layout: "auto", compute: { module, entryPoint: name } });
}

function createBuffer(device, bytes, contents) {
  const size = Math.ceil(bytes / 4) * 4;
  const buffer = device.createBuffer({ size, usage: USAGE.STORAGE | USAGE.COPY_SRC | USAGE.COPY_DST, mappedAtCreation: contents !== undefined });
  if (contents) {
    new Uint8Array(buffer.getMappedRange()).set(new Uint8Array(contents.buffer, contents.byteOffset, contents.byteLength));
    buffer.unmap();
  }
  return buffer;
}
