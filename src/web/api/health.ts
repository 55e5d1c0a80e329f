import { Hono } from "hono";
import { countQueued } from "../../articles/queue-store.ts";
import { readDeliveryHealth } from "../../delivery/ledger-store.ts";
import { officeDate, overdueYears, warning } from "../../editions/calendar/alarm.ts";
import { calendarOf } from "../../editions/calendar/calendar.ts";
import { readEntries } from "../../editions/calendar/store.ts";
import { horizon, planTime } from "../../editions/slots.ts";
import { lookAhead } from "../../editions/outlook.ts";
import { summarise } from "../../editions/store.ts";
import { inOneLine, warningOf } from "../../editions/warning.ts";
import { countOpen } from "../../handover/store.ts";
import { listPublications } from "../../newsroom/publication-store.ts";
import { readOffice } from "../../newsroom/office-store.ts";
import { iso, localDate, MINUTE } from "../../platform/time.ts";
import { accountsInShort } from "../../wechat/health/account-health.ts";
import type { App } from "../context.ts";
import { handoverCounts } from "./handover-view.ts";
import { operation } from "./operation.ts";

export const health = new Hono<App>();

/** Ticks come each minute; without one for this long, nothing is published. */
const TICK_OVERDUE = 5 * MINUTE;

/** A day's edition that should have been planned this long ago and was not. */
const PLAN_OVERDUE = 10 * MINUTE;

health.get(
  "/health",
  operation({
    summary: "Whether the office publishes; details with a token",
    tag: "health",
    scope: null,
    answer: "The status.",
  }),
  async (c) => {
    const { db } = c.get("deps");
    const now = c.get("now");
    const office = await readOffice(db);
    const late = office?.last_tick_wall == null ? null : now - office.last_tick_wall;
    const publications = await listPublications(db);
    const days = publications.map((p) => ({ p, date: localDate(now, p.timeZone) }));
    const found = await summarise(
      db,
      days.map(({ p, date }) => [p.id, date] as const),
    );
    const { from, to } = horizon(now);
    const calendar = calendarOf(await readEntries(db, from, to));
    const tasks = await countOpen(db, now);
    const editions = days.map(({ p, date }) => {
      const edition = found.find((e) => e.publication === p.slug);
      const { working, provisional } = calendar.dayOf(date);
      const overdue = working && !edition && now > planTime(date, p) + PLAN_OVERDUE && p.stoppedAt === null;
      return {
        publication: p.slug,
        date,
        working_day: working,
        provisional,
        quota: edition?.quota ?? (working ? p.quota : 0),
        picked: edition?.picked ?? 0,
        released: edition?.released ?? 0,
        shortfall: edition?.shortfall ?? null,
        stopped: p.stoppedAt !== null,
        overdue,
        // Overdue hand-overs are shown, not alarmed: the office does publish, a person is late.
        ...(p.medium === "video" && { handovers: handoverCounts(tasks, p.id) }),
      };
    });
    const deliveries = await readDeliveryHealth(db, now);
    const accounts = await accountsInShort(db, now);
    const degraded =
      late === null ||
      late > TICK_OVERDUE ||
      editions.some((e) => e.overdue || (e.shortfall ?? 0) > 0 || e.stopped) ||
      deliveries.held > 0 ||
      accounts.some((account) => account.status === "degraded");
    const status = degraded ? "degraded" : "ok";
    c.header("cache-control", "no-store");
    const scopes = c.get("actor")?.scopes ?? [];
    if (!scopes.includes("read") && !scopes.includes("admin")) return c.json({ status });
    const outlooks = await Promise.all(publications.map((p) => lookAhead(db, calendar, p, now)));
    return c.json({
      status,
      tick: { last_at: office?.last_tick_at == null ? null : iso(office.last_tick_at), late },
      editions: editions.map((e, i) => ({ ...e, days_since_last_post: outlooks[i]!.daysSinceLastPost })),
      deliveries,
      ...(accounts.length > 0 && {
        wechat: accounts.map(({ uid, name, ...health }) => ({ channel: uid, name, ...health })),
      }),
      queue: await countQueued(db),
      warnings: [
        ...overdueYears(calendar, officeDate(now)).map(warning),
        ...publications.flatMap((p, i) => {
          const short = warningOf(p, outlooks[i]!);
          return short ? [inOneLine(short)] : [];
        }),
      ],
    });
  },
);
