/** An office with an Official Account, and the platform that calls it, over HTTP. */
import { createExecutionContext, env, waitOnExecutionContext } from "cloudflare:test";
import { Hono } from "hono";
import type { WechatCall } from "../../../src/channels/wechat/call.ts";
import type { Reply } from "../../../src/channels/kind.ts";
import type { Filter } from "../../../src/delivery/filter.ts";
import { createChannel } from "../../../src/delivery/subscriptions.ts";
import { depsOf } from "../../../src/deps.ts";
import { account } from "../../../src/web/api/account.ts";
import { authenticate } from "../../../src/web/api/auth.ts";
import type { App, Deps } from "../../../src/web/context.ts";
import { problemOf, problemResponse } from "../../../src/web/problems.ts";
import { wechatCallback } from "../../../src/web/wechat/callback.ts";
import { decrypt, encrypt, signature } from "../../outside/wechat/envelope.ts";
import { ADMIN, ORIGIN } from "./api.ts";
import { at, World } from "./world.ts";

const CONFIG = {
  app_id: "wx0123456789abcdef",
  app_secret: "0123456789abcdef0123456789abcdef",
  token: "kanfaToken2026",
  mode: "certified",
};
export const AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

interface Said {
  status: number;
  type: string | null;
  text: string;
}

export class Office {
  readonly world = new World();
  /** What the test's office has beside the usual: the API's client, other rooms' ports. */
  more: Partial<Deps> = {};
  /** What the API was asked. */
  readonly calls: WechatCall[] = [];
  api: (call: WechatCall) => Reply = () => ({ type: "response", status: 200, headers: {}, body: '{"errcode":0}' });
  readonly #app = new Hono<App>();

  constructor() {
    this.#app.use(async (c, next) => {
      const wechat: Deps["wechat"] = async (_, call) => {
        this.calls.push(call);
        return this.api(call);
      };
      c.set("deps", { ...depsOf(env), ...this.world.deps, wechat, ...this.more });
      c.set("now", this.world.wall);
      c.set("body", null);
      await next();
    });
    this.#app.use("/api/*", authenticate);
    this.#app.route("/api", account);
    this.#app.route("/", wechatCallback);
    this.#app.onError((error, c) => problemResponse(problemOf(error, c)));
  }

  async begin(): Promise<void> {
    await this.world.wipe();
    this.more = {};
    this.calls.length = 0;
    this.world.wall = at("09:00");
  }

  async account(config: Record<string, unknown> = {}, filter: Filter = {}, uid = "wechat-1"): Promise<void> {
    const settings = { uid, kind: "wechat", name: "化德党建", config: { ...CONFIG, ...config }, filter };
    const actor = { name: "test", role: null, scopes: [] };
    await createChannel({ ...this.world.deps, db: this.world.db }, { ...settings, expiresAfter: 3_600_000 }, actor, 0);
  }

  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const context = createExecutionContext();
    const response = await this.#app.request(`${ORIGIN}${path}`, init, env, context);
    await waitOnExecutionContext(context);
    return response;
  }

  async ask(query: Record<string, string>, body?: BodyInit, publication = "daily"): Promise<Said> {
    const path = `/wechat/${publication}/callback?${new URLSearchParams(query).toString()}`;
    const response = await this.request(path, body === undefined ? {} : { method: "POST", body });
    return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
  }

  settings(method: "GET" | "PUT", body?: unknown, rev?: number, id = "wechat-1"): Promise<Response> {
    return this.request(`/api/channels/${id}/account`, {
      method,
      headers: { authorization: `Bearer ${ADMIN}`, ...(rev !== undefined && { "if-match": `"${rev}"` }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  get #time(): string {
    return String(Math.floor(this.world.wall / 1000));
  }

  async signed(token = CONFIG.token): Promise<Record<string, string>> {
    const [timestamp, nonce] = [this.#time, "1372623149"];
    return { timestamp, nonce, signature: await signature(token, timestamp, nonce), openid: "oReader" };
  }

  /** A message in plain mode; null when the platform gets `success`. */
  async says(type: string, members: Record<string, string>, from = "oReader"): Promise<string | null> {
    return silent(await this.ask(await this.signed(), this.message(type, members, from)));
  }

  message(type: string, members: Record<string, string>, from = "oReader"): string {
    const all = { ToUserName: "gh_1", FromUserName: from, CreateTime: this.#time, MsgType: type, ...members };
    const xml = Object.entries(all).map(([name, value]) =>
      value.startsWith("<") ? `<${name}>${value}</${name}>` : `<${name}><![CDATA[${value}]]></${name}>`,
    );
    return `<xml>${xml.join("")}</xml>`;
  }

  /** The same in safe mode; the answer is opened. */
  async saysSealed(type: string, members: Record<string, string>): Promise<string | null> {
    const encrypted = await encrypt(AES_KEY, CONFIG.app_id, this.message(type, members));
    const query = await this.signed();
    const msg_signature = await signature(CONFIG.token, query.timestamp!, query.nonce!, encrypted);
    const said = await this.ask(
      { ...query, encrypt_type: "aes", msg_signature },
      `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`,
    );
    const answer = silent(said);
    return answer === null ? null : unsealed(answer);
  }
}

function silent({ status, text }: Said): string | null {
  if (status !== 200) throw new Error(`answered ${status} ${text}`);
  return text === "success" ? null : text;
}

/** What is in an encrypted answer. Throws for one that is not the account's. */
async function unsealed(answer: string): Promise<string> {
  const member = (name: string) =>
    new RegExp(`<${name}>(?:<!\\[CDATA\\[)?(.*?)(?:\\]\\]>)?</${name}>`).exec(answer)![1]!;
  const encrypted = member("Encrypt");
  const expected = await signature(CONFIG.token, member("TimeStamp"), member("Nonce"), encrypted);
  if (expected !== member("MsgSignature")) throw new Error("the answer is not signed");
  const { message, app_id } = await decrypt(AES_KEY, encrypted);
  if (app_id !== CONFIG.app_id) throw new Error("the answer is another account's");
  return message;
}
