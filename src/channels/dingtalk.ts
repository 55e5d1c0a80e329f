/** A DingTalk group robot (open.dingtalk.com, 自定义机器人): a feedCard of posts, signed if the robot has a secret. */
import { z } from "zod";
import { dingtalkFeed, dingtalkList, dingtalkText, renderDingtalk } from "../formats/index.ts";
import { hmacBase64 } from "../platform/crypto.ts";
import { alertText, headlineOf, messageOfAll, pieceOfItem, shownWhole, STYLES, summaryOf } from "./digest.ts";
import { judgeCode, type Meaning, postJson } from "./http.ts";
import type { Kind } from "./kind.ts";

const config = z.strictObject({
  access_token: z.string().regex(/^[\w-]{1,256}$/, "must be what follows `access_token=` in the robot's address"),
  /** Without one the robot must be secured by a keyword that every message has. */
  secret: z
    .string()
    .regex(/^SEC[\w-]{1,256}$/, "must be the robot's 加签 secret, which begins with SEC")
    .optional(),
  style: z.enum(STYLES).default("digest"),
});
type Config = z.output<typeof config>;

const BATCH = 8;
const TOO_FAST = { as: "wait", after: 600_000 } as const;
/** Codes of robots (open.dingtalk.com, 自定义机器人接入); others are tried again. */
const CODES: Readonly<Record<number, Meaning>> = {
  [-1]: { as: "retry", why: "钉钉繁忙" },
  40035: { as: "rejected", why: "消息缺少参数" },
  130101: { ...TOO_FAST, why: "发送过快，一个机器人每分钟最多 20 条，钉钉已限流 10 分钟" },
  300001: { as: "gone", why: "access_token 不存在；请在群里重新添加机器人" },
  400013: { as: "gone", why: "群已被解散" },
  400101: { as: "gone", why: "access_token 不存在；请在群里重新添加机器人" },
  400102: { as: "retry", why: "机器人已停用；请在群的机器人设置里启用" },
  400105: { as: "rejected", why: "消息类型不被接受" },
  400106: { as: "gone", why: "机器人不存在；请在群里重新添加机器人" },
  410100: { ...TOO_FAST, why: "发送过快而被限流" },
  430101: { as: "rejected", why: "钉钉认为消息含有不安全的外链" },
  430102: { as: "rejected", why: "钉钉认为消息含有不合适的文本" },
  430103: { as: "rejected", why: "钉钉认为消息含有不合适的图片" },
  430104: { as: "rejected", why: "钉钉认为消息含有不合适的内容" },
};
/** What 310000 means, the first that its words fit: a robot's security settings refuse the message. */
const REFUSED: readonly [RegExp, Meaning][] = [
  [/keyword/i, { as: "rejected", why: "消息里没有机器人要求的关键词；请把每条都有的词加为关键词，或改用“加签”" }],
  [/sign|timestamp/i, { as: "retry", why: "签名不对；请核对 config.secret 与机器人的“加签”密钥" }],
  [/ip/i, { as: "retry", why: "机器人限定了 IP，而本办公室没有固定 IP；请改用“加签”" }],
  [/(?:)/, { as: "retry", why: "被机器人的安全设置拒绝；请核对加签、关键词和 IP" }],
];

const meaningOf = (code: number, words: string): Meaning | undefined =>
  code === 310_000 ? REFUSED.find(([pattern]) => pattern.test(words))?.[1] : CODES[code];

export const dingtalk: Kind<Config, string> = {
  name: "dingtalk",
  config,
  secrets: ["access_token", "secret"],
  address: null,
  signs: null,
  hosts: ["oapi.dingtalk.com"],
  // Twenty messages a minute a robot; beyond that it is shut out for ten minutes.
  limits: { batch: BATCH, deadline: 10_000, pace: { credential: 3_000 } },
  batch: ({ style }) => (style === "full" ? 1 : BATCH),
  credential: ({ access_token }) => access_token,
  unknown: "resend",
  wants: ({ style }) => (style === "full" ? "text" : "summary"),
  variant: ({ style }) => style,
  compose(items, { style }) {
    const whole = shownWhole(items, style);
    if (whole) return JSON.stringify(renderDingtalk(pieceOfItem(whole)));
    const posts = items.map((item) => summaryOf(item));
    if (items[0]?.kind === "published") return JSON.stringify(messageOfAll(posts, dingtalkFeed));
    // A feedCard has no room for the note of a correction or recall.
    return JSON.stringify(messageOfAll(posts, (some) => dingtalkList(some, headlineOf(items))));
  },
  composeAlerts: (items) => JSON.stringify(dingtalkText(alertText(items, 4_000))),
  async request(body, { access_token, secret }, { wall }) {
    const url = `https://oapi.dingtalk.com/robot/send?access_token=${access_token}`;
    if (secret === undefined) return postJson(url, body);
    const sign = await hmacBase64(secret, `${wall}\n${secret}`);
    return postJson(`${url}&timestamp=${wall}&sign=${encodeURIComponent(sign)}`, body);
  },
  judge: (reply) => judgeCode(reply, { code: "errcode", words: "errmsg" }, meaningOf),
};
