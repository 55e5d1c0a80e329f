/** A WeCom group robot (developer.work.weixin.qq.com/document/path/99110): one `news` of up to eight posts. */
import { z } from "zod";
import { renderWecom, WECOM_LIMITS, wecomNews, wecomText } from "../formats/index.ts";
import { alertText, messageOfAll, pieceOfItem, shownWhole, STYLES, summaryOf } from "./digest.ts";
import { judgeCode, type Meaning, postJson } from "./http.ts";
import type { Kind } from "./kind.ts";

const config = z.strictObject({
  key: z.string().regex(/^[\w-]{1,128}$/, "must be what follows `key=` in the robot's address"),
  style: z.enum(STYLES).default("digest"),
});
type Config = z.output<typeof config>;

const TOO_FAST = { as: "wait", after: 60_000 } as const;
/** Codes of WeCom (developer.work.weixin.qq.com/document/path/90313); others are tried again. */
const CODES: Readonly<Record<number, Meaning>> = {
  [-1]: { as: "retry", why: "企业微信繁忙" },
  40008: { as: "rejected", why: "消息类型不被接受" },
  40058: { as: "rejected", why: "消息内容不合要求，如过长" },
  44004: { as: "rejected", why: "消息内容为空" },
  45002: { as: "rejected", why: "消息内容过长" },
  45008: { as: "rejected", why: "图文超过 8 条" },
  45009: { ...TOO_FAST, why: "发送过快，一个机器人每分钟最多 20 条" },
  45033: { ...TOO_FAST, why: "并发过多" },
  60020: { as: "retry", why: "企业微信不接受本办公室的 IP；请企业管理员放行，或设置转发地址" },
  93000: { as: "gone", why: "机器人已被移出群，或 key 不对；请在群里重新添加机器人" },
  93004: { as: "retry", why: "机器人已被停用；请企业管理员重新启用" },
  93008: { as: "gone", why: "机器人不在群里；请在群里重新添加机器人" },
};

export const wecom: Kind<Config, string> = {
  name: "wecom",
  config,
  secrets: ["key"],
  address: null,
  signs: null,
  hosts: ["qyapi.weixin.qq.com"],
  // Twenty messages a minute a robot.
  limits: { batch: WECOM_LIMITS.articles, deadline: 10_000, pace: { credential: 3_000 } },
  batch: ({ style }) => (style === "full" ? 1 : WECOM_LIMITS.articles),
  credential: ({ key }) => key,
  unknown: "resend",
  wants: ({ style }) => (style === "full" ? "text" : "summary"),
  variant: ({ style }) => style,
  compose(items, { style }) {
    const whole = shownWhole(items, style);
    if (whole) return JSON.stringify(renderWecom(pieceOfItem(whole)));
    return JSON.stringify(
      messageOfAll(
        items.map((item) => summaryOf(item)),
        wecomNews,
      ),
    );
  },
  composeAlerts: (items) => JSON.stringify(wecomText(alertText(items, WECOM_LIMITS.text))),
  request: (body, { key }) => postJson(`https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${key}`, body),
  judge: (reply) => judgeCode(reply, { code: "errcode", words: "errmsg" }, (code) => CODES[code]),
};
