import { Hono } from "hono";
import type { z } from "zod";
import { findingsOf } from "../../editions/clearance.ts";
import type { Calendar } from "../../editions/calendar/calendar.ts";
import { calendarOf } from "../../editions/calendar/calendar.ts";
import { readEntries } from "../../editions/calendar/store.ts";
import type { WhatIf } from "../../editions/proposal.ts";
import { settled } from "../../editions/draft.ts";
import { planEdition } from "../../editions/plan.ts";
import { proposalDigest, propose, proposeAhead } from "../../editions/proposal.ts";
import { turn } from "../../editions/wheel.ts";
import { readEdition } from "../../editions/store.ts";
import { listProgress } from "../../delivery/ledger-store.ts";
import { requirePublication } from "../../newsroom/publications.ts";
import type { Publication } from "../../newsroom/types.ts";
import { conflict, invalid } from "../../platform/problem.ts";
import { addDays, iso, localDate } from "../../platform/time.ts";
import type { App, Ctx } from "../context.ts";
import { requireScope } from "./auth.ts";
import { check, readJson } from "./body.ts";
import { pickAct, plan } from "./edition-schemas.ts";
import { editionView } from "./edition-view.ts";
import { withHandovers } from "./handover-view.ts";
import { operation } from "./operation.ts";
import { waitingArticles, withFindings } from "./preflight.ts";
import * as schemas from "./schemas.ts";
import { withReceipts } from "./sheet-view.ts";

export const editions = new Hono<App>();
const tag = "editions";

/** The publication and the date that the path names. Throws a 404 or 422 problem. */
async function editionOf(c: Ctx): Promise<{ publication: Publication; date: string }> {
  const date = check(schemas.date, c.req.param("date"), "date");
  return { publication: await requirePublication(c.get("deps").db, c.req.param("publication") ?? ""), date };
}

const calendarOn = async (db: D1Database, date: string): Promise<Calendar> =>
  calendarOf(await readEntries(db, date, date));

editions.get(
  "/editions/:publication/:date",
  operation({ summary: "An edition: picks, reasons, slots, shortfall, deliveries", tag, scope: "read" }),
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
  const calendar = await calendarOn(db, date);
  const planned = await readEdition(db, publication.id, date);
  const proposal = { ...settled(calendar.dayOf(date), publication, date, planned), passedOver: [] };
  return { proposal, digest: await proposalDigest(proposal) };
}

editions.post(
  "/editions/:publication/:date/picks",
  operation({
    summary: "Pin, swap, move, drop, hold or add a pick",
    tag,
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

editions.post(
  "/editions/:publication/:date/plan",
  operation({
    summary: "Plan an edition, or show what planning would give",
    tag,
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
