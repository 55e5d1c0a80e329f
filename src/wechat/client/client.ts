/**
 * The client of the Official Accounts' API: gets a token, adds it to the call, uploads pictures, and renews a token that
 * the platform refuses. What an answer means is `channels/wechat/codes.ts`'s.
 */
import type { Outgoing, Reply } from "../../channels/kind.ts";
import {
  type Account,
  CALL_DEADLINE,
  NO_PICTURE,
  type Picture,
  type WechatCall,
  type WechatClient,
} from "../../channels/wechat/call.ts";
import { judgeAnswer } from "../../channels/wechat/codes.ts";
import type { ApiBases } from "../../delivery/bases.ts";
import { rebased } from "../../delivery/bases.ts";
import { type Fetch, sendHttp } from "../../delivery/send.ts";
import type { SecretKeys } from "../../platform/crypto.ts";
import { logFault } from "../../platform/log.ts";
import { SECOND } from "../../platform/time.ts";
import { deleteUploads, findUpload, insertUpload, type Upload, type UploadKey } from "./client-store.ts";
import { type Asking, askingFor, forceToken, type Obtained, obtainToken, type TokenDeps } from "./tokens.ts";
import type { LoadPicture } from "../pictures/pictures.ts";
import { multipart, uploadIn } from "./upload.ts";

interface ClientDeps {
  db: D1Database;
  fetch: Fetch;
  wall: () => number;
  keys: SecretKeys;
  /** `wechat`, and `wechat_token` for token calls, which alone need an address that the platform allows. */
  apiBases: ApiBases;
  loadPicture: LoadPicture;
}

const ORIGIN = "https://api.weixin.qq.com";

/** How long one request may take, ms. */
const REQUEST_DEADLINE = 15 * SECOND;

/** A draft is answered with all its articles: eight of up to 1 MB, most often some hundred KB. */
const ANSWER_CAP = 4 * 1024 * 1024;

/** What is said of the token that a call was made with: wrong or superseded, not legal, missing, expired. */
const TOKEN_REFUSED: readonly (number | null)[] = [40001, 40014, 41001, 42001];

/** The platform has not got the material, or the draft, that a call names. */
const NO_MEDIA = 40007;

/** The client for all accounts of the office. */
export function wechatClient(deps: ClientDeps): WechatClient {
  return async (account, call) => {
    try {
      return await new Calling(deps, account).answer(call);
    } catch (error) {
      logFault(`WeChat call ${call.path.split("?", 1)[0]} of channel ${account.uid}`, error);
      return { type: "network", why: "the office's database did not answer" };
    }
  };
}

/** What is posted; null for a GET. */
type Content = { contentType: string; body: Outgoing["body"] } | null;

const JSON_TYPE = "application/json; charset=utf-8";

/** One call, with all its requests in one span of time. */
class Calling {
  readonly #deps: ClientDeps;
  readonly #asking: Asking;
  readonly #until: number;

  constructor(deps: ClientDeps, account: Account) {
    this.#deps = deps;
    this.#asking = askingFor(account);
    this.#until = deps.wall() + CALL_DEADLINE;
  }

  answer(call: WechatCall): Promise<Reply> {
    if ("picture" in call) return this.#upload(call.path, call.picture);
    return "body" in call ? this.#json(call.path, call.body) : this.#authorised(call.path, null);
  }

  async #json(path: string, body: object): Promise<Reply> {
    const json = jsonOf(body);
    const reply = await this.#authorised(path, { contentType: JSON_TYPE, body: json });
    if (codeOf(reply) === NO_MEDIA) {
      const covers = [...json.matchAll(/"thumb_media_id":"([^"\\]+)"/g)].map(([, id]) => id!);
      if (covers.length > 0) await deleteUploads(this.#deps.db, this.#asking.holder.appId, covers).run();
    }
    return reply;
  }

