import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Next } from "../../../src/articles/states.ts";
import {
  decide,
  edit,
  fits,
  mayDecide,
  mayDelete,
  queueKey,
  submit,
  wakeAt,
  withdraw,
} from "../../../src/articles/states.ts";
import type { Decision, Status } from "../../../src/articles/types.ts";
import { DECISIONS, STATUSES } from "../../../src/articles/types.ts";
import type { Role, Stage } from "../../../src/newsroom/types.ts";
import { ROLES, STAGES } from "../../../src/newsroom/types.ts";
import { DAY, HOUR } from "../../../src/platform/time.ts";
import { LADDER_DEFAULTS } from "../../../src/newsroom/ladder-settings.ts";

const CREDIT_DAYS = LADDER_DEFAULTS.creditDays;

const NOW = Date.UTC(2026, 10, 23, 2);
const THREE: readonly Stage[] = ["first", "second", "final"];

type Embargo = "none" | "over" | "now" | "ahead";
const EMBARGOES: Record<Embargo, number | null> = { none: null, over: NOW - 1, now: NOW, ahead: NOW + 1 };

const ACTS = ["submit", "approve", "return", "reject", "edit same", "edit text", "withdraw", "delete"] as const;
type Act = (typeof ACTS)[number];

/** What an act leads to, as a word: `status/stage`, `-` for a refusal. */
function outcome(act: Act, status: Status, stage: number, stages: readonly Stage[], embargo: Embargo): string {
  const article = { status, stage, embargoUntil: EMBARGOES[embargo] };
  const told = (next: Next) => (next.ok ? `${next.status}/${next.stage}` : "-");
  switch (act) {
    case "submit":
      return told(submit(status, stages, article.embargoUntil, NOW));
    case "approve":
    case "return":
    case "reject":
      return told(decide(article, stages, act, NOW));
    case "edit same":
      return told(edit(article, stages, false, NOW));
    case "edit text":
      return told(edit(article, stages, true, NOW));
    case "withdraw":
      return told(withdraw(status));
    case "delete":
      return mayDelete(status) ? "deleted" : "-";
  }
}

/** A table in a text: a row is a status and what each of {@link ACTS} does to it. */
function table(text: string): [Status, Act, string][] {
  const lines = text.trim().split("\n");
  const cells = lines.map((line) => line.trim().split(/\s*\|\s*/));
  expect(cells.map(([status]) => status).toSorted()).toEqual([...STATUSES].toSorted());
  return cells.flatMap(([status, ...results]) => {
    expect(results).toHaveLength(ACTS.length);
    return results.map((result, i): [Status, Act, string] => [status as Status, ACTS[i]!, result]);
  });
}

