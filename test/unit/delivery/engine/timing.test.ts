/** When the engine sends: hours, digests, a day's number, pace. */
import { beforeEach, describe, expect, it } from "vitest";
import { HOUR, MINUTE, SECOND } from "../../../../src/platform/time.ts";
import { channel, ledger, office, pass, publish, reset, run, seconds, sent, status, time, START } from "./scene.ts";

beforeEach(reset);

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
