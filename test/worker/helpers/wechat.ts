/** An office with an Official Account, and the platform that calls it, over HTTP. */
import { createExecutionContext, env, waitOnExecutionContext } from "cloudflare:test";
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { Hono } from "hono";
import type { StepsKind } from "../../../src/channels/kind.ts";
import { ACCOUNT_SECRETS, accountConfig } from "../../../src/channels/wechat/account.ts";
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
import { ADMIN, ORIGIN } from "./api.ts";
import { at, World } from "./world.ts";

export const CONFIG = {
  app_id: "wx0123456789abcdef",
  app_secret: "0123456789abcdef0123456789abcdef",
  token: "kanfaToken2026",
  mode: "certified",
};
export const AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

/** What the callback needs of the kind: its name, its settings, which of them are secret. */
const kind: StepsKind = {
  name: "wechat",
  config: accountConfig,
  secrets: ACCOUNT_SECRETS,
  address: null,
  signs: null,
  limits: { batch: 8, deadline: 5000 },
  unknown: "resend",
  wants: () => "summary",
  most: 1,
  sealed: false,
  begin: () => null,
  next: () => ({ type: "wait", state: null, until: 0 }),
};

const sha1 = (parts: readonly string[]) => createHash("sha1").update(parts.toSorted().join("")).digest("hex");

export interface Said {
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
    this.world.kinds.set("wechat", kind);
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

  signed(token = CONFIG.token): Record<string, string> {
    const [timestamp, nonce] = [this.#time, "1372623149"];
    return { timestamp, nonce, signature: sha1([token, timestamp, nonce]), openid: "oReader" };
  }

  /** A message in plain mode; null when the platform gets `success`. */
  async says(type: string, members: Record<string, string>, from = "oReader"): Promise<string | null> {
    return silent(await this.ask(this.signed(), this.message(type, members, from)));
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
    const encrypted = seal(this.message(type, members));
    const query = this.signed();
    const parts = [CONFIG.token, query.timestamp!, query.nonce!, encrypted];
    const said = await this.ask(
      { ...query, encrypt_type: "aes", msg_signature: sha1(parts) },
      `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`,
    );
    const answer = silent(said);
    return answer === null ? null : unseal(answer);
  }
}

function silent({ status, text }: Said): string | null {
  if (status !== 200) throw new Error(`answered ${status} ${text}`);
  return text === "success" ? null : text;
}

const key = Buffer.from(`${AES_KEY}=`, "base64");

function seal(xml: string): string {
  const [message, id] = [Buffer.from(xml), Buffer.from(CONFIG.app_id)];
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  const bytes = Buffer.concat([randomBytes(16), length, message, id]);
  const padding = 32 - (bytes.length % 32);
  const cipher = createCipheriv("aes-256-cbc", key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([
    cipher.update(Buffer.concat([bytes, Buffer.alloc(padding, padding)])),
    cipher.final(),
  ]).toString("base64");
}

function unseal(answer: string): string {
  const member = (name: string) =>
    new RegExp(`<${name}>(?:<!\\[CDATA\\[)?(.*?)(?:\\]\\]>)?</${name}>`).exec(answer)![1]!;
  const encrypted = member("Encrypt");
  const signature = sha1([CONFIG.token, member("TimeStamp"), member("Nonce"), encrypted]);
  if (signature !== member("MsgSignature")) throw new Error("the answer is not signed");
  const decipher = createDecipheriv("aes-256-cbc", key, key.subarray(0, 16)).setAutoPadding(false);
  const bytes = Buffer.concat([decipher.update(encrypted, "base64"), decipher.final()]);
  const length = bytes.readUInt32BE(16);
  return bytes.subarray(20, 20 + length).toString();
}
