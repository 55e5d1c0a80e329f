/** The composition root: rooms get what they need from here, and only the Worker's entry points call it. */
import type { Content } from "./articles/types.ts";
import { mediaHash } from "./articles/media.ts";
import { videoHash } from "./articles/video.ts";
import { wakeShards } from "./delivery/store.ts";
import { joined, unpick } from "./editions/store.ts";
import type { Env } from "./env.ts";
import { imageSources, parseMarkdown } from "./formats/index.ts";
import { correctHandovers, recallHandovers } from "./handover/store.ts";
import type { Deps } from "./web/context.ts";

/** Everything that the Worker's handlers use, from its bindings. Throws without KANFA_SECRET: no key, no secrets. */
export function depsOf(env: Env): Deps {
  const siteUrl = env.KANFA_URL.replace(/\/+$/, "");
  if (!env.KANFA_SECRET)
    throw new Error("KANFA_SECRET is not set: run `wrangler secret put KANFA_SECRET` with 32 random bytes or more.");
  const db = env.DB;
  return {
    db,
    queue: env.QUEUE,
    fetch: (url, init) => fetch(url, init),
    wall: () => Date.now(),
    keys: { current: env.KANFA_SECRET, previous: env.KANFA_SECRET_PREVIOUS },
    siteUrl,
    allowPrivate: env.KANFA_ALLOW_PRIVATE_TARGETS === "1",
    media: env.MEDIA,
    desk: {
      db,
      planner: { unpick, joined },
      mediaOf,
      wake: (now) => wakeShards(db, now),
      handovers: { corrected: correctHandovers, recalled: recallHandovers },
    },
    adminToken: env.KANFA_ADMIN_TOKEN || undefined,
    denials: env.DENIALS,
  };
}

/** The pictures of ours that a text and its cover show, and the video of ours, by hash. */
function mediaOf(content: Content): string[] {
  const sources = [...imageSources(parseMarkdown(content.markdown)), ...(content.cover ? [content.cover] : [])];
  const video = content.file ? videoHash(content.file) : null;
  return [...new Set([...sources.flatMap((src) => mediaHash(src) ?? []), ...(video ? [video] : [])])];
}
