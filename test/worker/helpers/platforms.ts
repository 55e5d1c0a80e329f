// Chat platforms as they are to a robot: each checks who calls, the signature, the shape and its limits, and refuses in
// its own way. Plain functions of a request, for workerd and Node.
import type { DingtalkFeed, DingtalkMarkdown, DingtalkText } from "../../../src/formats/index.ts";
import {
  readDingtalk,
  readDiscord,
  readFeed,
  readFeishu,
  readNews,
  readPost,
  readSlack,
  readTelegram,
  readWecom,
} from "../../unit/formats/read-chat.ts";
import { readDiscordMarkdown } from "../../unit/formats/read-markdown.ts";
import { insist, nothing, type Seen } from "../../unit/formats/seen.ts";

/** What each platform knows the office's robot by: the config of a channel. */
export const CONFIGS = {
  wecom: { key: "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa" },
  dingtalk: { access_token: "566cc69da782ec0f1e5d", secret: "SECabc" },
  feishu: { token: "f19e0cc2-4b6a-4d2c", secret: "q-secret" },
  telegram: { bot_token: "123456:ABC-DEF1234ghIkl", chat_id: "-1001234567890" },
  slack: { url: "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXX" },
  discord: { url: "https://discord.com/api/webhooks/1100000000000/tokenOfTheHook" },
  ntfy: { topic: "kanfa-7f3a", server: "https://ntfy.sh", token: "tk_AgQdq7mVBoFD37zQVN29Rh" },
} as const;
export type Named = keyof typeof CONFIGS;

interface Call {
  url: string;
  headers: Headers;
  body: string;
}

/** What a platform answers to what it does not take. */
class Refusal extends Error {
  readonly status: number;
  readonly answer: unknown;
  constructor(status: number, answer: unknown) {
    super(JSON.stringify(answer));
    this.status = status;
    this.answer = answer;
  }
}

interface Platform {
  host: string;
  /** Who calls, and whether it is signed. Throws a refusal. */
  admit(url: URL, body: Body, wall: number, headers: Headers): void | Promise<void>;
  /** What readers see. Throws at anything over a limit, unknown, or able to call somebody. */
  read(body: Body): Seen;
  malformed(why: string): Refusal;
  accepted: unknown;
}
// eslint-disable-next-line typescript/no-explicit-any
type Body = any;

const HOUR = 3_600_000;
const bytes = (text: string): number => new TextEncoder().encode(text).length;
const words = (text: string): Seen => ({ ...nothing(), text });

async function hmac(key: string, message: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const handle = await crypto.subtle.importKey("raw", encoder.encode(key), algorithm, false, ["sign"]);
  return btoa(
    String.fromCharCode(...new Uint8Array(await crypto.subtle.sign("HMAC", handle, encoder.encode(message)))),
  );
}

const wecom: Platform = {
  host: "qyapi.weixin.qq.com",
  admit({ pathname, searchParams }) {
    if (pathname !== "/cgi-bin/webhook/send" || searchParams.get("key") !== CONFIGS.wecom.key)
      throw new Refusal(200, { errcode: 93000, errmsg: "invalid webhook url" });
  },
  read(body) {
    if (body.msgtype === "news") return readNews(body);
    if (body.msgtype === "markdown_v2") return readWecom(body);
    const { content } = body.text;
    insist(body.msgtype === "text" && content !== "" && bytes(content) <= 2048, "text");
    insist(!content.includes("<@"), "a mention");
    return words(content);
  },
  malformed: (why) => new Refusal(200, { errcode: 40058, errmsg: why }),
  accepted: { errcode: 0, errmsg: "ok" },
};

const dingtalk: Platform = {
  host: "oapi.dingtalk.com",
  async admit({ pathname, searchParams }, _body, wall) {
    const { access_token, secret } = CONFIGS.dingtalk;
    if (pathname !== "/robot/send" || searchParams.get("access_token") !== access_token)
      throw new Refusal(200, { errcode: 300001, errmsg: "token is not exist" });
    const timestamp = searchParams.get("timestamp") ?? "";
    if (Math.abs(Number(timestamp) - wall) > HOUR || timestamp.length !== 13)
      throw new Refusal(200, { errcode: 310000, errmsg: "description:invalid timestamp" });
    if (searchParams.get("sign") !== (await hmac(secret, `${timestamp}\n${secret}`)))
      throw new Refusal(200, { errcode: 310000, errmsg: "description:sign not match" });
  },
  read(body: DingtalkFeed | DingtalkMarkdown | DingtalkText) {
    insist(!("at" in body), "a mention");
    if (body.msgtype === "feedCard") return readFeed(body);
    if (body.msgtype === "markdown") return readDingtalk(body);
    insist(body.text.content !== "" && bytes(JSON.stringify(body)) <= 20_000, "text");
    return words(body.text.content);
  },
  malformed: (why) => new Refusal(200, { errcode: 40035, errmsg: why }),
  accepted: { errcode: 0, errmsg: "ok" },
};

