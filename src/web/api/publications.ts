import { Hono } from "hono";
import type { z } from "zod";
import { findingsOf } from "../../editions/clearance.ts";
import type { Calendar } from "../../editions/calendar/calendar.ts";
import { calendarOf } from "../../editions/calendar/calendar.ts";
import { readEntries } from "../../editions/calendar/store.ts";
import type { Proposal, WhatIf } from "../../editions/proposal.ts";
import { planEdition } from "../../editions/plan.ts";
import { proposalDigest, propose, proposeAhead } from "../../editions/proposal.ts";
import { turn } from "../../editions/wheel.ts";
import { hasEdition, quotaOn } from "../../editions/rules.ts";
import { refuseTimes, slotsOn } from "../../editions/slots.ts";
import { readEdition } from "../../editions/store.ts";
import { listProgress } from "../../delivery/ledger-store.ts";
import { DEFAULT_THEME } from "../../formats/index.ts";
import type { LadderSettings } from "../../newsroom/ladder-settings.ts";
import { LADDER_DEFAULTS } from "../../newsroom/ladder-settings.ts";
import { requirePublication, savePublication, stopOrStart } from "../../newsroom/publications.ts";
import type { PublicationSettings } from "../../newsroom/publication-store.ts";
import { DEFAULT_WARN_AT, findPublication, listPublications } from "../../newsroom/publication-store.ts";
import type { Medium, Outlet, Publication } from "../../newsroom/types.ts";
import { defaultOutlets } from "../../newsroom/types.ts";
import { conflict, invalid } from "../../platform/problem.ts";
import { addDays, iso, localDate } from "../../platform/time.ts";
import type { App, Ctx } from "../context.ts";
import { requireScope } from "./auth.ts";
import { check, ifMatch, readJson } from "./body.ts";
import { editionView } from "./edition-view.ts";
import { publicationView, themesView } from "./publication-view.ts";
import { withHandovers } from "./handover-view.ts";
import { operation } from "./operation.ts";
import { waitingArticles, withFindings } from "./preflight.ts";
import * as schemas from "./schemas.ts";
import { pickAct, plan } from "./edition-schemas.ts";
import { publicationSettings } from "./publication-schemas.ts";
import { withReceipts } from "./sheet-view.ts";

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

/** The publication and the date that the path names. Throws a 404 or 422 problem. */
async function editionOf(c: Ctx): Promise<{ publication: Publication; date: string }> {
  const date = check(schemas.date, c.req.param("date"), "date");
  return { publication: await requirePublication(c.get("deps").db, c.req.param("publication") ?? ""), date };
}

const calendarOn = async (db: D1Database, date: string): Promise<Calendar> =>
  calendarOf(await readEntries(db, date, date));

publications.get(
  "/editions/:publication/:date",
  operation({ summary: "An edition: picks, reasons, slots, shortfall, deliveries", tag: "editions", scope: "read" }),
  async (c) => {
    requireScope(c, "read");
    const { db } = c.get("deps");
    const { publication, date } = await editionOf(c);
    const { proposal, digest } = await standing(db, publication, date);
    const { planned } = proposal;
    const last = Math.max(0, ...(planned?.picks ?? []).map((pick) => pick.seq ?? 0));
    const deliveries =
      last === 0 ? [] : (await listProgress(db, last)).map((p) => ({ ...p, settled: p.settled === 1 }));
    const view = await withHandovers(db, publication, editionView(publication, date, proposal, digest, false));
    return c.json({
      ...(await withReceipts(db, publication.timeZone, view)),
      releases: (planned?.slots ?? [])
        .filter((slot) => slot.releasedAt !== null)
        .map((slot) => ({
          at: iso(slot.releasedAt!, publication.timeZone),
          slot: iso(slot.at, publication.timeZone),
          posts: planned!.picks.filter((pick) => pick.slot === slot.n && pick.seq !== null).length,
        })),
      deliveries,
    });
  },
);