  async #upload(path: string, picture: Picture): Promise<Reply> {
    const { db } = this.#deps;
    const loaded = await this.#deps.loadPicture(picture);
    if (loaded.type === "missing") return { type: "refused", why: NO_PICTURE + loaded.why };
    const key: UploadKey = { appId: this.#asking.holder.appId, use: picture.use, hash: loaded.hash };
    const known = await findUpload(db, key);
    if (known) return answerOf(known);
    const reply = await this.#authorised(path, multipart(loaded));
    const judged = judgeAnswer(reply, 0);
    const upload = judged.ok ? uploadIn(picture.use, judged.value) : null;
    if (!upload) return reply;
    await insertUpload(db, key, upload, this.#deps.wall()).run();
    return answerOf(upload);
  }

  /** Makes the call with a token; when the platform refuses that, once more with a fetched one, and with a forced one. */
  async #authorised(path: string, content: Content): Promise<Reply> {
    const first = await obtainToken(this.#tokens, this.#asking, null);
    if (first.type !== "token") return unobtained(first);
    const send = (token: string): Promise<Reply> => this.#send(path, token, content);
    let reply = await send(first.text);
    if (!this.#worthAnother(reply)) return reply;
    const second = await obtainToken(this.#tokens, this.#asking, first.text);
    // Without another token the platform's refusal says it all.
    if (second.type !== "token") return second.type === "reply" ? second.reply : reply;
    reply = await send(second.text);
    if (second.text !== first.text || !this.#worthAnother(reply)) return reply;
    const third = await forceToken(this.#tokens, this.#asking);
    if (third.type !== "token") return third.type === "reply" ? third.reply : reply;
    return send(third.text);
  }

  #worthAnother(reply: Reply): boolean {
    return TOKEN_REFUSED.includes(codeOf(reply)) && this.#deps.wall() < this.#until;
  }

  get #tokens(): TokenDeps {
    const { db, keys, wall, apiBases } = this.#deps;
    const base = apiBases["wechat_token"] ?? apiBases["wechat"];
    const post = async (path: string, body: object): Promise<Reply> => {
      const reply = await this.#request(ORIGIN + path, base, { contentType: JSON_TYPE, body: jsonOf(body) });
      return this.#asking.secret === null ? reply : without(this.#asking.secret, reply);
    };
    return { db, keys, wall, post };
  }

  async #send(path: string, token: string, content: Content): Promise<Reply> {
    const url = new URL(path, ORIGIN);
    // Threat: a path such as `//elsewhere` would take the token to another host.
    if (url.origin !== ORIGIN) return { type: "refused", why: "not sent: the path leads to another host" };
    url.searchParams.set("access_token", token);
    const reply = await this.#request(url.href, this.#deps.apiBases["wechat"], content, ANSWER_CAP);
    return without(token, reply);
  }

  async #request(url: string, base: string | undefined, content: Content, cap?: number): Promise<Reply> {
    const left = this.#until - this.#deps.wall();
    if (left <= 0) return { type: "refused", why: "没有发出：这次调用已经用完了时间" };
    const outgoing: Outgoing = {
      transport: "http",
      url: base === undefined ? url : rebased(url, base),
      method: content ? "POST" : "GET",
      headers: content ? { "content-type": content.contentType } : {},
      body: content?.body ?? "",
    };
    return sendHttp(this.#deps.fetch, outgoing, Math.min(left, REQUEST_DEADLINE), cap);
  }
}

/** A refusal is short: an answer longer than this is not parsed once more for its code. */
const LONGEST_REFUSAL = 10_000;

function codeOf(reply: Reply): number | null {
  if (reply.type !== "response" || reply.body.length > LONGEST_REFUSAL) return null;
  const judged = judgeAnswer(reply, 0);
  return judged.ok ? null : judged.errcode;
}

/**
 * Text goes as it is: the platform counts an escaped character as the six of its escape (developers.weixin.qq.com,
 * draft/add). JSON.stringify escapes half a surrogate pair, which no text should have.
 */
const jsonOf = (body: object): string =>
  JSON.stringify(body, (_, value: unknown) => (typeof value === "string" ? value.toWellFormed() : value));

const answerOf = (upload: Upload): Reply => ({
  type: "response",
  status: 200,
  headers: {},
  body: JSON.stringify(upload),
});

/** The reply to a call that got no token: the token call's own, or what the platform says to a call without one. */
function unobtained(obtained: Exclude<Obtained, { type: "token" }>): Reply {
  if (obtained.type === "reply") return obtained.reply;
  const body = JSON.stringify({ errcode: 41001, errmsg: "no token was handed in, and the channel has no app_secret" });
  return { type: "response", status: 200, headers: {}, body };
}

/** A reply that does not repeat a token or a secret: neither the ledger nor a log may have it. */
function without(secret: string, reply: Reply): Reply {
  const hidden = (text: string): string => text.replaceAll(secret, "•••");
  if (reply.type === "timeout") return reply;
  if (reply.type !== "response") return { ...reply, why: hidden(reply.why) };
  const headers = Object.fromEntries(Object.entries(reply.headers).map(([name, value]) => [name, hidden(value)]));
  return { ...reply, headers, body: hidden(reply.body) };
}