const feishu: Platform = {
  host: "open.feishu.cn",
  async admit({ pathname }, { timestamp, sign }, wall) {
    const { token, secret } = CONFIGS.feishu;
    if (pathname !== `/open-apis/bot/v2/hook/${token}`)
      throw new Refusal(200, { code: 19001, msg: "param invalid: incoming webhook access token invalid" });
    const fresh = typeof timestamp === "string" && Math.abs(Number(timestamp) * 1000 - wall) <= HOUR;
    if (!fresh || sign !== (await hmac(`${timestamp}\n${secret}`, "")))
      throw new Refusal(200, {
        code: 19021,
        msg: "sign match fail or timestamp is not within one hour from current time",
      });
  },
  read(body) {
    const { timestamp: _timestamp, sign: _sign, ...message } = body;
    insist(bytes(JSON.stringify(body)) <= 20_000, "too large");
    return message.msg_type === "post" ? readPost(message) : readFeishu(message);
  },
  malformed: (why) => new Refusal(400, { code: 9499, msg: `Bad Request: ${why}`, data: {} }),
  accepted: { StatusCode: 0, StatusMessage: "success", code: 0, data: {}, msg: "success" },
};

const telegram: Platform = {
  host: "api.telegram.org",
  admit({ pathname }, { chat_id }) {
    const [, token, method] = /^\/bot([^/]+)\/(\w+)$/.exec(pathname) ?? [];
    if (token !== CONFIGS.telegram.bot_token)
      throw new Refusal(401, { ok: false, error_code: 401, description: "Unauthorized" });
    insist(method === "sendMessage", `method ${method}`);
    if (chat_id !== CONFIGS.telegram.chat_id)
      throw new Refusal(400, { ok: false, error_code: 400, description: "Bad Request: chat not found" });
  },
  read({ chat_id: _chat, text, entities, link_preview_options: preview, ...rest }) {
    insist(Object.keys(rest).length === 0, `unknown ${Object.keys(rest).join()}`);
    insist(preview.is_disabled === true || /^https?:/.test(preview.url), "preview");
    return readTelegram(text, entities, 4096);
  },
  malformed: (why) => new Refusal(400, { ok: false, error_code: 400, description: `Bad Request: ${why}` }),
  accepted: { ok: true, result: { message_id: 7 } },
};

const slack: Platform = {
  host: "hooks.slack.com",
  admit({ href }) {
    if (href !== CONFIGS.slack.url) throw new Refusal(404, "no_service");
  },
  read: readSlack,
  malformed: () => new Refusal(400, "invalid_payload"),
  accepted: "ok",
};

const discord: Platform = {
  host: "discord.com",
  admit({ href }) {
    if (href !== `${CONFIGS.discord.url}?wait=true`)
      throw new Refusal(404, { message: "Unknown Webhook", code: 10015 });
  },
  read(body) {
    insist(body.allowed_mentions?.parse?.length === 0, "mentions are allowed");
    if (body.content === undefined)
      return readDiscord({ ...body, embeds: body.embeds.map(({ color: _color, ...embed }: Body) => embed) });
    insist(body.content.length >= 1 && body.content.length <= 2000, "content");
    return readDiscordMarkdown(body.content);
  },
  malformed: (why) => new Refusal(400, { message: "Invalid Form Body", code: 50035, errors: why }),
  accepted: { id: "1234567890", type: 0 },
};

const ntfy: Platform = {
  host: "ntfy.sh",
  admit({ pathname }, { topic }, _wall, headers) {
    insist(pathname === "/", "not the root");
    const { token } = CONFIGS.ntfy;
    if (headers.get("authorization") !== `Bearer ${token}` || topic !== CONFIGS.ntfy.topic)
      throw new Refusal(403, { code: 40301, http: 403, error: "forbidden" });
  },
  read({ topic: _topic, title, message, click, priority = 3, ...rest }) {
    insist(Object.keys(rest).length === 0, `unknown ${Object.keys(rest).join()}`);
    insist(title !== "" && bytes(title) <= 250 && message !== "" && bytes(message) <= 4096, "too long");
    insist(priority >= 1 && priority <= 5, "priority");
    const links: string[] =
      click === undefined ? message.split("\n\n").map((post: string) => post.split("\n").at(-1) ?? "") : [click];
    return { ...words(`${title}\n${message}`), links };
  },
  malformed: (why) => new Refusal(400, { code: 40024, http: 400, error: why }),
  accepted: { id: "sPs71M8A2T", time: 1735941771, event: "message", topic: "kanfa-7f3a" },
};

const PLATFORMS: Readonly<Record<Named, Platform>> = { wecom, dingtalk, feishu, telegram, slack, discord, ntfy };

/** The internet of all these platforms at one wall clock. `taken` is what readers saw, by platform, in order. */
export class Platforms {
  readonly taken = new Map<Named, Seen[]>();

  async answer({ url, headers, body }: Call, wall: number): Promise<Response> {
    const address = new URL(url);
    const found = Object.entries(PLATFORMS).find(([, { host }]) => host === address.host);
    if (!found) return new Response("no such host", { status: 530 });
    const [name, platform] = found as [Named, Platform];
    try {
      insist(headers.get("content-type")?.startsWith("application/json") === true, "content-type");
      const parsed: Body = JSON.parse(body);
      await platform.admit(address, parsed, wall, headers);
      const seen = platform.read(parsed);
      this.taken.set(name, [...(this.taken.get(name) ?? []), seen]);
      return reply(200, platform.accepted);
    } catch (error) {
      const refusal = error instanceof Refusal ? error : platform.malformed(String(error));
      return reply(refusal.status, refusal.answer);
    }
  }
}

const reply = (status: number, answer: unknown): Response =>
  typeof answer === "string" ? new Response(answer, { status }) : Response.json(answer, { status });