describe("every act on every status", () => {
  // Three stages, the first of which has approved.
  //  status    | submit      | approve     | return     | reject     | edit same   | edit text   | withdraw    | delete
  const staged = `
    draft       | in_review/0 | -           | -          | -          | draft/0     | draft/0     | withdrawn/0 | deleted
    in_review   | -           | in_review/2 | returned/0 | rejected/1 | in_review/1 | in_review/0 | withdrawn/0 | -
    returned    | in_review/0 | -           | -          | -          | returned/0  | returned/0  | withdrawn/0 | -
    rejected    | -           | -           | -          | -          | -           | -           | -           | -
    queued      | -           | -           | -          | -          | queued/1    | in_review/0 | withdrawn/0 | -
    planned     | -           | -           | -          | -          | queued/1    | in_review/0 | withdrawn/0 | -
    held        | queued/3    | -           | -          | -          | queued/1    | in_review/0 | withdrawn/0 | -
    expired     | -           | -           | -          | -          | draft/0     | draft/0     | withdrawn/0 | -
    published   | -           | -           | -          | -          | -           | -           | -           | -
    recalled    | -           | -           | -          | -          | -           | -           | -           | -
    withdrawn   | in_review/0 | -           | -          | -          | withdrawn/0 | withdrawn/0 | -           | -`;
  it.each(table(staged))("%s, %s → %s", (status, act, expected) => {
    expect(outcome(act, status, 1, THREE, "none")).toBe(expected);
  });
  it.each(table(staged))("an embargo that is over changes nothing: %s, %s → %s", (status, act, expected) => {
    expect(outcome(act, status, 1, THREE, "over")).toBe(expected);
    expect(outcome(act, status, 1, THREE, "now")).toBe(expected);
  });

  // At the last stage only an approval differs.
  it.each([
    ["none", "queued/3"],
    ["over", "queued/3"],
    ["now", "queued/3"],
    ["ahead", "held/3"],
  ] as const)("the last approval, embargo %s → %s", (embargo, expected) => {
    expect(outcome("approve", "in_review", 2, THREE, embargo)).toBe(expected);
  });

  // A publication without stages.
  const plain = `
    draft       | queued/0    | -           | -          | -          | draft/0     | draft/0     | withdrawn/0 | deleted
    in_review   | -           | queued/1    | returned/0 | rejected/0 | in_review/0 | in_review/0 | withdrawn/0 | -
    returned    | queued/0    | -           | -          | -          | returned/0  | returned/0  | withdrawn/0 | -
    rejected    | -           | -           | -          | -          | -           | -           | -           | -
    queued      | -           | -           | -          | -          | queued/0    | queued/0    | withdrawn/0 | -
    planned     | -           | -           | -          | -          | queued/0    | queued/0    | withdrawn/0 | -
    held        | queued/0    | -           | -          | -          | queued/0    | queued/0    | withdrawn/0 | -
    expired     | -           | -           | -          | -          | queued/0    | queued/0    | withdrawn/0 | -
    published   | -           | -           | -          | -          | -           | -           | -           | -
    recalled    | -           | -           | -          | -          | -           | -           | -           | -
    withdrawn   | queued/0    | -           | -          | -          | withdrawn/0 | withdrawn/0 | -           | -`;
  it.each(table(plain))("without stages: %s, %s → %s", (status, act, expected) => {
    expect(outcome(act, status, 0, [], "none")).toBe(expected);
  });
  it.each(table(plain))("without stages, under embargo: %s, %s → %s, held for queued", (status, act, expected) => {
    expect(outcome(act, status, 0, [], "ahead")).toBe(expected.replace("queued", "held"));
  });

  it("says why it refuses, naming the status, and points to what is meant instead", () => {
    const refusals = STATUSES.flatMap((status) =>
      ACTS.slice(0, -1).flatMap((act) => {
        const article = { status, stage: 1, embargoUntil: null };
        const next =
          act === "submit"
            ? submit(status, THREE, null, NOW)
            : act === "withdraw"
              ? withdraw(status)
              : act.startsWith("edit")
                ? edit(article, THREE, true, NOW)
                : decide(article, THREE, act as Decision, NOW);
        return next.ok ? [] : [{ status, why: next.why }];
      }),
    );
    expect(refusals.length).toBeGreaterThan(40);
    for (const { status, why } of refusals) expect(why).toContain(status);
    expect(edit({ status: "published", stage: 0, embargoUntil: null }, [], true, NOW)).toMatchObject({
      why: expect.stringContaining("correct") as string,
    });
    expect(withdraw("published")).toMatchObject({ why: expect.stringContaining("recall") as string });
  });
});

describe("who may decide", () => {
  //                 first  second final  head
  it.each([
    ["correspondent", [false, false, false, false]],
    ["editor", [true, false, false, false]],
    ["reviewer", [true, true, false, false]],
    ["deputy", [false, false, true, false]],
    ["head", [false, false, true, true]],
    ["publisher", [true, true, true, true]],
    ["admin", [false, false, false, false]],
    [null, [false, false, false, false]],
  ] as const)("%s: first, second, final, head %j", (role, expected) => {
    expect(STAGES.map((stage) => mayDecide(role, stage))).toEqual(expected);
  });
});

/** One manuscript, moved by the state machine alone; beside it what its reviewers have signed since the text was last touched. */
class Manuscript {
  status: Status = "draft";
  stage = 0;
  embargoUntil: number | null = null;
  expiresAt: number | null = null;
  signed: { stage: Stage; role: Role }[] = [];
  now = NOW;
  readonly stages: readonly Stage[];

  constructor(stages: readonly Stage[]) {
    this.stages = stages;
  }

  follow(next: Next): boolean {
    if (next.ok) [this.status, this.stage] = [next.status, next.stage];
    return next.ok;
  }
}

type Step =
  | { act: "submit" | "withdraw" | "plan" | "hold" | "close" | "release" | "run again" }
  | { act: "decide"; decision: Decision; role: Role | null; author: boolean }
  | { act: "edit"; changed: boolean; embargo: number | null; expiry: number | null }
  | { act: "wait"; ms: number };

