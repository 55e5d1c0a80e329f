/**
 * One year of a newsroom, three ways of choosing each day's posts over the same arrivals: Kanfa's ladder, first in first
 * out, and strict priority. `npm run bench -- simulate [seed]` prints the tables and writes them to docs/simulation.md.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import chineseDays from "chinese-days";
import { queueKey } from "../src/articles/states.ts";
import type { Candidate, LadderInput } from "../src/editions/ladder/index.ts";
import { fill } from "../src/editions/ladder/index.ts";
import { addDays, DAY, HOUR, zonedTime } from "../src/platform/time.ts";

const YEAR = 2026;
const ZONE = "Asia/Shanghai";
const QUOTA = 15;
const UNITS = 17;
const COLUMNS = 18;
const CAPS = { column: 3, unit: 3 };
const REPRINT_SHARE = 0.6;
const COOL_DOWN_DAYS = 30;
const seed = Number(process.argv[2] ?? 20261123);

/** mulberry32: small, seeded, good enough to deal out arrivals. */
function randomness(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Arrival extends Candidate {
  approvedAt: number;
  /** Index of the working day it arrived on. */
  arrived: number;
  priority: number;
  evergreen: boolean;
}

const workingDays: string[] = [];
for (let date = `${YEAR}-01-01`; date.startsWith(String(YEAR)); date = addDays(date, 1))
  if (chineseDays.isWorkday(`${date}T12:00`)) workingDays.push(date);

/** Units and columns differ in size as those of a county do: the n-th sends in proportion to 1/√n. */
function sized(random: () => number, n: number): number {
  const weights = Array.from({ length: n }, (_, i) => 1 / Math.sqrt(i + 1));
  let left = random() * weights.reduce((a, b) => a + b, 0);
  return (
    1 +
    Math.max(
      0,
      weights.findIndex((weight) => (left -= weight) < 0),
    )
  );
}

function arrivals(low: number, high: number): Arrival[][] {
  const random = randomness(seed);
  let articleId = 0;
  return workingDays.map((date, arrived) =>
    Array.from({ length: low + Math.floor(random() * (high - low + 1)) }, () => {
      articleId += 1;
      const approvedAt = zonedTime(date, "00:00", ZONE) - 15 * HOUR + Math.floor(random() * 9 * HOUR);
      const roll = random();
      const priority = roll < 0.6 ? 0 : roll < 0.85 ? 1 : roll < 0.95 ? 2 : 3;
      const eventAt = approvedAt - Math.floor(random() * 6 * DAY);
      return {
        articleId,
        kind: random() < 0.5 ? ("reprint" as const) : ("original" as const),
        column: sized(random, COLUMNS),
        unit: sized(random, UNITS),
        important: priority === 3,
        queueKey: queueKey(approvedAt, { priority, eventAt }),
        mustRunOn: random() < 0.02 ? date : null,
        expiresAt: random() < 0.05 ? zonedTime(date, "23:00", ZONE) + Math.floor(random() * 4) * DAY : null,
        embargoUntil: null,
        lastRunAt: null,
        approvedAt,
        arrived,
        priority,
        evergreen: random() < 0.1,
      };
    }),
  );
}

/** What one day's choosing gives: ids in order. */
type Choose = (
  queue: Arrival[],
  reserve: Candidate[],
  date: string,
  months: Map<number, number>,
) => { id: number; rung: string }[];

const take =
  (order: (a: Arrival, b: Arrival) => number): Choose =>
  (queue) =>
    [...queue]
      .sort(order)
      .slice(0, QUOTA)
      .map((c) => ({ id: c.articleId, rung: "normal" }));

const ladder =
  (withReserve: boolean): Choose =>
  (queue, reserve, date, monthPosts) => {
    const input: LadderInput = {
      date,
      timeZone: ZONE,
      medium: "article",
      quota: QUOTA,
      slots: ["08:30", "11:30", "15:00", "18:30"].map((time, i) => ({
        n: i + 1,
        at: zonedTime(date, time, ZONE),
        released: false,
        count: null,
      })),
      placed: [],
      pins: [],
      candidates: withReserve ? [...queue, ...reserve] : queue,
      dayEnd: zonedTime(addDays(date, 1), "00:00", ZONE),
      monthPosts,
      rules: {
        maximum: null,
        columnCap: CAPS.column,
        unitCap: CAPS.unit,
        columnCaps: new Map(),
        unitCaps: new Map(),
        minimums: [],
        reprintShare: REPRINT_SHARE,
        lead: "important",
        oldDays: 14,
        coolDownDays: COOL_DOWN_DAYS,
      },
    };
    return fill(input).picks.map((pick) => ({ id: pick.articleId, rung: pick.rung }));
  };

const WAYS: [string, Choose][] = [
  ["first in, first out", take((a, b) => a.approvedAt - b.approvedAt || a.articleId - b.articleId)],
  [
    "strict priority",
    take((a, b) => b.priority - a.priority || a.approvedAt - b.approvedAt || a.articleId - b.articleId),
  ],
  ["the ladder, reserve off", ladder(false)],
  ["the ladder", ladder(true)],
];

/** Jain's index: 1 when all are equal, 1/n when one has everything. */
const jain = (values: readonly number[]): number => {
  const sum = values.reduce((a, b) => a + b, 0);
  const squares = values.reduce((a, b) => a + b * b, 0);
  return squares === 0 ? 1 : (sum * sum) / (values.length * squares);
};

function simulate(days: readonly Arrival[][], choose: Choose) {
  let queue: Arrival[] = [];
  const known = new Map<number, Arrival>();
  const lastRun = new Map<number, number>();
  let [met, posts, reprints, lost, relaxed, again] = [0, 0, 0, 0, 0, 0];
  const longest = [0, 0, 0, 0];
  const waits = new Map<number, number[]>();
  let widest = 0;
  let months = new Map<number, number>();
  let month = "";
  for (const [index, date] of workingDays.entries()) {
    for (const c of days[index]!) {
      known.set(c.articleId, c);
      queue.push(c);
    }
    const morning = zonedTime(date, "08:30", ZONE);
    lost += queue.filter((c) => c.expiresAt !== null && c.expiresAt <= morning).length;
    queue = queue.filter((c) => c.expiresAt === null || c.expiresAt > morning);
    if (date.slice(0, 7) !== month) [month, months] = [date.slice(0, 7), new Map()];
    const reserve = [...lastRun]
      .filter(([id, at]) => known.get(id)!.evergreen && morning - at >= COOL_DOWN_DAYS * DAY)
      .map(([id, at]) => ({ ...known.get(id)!, mustRunOn: null, expiresAt: null, lastRunAt: at }));
    const picks = choose(queue, reserve, date, months);
    const units = new Map<number, number>();
    for (const { id, rung } of picks) {
      const c = known.get(id)!;
      posts += 1;
      if (c.kind === "reprint") reprints += 1;
      if (rung.endsWith("_relaxed")) relaxed += 1;
      if (lastRun.has(id)) again += 1;
      else {
        longest[c.priority] = Math.max(longest[c.priority]!, index - c.arrived);
        const wait = waits.get(c.unit!) ?? [];
        wait.push(index - c.arrived);
        waits.set(c.unit!, wait);
      }
      lastRun.set(id, morning);
      units.set(c.unit!, (units.get(c.unit!) ?? 0) + 1);
      months.set(c.unit!, (months.get(c.unit!) ?? 0) + 1);
    }
    widest = Math.max(widest, ...units.values());
    if (picks.length >= QUOTA) met += 1;
    const gone = new Set(picks.map((pick) => pick.id));
    queue = queue.filter((c) => !gone.has(c.articleId));
  }
  const waiting = [0, 0, 0, 0];
  for (const c of queue) waiting[c.priority] = Math.max(waiting[c.priority]!, workingDays.length - 1 - c.arrived);
  return {
    met,
    posts,
    longest: longest.map((days, priority) => Math.max(days, waiting[priority]!)),
    reprints: reprints / posts,
    // Of every unit's mean wait, plus the day of release itself: what each unit's people see.
    fairness: jain([...waits.values()].map((list) => 1 + list.reduce((a, b) => a + b, 0) / list.length)),
    widest,
    lost,
    relaxed,
    again,
    left: queue.length,
  };
}

const LOADS: [string, number, number][] = [
  ["12 to 18 a day", 12, 18],
  ["12 to 16 a day (short)", 12, 16],
  ["14 to 18 a day (long queue)", 14, 18],
];

const out: string[] = [];
for (const [name, low, high] of LOADS) {
  const days = arrivals(low, high);
  const total = days.reduce((sum, day) => sum + day.length, 0);
  out.push(
    `## Arrivals: ${name}`,
    "",
    `${workingDays.length} working days, ${total} articles (${(total / workingDays.length).toFixed(2)} a day).`,
    "",
    "| chosen by | quota met, days | longest wait, working days: priority 0 / 1 / 2 / 3 | reprints | fairness between units | most of one unit in a day | expired unpublished | over a cap | evergreens again | left at the end |",
    "|---|---|---|---|---|---|---|---|---|---|",
  );
  for (const [way, choose] of WAYS) {
    const began = performance.now();
    const r = simulate(days, choose);
    const ms = (performance.now() - began) / workingDays.length;
    console.error(`${name} · ${way}: ${ms.toFixed(2)} ms a day`);
    out.push(
      `| ${way} | ${r.met} of ${workingDays.length} | ${r.longest.join(" / ")} | ${(100 * r.reprints).toFixed(1)} % | ${r.fairness.toFixed(3)} | ${r.widest} | ${r.lost} | ${way.startsWith("the ladder") ? r.relaxed : "no caps"} | ${r.again} | ${r.left} |`,
    );
  }
  out.push("");
}

const report = `# A year of choosing, simulated

Made by \`npm run bench -- simulate ${seed}\` (\`bench/simulate.ts\`): the figures below are that run's, with nothing added by hand.
The same seed gives the same tables.

One publication, quota ${QUOTA} on every working day of ${YEAR}; ${UNITS} units and ${COLUMNS} columns, the n-th of which sends in proportion to 1/√n.
Of the articles half are reprints, 60/25/10/5 % have priority 0/1/2/3, 2 % must run on their day, 5 % expire within four days, 10 %
are evergreen. Every way chooses from the same arrivals. The ladder runs as the Worker runs it (\`src/editions/ladder\`): caps of ${CAPS.column} a column
and ${CAPS.unit} a unit, reprints at most ${100 * REPRINT_SHARE} % of the quota, evergreens after ${COOL_DOWN_DAYS} days. First in first out and strict priority know
neither caps nor a reserve, which is how queues with slots usually work; "reserve off" shows the ladder without evergreens.

A wait is counted in working days from the day of arrival, and includes what still waited at the year's end. Fairness is Jain's
index over the units' mean waits (with the day itself): 1 is equal for all. "Over a cap" counts picks for which a cap was relaxed,
since no assignment kept it.

How to read it: where articles are short, only a reserve meets the quota, whatever the order. Where the queue is long, caps make those
wait that send most, up to the days after which an article is exempt (14); in return fewer expire unpublished, and no day is one
unit's. First in first out waits least at the longest, and lets the most expire.

${out.join("\n")}`;
const file = join(import.meta.dirname, "..", "docs", "simulation.md");
mkdirSync(join(file, ".."), { recursive: true });
writeFileSync(file, report);
console.log(out.join("\n"));
