// The page as it would be in plain JavaScript: what the start of the Python page is measured against. The same network,
// the same chart, the same marks; ?backend=wasm|webgpu as there, WebGPU where nothing is said.

import * as wasm from "./js/wasm.js";
import * as webgpu from "./js/webgpu.js";

const SIZE = 28;
const DIGITS = 10;
const byId = (id) => document.getElementById(id);
const canvas = byId("draw-canvas");
const context = canvas.getContext("2d", { willReadFrequently: true });
const chart = new Chart(byId("prob-chart"), {
  type: "bar",
  data: { labels: [...Array(DIGITS).keys()], datasets: [{ data: Array(DIGITS).fill(0) }] },
  options: { animation: false, maintainAspectRatio: false, plugins: { legend: { display: false } }, scales: { y: { min: 0, max: 1 } } },
});
const network = await load();
listen();
byId("status").textContent = "Ready: draw a digit.";
document.documentElement.dataset.state = "ready";
performance.mark("app:ready");

async function load() {
  const [entry] = await (await fetch("./models/index.json", { cache: "no-cache" })).json();
  const path = (name) => `./models/${name}`;
  const bytes = async (name) => (await fetch(path(name))).arrayBuffer();
  const net = import(new URL(path(entry.net), document.baseURI));
  if (new URLSearchParams(location.search).get("backend") === "wasm") {
    const [{ default: data }, code, weights] = await Promise.all([net, bytes(entry.wasm), bytes(entry.weights)]);
    return wasm.load(data, code, weights);
  }
  const [{ default: data }, device, weights] = await Promise.all([net, gpuDevice(), bytes(entry.weights)]);
  return webgpu.load(device, data, weights);
}

async function gpuDevice() {
  const adapter = await navigator.gpu.requestAdapter();
  return adapter.requestDevice();
}

function listen() {
  Object.assign(context, { lineWidth: 16, lineCap: "round", lineJoin: "round" });
  canvas.addEventListener("pointerdown", ({ offsetX, offsetY }) => {
    context.beginPath();
    context.moveTo(offsetX, offsetY);
  });
  canvas.addEventListener("pointermove", ({ buttons, offsetX, offsetY }) => {
    if (!buttons) return;
    context.lineTo(offsetX, offsetY);
    context.stroke();
    show();
  });
  byId("clear").addEventListener("click", () => context.clearRect(0, 0, canvas.width, canvas.height));
}

async function show() {
  const logits = await network.run(ink());
  const powers = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
  const sum = powers.reduce((total, power) => total + power);
  chart.data.datasets[0].data = [...powers].map((power) => power / sum);
  chart.update("none");
  byId("prediction").textContent = powers.indexOf(Math.max(...powers));
}

/** The canvas at 28 x 28: its ink, 0..1. */
function ink() {
  const small = new OffscreenCanvas(SIZE, SIZE).getContext("2d");
  small.drawImage(canvas, 0, 0, SIZE, SIZE);
  const { data } = small.getImageData(0, 0, SIZE, SIZE);
  return Float32Array.from({ length: SIZE * SIZE }, (_, pixel) => data[4 * pixel + 3] / 255);
}