/** Does what desk and tick do. */
function take(m: Manuscript, step: Step): void {
  switch (step.act) {
    case "submit":
      // A held article has passed its reviews: submitting it ends the hold, and they still stand.
      if (m.status === "held") m.follow(submit(m.status, m.stages, m.embargoUntil, m.now));
      else if (m.follow(submit(m.status, m.stages, m.embargoUntil, m.now))) m.signed = [];
      return;
    case "decide": {
      const stage = m.stages[m.stage];
      if (stage === undefined || step.role === null || !mayDecide(step.role, stage) || step.author) return;
      if (m.follow(decide(m, m.stages, step.decision, m.now)) && step.decision === "approve")
        m.signed.push({ stage, role: step.role });
      return;
    }
    case "edit": {
      const embargoUntil = step.embargo === null ? null : m.now + step.embargo;
      if (!m.follow(edit({ status: m.status, stage: m.stage, embargoUntil }, m.stages, step.changed, m.now))) return;
      m.embargoUntil = embargoUntil;
      m.expiresAt = step.expiry === null ? null : m.now + step.expiry;
      if (step.changed) m.signed = [];
      return;
    }
    case "withdraw":
      m.follow(withdraw(m.status));
      return;
    case "wait": {
      m.now += step.ms;
      const at = wakeAt(m.status, m);
      if (at !== null && at <= m.now) m.status = m.status === "held" ? "queued" : "expired";
      return;
    }
    case "plan":
      if (m.status === "queued") m.status = "planned";
      return;
    case "hold":
      if (m.status === "planned") m.status = "held";
      return;
    case "close":
      if (m.status === "planned") m.status = "queued";
      return;
    case "release":
      if (m.status === "planned") m.status = "published";
      return;
    case "run again":
      if (m.status === "published") m.status = "planned";
      return;
  }
}

const CLEARED: readonly Status[] = ["queued", "held", "planned", "published", "expired"];

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>({ act: "submit" }) },
  {
    weight: 10,
    arbitrary: fc.record({
      act: fc.constant("decide" as const),
      decision: fc.oneof({ weight: 8, arbitrary: fc.constant("approve" as const) }, fc.constantFrom(...DECISIONS)),
      role: fc.oneof(fc.constant("publisher" as const), fc.constantFrom(null, ...ROLES)),
      author: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant("edit" as const),
      changed: fc.boolean(),
      embargo: fc.option(fc.integer({ min: -HOUR, max: DAY })),
      expiry: fc.option(fc.integer({ min: HOUR, max: 2 * DAY })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant("wait" as const), ms: fc.integer({ min: HOUR, max: DAY }) }),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(
        "withdraw" as const,
        "plan" as const,
        "plan" as const,
        "hold" as const,
        "close" as const,
        "release" as const,
      )
      .map((act) => ({ act })),
  },
  fc.constant<Step>({ act: "run again" }),
);

describe("no way around a review", () => {
  it("whatever anyone does, what is cleared bears every stage's signature on its present text, in order", () => {
    const reached = new Map<Status, number>();
    fc.assert(
      fc.property(
        fc.subarray([...STAGES], { minLength: 1 }),
        fc.array(step, { minLength: 5, maxLength: 40 }),
        (stages, steps) => {
          const m = new Manuscript(stages);
          for (const one of steps) {
            take(m, one);
            if (!CLEARED.includes(m.status)) continue;
            reached.set(m.status, (reached.get(m.status) ?? 0) + 1);
            expect(m.signed.map((signature) => signature.stage)).toEqual(stages);
          }
        },
      ),
      { numRuns: 3000 },
    );
    // The walk must get somewhere, or it shows nothing.
    for (const status of CLEARED) expect(reached.get(status) ?? 0, status).toBeGreaterThan(2);
  });

  it("a changed text voids every signature: it is never further than before the first stage", () =>
    fc.assert(
      fc.property(
        fc.subarray([...STAGES], { minLength: 1 }),
        fc.constantFrom(...STATUSES),
        fc.nat(4),
        fc.option(fc.integer({ min: NOW - DAY, max: NOW + DAY })),
        (stages, status, stage, embargoUntil) => {
          const next = edit({ status, stage, embargoUntil }, stages, true, NOW);
          fc.pre(next.ok);
          expect(next).toMatchObject({ stage: 0 });
          expect(CLEARED).not.toContain((next as Extract<Next, { ok: true }>).status);
        },
      ),
    ));

  it("nothing leads on from rejected, recalled or published", () => {
    const dead = (["rejected", "recalled", "published"] as const).flatMap((status) =>
      ACTS.map((act) => outcome(act, status, 1, THREE, "none")),
    );
    expect(new Set(dead)).toEqual(new Set(["-"]));
  });

  it("as many approvals as there are stages lead from submit to the queue", () => {
    for (let n = 1; n <= STAGES.length; n++) {
      const m = new Manuscript(STAGES.slice(0, n));
      take(m, { act: "submit" });
      for (let i = 0; i < n; i++) {
        expect(m.status).toBe("in_review");
        take(m, { act: "decide", decision: "approve", role: "publisher", author: false });
      }
      expect(m.status).toBe("queued");
    }
  });
});

