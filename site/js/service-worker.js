// Keeps one whole release of the page for visits without a network.
//
// It is published beside index.html with the release in its first statement (export/publish/release.py), so that each
// release is a worker of its own. A new one waits until no page of the old one is open, or until a page asks for it.

/** @type {{ name: string, files: Record<string, string>, core: string[] }} */
const RELEASE = { name: "", files: {}, core: [] }; // each file's SHA-256 by its URL path, and what every start needs

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const BASE = new URL("./", worker.location.href);
const CACHES = `digits ${BASE.pathname} `;
const CACHE = CACHES + RELEASE.name;
const DIGEST = "X-Digest";
const INDEX = "index.html";
const VERSION_LENGTH = 16; // characters of a digest in an address

worker.addEventListener("install", (event) => event.waitUntil(keepRelease()));
worker.addEventListener("activate", (event) => event.waitUntil(dropOthers()));
worker.addEventListener("message", ({ data }) => data === "take over" && worker.skipWaiting());
worker.addEventListener("fetch", (event) => {
  const path = pathOf(event.request);
  if (path !== undefined) event.respondWith(answer(event, path));
});

/**
 * Where the request is for a file of this release, its path: pages of another one name other versions.
 * @param {Request} request
 */
function pathOf({ method, url }) {
  const { href, pathname, searchParams } = new URL(url);
  if (method !== "GET" || !href.startsWith(BASE.href)) return undefined;
  const path = decodeURI(pathname.slice(BASE.pathname.length)) || INDEX;
  const isOfRelease = RELEASE.files[path]?.startsWith(searchParams.get("v")?.slice(0, VERSION_LENGTH) ?? "");
  return isOfRelease ? path : undefined;
}

/**
 * @param {FetchEvent} event
 * @param {string} path
 */
async function answer(event, path) {
  if (await isFresh(event)) return fetch(event.request);
  const kept = await caches.match(encodeURI(path), { cacheName: CACHE });
  if (kept) return kept;
  try {
    const { response, keep } = await fetchFile(path);
    event.waitUntil(keep().catch(() => {})); // without room for it, it is fetched again next time
    return response;
  } catch {
    return fetch(event.request);
  }
}

/**
 * Pages that are opened with ?fresh see what is on the server.
 * @param {FetchEvent} event
 */
async function isFresh({ request, clientId }) {
  const url = request.mode === "navigate" ? request.url : (await worker.clients.get(clientId))?.url;
  return url !== undefined && new URL(url).searchParams.has("fresh");
}

/** Takes all that a start needs into the cache, or nothing. */
async function keepRelease() {
  const files = RELEASE.core.map(async (path) => ((await unchanged(path)) ?? (await fetchFile(path))).keep());
  const failure = (await Promise.allSettled(files)).find((file) => file.status === "rejected");
  if (!failure) return;
  await caches.delete(CACHE);
  throw failure.reason;
}

/**
 * The file from the cache of another release, where it is the same.
 * @param {string} path
 */
async function unchanged(path) {
  for (const cacheName of await otherCaches()) {
    const response = await caches.match(encodeURI(path), { cacheName });
    if (response?.headers.get(DIGEST) === RELEASE.files[path]) return { keep: () => store(path, response) };
  }
  return undefined;
}

/**
 * The file from the server, where it is of this release; the browser's copy of it may be of another.
 * @param {string} path
 */
async function fetchFile(path) {
  for (const cache of /** @type {const} */ (["default", "reload"])) {
    const { ok, headers, body } = await fetched(path, cache);
    if (!ok || (await sha256(body)) !== RELEASE.files[path]) continue;
    const response = new Response(body, { headers: { "Content-Type": headers.get("Content-Type") ?? "", [DIGEST]: RELEASE.files[path] } });
    return { response: response.clone(), keep: () => store(path, response) };
  }
  throw new Error(`${path} is not of release ${RELEASE.name}`);
}

/**
 * @param {string} path
 * @param {RequestCache} cache
 */
async function fetched(path, cache) {
  const response = await fetch(encodeURI(path), { cache });
  return { ok: response.ok, headers: response.headers, body: await response.arrayBuffer() };
}

/**
 * @param {string} path
 * @param {Response} response
 */
async function store(path, response) {
  const cache = await caches.open(CACHE);
  await cache.put(encodeURI(path), response);
}

/** @param {ArrayBuffer} bytes */
async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function otherCaches() {
  return (await caches.keys()).filter((name) => name.startsWith(CACHES) && name !== CACHE);
}

async function dropOthers() {
  for (const name of await otherCaches()) await caches.delete(name);
}
