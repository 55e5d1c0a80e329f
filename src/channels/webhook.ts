/**
 * A signed webhook after Standard Webhooks 1.0.0 (standard-webhooks/spec): one entry a call, success is 2xx only,
 * redirects are failures, 410 closes the endpoint.
 */
import { z } from "zod";
import type { AlertItem, Item, Kind, Reply, Verdict } from "./kind.ts";
import { judgeFailure } from "./kind.ts";
import { retryAfter } from "./retry-after.ts";

const config = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2048),
  /** `full` carries the text as Markdown and HTML; `thin` only what identifies the post. */
  payload: z.enum(["thin", "full"]).default("thin"),
  /** `v1`: one secret on both sides. `v1a`: the receiver holds only a public key. */
  signature: z.enum(["v1", "v1a"]).default("v1"),
});
type Config = z.output<typeof config>;

const TYPES = { published: "post.published", corrected: "post.corrected", recalled: "post.recalled" } as const;

/** 4xx codes that speak of the endpoint or the moment, not of the message. */
const NOT_THE_MESSAGE = new Set([401, 403, 404, 408, 410, 425, 429]);

export const webhook: Kind<Config, string> = {
  name: "webhook",
  config,
  secrets: ["url"],
  address: "url",
  signs: ({ signature }) => signature,
  limits: { batch: 1, deadline: 15_000 },
  unknown: "resend",
  wants: ({ payload }) => (payload === "full" ? "text" : "summary"),
  variant: ({ payload }) => payload,
  compose([item], { payload }) {
    const { seq, kind, at, note, post } = item as Item;
    const text = payload === "full" && kind !== "recalled" ? (item as Item).text() : {};
    return JSON.stringify({
      type: TYPES[kind],
      timestamp: at,
      data: { seq, ...(note && { note }), post: { ...post, ...text } },
    });
  },
  composeAlerts([item]) {
    const { at, ...data } = item as AlertItem;
    return JSON.stringify({ type: "office.alert", timestamp: at, data });
  },
  request: (body, { url }) => ({
    transport: "http",
    url,
    headers: { "content-type": "application/json; charset=utf-8" },
    body,
    sign: "standard-webhooks",
  }),
  judge(reply: Reply): Verdict {
    if (reply.type !== "response") return judgeFailure(reply);
    const { status, headers } = reply;
    const why = `HTTP ${status}`;
    if (status >= 200 && status < 300)
      // Svix's stop signal: the receiver took the message and wants no more of them.
      return headers["webhook-delivery"] === "disable"
        ? { type: "gone", why: "webhook-delivery: disable" }
        : { type: "accepted", why };
    if (status === 410) return { type: "gone", why };
    if (status >= 300 && status < 400) return { type: "retry", why: `${why}: redirects are not followed` };
    if (status >= 400 && status < 500 && !NOT_THE_MESSAGE.has(status)) return { type: "rejected", why };
    return { type: "retry", why, after: retryAfter(headers), ...(status === 429 && { throttled: true }) };
  },
};
