/** What goes wrong on the way to a subscriber: endpoints that fail, channels and keys that do not open, leases that run out. */
import { beforeEach, describe, expect, it } from "vitest";
import { open } from "../../src/platform/crypto.ts";
import { changeChannel, removeChannel } from "../../src/delivery/subscriptions.ts";
import { requireChannel } from "../../src/delivery/open-channel.ts";
import { ACTOR, cursor, ledger, MINUTE, minutes, newOffice, release, told, world } from "./helpers/news.ts";

beforeEach(newOffice);

describe("an endpoint that fails", () => {
  it("is tried again later under the same id, and holds nobody else up", async () => {
    await world.webhook(1);
    await world.webhook(2);
    let down = true;
    world.endpoint = ({ url }) => new Response("", { status: down && url.includes("hook-1") ? 503 : 200 });
    await release(2);
    await world.drain();
    expect(told("hook-2").map(({ data }) => data.seq)).toEqual([1, 2]);
    expect(await cursor("channel-1")).toBe(0);
    const [first] = await ledger();
    expect(first).toMatchObject({ outcome: "retry", n: 1 });
    expect(first!.next_at! - world.wall).toBeGreaterThanOrEqual(10_000);
    expect(first!.next_at! - world.wall).toBeLessThanOrEqual(12_000);
    down = false;
    await minutes(1);
    expect(told().map(({ data }) => data.seq)).toEqual([1, 1, 2]);
    const ids = world.received.filter((r) => r.url.includes("hook-1")).map((r) => r.id);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
    expect(await world.all(`SELECT n, outcome, status FROM attempts`)).toEqual([
      { n: 1, outcome: "retry", status: 503 },
    ]);
  });

  it("is not asked again before the time it asked for", async () => {
    await world.webhook(1);
    world.endpoint = () => new Response("", { status: 429, headers: { "retry-after": "600" } });
    await release(1);
    await world.drain();
    await minutes(9);
    expect(world.received.length).toBe(1);
    world.endpoint = () => new Response("ok");
    await minutes(2);
    expect(world.received.length).toBe(2);
  });

  it("a message refused for its own sake gets three tries, then the rest goes on and a person is told", async () => {
    await world.webhook(1);
    world.endpoint = ({ body }) => new Response("no", { status: body.includes('"seq":1') ? 422 : 200 });
    await release(2);
    await world.drain();
    await minutes(10);
    expect(told().map(({ data }) => data.seq)).toEqual([1, 1, 1, 2]);
    expect((await ledger()).map((row) => row.outcome)).toEqual(["rejected", "accepted"]);
    expect(await world.all(`SELECT subject FROM audit WHERE action = 'delivery.rejected'`)).toEqual([
      { subject: "channel:channel-1" },
    ]);
  });

  it("whose name has come to lead inwards gets nothing until it leads out again", async () => {
    await world.webhook(1);
    await release(1);
    world.deps.resolve = async () => ["93.184.216.34", "169.254.169.254"];
    await world.drain();
    expect(world.received).toEqual([]);
    expect((await ledger()).map((row) => row.outcome)).toEqual(["retry"]);
    world.deps.resolve = async () => ["93.184.216.34"];
    await minutes(2);
    expect((await ledger()).map((row) => row.outcome)).toEqual(["accepted"]);
  });

  it("that says 410 is closed at once", async () => {
    await world.webhook(1);
    world.endpoint = () => new Response("", { status: 410 });
    await release(2);
    await world.drain();
    await minutes(30);
    expect(world.received.length).toBe(1);
    expect(await world.one(`SELECT status FROM channels`)).toBe("gone");
    expect(await world.one(`SELECT count(*) FROM audit WHERE action = 'delivery.gone'`)).toBe(1);
  });

  it("holds the channel until the news is stale for it, then goes on with what is fresh", async () => {
    await world.webhook(1);
    await world.db
      .prepare(`UPDATE channels SET expires_after = ?`)
      .bind(30 * MINUTE)
      .run();
    world.endpoint = () => new Response("", { status: 500 });
    await release(1);
    await world.drain();
    await minutes(20);
    expect((await ledger())[0]).toMatchObject({ outcome: "expired" });
    expect(await cursor()).toBe(1);
  });

  it("whose connection breaks leaves an unknown outcome and gets the same push again", async () => {
    await world.webhook(1);
    let broken = true;
    world.endpoint = () => {
      if (broken) throw new Error("Network connection lost.");
      return new Response("ok");
    };
    await release(1);
    await world.drain();
    expect((await ledger())[0]).toMatchObject({ outcome: "unknown" });
    broken = false;
    await minutes(1);
    expect(world.received.map((r) => r.id)).toEqual(["channel-1_0", "channel-1_0"]);
    expect(world.received[0]!.body).toBe(world.received[1]!.body);
  });

  it("never shows its address in the ledger", async () => {
    await world.webhook(1);
    world.endpoint = ({ url }) => new Response(`cannot find ${url}`, { status: 500 });
    await release(1);
    await world.drain();
    expect((await ledger())[0]!.excerpt).toBe("HTTP 500: cannot find •••");
  });

  it("is cut off when it answers without end", async () => {
    await world.webhook(1);
    let given = 0;
    world.endpoint = () =>
      new Response(
        new ReadableStream<Uint8Array>({
          pull(controller) {
            given += 16_384;
            controller.enqueue(new Uint8Array(16_384).fill(120));
          },
        }),
        { status: 200 },
      );
    await release(1);
    await world.drain();
    expect((await ledger())[0]).toMatchObject({ outcome: "accepted" });
    expect(given).toBeLessThan(200_000);
  });

  it("is not followed when it redirects", async () => {
    await world.webhook(1);
    world.endpoint = () => new Response("", { status: 302, headers: { location: "https://elsewhere.example.com/" } });
    await release(1);
    await world.drain();
    expect(world.received.map((r) => new URL(r.url).hostname)).toEqual(["hook-1.example.com"]);
    expect((await ledger())[0]).toMatchObject({ outcome: "retry" });
  });
});

