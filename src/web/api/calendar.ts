import { Hono } from "hono";
import type { CalendarChange, CalendarYear } from "../../editions/calendar/change.ts";
import { changeCalendar, propose, readYear } from "../../editions/calendar/change.ts";
import { FIRST_YEAR, LAST_YEAR } from "../../editions/calendar/holidays.ts";
import { invalid } from "../../platform/problem.ts";
import type { App, Ctx } from "../context.ts";
import { requireScope } from "./auth.ts";
import { ifMatch, readJson } from "./body.ts";
import { calendarChangesView, calendarView } from "./calendar-view.ts";
import { operation } from "./operation.ts";
import * as schemas from "./calendar-schemas.ts";

export const calendar = new Hono<App>();
const tag = "calendar";

/** The year that the path names. Throws a 422 problem for one outside the calendar. */
function yearIn(c: Ctx): number {
  const text = c.req.param("year") ?? "";
  const year = /^\d{4}$/.test(text) ? Number(text) : 0;
  if (year < FIRST_YEAR || year > LAST_YEAR) throw invalid("year", `must be a year from ${FIRST_YEAR} to ${LAST_YEAR}`);
  return year;
}

const tagged = (c: Ctx, { year }: CalendarYear) => c.header("etag", `"${year.rev}"`);

calendar.get(
  "/calendar/:year",
  operation({
    summary: "A year's working days, and the days that differ from an ordinary week",
    tag,
    scope: "read",
    answer: "The year; `provisional` until its notice is known (暂定).",
  }),
  async (c) => {
    requireScope(c, "read");
    const found = await readYear(c.get("deps").db, yearIn(c));
    tagged(c, found);
    return c.json(calendarView(found));
  },
);

calendar.put(
  "/calendar/:year",
  operation({
    summary: "Import the State Council's notice as pasted text, or set days of the office's own",
    tag,
    scope: "admin",
    body: schemas.calendarChange,
    answer: "The year as it is then, and what changed. With `dry_run` nothing is applied.",
  }),
  async (c) => {
    const actor = requireScope(c, "admin");
    const { db } = c.get("deps");
    const year = yearIn(c);
    const sent = await readJson(c, schemas.calendarChange);
    const change: CalendarChange =
      sent.notice_text === undefined
        ? { kind: "local", overrides: sent.overrides! }
        : { kind: "notice", text: sent.notice_text, number: sent.notice ?? null };
    const before = await readYear(db, year);
    if (sent.dry_run) {
      const { after, changes } = propose(before, change);
      tagged(c, before);
      return c.json({ ...calendarView(after), dry_run: true, changes: calendarChangesView(changes) });
    }
    // Nothing to overwrite before the first entry, so nobody need have read it.
    const rev = before.year.rev === 0 && c.req.header("if-match") === undefined ? 0 : ifMatch(c);
    const { after, changes } = await changeCalendar(db, year, change, rev, actor, c.get("now"));
    tagged(c, after);
    return c.json({ ...calendarView(after), dry_run: false, changes: calendarChangesView(changes) });
  },
);
