/** A topic of an ntfy server (docs.ntfy.sh/publish, publish as JSON): a notification that opens the post. */
import { z } from "zod";
import { cutText, fitSeveral, oneLine, type Several, type Summary, utf8Length } from "../formats/index.ts";
import { alertText, headlineOf, messageOfAll, summaryOf } from "./digest.ts";
import { judgeBy, type Meaning, objectOf, postJson, textIn, unlisted, verdictOf } from "./http.ts";
import type { Kind, Verdict } from "./kind.ts";

const config = z.strictObject({
  topic: z.string().regex(/^[\w-]{1,64}$/, "must be a topic's name: letters, digits, _ and -"),
  server: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .default("https://ntfy.sh"),
  /** For a topic that not everybody may write to. */
  token: z
    .string()
    .regex(/^[\w-]{1,256}$/, "must be an access token of the server, like tk_…")
    .optional(),
});
type Config = z.output<typeof config>;
/** The message, without its topic. */
interface Message {
  title: string;
  message: string;
  click?: string;
  priority?: 4;
}

const BATCH = 10;
/** Bytes of a message; what is longer becomes a file. The title is ours to bound. */
const LIMITS = { message: 4096, title: 250 };

const FORBIDDEN = { as: "retry", why: "没有向这个主题发布的权限；请核对 config.token" } as const;
const TOO_FAST = { as: "wait", after: 60_000, why: "发送过快" } as const;
/** Codes of ntfy (its server/errors.go); other 400s are the message's fault, and the rest is tried again. */
const CODES: Readonly<Record<number, Meaning>> = {
  40009: { as: "gone", why: "主题名不被服务器接受" },
  40010: { as: "gone", why: "主题名被服务器禁用" },
  40101: FORBIDDEN,
  40301: FORBIDDEN,
  40401: { as: "retry", why: "地址上没有 ntfy 服务；请核对 config.server" },
  41301: { as: "rejected", why: "消息过大" },
  41303: { as: "rejected", why: "消息过大" },
  42901: TOO_FAST,
  42905: { ...TOO_FAST, after: 3_600_000, why: "今天的流量已用完" },
  42908: { ...TOO_FAST, after: 3_600_000, why: "今天的消息数已用完" },
};

function read(status: number, headers: Readonly<Record<string, string>>, body: string): Verdict | null {
  const answer = objectOf(body);
  if (status === 200) return textIn(answer?.["id"]) === "" ? null : { type: "accepted", why: "HTTP 200" };
  const code = answer?.["code"];
  if (typeof code !== "number") return null;
  const meaning = CODES[code] ?? (status === 400 ? ({ as: "rejected", why: "消息不被接受" } as const) : undefined);
  return meaning ? verdictOf(code, meaning, headers) : unlisted(code, textIn(answer?.["error"]));
}

const line = (text: string): string => cutText(oneLine(text), LIMITS.title, utf8Length);

const lines = ({ title, digest, url }: Summary): string =>
  [title, oneLine(digest, ""), url].filter((each) => each !== "").join("\n");

// Clients find the addresses in a plain text by themselves; there is nothing to be escaped.
function list(posts: readonly Summary[], title: string): Several<Message> {
  const make = (some: readonly Summary[]): Message => ({
    title,
    message: some.map((post, index) => `${index + 1}. ${lines(post)}`).join("\n\n"),
  });
  return fitSeveral(posts, BATCH, make, ({ message }) => utf8Length(message) <= LIMITS.message);
}

export const ntfy: Kind<Config, Message> = {
  name: "ntfy",
  config,
  // Whoever knows a topic's name may read it, and without a token write to it.
  secrets: ["server", "topic", "token"],
  address: "server",
  signs: null,
  // The public server gives an address sixty messages at once, then one each five seconds.
  limits: { batch: BATCH, deadline: 10_000, pace: { credential: 5_000 } },
  credential: ({ server }) => server,
  unknown: "resend",
  wants: () => "summary",
  variant: () => "",
  compose(items) {
    const posts = items.map((item) => summaryOf(item));
    const [post] = posts;
    if (!post || posts.length > 1) return messageOfAll(posts, (some) => list(some, headlineOf(items)));
    const message = cutText(post.digest || post.url, LIMITS.message, utf8Length);
    return { title: line(post.title), message, click: post.url };
  },
  composeAlerts(items) {
    const [alert] = items;
    if (!alert || items.length > 1)
      return { title: `提醒 ${items.length} 条`, message: alertText(items, LIMITS.message), priority: 4 };
    const message = cutText(alert.body.trim() || line(alert.title), LIMITS.message, utf8Length);
    return { title: line(alert.title), message, priority: 4 };
  },
  request: (message, { server, topic, token }) =>
    postJson(new URL("/", server).href, JSON.stringify({ topic, ...message }), {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    }),
  judge: (reply) => judgeBy(reply, ({ status, headers, body }) => read(status, headers, body)),
};
