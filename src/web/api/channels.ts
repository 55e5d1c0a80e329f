import { Hono } from "hono";
import { changeChannel, createChannel, DEFAULT_EXPIRY, removeChannel } from "../../delivery/subscriptions.ts";
import type { Channel } from "../../delivery/open-channel.ts";
import { openChannel, requireChannel } from "../../delivery/open-channel.ts";
import { listChannels } from "../../delivery/channel-store.ts";
import type { Actor } from "../../newsroom/types.ts";
import { Problem } from "../../platform/problem.ts";
import type { App, Ctx } from "../context.ts";
import { requireScope } from "./auth.ts";
import { ifMatch, readJson, readQuery } from "./body.ts";
import { channelPatch, channelQuery, newChannel } from "./channel-schemas.ts";
import { channelView } from "./channel-view.ts";
import { idFor } from "./idempotency.ts";
import { operation } from "./operation.ts";
import { pageOf, positionOf } from "./paging.ts";

export const channels = new Hono<App>();
const tag = "channels";

// Threat: a leaked token that fills the office with channels, or looks around by the answers to them.
async function limited(c: Ctx, actor: Actor): Promise<void> {
  const { success } = await c.get("deps").subscriptions.limit({ key: actor.name });
  if (!success)
    throw new Problem(429, "Too many requests", "Too many new channels with this token; wait a minute.", {
      headers: { "retry-after": "60" },
    });
}

function show(c: Ctx, channel: Channel): Response {
  c.header("etag", `"${channel.rev}"`);
  return c.json(channelView(channel));
}

channels.get(
  "/channels",
  operation({ summary: "List channels", tag, scope: "channels", query: channelQuery }),
  async (c) => {
    requireScope(c, "channels");
    const deps = c.get("deps");
    const { cursor, limit, ...of } = readQuery(c, channelQuery);
    const rows = await listChannels(deps.db, of, positionOf(cursor, 0), limit + 1);
    const opened = await Promise.all(rows.map((row) => openChannel(deps, row)));
    return c.json(pageOf(opened, limit, (channel) => channel.id, channelView));
  },
);

channels.post(
  "/channels",
  operation({
    summary: "Subscribe a channel; its secret is shown once",
    tag,
    scope: "channels",
    body: newChannel,
    status: 201,
    answer: "The channel, with `secret`.",
  }),
  async (c) => {
    const actor = requireScope(c, "channels");
    const input = await readJson(c, newChannel);
    await limited(c, actor);
    const { channel, secret } = await createChannel(
      c.get("deps"),
      {
        ...input,
        name: input.name ?? input.kind,
        uid: await idFor(c),
        expiresAfter: input.expires_after_hours ?? DEFAULT_EXPIRY,
      },
      actor,
      c.get("now"),
    );
    c.header("location", `/api/channels/${channel.uid}`);
    c.header("etag", `"${channel.rev}"`);
    return c.json({ ...channelView(channel), ...(secret !== null && { secret }) }, 201);
  },
);

channels.get("/channels/:id", operation({ summary: "Read a channel", tag, scope: "channels" }), async (c) => {
  requireScope(c, "channels");
  return show(c, await requireChannel(c.get("deps"), c.req.param("id")));
});

channels.patch(
  "/channels/:id",
  operation({
    summary: "Change a channel; nothing is sent again by it",
    tag,
    scope: "channels",
    body: channelPatch,
    ifMatch: true,
  }),
  async (c) => {
    const actor = requireScope(c, "channels");
    const deps = c.get("deps");
    const rev = ifMatch(c);
    const { expires_after_hours: expiresAfter, ...change } = await readJson(c, channelPatch);
    const channel = await requireChannel(deps, c.req.param("id"));
    return show(c, await changeChannel(deps, channel, { ...change, expiresAfter }, rev, actor, c.get("now")));
  },
);

channels.delete(
  "/channels/:id",
  operation({ summary: "Remove a channel", tag, scope: "channels", status: 204, answer: "It is gone." }),
  async (c) => {
    const actor = requireScope(c, "channels");
    const deps = c.get("deps");
    await removeChannel(deps, await requireChannel(deps, c.req.param("id")), actor, c.get("now"));
    return c.body(null, 204);
  },
);
