/**
 * One tick: a heartbeat, what time does to articles, each due publication's day, and the due shards to the queue.
 * `at` is business time (the tick's scheduledTime) and may step back; the wall clock is only for leases.
 *
 * Error policy: one publication's fault does not keep the others from their day. What failed stays due and is tried again
 * a minute later; at the end the tick fails loudly.
 */
import { WAKE_LIMIT, wakeArticles } from "./articles/queue-store.ts";
import { beat, setChores } from "./newsroom/office-store.ts";
import { listPublications } from "./newsroom/publication-store.ts";
import { noteOverdue, officeDate, overdueYears } from "./editions/calendar/alarm.ts";
import { calendarOf, OFFICIAL } from "./editions/calendar/calendar.ts";
import { readEntries } from "./editions/calendar/store.ts";
import { runDay } from "./editions/day.ts";
import { horizon } from "./editions/slots.ts";
import type { DeliveryDeps } from "./delivery/deps.ts";
import { sweepHub } from "./delivery/hub.ts";
import { ENDED_LIMIT, forgetRequestsOfHub, removeEnded } from "./delivery/hub-store.ts";
import { removeDeparted } from "./delivery/channel-store.ts";
import { PURGE_LIMIT, purgeDeliveries } from "./delivery/ledger-store.ts";
import { forgetHosts } from "./delivery/settle-store.ts";
import { resealReaders } from "./delivery/reseal.ts";
import { wakeShards } from "./delivery/store.ts";
import { sweepResends } from "./delivery/resend.ts";
import { purgeResends } from "./delivery/resend-store.ts";
import { sweep } from "./delivery/sweep.ts";
import { log, logFault } from "./platform/log.ts";
import { HOUR } from "./platform/time.ts";
import { row } from "./platform/d1.ts";
import { forgetRequests } from "./platform/requests.ts";
import { type LetterDeps, sendLetters } from "./readers/letters.ts";
import { forgetConfirmations } from "./readers/store.ts";
import { forgetSights } from "./wechat/callback/callback-store.ts";
import { lookBack } from "./wechat/books/late.ts";
import { sweepAccounts } from "./wechat/takedowns/lane.ts";
import { type CollectDeps, lookAtAccounts } from "./wechat/numbers/collect.ts";

/** Runs the tick of the business time `at`. */
export async function tick(deps: Pick<DeliveryDeps, "queue"> & LetterDeps & CollectDeps, at: number): Promise<void> {
  const { db } = deps;
  const heart = await beat(db, at, deps.wall());
  const faults: unknown[] = [];
  const attempt = async (where: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      logFault(where, error);
      faults.push(error);
    }
  };

  const due = await readDue(db, at, deps.wall());
  if (due.articles) await attempt("articles", () => wake(db, at));
  // A tick that stepped back (a replayed day, a cron that came late) looks at every publication: the alarms tell of the
  // furthest time, not of this one.
  const steppedBack = heart.latest !== null && heart.latest > at;
  if (due.publications || steppedBack)
    await attempt("publications", async () => {
      const publications = await listPublications(db, steppedBack ? undefined : at);
      const { from, to } = horizon(at);
      const calendar = calendarOf(await readEntries(db, from, to));
      for (const publication of publications)
        await attempt(`publication ${publication.slug}`, async () => {
          const report = await runDay(db, calendar, publication, at, (now, purpose) => wakeShards(db, now, purpose));
          if (report.planned > 0 || report.released.length > 0 || report.warned)
            log("day", { publication: publication.slug, ...report });
        });
    });
  await attempt("sweep", async () => void (await sweep(deps, at)));
  if (due.resends) await attempt("replays", () => sweepResends(deps, at));
  if (due.accounts) await attempt("accounts", () => sweepAccounts(deps, at));
  if (due.hub) await attempt("hub", () => sweepHub(deps, at));
  if (due.letters) await attempt("letters", () => sendLetters(deps));
  if (heart.chores_at <= at)
    await attempt("chores", async () => {
      const wall = deps.wall();
      const [purged, , ended] = await db.batch([
        purgeDeliveries(db, at),
        ...removeEnded(db, wall),
        forgetRequestsOfHub(db, wall),
        purgeResends(db, at),
        forgetHosts(db, at),
        forgetRequests(db, wall),
        forgetConfirmations(db, wall),
        forgetSights(db, wall),
        ...removeDeparted(db),
        setChores(db, at + HOUR),
      ]);
      // A large office fills the limit: the rest follows with the next tick, not with the next hour.
      if (purged!.meta.changes >= PURGE_LIMIT || ended!.meta.changes >= ENDED_LIMIT) await setChores(db, at).run();
      await resealReaders(db, deps.keys);
      await warnOfYears(db, at);
      await lookBack(deps, at);
      // Last, since the platform may keep it waiting; one account a tick, the next follows with the next one.
      if (await lookAtAccounts(deps, at)) await setChores(db, at).run();
    });
  if (faults.length > 0)
    throw new AggregateError(faults, `The tick of ${new Date(at).toISOString()} had ${faults.length} faults.`);
}

type Due = "articles" | "publications" | "resends" | "accounts" | "hub" | "letters";

/** Whether anything waits, by one look at the end of each index. */
async function readDue(db: D1Database, at: number, wall: number): Promise<Record<Due, boolean>> {
  const found = await row<Record<Due, number>>(
    db
      .prepare(
        `SELECT EXISTS (SELECT 1 FROM articles WHERE wake_at <= ?1) AS articles,
           EXISTS (SELECT 1 FROM publications WHERE due_at <= ?1) AS publications,
           EXISTS (SELECT 1 FROM resends WHERE next_at <= ?1) AS resends,
           EXISTS (SELECT 1 FROM wechat_takedowns WHERE next_at <= ?1)
             OR EXISTS (SELECT 1 FROM wechat_sheets WHERE look_at <= ?1) AS accounts,
           EXISTS (SELECT 1 FROM hub_requests WHERE next_at <= ?2) AS hub,
           EXISTS (SELECT 1 FROM confirmations WHERE next_at <= ?2) AS letters`,
      )
      .bind(at, wall),
  );
  return {
    articles: found?.articles === 1,
    publications: found?.publications === 1,
    resends: found?.resends === 1,
    accounts: found?.accounts === 1,
    hub: found?.hub === 1,
    letters: found?.letters === 1,
  };
}

/** Once a day, says that a year lacks its notice. */
async function warnOfYears(db: D1Database, at: number): Promise<void> {
  const date = officeDate(at);
  // The library alone answers for most of the year.
  if (overdueYears(OFFICIAL, date).length === 0) return;
  const years = overdueYears(calendarOf(await readEntries(db, date, date)), date);
  if (years.length === 0) return;
  const noted = (await db.batch(noteOverdue(db, years, date, at))).at(-1)!;
  if (noted.meta.changes > 0) for (const year of years) log("calendar.provisional", { year });
}

/** Lifts embargoes and expires the stale; the rest of a long list follows with the next tick. */
async function wake(db: D1Database, at: number): Promise<void> {
  const [, moved] = await db.batch(wakeArticles(db, at));
  if (moved!.meta.changes === WAKE_LIMIT) log("articles.wake_full", { limit: WAKE_LIMIT });
}