describe("queueKey", () => {
  const event = fc.option(fc.integer({ min: NOW - 10 * DAY, max: NOW + 10 * DAY }));
  const priority = fc.integer({ min: 0, max: 3 });

  it.each([
    [0, null, 0],
    [1, null, 1],
    [2, null, 2],
    [3, null, 3],
    [0, NOW, 2],
    [0, NOW + DAY, 2],
    [0, NOW - DAY + 1, 2],
    [0, NOW - DAY, 1],
    [0, NOW - 3 * DAY + 1, 1],
    [0, NOW - 3 * DAY, 0],
    [3, NOW, 5],
    [2, NOW - 2 * DAY, 3],
    // No priority that the schema lets through, and still bounded.
    [99, NOW, CREDIT_DAYS],
  ])("priority %i, event at %j: a credit of %i days", (priority, eventAt, days) => {
    expect((NOW - queueKey(NOW, { priority, eventAt })) / DAY).toBe(days);
  });

  it("carries nobody further forward than CREDIT_DAYS, and nobody back", () =>
    fc.assert(
      fc.property(priority, event, (priority, eventAt) => {
        const credit = NOW - queueKey(NOW, { priority, eventAt });
        expect(credit).toBeGreaterThanOrEqual(0);
        expect(credit).toBeLessThanOrEqual(CREDIT_DAYS * DAY);
      }),
    ));

  it("never puts a higher priority, or a fresher event, later", () =>
    fc.assert(
      fc.property(priority, priority, event, fc.nat(5 * DAY), (p, q, eventAt, fresher) => {
        const [low, high] = [Math.min(p, q), Math.max(p, q)];
        expect(queueKey(NOW, { priority: high, eventAt })).toBeLessThanOrEqual(
          queueKey(NOW, { priority: low, eventAt }),
        );
        fc.pre(eventAt !== null);
        expect(queueKey(NOW, { priority: low, eventAt: eventAt! + fresher })).toBeLessThanOrEqual(
          queueKey(NOW, { priority: low, eventAt }),
        );
      }),
    ));

  it("lets an article be overtaken only by approvals of the next CREDIT_DAYS", () =>
    fc.assert(
      fc.property(priority, event, priority, event, fc.nat(30 * DAY), (p, e, q, f, wait) => {
        const mine = queueKey(NOW, { priority: p, eventAt: e });
        const theirs = queueKey(NOW + CREDIT_DAYS * DAY + wait, { priority: q, eventAt: f });
        expect(theirs).toBeGreaterThanOrEqual(mine);
      }),
    ));
});

describe("wakeAt", () => {
  const handling = { embargoUntil: NOW + HOUR, expiresAt: NOW + DAY };
  it.each(
    STATUSES.map((status) => [status, { held: NOW + HOUR, queued: NOW + DAY }[status as string] ?? null] as const),
  )("%s wakes at %j", (status, expected) => {
    expect(wakeAt(status, handling)).toBe(expected);
  });
  it.each(STATUSES)("%s without embargo and expiry sleeps", (status) => {
    expect(wakeAt(status, { embargoUntil: null, expiresAt: null })).toBeNull();
  });
});

it.each([
  ["original", "article", true],
  ["reprint", "article", true],
  ["video", "article", false],
  ["original", "video", false],
  ["reprint", "video", false],
  ["video", "video", true],
] as const)("%s fits %s: %s", (kind, medium, expected) => {
  expect(fits(kind, medium)).toBe(expected);
});
