/**
 * The outside as worker tests meet it over real sockets: a server that misbehaves in every way that a subscriber's can, and
 * a resolver. It runs in Node beside the workerds; `OUTSIDE` in their bindings is its address.
 */
import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

type Answer = (response: ServerResponse, url: URL, request: IncomingMessage, body: Buffer) => void;

/** What a feed's subscriber was posted: whether it believes it, and what it says. */
interface Posted {
  signed: boolean;
  type: string;
  link: string;
  body: string;
}
const posted = new Map<string, Posted[]>();

const BOMB = gzipSync(Buffer.alloc(20 * 1024 * 1024));
const drips = (response: ServerResponse, bytes: () => string | Buffer, every: number): void => {
  const timer = setInterval(() => response.write(bytes()), every);
  response.on("close", () => clearInterval(timer));
};

/**
 * `*.private.example.net` leads inwards, `*.nowhere.example.net` nowhere, of `*.broken.example.net` nobody can say; every
 * other name is a public one.
 */
const resolver: Answer = (response, { searchParams }) => {
  const name = searchParams.get("name") ?? "";
  const inward = name.endsWith(".private.example.net");
  const [type, data] =
    searchParams.get("type") === "A" ? [1, inward ? "10.0.0.1" : "93.184.216.34"] : [28, "2606:4700::1"];
  const status = name.endsWith(".broken.example.net") ? 2 : name.endsWith(".nowhere.example.net") ? 3 : 0;
  const Answer = status === 0 ? [{ name, type, TTL: 60, data }] : [];
  response.setHeader("content-type", "application/dns-json").end(JSON.stringify({ Status: status, Answer }));
};

/**
 * A WebSub subscriber. To the hub's question it answers `as` its query says; what is posted to it is kept under its
 * `mark`, checked against the `secret` of its query.
 */
const subscriber: Answer = (response, url, request, body) => {
  const own = (name: string) => url.searchParams.get(name) ?? "";
  if (request.method === "POST") {
    const { "x-hub-signature": signature, "content-type": type = "", link = "" } = request.headers;
    const mac = createHmac("sha256", own("secret")).update(body).digest("hex");
    const post = { signed: signature === `sha256=${mac}`, type, link: String(link), body: body.toString() };
    posted.set(own("mark"), [...(posted.get(own("mark")) ?? []), post]);
    response.writeHead(204).end();
    return;
  }
  const challenge = own("hub.challenge");
  const there = new URL(url);
  there.searchParams.set("as", "verifies");
  const ways: Readonly<Record<string, () => void>> = {
    verifies: () => response.writeHead(200, { "content-type": "text/plain" }).end(challenge),
    refuses: () => response.writeHead(404).end(challenge),
    mistakes: () => response.end([...challenge].toReversed().join("")),
    redirects: () => response.writeHead(307, { location: there.pathname + there.search }).end(),
    hangs: () => {},
    breaks: () => request.socket.resetAndDestroy(),
  };
  ways[own("as")]?.();
};

/** Path → what it does. `/answer` takes status, body and any header from its query. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  "/dns-query": resolver,
  "/answer": (response, { searchParams }) => {
    const { status = "200", body = "", ...headers } = Object.fromEntries(searchParams);
    response.writeHead(Number(status), headers).end(body);
  },
  "/hang": () => {},
  "/drip": (response) => drips(response.writeHead(200), () => ".", 20),
  "/short-drip": (response) => drips(response.writeHead(200, { "content-length": "1000" }), () => ".", 20),
  "/endless": (response) => drips(response.writeHead(200), () => Buffer.alloc(64 * 1024, "x"), 1),
  "/bomb": (response) =>
    response.writeHead(200, { "content-encoding": "gzip", "content-length": BOMB.length }).end(BOMB),
  "/reset": (_response, _url, request) => request.socket.resetAndDestroy(),
  "/half": (response) => {
    response.writeHead(200, { "content-length": "1000" }).write("half of it");
    setTimeout(() => response.destroy(), 20);
  },
  "/subscriber": subscriber,
  "/posted": (response, { searchParams }) =>
    response.end(JSON.stringify(posted.get(searchParams.get("mark") ?? "") ?? [])),
  "/garbage": (_response, _url, request) => request.socket.end("This is not HTTP at all.\r\n\r\n"),
};

/** Starts it on a port of the system's choice; gives its address. It ends with the process. */
export async function startOutside(): Promise<string> {
  const seen = new Map<string, number>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://outside");
    if (url.pathname === "/seen") {
      response.end(String(seen.get(url.searchParams.get("mark") ?? "") ?? 0));
      return;
    }
    const mark = url.searchParams.get("mark");
    if (mark !== null) seen.set(mark, (seen.get(mark) ?? 0) + 1);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () =>
      (ANSWERS[url.pathname] ?? ANSWERS["/answer"]!)(response, url, request, Buffer.concat(chunks)),
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
