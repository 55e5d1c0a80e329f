/**
 * The Worker is killed at every effect of an afternoon with both kinds of channel: a post goes out, a subscriber turns out
 * to be gone, the shortfall is warned of, and the alert channel hears of both. Nothing may be lost or doubled.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { at, Crash, World } from "./helpers/world.ts";

const world = new World();
const TIMES = ["15:59", "16:00"];

beforeEach(async () => {
  await world.wipe();
});

async function office(): Promise<void> {
  await world.wipe();
  const publication = await world.publication({ quota: 1, releaseTimes: ["59 15 * * *"], warnAt: ["16:00"] });
  await world.articles(publication, 2);
  await world.webhook(1);
  await world.webhook(2);
  await world.alertChannel(1);
  world.endpoint = ({ url }) => new Response("", { status: url.includes("hook-1.") ? 410 : 200 });
}

async function afternoon(dying: boolean): Promise<void> {
  for (const time of TIMES) {
    world.wall = at(time);
    try {
      await world.tick(at(time));
      await world.drain();
    } catch (error) {
      if (!dying || !(error instanceof Crash || error instanceof AggregateError)) throw error;
    }
    if (dying) world.line.restart();
  }
}

/** What must hold whatever happened. */
async function expectWhole(): Promise<void> {
  expect(await world.all(`SELECT seq, kind FROM wire`)).toEqual([{ seq: 1, kind: "published" }]);
  const alerts = await world.all<{ seq: number; kind: string }>(`SELECT seq, kind FROM alerts ORDER BY seq`);
  expect(alerts.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(alerts.map(({ kind }) => kind).sort()).toEqual(["delivery.gone", "edition.short"]);
  expect(await world.one(`SELECT count(*) FROM warnings`)).toBe(1);
  expect(await world.all(`SELECT uid, status, cursor FROM channels ORDER BY id`)).toEqual([
    { uid: "channel-1", status: "gone", cursor: 0 },
    { uid: "channel-2", status: "active", cursor: 1 },
    { uid: "alerts-1", status: "active", cursor: 2 },
  ]);
  expect(
    await world.all(
      `SELECT d.entries, d.outcome FROM deliveries d JOIN channels c ON c.id = d.channel_id WHERE c.uid = 'alerts-1' ORDER BY d.from_seq`,
    ),
  ).toEqual([
    { entries: "[1]", outcome: "accepted" },
    { entries: "[2]", outcome: "accepted" },
  ]);
  // A repeat is the same push under the same id, and each log stays with its own.
  const bodies = new Map<string, string>();
  for (const push of world.received) {
    expect(bodies.get(push.id) ?? push.body).toBe(push.body);
    bodies.set(push.id, push.body);
    expect(push.body.includes("office.alert")).toBe(push.url.includes("alerts-1."));
  }
  expect([...bodies.keys()].filter((id) => id.startsWith("alerts-1"))).toEqual(["alerts-1_0", "alerts-1_1"]);
}

describe("an afternoon without faults", () => {
  it("is whole, and nothing is sent twice", async () => {
    await office();
    await afternoon(false);
    await world.recover(at("16:01"), 4);
    await expectWhole();
    expect(world.received).toHaveLength(4);
  });
});

describe.each(["before", "after"] as const)("killed %s each effect", (side) => {
  it("the afternoon is whole in the end", { timeout: 90_000 }, async () => {
    await office();
    const again = await world.save();
    world.line.resetCounts();
    await afternoon(false);
    const effects = world.line.effects.map((effect) => effect.name);
    expect(effects.length).toBeGreaterThan(20);
    expect(effects.some((name) => name.includes("INSERT INTO warnings"))).toBe(true);
    for (const [n, name] of effects.entries()) {
      await again();
      world.line.crash(n, side);
      await afternoon(true);
      await world.recover(at("16:01"), 10);
      try {
        await expectWhole();
      } catch (error) {
        throw new Error(`killed ${side} effect ${n}: ${name}`, { cause: error });
      }
    }
  });
});
