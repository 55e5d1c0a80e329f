/**
 * Web Push: a browser of a reader's, reached through the push service of its maker (RFC 8030), encrypted for it (RFC 8291)
 * and signed with the office's key (RFC 8292, VAPID).
 */
import { z } from "zod";
import { cutText, jsonLength, jsonTextLength, oneLine } from "../formats/index.ts";
import { summaryOf } from "./digest.ts";
import type { AlertItem, Item, Kind, Reply, Verdict } from "./kind.ts";
import { judgeFailure } from "./kind.ts";
import { bytesOf, encryptPush, isPublicKey, PLAINTEXT_LIMIT } from "./push-encryption.ts";
import { retryAfter } from "./retry-after.ts";

/** What a browser's subscription consists of. */
export const browser = {
  endpoint: z.url({ protocol: /^https?$/ }).max(1024),
  p256dh: z.string().max(100).refine(isPublicKey, "is not a browser's public key (65 bytes, base64url)"),
  auth: z
    .string()
    .max(30)
    .refine((text) => bytesOf(text, 16) !== null, "is not a browser's secret (16 bytes, base64url)"),
};

const config = z.strictObject(browser);
export type WebPushConfig = z.output<typeof config>;

/** What the service worker shows (`public/push-worker.js`). A second one with the same `tag` takes the first one's place. */
export interface Notice {
  title: string;
  body: string;
  /** Where a tap leads; null: the front page. */
  url: string | null;
  tag: string;
}

interface Payload {
  notice: Notice;
  urgency: "normal" | "high";
}

/** A push service keeps what it cannot deliver this long, seconds: yesterday's news is no notification. */
const TTL = 86_400;

/** Safe everywhere, though the limit is {@link PLAINTEXT_LIMIT}: some services count their own headers too. */
const ROOM = Math.min(3000, PLAINTEXT_LIMIT);

/** Beyond these no system shows anything. */
const TITLE = 100;
const BODY = 400;
const URL_ROOM = 1000;

/** The notice within what a push may carry, however long its words are. */
function fitted({ title, body, url, tag }: Notice): Notice {
  const head = cutText(cutText(oneLine(title).toWellFormed(), TITLE), ROOM / 3, jsonTextLength);
  const link = url !== null && url.length <= URL_ROOM ? url : null;
  const rest = ROOM - jsonLength({ title: head, body: "", url: link, tag });
  return { title: head, body: cutText(cutText(body.toWellFormed(), BODY), rest, jsonTextLength), url: link, tag };
}

/** Names a post to push services and browsers: 32 characters of base64url (RFC 8030, 5.4), which a UUID without dashes is. */
const tagOf = (id: string): string => id.replaceAll(/[^A-Za-z0-9_]/g, "").slice(-32);

export const webpush: Kind<WebPushConfig, Payload> = {
  name: "webpush",
  config,
  secrets: ["endpoint", "auth"],
  address: "endpoint",
  signs: null,
  limits: { batch: 8, deadline: 10_000 },
  // The same topic and tag: whoever gets it twice sees it once.
  unknown: "resend",
  wants: () => "summary",
  variant: () => "",
  compose(items) {
    const [first, ...others] = items as readonly [Item, ...Item[]];
    const { title, digest, url } = summaryOf(first);
    const notice: Notice =
      others.length === 0
        ? { title, body: digest, url, tag: tagOf(first.post.id) }
        : {
            title: `${cutText(title, TITLE - 10)} 等${items.length}篇`,
            body: others.map((item) => oneLine(item.post.title)).join("\n"),
            url: new URL("/", url).href,
            tag: `posts${first.seq}`,
          };
    return { notice: fitted(notice), urgency: "normal" };
  },
  composeAlerts(items) {
    const [first, ...others] = items as readonly [AlertItem, ...AlertItem[]];
    const title = others.length === 0 ? first.title : `${cutText(first.title, TITLE - 10)} 等${items.length}项`;
    const body = others.length === 0 ? first.body : items.map((item) => item.title).join("\n");
    return { notice: fitted({ title, body, url: null, tag: `alert${first.seq}` }), urgency: "high" };
  },
  request: async ({ notice, urgency }, { endpoint, p256dh, auth }) => ({
    transport: "http",
    url: endpoint,
    headers: {
      "content-type": "application/octet-stream",
      "content-encoding": "aes128gcm",
      ttl: String(TTL),
      urgency,
      // What waits for a browser that is off is replaced by a correction of it.
      topic: notice.tag,
    },
    body: await encryptPush(JSON.stringify(notice), { p256dh, auth }),
    sign: "vapid",
  }),
  judge(reply: Reply): Verdict {
    if (reply.type !== "response") return judgeFailure(reply);
    const { status, headers } = reply;
    const why = `HTTP ${status}`;
    if (status >= 200 && status < 300) return { type: "accepted", why };
    if (status === 404 || status === 410) return { type: "gone", why };
    if (status === 400 || status === 413) return { type: "rejected", why };
    // Made under another key than the office's: no waiting mends that, and the reader has to subscribe anew.
    if (status === 401 || status === 403)
      return { type: "retry", why: `${why}: the push service refuses the office's key`, after: 6 * 3_600_000 };
    if (status >= 300 && status < 400) return { type: "retry", why: `${why}: redirects are not followed` };
    return { type: "retry", why, after: retryAfter(headers), ...(status === 429 && { throttled: true }) };
  },
};
