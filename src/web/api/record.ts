import { Hono } from "hono";
import { z } from "zod";
import { calendarOf } from "../../editions/calendar/calendar.ts";
import { readEntries } from "../../editions/calendar/store.ts";
import { daysBetween, readLife, readRecord, recordOf } from "../../editions/record.ts";
import { requirePublication } from "../../newsroom/publications.ts";
import { localDate } from "../../platform/time.ts";
import { monthOf } from "../../wechat/numbers/month.ts";
import type { App } from "../context.ts";
import { requireScope } from "./auth.ts";
import { readQuery } from "./body.ts";
import { operation } from "./operation.ts";

export const record = new Hono<App>();

const query = z.strictObject({
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, "must be a month, YYYY-MM")
    .optional(),
});

record.get(
  "/publications/:id/record",
  operation({
    summary: "Which days of a month met their quota; this month without `month`",
    tag: "publications",
    scope: "read",
    query,
  }),
  async (c) => {
    requireScope(c, "read");
    const { db } = c.get("deps");
    const now = c.get("now");
    const publication = await requirePublication(db, c.req.param("id"));
    const today = localDate(now, publication.timeZone);
    const { month = today.slice(0, 7) } = readQuery(c, query);
    const { createdAt, lastPostAt } = await readLife(db, publication.id);
    const calendar = calendarOf(await readEntries(db, `${month}-01`, `${month}-31`));
    const days = recordOf(month, await readRecord(db, publication.id, month), (date) => calendar.dayOf(date), {
      quota: publication.quota,
      since: localDate(createdAt, publication.timeZone),
      today,
    });
    const counted = await monthOf(db, publication.slug, month);
    return c.json({
      publication: publication.slug,
      month,
      days: days.map(({ date, quota, released, shortfall, met, lateSlots, provisional }) => ({
        date,
        quota,
        released,
        shortfall,
        met,
        late_slots: lateSlots,
        provisional,
        ...(counted && { wechat: counted.get(date) ?? null }),
      })),
      met: days.filter((day) => day.met === true).length,
      missed: days.filter((day) => day.met === false).length,
      days_since_last_post: lastPostAt === null ? null : daysBetween(lastPostAt, now, publication.timeZone),
    });
  },
);
