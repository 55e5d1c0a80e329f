/** A subscribers' server in a thread of its own: answers 200 at once, but 503 to the first request of one path in twenty. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parentPort } from "node:worker_threads";

const failed = new Set<string>();
const accepted = new Map<string, number>();
let count = 0;

const server = createServer((request, response) => {
  const { url = "/" } = request;
  request.resume();
  request.on("end", () => {
    if (url === "/count") {
      response.end(String(count));
      return;
    }
    if (url === "/doubled") {
      const doubled = [...accepted.values()].filter((times) => times > 1).length;
      response.end(JSON.stringify({ ids: accepted.size, doubled }));
      return;
    }
    const flaky = Number(/\/(\d+)$/.exec(url)?.[1] ?? 1) % 20 === 0;
    if (flaky && !failed.has(url)) {
      failed.add(url);
      response.writeHead(503).end();
      return;
    }
    count++;
    const id = request.headers["webhook-id"];
    if (typeof id === "string") accepted.set(id, (accepted.get(id) ?? 0) + 1);
    response.end("ok");
  });
});
server.keepAliveTimeout = 60_000;
// A port of a thread, not of a window: it has no origin.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
server.listen(0, "127.0.0.1", () => parentPort?.postMessage((server.address() as AddressInfo).port));
