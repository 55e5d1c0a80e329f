/** What is done to a channel beside changing it: pause, resume, a new secret, a token, a test, a replay. */
import { Hono } from "hono";
import { z } from "zod";
import { askReplay, sendTest } from "../../delivery/resend.ts";
import type { Ask } from "../../delivery/replay.ts";
import { pauseOrResume } from "../../delivery/subscriptions.ts";
import { requireChannel } from "../../delivery/open-channel.ts";
import { rotateSigningSecret } from "../../delivery/rotation.ts";
import { HOUR } from "../../platform/time.ts";
import { handInToken } from "../../wechat/client/hand-in.ts";
import type { App } from "../context.ts";
import { requireScope } from "./auth.ts";
import { readJson } from "./body.ts";
import { channelView } from "./channel-view.ts";
import { resendView } from "./delivery-view.ts";
import { operation } from "./operation.ts";
import * as schemas from "./schemas.ts";

export const channelActs = new Hono<App>();
const tag = "channels";

const seq = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

const replay = z
  .strictObject({
    /** The first entry; with `to_seq` a stretch, without it that one alone. */
    from_seq: seq.optional(),
    to_seq: seq.optional(),
    post_ids: z.array(z.string().min(1).max(64)).min(1).max(100).optional(),
    /** All that the channel should have got since then and did not. */
    missed_since: schemas.moment.optional(),
  })
  .refine((ask) => [ask.from_seq, ask.post_ids, ask.missed_since].filter((each) => each !== undefined).length === 1, {
    path: ["from_seq"],
    error: "give one of from_seq, post_ids and missed_since",
  })
  .refine((ask) => ask.to_seq === undefined || (ask.from_seq !== undefined && ask.to_seq >= ask.from_seq), {
    path: ["to_seq"],
    error: "goes with from_seq and must not lie before it",
  });

const rotation = z.strictObject({
  /** How long the old secret signs beside the new one, hours: a day unless it says otherwise, a week at most. */
  overlap_hours: z.int().min(0).max(168).default(24),
});

const handedIn = z.strictObject({
  access_token: z.string().regex(/^[\w-]{16,2048}$/, "must be the token as WeChat gave it"),
  /** How long it lives from now on, seconds. */
  expires_in: z.int().min(1).max(7200),
});

function askOf(body: z.output<typeof replay>): Ask {
  if (body.post_ids) return { type: "posts", ids: body.post_ids };
  if (body.missed_since !== undefined) return { type: "missed", since: body.missed_since };
  const from = body.from_seq!;
  return { type: "range", from, to: body.to_seq ?? from };
}

for (const [act, status, summary] of [
  ["pause", "paused", "Pause a channel"],
  ["resume", "active", "Resume a channel where it stopped"],
] as const)
  channelActs.post(
    `/channels/:id/${act}`,
    operation({ summary, tag, scope: "channels", body: schemas.nothing }),
    async (c) => {
      const actor = requireScope(c, "channels");
      const deps = c.get("deps");
      await readJson(c, schemas.nothing);
      const channel = await requireChannel(deps, c.req.param("id"));
      const after = await pauseOrResume(deps, channel, status, actor, c.get("now"));
      c.header("etag", `"${after.rev}"`);
      return c.json(channelView(after));
    },
  );

channelActs.post(
  "/channels/:id/rotate-secret",
  operation({
    summary: "A new signing secret; the old one signs beside it for a while",
    tag,
    scope: "channels",
    body: rotation,
    answer: "The channel, with `secret`, shown this once.",
  }),
  async (c) => {
    const actor = requireScope(c, "channels");
    const deps = c.get("deps");
    const { overlap_hours: hours } = await readJson(c, rotation);
    const channel = await requireChannel(deps, c.req.param("id"));
    const { channel: after, secret } = await rotateSigningSecret(deps, channel, hours * HOUR, actor, c.get("now"));
    c.header("etag", `"${after.rev}"`);
    return c.json({ ...channelView(after), ...(secret !== null && { secret }) });
  },
);

channelActs.put(
  "/channels/:id/token",
  operation({
    summary: "Hand in a WeChat account's access token that was got elsewhere",
    tag,
    scope: "channels",
    body: handedIn,
    status: 204,
    answer: "It is used from now on.",
  }),
  async (c) => {
    const actor = requireScope(c, "channels");
    const { access_token: text, expires_in: life } = await readJson(c, handedIn);
    await handInToken(c.get("deps"), c.req.param("id"), { text, life }, actor, c.get("now"));
    return c.body(null, 204);
  },
);

channelActs.post(
  "/channels/:id/test",
  operation({
    summary: "Send a test message and wait for the answer",
    tag,
    scope: "channels",
    body: schemas.nothing,
    status: 201,
    answer: "The delivery: its outcome, and the start of what the endpoint answered.",
  }),
  async (c) => {
    const actor = requireScope(c, "channels");
    const deps = c.get("deps");
    await readJson(c, schemas.nothing);
    const channel = await requireChannel(deps, c.req.param("id"));
    return c.json(resendView(await sendTest(deps, channel, actor, c.get("now"))), 201);
  },
);

channelActs.post(
  "/channels/:id/replay",
  operation({
    summary: "Send posts again; the cursor stays where it is",
    tag,
    scope: "channels",
    body: replay,
    status: 201,
    answer: "The deliveries that are on their way, and which entries are left out, and why.",
  }),
  async (c) => {
    const actor = requireScope(c, "channels");
    const deps = c.get("deps");
    const ask = askOf(await readJson(c, replay));
    const channel = await requireChannel(deps, c.req.param("id"));
    const { ids, left, more } = await askReplay(deps, channel, ask, actor, c.get("now"));
    return c.json({ deliveries: ids.map((id) => `${channel.uid}_r${id}`), left_out: left, more }, 201);
  },
);
