import { Hono } from "hono";
import { calendarOf } from "../../editions/calendar/calendar.ts";
import { readEntries } from "../../editions/calendar/store.ts";
import { horizon } from "../../editions/slots.ts";
import type { DayForecast } from "../../editions/forecast.ts";
import { lookAhead } from "../../editions/outlook.ts";
import { warningOf } from "../../editions/warning.ts";
import { requirePublication } from "../../newsroom/publications.ts";
import { localDate } from "../../platform/time.ts";
import type { App } from "../context.ts";
import { requireScope } from "./auth.ts";
import { operation } from "./operation.ts";

export const forecasts = new Hono<App>();

/** How many reserves are named; `reserve_available` counts them all. */
const NAMED = 10;

function dayView(day: DayForecast) {
  return {
    date: day.date,
    quota: day.quota,
    planned: day.planned,
    expected: day.expected,
    short: day.short,
    from_queue: day.fromQueue,
    from_arrivals: day.fromArrivals,
    reserve: day.reserve,
  };
}

forecasts.get(
  "/publications/:id/forecast",
  operation({
    summary: "The next five working days: quota, what is expected, what is short and what could fill it",
    tag: "publications",
    scope: "read",
  }),
  async (c) => {
    requireScope(c, "read");
    const { db } = c.get("deps");
    const now = c.get("now");
    const publication = await requirePublication(db, c.req.param("id"));
    const { from, to } = horizon(now);
    const calendar = calendarOf(await readEntries(db, from, to));
    const outlook = await lookAhead(db, calendar, publication, now);
    return c.json({
      publication: publication.slug,
      date: localDate(now, publication.timeZone),
      today: outlook.today && dayView(outlook.today),
      days: outlook.days.map(dayView),
      reserve_available: outlook.reserves.length,
      reserves: outlook.reserves.slice(0, NAMED).map(({ uid, title }) => ({ id: uid, title })),
      usual_arrivals: outlook.usualArrivals,
      days_since_last_post: outlook.daysSinceLastPost,
      units_owing: outlook.owing,
      warning: warningOf(publication, outlook),
    });
  },
);