describe("a channel that cannot be opened", () => {
  it("is held for a person and does not keep its shard from the others", async () => {
    await world.webhook(1);
    await world.webhook(2);
    await world.db
      .prepare(`UPDATE channels SET config = '{"url":"00000000.AAAA","payload":"thin"}' WHERE uid = 'channel-1'`)
      .run();
    await release(2);
    await world.drain();
    await minutes(2);
    expect(told("hook-2")).toHaveLength(2);
    expect(await world.all(`SELECT uid, status, cursor FROM channels ORDER BY id`)).toEqual([
      { uid: "channel-1", status: "held", cursor: 0 },
      { uid: "channel-2", status: "active", cursor: 2 },
    ]);
    expect(await world.one(`SELECT count(*) FROM audit WHERE action = 'delivery.held'`)).toBe(1);
  });
});

describe("keys", () => {
  const rekeyed = { ...world.deps, db: world.db, keys: { current: "the new key" } };

  it("a channel that no key opens can be seen, mended with a new address, and removed", async () => {
    await world.webhook(1);
    await world.webhook(2);
    const locked = await requireChannel(rekeyed, "channel-1");
    expect(locked).toMatchObject({ locked: ["url"], config: { payload: "thin" } });
    await expect(changeChannel(rekeyed, locked, { name: "n" }, locked.rev, ACTOR, 0)).rejects.toThrow();
    const mended = await changeChannel(
      rekeyed,
      locked,
      { config: { url: "https://new.example.com/" } },
      locked.rev,
      ACTOR,
      0,
    );
    expect(mended).toMatchObject({ locked: [], config: { url: "https://new.example.com/" } });
    await removeChannel(rekeyed, await requireChannel(rekeyed, "channel-2"), ACTOR, 0);
    expect(await world.one(`SELECT count(*) FROM channels`)).toBe(1);
  });

  it("a change writes everything under the current key, so that a rotation comes to its end", async () => {
    await world.webhook(1);
    const both = { ...rekeyed, keys: { current: "the new key", previous: world.deps.keys.current } };
    const channel = await requireChannel(both, "channel-1");
    await changeChannel(both, channel, { name: "same" }, channel.rev, ACTOR, 0);
    const after = await requireChannel(rekeyed, "channel-1");
    expect(after.locked).toEqual([]);
    expect(await open(after.secret!, "channels:channel-1:secret", rekeyed.keys)).toMatch(/^whsec_/);
  });
});

