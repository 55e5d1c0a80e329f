import { Hono } from "hono";
import { z } from "zod";
import { completeHandover, reopenHandover, requireHandover } from "../../handover/acts.ts";
import { HANDOVER_STATES } from "../../handover/outlets.ts";
import { listHandovers } from "../../handover/store.ts";
import { requirePublication } from "../../newsroom/publications.ts";
import type { App } from "../context.ts";
import { requireScope } from "./auth.ts";
import { readJson, readQuery } from "./body.ts";
import { handoverSummary, handoverView } from "./handover-view.ts";
import { operation } from "./operation.ts";
import { pageOf, positionOf } from "./paging.ts";
import * as schemas from "./schemas.ts";

export const handovers = new Hono<App>();
const tag = "handovers";

const query = z.strictObject({
  ...schemas.pageQuery.shape,
  state: z.enum(HANDOVER_STATES).optional(),
  publication: schemas.slug.optional(),
});

const done = z.strictObject({
  /** Required for a new video, optional for an update, not taken for a take-down. */
  link: schemas.link.nullable().default(null),
  note: schemas.remark.default(""),
  /** `hash` of the pack that was posted: refused if the post has been corrected since. */
  hash: z.string().max(64).nullable().default(null),
});

const reopened = z.strictObject({ reason: schemas.stop.shape.reason });

handovers.get(
  "/handovers",
  operation({ summary: "Hand-over tasks 交接, newest first", tag, scope: "read", query }),
  async (c) => {
    requireScope(c, "read");
    const { db, siteUrl } = c.get("deps");
    const { state, publication, cursor, limit } = readQuery(c, query);
    const publicationId = publication === undefined ? undefined : (await requirePublication(db, publication)).id;
    const found = await listHandovers(
      db,
      { state, publicationId },
      positionOf(cursor, Number.MAX_SAFE_INTEGER),
      limit + 1,
    );
    return c.json(
      pageOf(
        found,
        limit,
        (task) => task.id,
        (task) => handoverSummary(task, siteUrl, c.get("now")),
      ),
    );
  },
);

handovers.get(
  "/handovers/:id",
  operation({ summary: "A hand-over task with its ready-to-post pack", tag, scope: "read" }),
  async (c) => {
    requireScope(c, "read");
    const { db, siteUrl } = c.get("deps");
    return c.json(handoverView(await requireHandover(db, c.req.param("id")), siteUrl, c.get("now")));
  },
);

handovers.post(
  "/handovers/:id/done",
  operation({ summary: "Tick a task off with the link that came of it", tag, scope: "editions", body: done }),
  async (c) => {
    const actor = requireScope(c, "editions");
    const { db, siteUrl } = c.get("deps");
    const result = await readJson(c, done);
    const task = await completeHandover(db, c.req.param("id"), result, actor, c.get("now"));
    return c.json(handoverView(task, siteUrl, c.get("now")));
  },
);

handovers.post(
  "/handovers/:id/reopen",
  operation({ summary: "Open a done task again", tag, scope: "editions", body: reopened }),
  async (c) => {
    const actor = requireScope(c, "editions");
    const { db, siteUrl } = c.get("deps");
    const { reason } = await readJson(c, reopened);
    const task = await reopenHandover(db, c.req.param("id"), reason, actor, c.get("now"));
    return c.json(handoverView(task, siteUrl, c.get("now")));
  },
);
