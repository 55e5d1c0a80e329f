/**
 * The Worker is killed at every effect of a whole day, once before and once after it took place: every D1 call, queue
 * send and request of plan, release and delivery. Afterwards the clock goes on, and nothing may be lost or doubled.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { at, Crash, World } from "./helpers/world.ts";

const world = new World();
const QUOTA = 4;
const CHANNELS = 2;

beforeEach(async () => {
  await world.wipe();
});

async function office(): Promise<void> {
  await world.wipe();
  const publication = await world.publication({ quota: QUOTA, releaseTimes: ["30 8 * * *", "0 9 * * *"] });
  await world.articles(publication, QUOTA + 2);
  for (let n = 1; n <= CHANNELS; n++) await world.webhook(n);
}

/** A day as it should go: ticks at each moment, the queue drained after each. */
async function day(): Promise<void> {
  for (const time of ["07:00", "08:30", "09:00"]) {
    world.wall = at(time);
    await world.tick(at(time));
    await world.drain();
  }
}

/** The day with a death in it: whatever the runtime does then, the process that was running is gone. */
async function dayWithCrash(): Promise<void> {
  for (const time of ["07:00", "08:30", "09:00"]) {
    world.wall = at(time);
    try {
      await world.tick(at(time));
      await world.drain();
    } catch (error) {
      if (!(error instanceof Crash) && !(error instanceof AggregateError)) throw error;
    }
    world.line.restart();
  }
}

/** What must hold whatever happened. */
async function expectWhole(): Promise<void> {
  expect(await world.one(`SELECT count(*) FROM editions`)).toBe(1);
  expect(await world.all(`SELECT seq, kind FROM wire ORDER BY seq`)).toEqual(
    Array.from({ length: QUOTA }, (_, i) => ({ seq: i + 1, kind: "published" })),
  );
  expect(await world.one(`SELECT count(DISTINCT article_id) FROM posts`)).toBe(QUOTA);
  expect(await world.one(`SELECT count(*) FROM articles WHERE status = 'published'`)).toBe(QUOTA);
  expect(await world.one(`SELECT count(*) FROM articles WHERE status = 'planned'`)).toBe(0);
  expect(await world.all(`SELECT DISTINCT cursor FROM channels`)).toEqual([{ cursor: QUOTA }]);

  // The ledger: each channel has each entry once, and each delivery ended well.
  const ledger = await world.all<{ channel: string; entries: string; outcome: string }>(
    `SELECT c.uid AS channel, d.entries, d.outcome FROM deliveries d JOIN channels c ON c.id = d.channel_id ORDER BY c.id, d.from_seq`,
  );
  for (let n = 1; n <= CHANNELS; n++) {
    const own = ledger.filter((row) => row.channel === `channel-${n}`);
    expect(own.flatMap((row) => JSON.parse(row.entries) as number[])).toEqual([1, 2, 3, 4]);
    expect(own.every((row) => row.outcome === "accepted")).toBe(true);
  }

  // The endpoints: everything arrived in order, and a repeat is the same push under the same id.
  for (let n = 1; n <= CHANNELS; n++) {
    const pushes = world.received.filter((push) => push.url.includes(`hook-${n}.`));
    const bodies = new Map<string, string>();
    for (const push of pushes) {
      expect(bodies.get(push.id) ?? push.body).toBe(push.body);
      bodies.set(push.id, push.body);
    }
    expect([...bodies.values()].map((body) => (JSON.parse(body) as { data: { seq: number } }).data.seq)).toEqual([
      1, 2, 3, 4,
    ]);
  }
}

describe("a day without faults", () => {
  it("is whole, and nothing is sent twice", async () => {
    await office();
    await day();
    await expectWhole();
    expect(world.received.length).toBe(QUOTA * CHANNELS);
  });
});

describe.each(["before", "after"] as const)("killed %s each effect", (side) => {
  it("the day is whole in the end", { timeout: 60_000 }, async () => {
    await office();
    const again = await world.save();
    world.line.resetCounts();
    await day();
    const effects = world.line.effects.map((effect) => effect.name);
    expect(effects.length).toBeGreaterThan(20);
    for (const [n, name] of effects.entries()) {
      await again();
      world.line.crash(n, side);
      await dayWithCrash();
      await world.recover(at("09:01"), 6);
      try {
        await expectWhole();
      } catch (error) {
        throw new Error(`killed ${side} effect ${n}: ${name}`, { cause: error });
      }
    }
  });
});

describe("messages", () => {
  it("may all be lost: the ticks put it right", async () => {
    await office();
    world.losesMessages = true;
    await day();
    expect(world.received).toEqual([]);
    world.losesMessages = false;
    await world.recover(at("09:01"), 6);
    await expectWhole();
    expect(world.received.length).toBe(QUOTA * CHANNELS);
  });

  it("may come twice, at once and in any order", async () => {
    await office();
    world.wall = at("08:30");
    await world.tick(at("07:00"));
    await world.tick(at("08:30"));
    for (let round = 0; round < 30 && world.queue.length > 0; round++) {
      const messages = world.queue.splice(0).toReversed();
      await Promise.all([...messages, ...messages].map(({ body }) => world.handle(body)));
    }
    world.wall = at("09:00");
    await world.tick(at("09:00"));
    await world.recover(at("09:01"), 6);
    await expectWhole();
    expect(world.received.length).toBe(QUOTA * CHANNELS);
  });

  it("that make no sense are dropped", async () => {
    await office();
    await world.handle({ v: 2, nonsense: true } as never);
    expect(world.queue).toEqual([]);
  });
});
