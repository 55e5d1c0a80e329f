/**
 * A subscriber of one of our feeds (W3C WebSub, 7): what is new is posted as a feed of that format with only the new
 * entries in it, and signed if the subscriber gave a secret. It made the channel itself, through the hub.
 */
import { z } from "zod";
import { feedAt, feedLinks, FEEDS, hubOf, readFeedAddress } from "../formats/feeds/index.ts";
import { hmacHex } from "../platform/crypto.ts";
import { SECOND } from "../platform/time.ts";
import type { Item, Kind } from "./kind.ts";
import { judgeFailure } from "./kind.ts";
import { retryAfter } from "./retry-after.ts";

const config = z.strictObject({
  callback: z.url({ protocol: /^https?$/ }).max(2048),
  /** The address of one of our feeds. */
  topic: z.string().refine((topic) => readFeedAddress(topic) !== null, "is not the address of a feed"),
  /** What its publication or column was called when it was subscribed to. */
  name: z.string(),
  /** The subscriber's own, for signing. */
  secret: z.string().min(1).optional(),
});
type Config = z.output<typeof config>;

const addressOf = (topic: string) => readFeedAddress(topic)!;

/** What the subscriber of a topic gets: what its feed is of. Of a recall only Atom can tell. */
export function filterOf(topic: string): {
  publications?: string[];
  columns?: string[];
  kinds?: ("published" | "corrected")[];
} {
  const { shelf, file } = addressOf(topic);
  return {
    ...(shelf.of === "publication" && { publications: [shelf.slug] }),
    ...(shelf.of === "column" && { columns: [shelf.slug] }),
    ...(file !== "atom.xml" && { kinds: ["published", "corrected"] }),
  };
}

const withdrawnOf = ({ post, at }: Item) => ({ url: post.url, at: new Date(at) });

export const websub: Kind<Config, string> = {
  name: "websub",
  config,
  secrets: ["callback", "secret"],
  address: "callback",
  signs: null,
  selfService: true,
  limits: { batch: 8, deadline: 10 * SECOND },
  unknown: "resend",
  wants: () => "text",
  variant: ({ topic, name }) => `${topic} ${name}`,
  compose(items, { topic, name }) {
    const live = items.filter(({ kind }) => kind !== "recalled").map((item) => item.feed());
    const withdrawn = items.filter(({ kind }) => kind === "recalled").map(withdrawnOf);
    return FEEDS[addressOf(topic).file].write(feedAt(topic, name, live, withdrawn));
  },
  composeAlerts() {
    throw new Error("A feed carries posts, never the office's own alerts.");
  },
  async request(body, { callback, topic, secret }) {
    const { site, file } = addressOf(topic);
    return {
      transport: "http",
      url: callback,
      headers: {
        "content-type": FEEDS[file].type,
        link: feedLinks({ hub: hubOf(site), self: topic }),
        ...(secret !== undefined && { "x-hub-signature": `sha256=${await hmacHex(secret, body)}` }),
      },
      body,
    };
  },
  judge(reply) {
    if (reply.type !== "response") return judgeFailure(reply);
    const { status, headers } = reply;
    const why = `HTTP ${status}`;
    if (status >= 200 && status < 300) return { type: "accepted", why };
    if (status === 410) return { type: "gone", why };
    if (status >= 300 && status < 400) return { type: "retry", why: `${why}: redirects are not followed` };
    return { type: "retry", why, after: retryAfter(headers), ...(status === 429 && { throttled: true }) };
  },
};
