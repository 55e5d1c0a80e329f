/** Nothing waits for ever: weeks of sustained load, with everything that may push in front. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { queueKey } from "../../../src/articles/states.ts";
import { fill } from "../../../src/editions/ladder/index.ts";
import type { Candidate } from "../../../src/editions/ladder/index.ts";
import { addDays, DAY, HOUR, localDate, zonedTime } from "../../../src/platform/time.ts";
import { article, DATE, day, RUNS } from "./ladder-day.ts";

const ZONE = "Asia/Shanghai";
const OLD_DAYS = 6;
const CREDIT_DAYS = 5;

interface Arrival {
  column: number;
  unit: number;
  priority: number;
  pushes: "must_run" | "expiring" | null;
}

const arrival: fc.Arbitrary<Arrival> = fc.record({
  column: fc.integer({ min: 1, max: 3 }),
  unit: fc.integer({ min: 1, max: 3 }),
  priority: fc.integer({ min: 0, max: 3 }),
  pushes: fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom("must_run" as const, "expiring" as const) },
  ),
});

interface Waiting extends Candidate {
  approvedAt: number;
  /** The day it counts from in the queue. */
  day: string;
  /** What is approved from here on may not overtake it once it is old: the end of its own day and the credit's days. */
  reach: number;
}

it(
  "an old article is overtaken by none approved after its credit's reach, and the eldest always gets a place",
  () =>
    fc.assert(
      fc.property(
        fc.array(fc.array(arrival, { minLength: 2, maxLength: 5 }), { minLength: 7, maxLength: 9 }),
        fc.integer({ min: 1, max: 3 }),
        fc.record({ columnCap: fc.constantFrom(null, 1, 2), unitCap: fc.constantFrom(null, 1, 2) }),
        fc.boolean(),
        (days, quota, caps, minimum) => {
          let queue: Waiting[] = [];
          let id = 0;
          const monthPosts = new Map<number, number>();
          const edition = (date: string) => {
            const dayEnd = zonedTime(addDays(date, 1), "00:00", ZONE);
            const at = dayEnd - 12 * HOUR;
            queue = queue.filter((c) => c.expiresAt === null || c.expiresAt > at);
            const result = fill(
              day({
                date,
                quota,
                dayEnd,
                candidates: queue,
                monthPosts,
                slots: [{ n: 1, at, released: false, count: null }],
                rules: {
                  ...caps,
                  oldDays: OLD_DAYS,
                  minimums: minimum ? [{ column: 1, minimum: 1, name: "每周一星" }] : [],
                },
              }),
            );
            const picked = new Map(result.picks.map((pick) => [pick.articleId, pick]));
            const oldBefore = addDays(date, -OLD_DAYS);
            const old = queue.filter((c) => c.mustRunOn === null && c.day < oldBefore);
            const eldest = old.map((c) => c.day).sort()[0];
            if (eldest !== undefined) expect(old.some((c) => c.day === eldest && picked.has(c.articleId))).toBe(true);
            const normal = queue.filter((c) => picked.get(c.articleId)?.rung === "normal");
            const overtaken = old.filter(
              (x) => !picked.has(x.articleId) && normal.some((y) => y.day > x.day || y.approvedAt >= x.reach),
            );
            expect(overtaken).toEqual([]);
            for (const c of queue)
              if (picked.has(c.articleId)) monthPosts.set(c.unit!, (monthPosts.get(c.unit!) ?? 0) + 1);
            queue = queue.filter((c) => !picked.has(c.articleId));
          };

          let date = DATE;
          for (const arrivals of days) {
            const morning = zonedTime(date, "06:00", ZONE);
            for (const { column, unit, priority, pushes } of arrivals) {
              id += 1;
              const approvedAt = morning + (id % 7) * HOUR - DAY;
              const key = queueKey(approvedAt, { priority, eventAt: null });
              queue.push({
                ...article(id, { column, unit, queueKey: key }),
                mustRunOn: pushes === "must_run" ? date : null,
                expiresAt: pushes === "expiring" ? morning + 14 * HOUR : null,
                approvedAt,
                day: localDate(key, ZONE),
                reach: zonedTime(addDays(localDate(approvedAt, ZONE), 1), "00:00", ZONE) + CREDIT_DAYS * DAY,
              });
            }
            edition(date);
            date = addDays(date, 1);
          }
          // The load ends: everything that is left gets in, in as many days as the quota needs once all of it is old.
          const left = queue.length;
          for (let i = 0; i < Math.ceil(left / quota) + OLD_DAYS + 2 && queue.length > 0; i++) {
            edition(date);
            date = addDays(date, 1);
          }
          expect(queue.length).toBe(0);
        },
      ),
      RUNS,
    ),
  60_000,
);
