/** What the engine does with a channel, seen from its endpoint and from its rows. */
import { beforeEach, describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../../../../src/platform/time.ts";
import { plain } from "./kinds.ts";
import type { Received } from "./office.ts";
import { Office } from "./office.ts";

const START = Date.parse("2026-11-23T08:30:00+08:00");
const FIVE = { batch: 5, deadline: 10_000 };
const KINDS = [
  plain("one"),
  plain("many", { limits: FIVE }),
  plain("leaving", { unknown: "leave" }),
  plain("robot", {
    limits: { ...FIVE, batch: 1, pace: { channel: 1000, credential: 3000 } },
    credential: ({ token }) => token,
  }),
];
let office: Office;
const status = (code: number, headers: Record<string, string> = {}, body = "") =>
  new Response(body, { status: code, headers });
const seqsOf = ({ body }: Received): number[] => JSON.parse(body) as number[];
const sent = (uid = "c"): number[][] => office.received.filter((request) => request.uid === uid).map(seqsOf);
const ledger = (uid = "c") =>
  office.rows<{ entries: string; outcome: string; n: number }>(
    "SELECT d.entries, d.outcome, d.n FROM deliveries d JOIN channels c ON c.id = d.channel_id WHERE c.uid = ? ORDER BY d.from_seq",
    uid,
  );
const channel = <T>(column: string, uid = "c") => office.value<T>(`SELECT ${column} FROM channels WHERE uid = ?`, uid);
const publish = (count: number) => {
  for (let i = 0; i < count; i++) office.append("published");
};
/** Ticks each minute for so long. */
async function pass(ms: number, step = MINUTE): Promise<void> {
  for (const end = office.now + ms; office.now < end; office.now = Math.min(end, office.now + step)) {
    await office.tick();
    await office.drain();
  }
}
async function run(): Promise<void> {
  await office.tick();
  await office.drain();
}
const seconds = (uid = "c") => office.received.filter((r) => r.uid === uid).map(({ at }) => (at - START) / SECOND);
const time = (text: string) => Date.parse(`2026-11-${text}:00+08:00`);

beforeEach(() => {
  office = new Office(KINDS, START);
});

describe("the hours of a channel", () => {
  it("nothing goes out in quiet hours, and it costs neither an attempt nor a row of the ledger", async () => {
    await office.channel("c", "many", { filter: { quiet: { from: "08:00", to: "10:00" } } });
    publish(3);
    await run();
    expect(ledger()).toEqual([]);
    expect(channel("due_at")).toBe(time("23T10:00"));
    await pass(3 * HOUR);
    expect(sent()).toEqual([[1, 2, 3]]);
    expect(office.received[0]!.at).toBe(time("23T10:00"));
  });

  it("a retry waits for them too", async () => {
    await office.channel("c", "one", { filter: { quiet: { from: "08:31", to: "10:00" } } });
    office.endpoint = () => status(office.received.length > 1 ? 200 : 503);
    publish(1);
    await pass(3 * HOUR);
    expect(seconds()).toEqual([0, 90 * 60]);
    expect(ledger()).toMatchObject([{ outcome: "accepted", n: 2 }]);
  });

  it("what goes stale in them is written down as missed", async () => {
    await office.channel("c", "one", { filter: { quiet: { from: "08:00", to: "10:00" } }, expiresAfter: HOUR });
    publish(2);
    await run();
    office.now = time("23T09:45");
    publish(1);
    await pass(HOUR);
    expect(sent()).toEqual([[3]]);
    expect(ledger()).toEqual([
      { entries: "[1,2]", outcome: "expired", n: 0 },
      { entries: "[3]", outcome: "accepted", n: 1 },
    ]);
  });

  it("a digest waits for its time and takes all there is in as few pushes as fit", async () => {
    await office.channel("c", "many", { filter: { mode: "digest", digest_at: ["12:00", "18:00"] } });
    publish(7);
    await pass(3 * HOUR);
    expect(sent()).toEqual([]);
    await pass(HOUR);
    expect(sent()).toEqual([
      [1, 2, 3, 4, 5],
      [6, 7],
    ]);
    publish(1);
    await pass(4 * HOUR);
    expect(sent()).toHaveLength(2);
    await pass(2 * HOUR);
    expect(sent()[2]).toEqual([8]);
  });

  it("one by one, where it is asked for", async () => {
    await office.channel("c", "many", { filter: { mode: "each" } });
    publish(3);
    await run();
    expect(sent()).toEqual([[1], [2], [3]]);
  });

  it("a day's number is kept, and corrections and recalls of what it got go beyond it", async () => {
    await office.channel("c", "many", { filter: { daily_max: 3 } });
    publish(5);
    await run();
    office.append("corrected", 1);
    office.append("corrected", 5);
    office.append("recalled", 2);
    await pass(10 * MINUTE);
    expect(sent()).toEqual([[1, 2, 3], [6], [8]]);
    expect(channel("cursor")).toBe(8);
    expect([channel("day"), channel("day_posts")]).toEqual(["2026-11-23", 3]);
    office.now = time("24T08:30");
    publish(4);
    await run();
    expect(sent()[3]).toEqual([9, 10, 11]);
  });

  it("another filter is heeded at once, not when the old one would have been", async () => {
    await office.channel("c", "many", { filter: { mode: "digest", digest_at: ["18:00"] } });
    publish(1);
    await run();
    office.filter("c", {});
    await run();
    expect(sent()).toEqual([[1]]);
  });
});

describe("pace", () => {
  it("a channel rests after each push, without an attempt", async () => {
    await office.channel("c", "robot", { token: "own" });
    publish(4);
    await pass(20 * SECOND, SECOND);
    expect(seconds()).toEqual([0, 3, 6, 9]);
    expect(ledger().map(({ n }) => n)).toEqual([1, 1, 1, 1]);
    expect(office.value("SELECT count(*) FROM attempts")).toBe(0);
  });

  it("channels of one credential share its rate, whatever shard they are in, and other credentials do not", async () => {
    for (const uid of ["c", "d", "e"]) await office.channel(uid, "robot", { token: "shared" });
    await office.channel("f", "robot", { token: "own" });
    office.sqlite.query("INSERT INTO shards (id, members, purpose) VALUES (2, 1, 'news')");
    office.sqlite.query("UPDATE channels SET shard = 2 WHERE uid = 'e'");
    publish(3);
    await pass(MINUTE, SECOND);
    expect([seconds("c"), seconds("d"), seconds("f")]).toEqual([
      [0, 9, 18],
      [3, 12, 21],
      [0, 3, 6],
    ]);
    expect(seconds("e")).toHaveLength(3);
    expect(office.rows("SELECT channels FROM credentials ORDER BY channels")).toEqual([
      { channels: 1 },
      { channels: 3 },
    ]);
  });

  it("one that is paused, or removed, leaves its share to the others", async () => {
    for (const uid of ["c", "d", "e"]) await office.channel(uid, "robot", { token: "shared" });
    office.status("d", "paused");
    office.sqlite.query("DELETE FROM channels WHERE uid = 'e'");
    publish(2);
    await pass(20 * SECOND, SECOND);
    expect(seconds()).toEqual([0, 3]);
    expect(JSON.stringify(office.rows("SELECT * FROM credentials"))).not.toContain("shared");
  });

  it("being asked for room delays the channel and counts as nothing else", async () => {
    await office.channel("c", "one");
    office.endpoint = () => status(office.received.length > 4 ? 422 : 429, { "retry-after": "120" });
    publish(1);
    await run();
    expect([channel("tries"), channel("failing_since"), channel("due_at")]).toEqual([0, null, START + 120 * SECOND]);
    await pass(HOUR);
    // Four times asked for room, and still three tries for the message that is refused then.
    expect(ledger()).toMatchObject([{ outcome: "rejected", n: 7 }]);
  });
});

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
      office = new Office(KINDS, START);
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
    office = new Office(KINDS, START);
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
