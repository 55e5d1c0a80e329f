/** The simulated platform over HTTP: beside tests, or by hand with `node test/outside/wechat/serve.ts --port 8899`. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { control } from "./control.ts";
import { NoAnswer } from "./faults.ts";
import { WechatSimulator } from "./simulator.ts";

const EVERY = 250;

async function answer(wechat: WechatSimulator, clock: Clock, request: IncomingMessage, response: ServerResponse) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const asked = new Request(new URL(request.url ?? "/", "http://wechat.example"), {
    method: request.method ?? "GET",
    headers: Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, String(value)]],
    ),
    ...(request.method !== "GET" && request.method !== "HEAD" && { body }),
  });
  const ip = (request.socket.remoteAddress ?? "127.0.0.1").replace("::ffff:", "");
  const given =
    new URL(asked.url).pathname === "/control"
      ? await control(wechat, clock, asked)
      : await wechat.handle(asked, { ip });
  response.writeHead(given.status, Object.fromEntries(given.headers)).end(Buffer.from(await given.arrayBuffer()));
}

/** The clock that `POST /control` puts forward, ms. */
export interface Clock {
  ahead: number;
}

/**
 * Starts it on a port of 127.0.0.1 (of the system's choice without one). Results and events come by themselves, as time
 * goes by. It ends with the process, or with `close`.
 */
export async function startWechat(port = 0): Promise<{ url: string; wechat: WechatSimulator; close: () => void }> {
  const clock: Clock = { ahead: 0 };
  const wechat = new WechatSimulator({
    now: () => Date.now() + clock.ahead,
    post: (url, body) =>
      fetch(url, {
        method: "POST",
        body,
        headers: { "content-type": "text/xml" },
        signal: AbortSignal.timeout(5_000),
      }),
  });
  const server = createServer((request, response) => {
    answer(wechat, clock, request, response).catch((error: unknown) => {
      if (error instanceof NoAnswer && error.how === "timeout") return;
      if (error instanceof NoAnswer) request.socket.resetAndDestroy();
      else response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  server.unref();
  const timer = setInterval(() => void wechat.run(), EVERY);
  timer.unref();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  wechat.base = url;
  const close = (): void => {
    clearInterval(timer);
    server.closeAllConnections();
    server.close();
  };
  return { url, wechat, close };
}

if (import.meta.main) {
  const { port, ...account } = parseArgs({
    options: {
      port: { type: "string", default: "8899" },
      app_id: { type: "string" },
      secret: { type: "string" },
      callback: { type: "string", default: "http://127.0.0.1:8787/wechat/huade-dangjian/callback" },
    },
  }).values;
  const { url, wechat } = await startWechat(Number(port));
  const app_id = account.app_id ?? "wx0123456789abcdef";
  const secret = account.secret ?? "0123456789abcdef0123456789abcdef";
  wechat.register({ app_id, secret, callback: { url: account.callback, token: "kanfademo", aes_key: null } });
  console.log(
    `WeChat, simulated: ${url}  AppID ${app_id}  AppSecret ${secret}  Token kanfademo\n` +
      `Public pages: ${url}/public\n\nNow start an empty office against it:\n  KANFA_API_BASES='{"wechat":"${url}"}' npm start`,
  );
  setInterval(() => {}, 2 ** 30);
}