describe("leases", () => {
  it("a consumer that took too long changes nothing: its answer comes after another run has settled the push", async () => {
    await world.webhook(1);
    await release(1);
    const [message] = world.queue.splice(0);
    let inner = false;
    world.endpoint = async () => {
      if (inner) return new Response("ok");
      inner = true;
      // While this request hangs, the lease runs out and the tick sends the shard again.
      await minutes(5);
      return new Response("", { status: 500 });
    };
    await world.handle(message!.body);
    expect((await ledger())[0]).toMatchObject({ outcome: "accepted" });
    expect(await cursor()).toBe(1);
    expect(new Set(world.received.map((r) => r.id)).size).toBe(1);
    await minutes(5);
    expect(world.received).toHaveLength(2);
  });

  it("no request begins that could outlive the lease; what was claimed is given back", async () => {
    for (let n = 1; n <= 12; n++) await world.webhook(n);
    await release(1);
    world.endpoint = () => {
      world.wall += 30_000; // each answer takes half a minute of the three that the lease has
      return new Response("ok");
    };
    const begun = world.wall;
    const [message] = world.queue.splice(0);
    await world.handle(message!.body);
    expect(world.received.length).toBeLessThan(12);
    expect(world.wall - begun).toBeLessThanOrEqual(180_000);
    expect(await world.one(`SELECT count(*) FROM channels WHERE lease_token IS NOT NULL`)).toBe(0);
    expect(await world.one(`SELECT count(*) FROM deliveries WHERE outcome = 'pending' AND n = 0`)).toBeGreaterThan(0);
    world.endpoint = () => new Response("ok");
    await minutes(3);
    expect(new Set(world.received.map((r) => r.url)).size).toBe(12);
    expect(world.received.length).toBe(12);
    expect(await world.one(`SELECT count(*) FROM attempts`)).toBe(0);
  });

  it("nor one whose name took its time to be looked up", async () => {
    const [LEASE, DEADLINE, MARGIN] = [180_000, 15_000, 5000];
    for (let n = 1; n <= 30; n++) await world.webhook(n);
    await release(1);
    const { resolve } = world.deps;
    world.deps.resolve = async (host) => {
      world.wall += 5000;
      return resolve(host);
    };
    const begun = world.wall;
    const starts: number[] = [];
    world.endpoint = () => {
      starts.push(world.wall);
      world.wall += 2500;
      return new Response("ok");
    };
    await world.handle(world.queue.splice(0)[0]!.body);
    world.deps.resolve = resolve;
    expect(starts.length).toBeGreaterThan(5);
    expect(Math.max(...starts)).toBeLessThanOrEqual(begun + LEASE - DEADLINE - MARGIN);
  });

  it("a queue that takes nothing loses nothing", async () => {
    await world.webhook(1);
    const { queue } = world.deps;
    world.deps.queue = { ...queue, sendBatch: () => Promise.reject(new Error("Queue is overloaded")) };
    await release(1);
    world.deps.queue = queue;
    expect(world.queue).toEqual([]);
    await minutes(1);
    expect(told().map(({ data }) => data.seq)).toEqual([1]);
  });

  it("a retry travels as a delayed message, and one that comes early finds nothing due", async () => {
    await world.webhook(1);
    world.endpoint = () => new Response("", { status: 500 });
    await release(1);
    await world.drain();
    expect(world.queue).toHaveLength(1);
    expect(world.queue[0]!.due - world.wall).toBeGreaterThanOrEqual(10_000);
    const [message] = world.queue.splice(0);
    await world.handle(message!.body);
    expect(world.received).toHaveLength(1);
  });
});
