import { Hono } from "hono";
import type { z } from "zod";
import { refuseTimes } from "../../editions/slots.ts";
import { DEFAULT_THEME } from "../../formats/index.ts";
import type { LadderSettings } from "../../newsroom/ladder-settings.ts";
import { LADDER_DEFAULTS } from "../../newsroom/ladder-settings.ts";
import { requirePublication, savePublication, stopOrStart } from "../../newsroom/publications.ts";
import type { PublicationSettings } from "../../newsroom/publication-store.ts";
import { DEFAULT_WARN_AT, findPublication, listPublications } from "../../newsroom/publication-store.ts";
import type { Medium, Outlet, Publication } from "../../newsroom/types.ts";
import { defaultOutlets } from "../../newsroom/types.ts";
import { invalid } from "../../platform/problem.ts";
import type { App, Ctx } from "../context.ts";
import { requireScope } from "./auth.ts";
import { check, ifMatch, readJson } from "./body.ts";
import { operation } from "./operation.ts";
import { publicationSettings } from "./publication-schemas.ts";
import { publicationView, themesView } from "./publication-view.ts";
import * as schemas from "./schemas.ts";

export const publications = new Hono<App>();
const tag = "publications";

function show(c: Ctx, publication: Publication, status: 200 | 201 = 200): Response {
  c.header("etag", `"${publication.rev}"`);
  return c.json(publicationView(publication), status);
}

publications.get("/publications", operation({ summary: "List publications", tag, scope: "read" }), async (c) => {
  requireScope(c, "read");
  return c.json({ items: (await listPublications(c.get("deps").db)).map(publicationView), next: null });
});

publications.get("/publications/:id", operation({ summary: "Read a publication", tag, scope: "read" }), async (c) => {
  requireScope(c, "read");
  return show(c, await requirePublication(c.get("deps").db, c.req.param("id")));
});

publications.get("/themes", operation({ summary: "The themes that come with Kanfa", tag, scope: "read" }), (c) => {
  requireScope(c, "read");
  return c.json({ items: themesView(), next: null });
});

/** What a new publication is, where the request does not say: an office like the one that Kanfa was made for. */
const DEFAULTS = {
  medium: "article",
  timeZone: "Asia/Shanghai",
  quota: 15,
  planAt: "07:00",
  releaseTimes: ["30 8 * * *", "30 11 * * *", "0 15 * * *", "30 18 * * *"],
  stages: [],
  warnAt: DEFAULT_WARN_AT,
  ladder: LADDER_DEFAULTS,
  theme: DEFAULT_THEME,
} satisfies Partial<PublicationSettings>;

type Sent = z.output<typeof publicationSettings>;

/** The ladder's settings among what was sent, by our names. */
function ladderOf(sent: Sent): Partial<LadderSettings> {
  const all: { [Name in keyof LadderSettings]: LadderSettings[Name] | undefined } = {
    restQuota: sent.rest_quota,
    maximum: sent.maximum,
    columnCap: sent.column_cap,
    unitCap: sent.unit_cap,
    columnCaps: sent.column_caps,
    unitCaps: sent.unit_caps,
    columnMinimums: sent.column_minimums,
    creditDays: sent.credit_days,
    credits: sent.credits,
    coolDownDays: sent.cool_down_days,
    reprintShare: sent.reprint_share,
    slotCounts: sent.slot_counts,
    lead: sent.lead,
    oldDays: sent.old_days,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

publications.put(
  "/publications/:id",
  operation({
    summary: "Make a publication, or change its settings",
    tag,
    scope: "admin",
    body: publicationSettings,
  }),
  async (c) => {
    const actor = requireScope(c, "admin");
    const { db } = c.get("deps");
    const slug = check(schemas.slug, c.req.param("id"), "id");
    const sent = await readJson(c, publicationSettings);
    const existing = await findPublication(db, slug);
    const rev = existing ? ifMatch(c) : null;
    const before = existing ?? { ...DEFAULTS, name: null };
    const name = sent.name ?? before.name;
    if (name === null) throw invalid("name", "is required for a new publication");
    const ladder = { ...before.ladder, ...ladderOf(sent) };
    const settings = {
      slug,
      name,
      medium: sent.medium ?? before.medium,
      timeZone: sent.time_zone ?? before.timeZone,
      quota: sent.quota ?? before.quota,
      planAt: sent.plan_at ?? before.planAt,
      releaseTimes: sent.release_times ?? before.releaseTimes,
      stages: sent.stages ?? before.stages,
      warnAt: sent.warn_at ?? before.warnAt,
      outlets: outletsOf(sent.medium ?? before.medium, sent.outlets, existing),
      ladder,
      theme: sent.theme ?? before.theme,
    };
    const tooMany = refuseTimes(settings.releaseTimes);
    if (tooMany) throw invalid("release_times", tooMany);
    const { publication, created } = await savePublication(db, settings, rev, actor, c.get("now"));
    return show(c, publication, created ? 201 : 200);
  },
);

/** The outlets a publication will have. Throws a 422 problem for a publication of articles, which has none. */
function outletsOf(medium: Medium, sent: Outlet[] | undefined, existing: Publication | null): Outlet[] {
  if (sent && sent.length > 0 && medium !== "video") throw invalid("outlets", "only a video is handed over by hand");
  return sent ?? (existing?.medium === medium ? existing.outlets : defaultOutlets(medium));
}

publications.post(
  "/publications/:id/stop",
  operation({ summary: "紧急停发: halt release and delivery at once", tag, scope: "editions", body: schemas.stop }),
  async (c) => {
    const actor = requireScope(c, "editions");
    const { reason } = await readJson(c, schemas.stop);
    return show(c, await stopOrStart(c.get("deps").db, c.req.param("id"), reason, actor, c.get("now")));
  },
);

publications.post(
  "/publications/:id/start",
  operation({ summary: "End an emergency stop", tag, scope: "editions", body: schemas.nothing }),
  async (c) => {
    const actor = requireScope(c, "editions");
    await readJson(c, schemas.nothing);
    return show(c, await stopOrStart(c.get("deps").db, c.req.param("id"), null, actor, c.get("now")));
  },
);
