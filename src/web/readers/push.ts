/** What the readers' browsers say of Web Push (`public/push.js`, `public/push-worker.js`). JSON, without a token. */
import { Hono } from "hono";
import { z } from "zod";
import { browser } from "../../channels/webpush.ts";
import { publicHalf } from "../../delivery/vapid.ts";
import { invalid, Problem, unavailable } from "../../platform/problem.ts";
import { leaveByBrowser, subscribeBrowser } from "../../readers/subscribe.ts";
import { readJson } from "../api/body.ts";
import { operation } from "../api/operation.ts";
import { choice } from "../api/channel-schemas.ts";
import type { App } from "../context.ts";
import { countReader, SMALL } from "./limits.ts";

export const push = new Hono<App>();
const tag = "readers";

const { endpoint, p256dh, auth } = browser;

/** `PushSubscription.toJSON()` of a browser, and what its reader chose. */
const subscription = z.strictObject({
  endpoint,
  keys: z.strictObject({ p256dh, auth }),
  expirationTime: z.number().nullish(),
  ...choice,
});

const leaving = z.strictObject({ endpoint, auth });

push.get(
  "/push/key",
  operation({ summary: "The key that browsers subscribe under", tag, scope: null, answer: "`key`, base64url." }),
  async (c) => {
    const key = await c
      .get("deps")
      .officeKey("push")
      .catch(() => null);
    if (key === null) throw unavailable("The office's key cannot be opened just now.");
    return c.json({ key: publicHalf(key) });
  },
);

push.post(
  "/push/subscriptions",
  operation({
    summary: "Subscribe a browser; the same one again changes what it gets",
    tag,
    scope: null,
    body: subscription,
    status: 201,
    answer: "Its `id`; 200 if it was subscribed before.",
  }),
  async (c) => {
    await countReader(c);
    const { endpoint: address, keys, publications, columns } = await readJson(c, subscription, SMALL);
    const filter = { ...(publications && { publications }), ...(columns && { columns }) };
    try {
      const { id, made } = await subscribeBrowser(c.get("deps"), { endpoint: address, ...keys }, filter, c.get("now"));
      return c.json({ id }, made ? 201 : 200);
    } catch (error) {
      // The channel's kind calls it `config.endpoint`; whoever sent this does not.
      if (error instanceof Problem && error.status === 422) throw invalid("endpoint", error.errors[0]!.message);
      throw error;
    }
  },
);

push.delete(
  "/push/subscriptions",
  operation({
    summary: "End a browser's subscription, by whoever knows its secret",
    tag,
    scope: null,
    body: leaving,
    status: 204,
    answer: "It is gone, or was none.",
  }),
  async (c) => {
    await countReader(c);
    await leaveByBrowser(c.get("deps"), await readJson(c, leaving, SMALL), c.get("now"));
    return c.body(null, 204);
  },
);