/** The edition as it stands, and the fingerprint that a change of it may name. */
async function standing(db: D1Database, publication: Publication, date: string) {
  const day = (await calendarOn(db, date)).dayOf(date);
  const planned = await readEdition(db, publication.id, date);
  const proposal: Proposal = {
    day,
    quota: planned?.edition.quota ?? quotaOn(day.working, publication),
    slots:
      planned?.slots ??
      (hasEdition(day.working, publication) ? slotsOn(date, publication) : []).map((at, i) => ({
        n: i + 1,
        at,
        releasedAt: null,
        late: false,
      })),
    planned,
    added: [],
    shortfall: planned?.edition.shortfall ?? quotaOn(day.working, publication),
    shortBecause: planned?.edition.shortBecause ?? "",
    ladder: null,
    passedOver: [],
  };
  return { proposal, digest: await proposalDigest(proposal) };
}

publications.post(
  "/editions/:publication/:date/picks",
  operation({
    summary: "Pin, swap, move, drop, hold or add a pick",
    tag: "editions",
    scope: "editions",
    body: pickAct,
    status: 201,
    answer: "The edition.",
  }),
  async (c) => {
    const actor = requireScope(c, "editions");
    const { db } = c.get("deps");
    const now = c.get("now");
    const { publication, date } = await editionOf(c);
    const { op, article_id, position, slot, reason, digest } = await readJson(c, pickAct);
    if (date < localDate(now, publication.timeZone)) throw invalid("date", "is over");
    if (digest !== undefined && digest !== (await standing(db, publication, date)).digest)
      throw conflict("The edition has changed since you read it; look at it again.");
    await turn(
      db,
      await calendarOn(db, date),
      publication,
      date,
      { op, articleUid: article_id, position, slotAt: slot, reason },
      actor,
      now,
    );
    const after = await standing(db, publication, date);
    return c.json(editionView(publication, date, after.proposal, after.digest, false), 201);
  },
);

/** What a dry run tries on, by our names. */
function whatIfOf(sent: NonNullable<z.output<typeof plan>["what_if"]>): WhatIf {
  return {
    quota: sent.quota,
    maximum: sent.maximum,
    columnCap: sent.column_cap,
    unitCap: sent.unit_cap,
    without: sent.without,
    articles: sent.articles?.map((article) => ({
      uid: article.id,
      mustRunOn: article.must_run_on,
      expiresAt: article.expires_at,
      embargoUntil: article.embargo_until,
      aheadDays: article.ahead_days,
    })),
  };
}

publications.post(
  "/editions/:publication/:date/plan",
  operation({
    summary: "Plan an edition, or show what planning would give",
    tag: "editions",
    scope: "editions",
    body: plan,
  }),
  async (c) => {
    const actor = requireScope(c, "editions");
    const { db } = c.get("deps");
    const now = c.get("now");
    const { publication, date } = await editionOf(c);
    const { dry_run, digest, days, what_if } = await readJson(c, plan);
    const calendar = calendarOf(await readEntries(db, date, addDays(date, 62)));
    const whatIf = what_if && whatIfOf(what_if);
    const proposal = await propose(db, calendar, publication, date, now, whatIf);
    const seen = await proposalDigest(proposal);
    if (dry_run) {
      const ahead = days === 1 ? [] : await proposeAhead(db, calendar, publication, date, days, now, whatIf);
      const proposals = [proposal, ...ahead.map((day) => day.proposal)];
      const found = await findingsOf(db, publication.timeZone, proposals.flatMap(waitingArticles));
      return c.json({
        ...withFindings(editionView(publication, date, proposal, seen, true), proposal, found),
        passed_over: proposal.passedOver.map(({ uid, title, why }) => ({ article_id: uid, title, why })),
        ...(days > 1 && {
          ahead: await Promise.all(
            ahead.map(async (day) =>
              withFindings(
                editionView(publication, day.date, day.proposal, await proposalDigest(day.proposal), true),
                day.proposal,
                found,
              ),
            ),
          ),
        }),
      });
    }
    if (date < localDate(now, publication.timeZone))
      throw invalid("date", "is over: an edition is planned for today or a day to come");
    if (digest !== undefined && digest !== seen)
      throw conflict("The queue has moved since the preview; look at it again.");
    await planEdition(db, calendar, publication, date, now, { actor: actor.name, digest });
    const after = await propose(db, calendar, publication, date, now);
    return c.json(editionView(publication, date, after, await proposalDigest(after), false));
  },
);
