import { Hono } from "hono";
import { notFound } from "../../platform/problem.ts";
import { findPost } from "../../wire/post-store.ts";
import { readWire } from "../../wire/entry-store.ts";
import type { App } from "../context.ts";
import { requireScope } from "./auth.ts";
import { readQuery } from "./body.ts";
import { entryView, postView } from "./post-view.ts";
import { operation } from "./operation.ts";
import * as schemas from "./schemas.ts";

export const wire = new Hono<App>();

wire.get(
  "/wire",
  operation({
    summary: "What happened to posts, in order, after a seq",
    tag: "wire",
    scope: "read",
    query: schemas.wireQuery,
  }),
  async (c) => {
    requireScope(c, "read");
    const { db, siteUrl } = c.get("deps");
    const { after, limit } = readQuery(c, schemas.wireQuery);
    const entries = await readWire(db, after, limit + 1);
    const items = entries.slice(0, limit).map((entry) => entryView(entry, siteUrl));
    return c.json({ items, next: entries.length > limit ? String(items.at(-1)!.seq) : null });
  },
);

wire.get("/posts/:id", operation({ summary: "Read a post", tag: "wire", scope: "read" }), async (c) => {
  requireScope(c, "read");
  const { db, siteUrl } = c.get("deps");
  const post = await findPost(db, c.req.param("id"));
  if (!post) throw notFound("post", c.req.param("id"));
  return c.json(postView(post, siteUrl));
});
