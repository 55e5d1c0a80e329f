/** A Feishu group robot (open.feishu.cn, 自定义机器人): a card of posts, signed in the body if the robot has a secret. */
import { z } from "zod";
import {
  type FeishuCard,
  type FeishuColour,
  feishuList,
  type FeishuPost,
  feishuText,
  renderFeishu,
} from "../formats/index.ts";
import { hmacBase64 } from "../platform/crypto.ts";
import { alertText, headlineOf, messageOfAll, pieceOfItem, shownWhole, STYLES, summaryOf } from "./digest.ts";
import { judgeCode, type Meaning, postJson } from "./http.ts";
import type { Item, Kind } from "./kind.ts";

const config = z.strictObject({
  token: z.string().regex(/^[\w-]{1,256}$/, "must be the last part of the robot's address, after `/hook/`"),
  /** Without one the robot must be secured by a keyword that every message has, or not at all. */
  secret: z
    .string()
    .regex(/^[!-~]{1,256}$/, "must be the robot's 签名校验 secret")
    .optional(),
  style: z.enum(STYLES).default("digest"),
});
type Config = z.output<typeof config>;

const BATCH = 10;
const COLOURS: Readonly<Record<Item["kind"], FeishuColour>> = {
  published: "red",
  corrected: "orange",
  recalled: "grey",
};

const TOO_FAST = { as: "wait", after: 60_000, why: "发送过快，或正逢整点、半点拥挤" } as const;
/** Codes of robots (open.feishu.cn, 自定义机器人使用指南); others are tried again. */
const CODES: Readonly<Record<number, Meaning>> = {
  9499: { as: "rejected", why: "消息格式不被接受" },
  11232: TOO_FAST,
  19001: { as: "gone", why: "机器人不存在，或 token 不对；请在群里重新添加机器人" },
  19002: { as: "rejected", why: "消息格式不被接受" },
  19021: { as: "retry", why: "签名不对；请核对 config.secret 与机器人的“签名校验”密钥" },
  19022: { as: "retry", why: "机器人限定了 IP，而本办公室没有固定 IP；请改用“签名校验”" },
  19024: { as: "rejected", why: "消息里没有机器人要求的关键词；请把每条都有的词加为关键词，或改用“签名校验”" },
  19036: { as: "rejected", why: "卡片不被接受" },
};

// Feishu gives 9499 for a bad body and for too many requests (seen as `too many request` with HTTP 400).
const meaningOf = (code: number, words: string): Meaning | undefined =>
  code === 9499 && /too many|frequen|limit/i.test(words) ? TOO_FAST : CODES[code];

/** The words that a Feishu robot's signature is the HMAC of nothing under: the reverse of DingTalk's roles. */
async function signatureOf(secret: string, wall: number): Promise<{ timestamp: string; sign: string }> {
  const timestamp = String(Math.floor(wall / 1000));
  return { timestamp, sign: await hmacBase64(`${timestamp}\n${secret}`, "") };
}

const HALF_HOUR = 30 * 60_000;
/** How long new posts keep out of the crowd, ms. */
const CROWDED = 30_000;

export const feishu: Kind<Config, FeishuCard | FeishuPost> = {
  name: "feishu",
  config,
  secrets: ["token", "secret"],
  address: null,
  signs: null,
  hosts: ["open.feishu.cn"],
  // A hundred messages a minute and five a second a robot.
  limits: { batch: BATCH, deadline: 10_000, pace: { credential: 600 } },
  batch: ({ style }) => (style === "full" ? 1 : BATCH),
  credential: ({ token }) => token,
  unknown: "resend",
  wants: ({ style }) => (style === "full" ? "text" : "summary"),
  // Its robots are crowded at each full and half hour (open.feishu.cn, 自定义机器人使用指南; 11232).
  holds: (_config, _at, now) => (now % HALF_HOUR < CROWDED ? now - (now % HALF_HOUR) + CROWDED : null),
  variant: ({ style }) => style,
  compose(items, { style }) {
    const whole = shownWhole(items, style);
    const colour = COLOURS[items[0]?.kind ?? "published"];
    if (whole) return renderFeishu(pieceOfItem(whole), colour);
    const posts = items.map((item) => summaryOf(item, false));
    return messageOfAll(posts, (some) => feishuList(some, headlineOf(items), colour));
  },
  composeAlerts: (items) => feishuText("刊发提醒", alertText(items, 8_000)),
  async request(message, { token, secret }, { wall }) {
    const signed = secret === undefined ? {} : await signatureOf(secret, wall);
    return postJson(`https://open.feishu.cn/open-apis/bot/v2/hook/${token}`, JSON.stringify({ ...signed, ...message }));
  },
  judge: (reply) => judgeCode(reply, { code: "code", words: "msg" }, meaningOf),
};
