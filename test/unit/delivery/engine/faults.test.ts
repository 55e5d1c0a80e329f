/** What the engine does when an endpoint moves, falls silent, fails for days, or takes others with it. */
import { beforeEach, describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../../../../src/platform/time.ts";
import type { Received } from "./office.ts";
import { channel, ledger, office, pass, publish, reset, run, sent, START, status } from "./scene.ts";

beforeEach(reset);

describe("an endpoint that moved", () => {
  const moved = ({ url }: Received) =>
    url.includes("old.") ? status(301, {}, '{"url":"https://new.example.com/c"}') : status(200);

  it("gets the message at its new place in the same attempt, and the settings are kept", async () => {
    await office.channel("c", "one", { host: "old.example.com" });
    office.endpoint = moved;
    publish(2);
    await run();
    expect(office.received.map(({ url }) => new URL(url).hostname)).toEqual([
      "old.example.com",
      "new.example.com",
      "new.example.com",
    ]);
    expect(ledger()).toMatchObject([
      { outcome: "accepted", n: 1 },
      { outcome: "accepted", n: 1 },
    ]);
    expect([channel("config"), channel("host"), channel("rev")]).toEqual([
      '{"url":"https://new.example.com/c","token":""}',
      "new.example.com",
      2,
    ]);
    expect(office.rows("SELECT action FROM audit")).toEqual([{ action: "delivery.moved" }]);
  });

  it("killed before or after each effect, it ends the same", async () => {
    const begin = async () => {
      reset();
      await office.channel("c", "one", { host: "old.example.com" });
      office.endpoint = moved;
      publish(1);
      office.spoil(null);
    };
    await begin();
    await run();
    const effects = [...office.effects];
    for (const side of ["before", "after"] as const)
      for (const at of effects.keys()) {
        await begin();
        office.spoil({ at, what: "crash", side });
        await run().catch(() => {});
        office.spoil(null);
        await pass(10 * MINUTE);
        expect(ledger(), `${side} ${effects[at]}`).toMatchObject([{ entries: "[1]", outcome: "accepted" }]);
        expect(channel("host")).toBe("new.example.com");
        expect(new Set(office.received.map(({ id }) => id)).size).toBe(1);
      }
  });

  it("does not overwrite what a person changed meanwhile", async () => {
    await office.channel("c", "one", { host: "old.example.com" });
    office.endpoint = (request) => {
      office.sqlite.query(
        `UPDATE channels SET config = '{"url":"https://mine.example.com/c"}', rev = rev + 1 WHERE rev = 1`,
      );
      return moved(request);
    };
    publish(1);
    await run();
    expect(channel("config")).toBe('{"url":"https://mine.example.com/c"}');
  });

  it.each([
    ["round and round", '{"url":"https://old.example.com/c"}'],
    ["to no place", '{"url":"nowhere"}'],
  ])("%s is an ordinary failure", async (_, patch) => {
    await office.channel("c", "one", { host: "old.example.com" });
    office.endpoint = () => status(301, {}, patch);
    publish(1);
    await run();
    expect(office.received.length).toBeLessThanOrEqual(2);
    expect(ledger()).toMatchObject([{ outcome: "retry", n: 1 }]);
  });
});

describe("a call whose answer never came", () => {
  it("is made again under the same id by a kind that says so", async () => {
    await office.channel("c", "one");
    office.endpoint = () => {
      if (office.received.length === 1) throw new Error("connection lost");
      return status(200);
    };
    publish(1);
    await pass(10 * MINUTE);
    expect(office.received.map(({ id }) => id)).toEqual(["c_0", "c_0"]);
  });

  it("is left at that by a kind that says so: written down, told of, and the rest goes on", async () => {
    await office.channel("c", "leaving");
    office.endpoint = () => {
      if (office.received.length === 1) throw new Error("connection lost");
      return status(200);
    };
    publish(2);
    await pass(10 * MINUTE);
    expect(sent()).toEqual([[1], [2]]);
    expect(ledger().map(({ outcome }) => outcome)).toEqual(["unknown", "accepted"]);
    expect(office.rows("SELECT kind FROM alerts")).toEqual([{ kind: "delivery.unknown" }]);
  });

  it("and so is one in which the Worker died", async () => {
    await office.channel("c", "leaving");
    publish(1);
    office.spoil(null);
    await office.tick();
    const [message] = office.queue.splice(0);
    office.spoil({ at: 4, what: "crash", side: "before" });
    await office.handle(message!.body);
    expect(office.effects.slice(3, 5)).toEqual(["fetch", expect.stringContaining("batch") as string]);
    office.spoil(null);
    await pass(10 * MINUTE);
    expect(sent()).toEqual([[1]]);
    expect(ledger()).toMatchObject([{ outcome: "unknown", n: 1 }]);
    expect(office.rows("SELECT kind FROM alerts")).toEqual([{ kind: "delivery.unknown" }]);
  });
});

describe("a channel without success", () => {
  it("is warned of at half, held after five days, and forgiven when a person resumes it", async () => {
    await office.channel("c", "one", { expiresAfter: DAY });
    office.endpoint = () => status(503);
    for (let day = 0; day < 7; day++) {
      publish(1);
      await pass(DAY, HOUR);
    }
    expect(office.rows("SELECT kind FROM alerts WHERE kind NOT LIKE '%expired'")).toEqual([
      { kind: "delivery.warned" },
      { kind: "delivery.closed" },
    ]);
    expect(channel("status")).toBe("held");
    expect(office.value("SELECT body FROM alerts WHERE kind = 'delivery.closed'")).toContain(
      "no success for five days",
    );
    const tries = office.received.length;
    await pass(DAY, HOUR);
    expect(office.received.length).toBe(tries);
    office.endpoint = () => status(200);
    office.status("c", "active");
    publish(1);
    await pass(HOUR);
    expect([channel("failing_since"), channel("warned_at"), channel("status")]).toEqual([null, null, "active"]);
    // All that it missed is in the ledger.
    const told = ledger().flatMap(({ entries, outcome }) =>
      (JSON.parse(entries) as number[]).map((seq) => [seq, outcome]),
    );
    expect(told.map(([seq]) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(told.at(-1)).toEqual([8, "accepted"]);
    expect(told.filter(([, outcome]) => outcome === "expired")).toHaveLength(7);
  });

  it("is well again after one success", async () => {
    await office.channel("c", "one");
    office.endpoint = () => status(office.received.length < 3 ? 500 : 200);
    publish(1);
    await run();
    expect(channel("failing_since")).toBe(START);
    await pass(HOUR);
    expect([channel("failing_since"), channel("tries")]).toEqual([null, 0]);
  });
});

describe("dead endpoints", () => {
  /** How many runs it takes until all who are well have got all. */
  async function runs(dead: number): Promise<number> {
    reset();
    for (let i = 0; i < dead; i++) await office.channel(`dead-${i}`, "one");
    for (let i = 0; i < 40; i++) await office.channel(`well-${i}`, "one");
    publish(15);
    office.endpoint = ({ uid }) => {
      if (uid.startsWith("well")) return status(200);
      office.now += 10 * SECOND; // as long as it may take
      throw new Error("no answer");
    };
    await office.tick();
    for (let handled = 1; handled < 100; handled++) {
      await office.handle(office.queue.shift()!.body);
      if (office.value("SELECT min(cursor) FROM channels WHERE uid LIKE 'well%'") === 15) return handled;
    }
    return Infinity;
  }

  it("ten of them in a shard of fifty slow nobody who is well", async () => {
    expect(await runs(0)).toBe(15);
    expect(await runs(10)).toBe(15);
  });

  it("share runs only among themselves after their first failure, as many as there are connections", async () => {
    for (let i = 0; i < 10; i++) await office.channel(`dead-${i}`, "one");
    office.endpoint = () => status(500);
    publish(1);
    await run();
    expect(office.received).toHaveLength(10);
    office.now += 20 * SECOND;
    office.received = [];
    await office.tick();
    const [message] = office.queue.splice(0);
    await office.handle(message!.body);
    expect(office.received).toHaveLength(6);
  });

  it("one whose next try is hours away does not keep its shard from what is new", async () => {
    await office.channel("c", "one");
    await office.channel("d", "one");
    office.endpoint = ({ uid }) => status(uid === "c" ? 503 : 200, { "retry-after": "36000" });
    publish(1);
    await run();
    office.now += HOUR;
    publish(1);
    await run();
    expect(sent("d")).toEqual([[1], [2]]);
    expect(sent("c")).toHaveLength(1);
  });
});

describe("a host that does not answer", () => {
  const hosts = () =>
    office.rows<{ host: string; trips: number; until: number }>("SELECT host, trips, until FROM hosts");
  async function open(): Promise<void> {
    for (let i = 0; i < 12; i++) await office.channel(`c${i}`, "one", { host: "shared.example.com" });
    await office.channel("other", "one");
    office.endpoint = ({ url }) => status(url.includes("shared") ? 503 : 200);
    publish(2);
    await run();
  }

  it("is left alone: the rest of its channels are held without an attempt, others are not", async () => {
    await open();
    const tried = office.received.filter(({ url }) => url.includes("shared")).length;
    // Five in a row, and those that were on their way.
    expect(tried).toBeGreaterThanOrEqual(5);
    expect(tried).toBeLessThanOrEqual(10);
    expect(hosts()).toEqual([{ host: "shared.example.com", trips: 1, until: START + 30 * SECOND }]);
    expect(office.value("SELECT count(*) FROM channels WHERE failing_since IS NULL AND uid <> 'other'")).toBe(
      12 - tried,
    );
    expect(
      office.value("SELECT sum(n) FROM deliveries d JOIN channels c ON c.id = d.channel_id WHERE c.uid <> 'other'"),
    ).toBe(tried);
    expect(sent("other")).toEqual([[1], [2]]);
  });

  it("is probed by one, twice as long apart each time, and closes with the first answer", async () => {
    await open();
    office.received = [];
    await pass(20 * MINUTE, 5 * SECOND);
    const waits = office.received.map(({ at }) => at);
    // A probe at a time: never two calls before the next circuit opened.
    for (const [i, at] of waits.entries()) if (i > 0) expect(at - waits[i - 1]!).toBeGreaterThanOrEqual(30 * SECOND);
    expect(hosts()[0]!.trips).toBe(waits.length + 1);
    expect(waits.length).toBeLessThanOrEqual(6);
    office.endpoint = () => status(200);
    await pass(6 * HOUR);
    expect(hosts()).toEqual([]);
    expect(office.value("SELECT min(cursor) FROM channels")).toBe(2);
  });

  it("costs a healthy office no row and no query", async () => {
    for (let i = 0; i < 12; i++) await office.channel(`c${i}`, "one", { host: "shared.example.com" });
    publish(1);
    office.spoil(null);
    await run();
    expect(office.effects.filter((name) => name.includes("hosts"))).toEqual([]);
    // One look for what is due, one message; claim, slice, intent, outcomes; twelve calls.
    expect(office.effects.filter((name) => name !== "fetch")).toHaveLength(6);
    expect(hosts()).toEqual([]);
  });
});
