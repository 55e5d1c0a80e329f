/** A Discord webhook (docs.discord.com, Execute Webhook): an embed a post, and nobody called whatever the text says. */
import { z } from "zod";
import { discordList, type DiscordMessage, discordText, type DiscordText, renderDiscord } from "../formats/index.ts";
import { alertText, messageOfAll, pieceOfItem, shownWhole, STYLES, summaryOf } from "./digest.ts";
import { isCutObject, judgeBy, type Meaning, objectOf, postJson, textIn, verdictOf } from "./http.ts";
import type { Item, Kind, Verdict } from "./kind.ts";
import { retryAfter } from "./retry-after.ts";

const config = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2048),
  style: z.enum(STYLES).default("digest"),
});
type Config = z.output<typeof config>;
type Embed = DiscordMessage["embeds"][number] & { readonly color?: number };
type Message = DiscordText | (Omit<DiscordMessage, "embeds"> & { readonly embeds: readonly Embed[] });

const BATCH = 10;
/** The bar at the side of an embed. */
const COLOURS: Readonly<Record<Item["kind"], number | null>> = {
  published: null,
  corrected: 0xe6_7e_22,
  recalled: 0x95_a5_a6,
};

const REMOVED = { as: "gone", why: "Webhook 已被删除，或地址不对；请在 Discord 里新建" } as const;
const CODES: Readonly<Record<number, Meaning>> = {
  10_003: { as: "gone", why: "频道不存在" },
  10_015: REMOVED,
  40_005: { as: "rejected", why: "消息过大" },
  50_006: { as: "rejected", why: "消息为空" },
  50_027: REMOVED,
  50_035: { as: "rejected", why: "消息格式不被接受" },
  200_000: { as: "rejected", why: "被服务器的自动审核拦下" },
};

const seconds = (value: unknown): number => (typeof value === "number" && value > 0 ? Math.ceil(value * 1000) : 0);

function read(status: number, headers: Readonly<Record<string, string>>, body: string): Verdict | null {
  const answer = objectOf(body);
  // With `wait=true` the answer is the message; without it, through a relay, 204.
  const made = textIn(answer?.["id"]) !== "" || isCutObject(body);
  if (status === 204 || (status === 200 && made)) return { type: "accepted", why: `HTTP ${status}` };
  if (status === 429) {
    const bucket = Number(headers["x-ratelimit-reset-after"] ?? 0) * 1000 || 0;
    const after = Math.max(seconds(answer?.["retry_after"]), retryAfter(headers) ?? 0, Math.ceil(bucket));
    return verdictOf(429, { as: "wait", after, why: "发送过快" });
  }
  const code = answer?.["code"];
  const meaning = typeof code === "number" ? CODES[code] : undefined;
  if (meaning) return verdictOf(String(code), meaning);
  return status === 400 || status === 413 ? verdictOf(`HTTP ${status}`, { as: "rejected", why: "消息不被接受" }) : null;
}

function inColour(message: DiscordMessage, kind: Item["kind"]): Message {
  const color = COLOURS[kind];
  return color === null ? message : { ...message, embeds: message.embeds.map((embed) => ({ ...embed, color })) };
}

/** The webhook's address, asking to be told of the message that it made. */
function waiting(address: string): string {
  const url = new URL(address);
  url.searchParams.set("wait", "true");
  return url.href;
}

export const discord: Kind<Config, Message> = {
  name: "discord",
  config,
  secrets: ["url"],
  address: "url",
  signs: null,
  hosts: ["discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com"],
  // Discord tells its rate by headers and may change it; this is what webhooks have been given, thirty a minute.
  limits: { batch: BATCH, deadline: 10_000, pace: { credential: 2_000 } },
  batch: ({ style }) => (style === "full" ? 1 : BATCH),
  credential: ({ url }) => url,
  unknown: "resend",
  wants: ({ style }) => (style === "full" ? "text" : "summary"),
  variant: ({ style }) => style,
  compose(items, { style }) {
    const whole = shownWhole(items, style);
    const kind = items[0]?.kind ?? "published";
    if (whole) return inColour(renderDiscord(pieceOfItem(whole)), kind);
    const posts = items.map((item) => summaryOf(item));
    return inColour(messageOfAll(posts, discordList), kind);
  },
  composeAlerts: (items) => discordText(alertText(items, 2_000, (text) => text.length)),
  request: (message, { url }) => postJson(waiting(url), JSON.stringify(message)),
  judge: (reply) => judgeBy(reply, ({ status, headers, body }) => read(status, headers, body)),
};
