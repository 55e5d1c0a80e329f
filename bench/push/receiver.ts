/**
 * A subscribers' server in a thread of its own: answers 200, at once or, below `/slow/`, after {@link DELAY}, but 503 to the
 * first request of one path in twenty. `/count` tells how many it accepted, `/doubled` how many ids, and forgets both.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parentPort } from "node:worker_threads";

/** What an answer takes over the internet, ms. */
const DELAY = 50;

const failed = new Set<string>();
const accepted = new Map<string, number>();
let count = 0;

function answer({ url = "/", headers }: IncomingMessage, response: ServerResponse): void {
  const flaky = Number(/\/(\d+)$/.exec(url)?.[1] ?? 1) % 20 === 0;
  if (flaky && !failed.has(url)) {
    failed.add(url);
    response.writeHead(503).end();
    return;
  }
  count++;
  const id = headers["webhook-id"];
  if (typeof id === "string") accepted.set(id, (accepted.get(id) ?? 0) + 1);
  response.end("ok");
}

/** What was accepted since the last time that somebody asked. */
function summary(): string {
  const doubled = [...accepted.values()].filter((times) => times > 1).length;
  const told = JSON.stringify({ ids: accepted.size, doubled });
  accepted.clear();
  failed.clear();
  count = 0;
  return told;
}

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    if (request.url === "/count") response.end(String(count));
    else if (request.url === "/doubled") response.end(summary());
    else if (request.url?.startsWith("/slow/")) setTimeout(answer, DELAY, request, response);
    else answer(request, response);
  });
});
server.keepAliveTimeout = 60_000;
// A port of a thread, not of a window: it has no origin.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
server.listen(0, "127.0.0.1", () => parentPort?.postMessage((server.address() as AddressInfo).port));
