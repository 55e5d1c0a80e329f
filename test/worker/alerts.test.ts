/** What the office tells itself: warnings of a shortfall and channels in trouble, to the channels that follow the alerts. */
import { beforeEach, describe, expect, it } from "vitest";
import { OFFICIAL } from "../../src/editions/calendar/calendar.ts";
import { lookAhead } from "../../src/editions/outlook.ts";
import { planEdition } from "../../src/editions/plan.ts";
import { findPublication } from "../../src/newsroom/publication-store.ts";
import { createChannel } from "../../src/delivery/subscriptions.ts";
import { at, DATE, World } from "./helpers/world.ts";

const world = new World();
const ACTOR = { name: "test", role: null, scopes: [] };
const MINUTE = 60_000;
const TUESDAY = "2026-11-24";
let publication: number;

interface Told {
  type: string;
  timestamp: string;
  data: { seq: number; kind: string; title: string; body: string; subject: string };
}
const told = (host = "alerts-1"): Told[] =>
  world.received.filter((r) => r.url.includes(`${host}.`)).map((r) => JSON.parse(r.body) as Told);
const alerts = () =>
  world.all<{ seq: number; kind: string; title: string }>(`SELECT seq, kind, title FROM alerts ORDER BY seq`);

/** A tick at the local time, and everything that follows from it within two minutes. */
async function tickAt(time: string, date = DATE): Promise<void> {
  world.wall = at(time, date);
  await world.tick(world.wall);
  await world.drain();
  for (let i = 1; i <= 2; i++) {
    world.wall += MINUTE;
    await world.tick(world.wall);
    await world.drain();
  }
}

beforeEach(async () => {
  await world.wipe();
  publication = await world.publication({ quota: 3, releaseTimes: ["30 8 * * *"] });
});

describe("a warning", () => {
  it("is written at its time and delivered to every alert channel, once", async () => {
    await world.alertChannel(1);
    await world.alertChannel(2);
    await tickAt("08:30");
    expect(await alerts()).toEqual([]);
    await tickAt("16:00");
    await tickAt("16:30");
    for (const host of ["alerts-1", "alerts-2"])
      expect(told(host)).toEqual([
        {
          type: "office.alert",
          timestamp: "2026-11-23T08:00:00Z",
          data: {
            seq: 1,
            kind: "edition.short",
            title: "化德党建：今日缺 3 篇，今后 5 个工作日预计缺 15 篇",
            body: expect.stringContaining("没有可用的备用稿。\n还没有发布过。") as string,
            subject: `edition:daily/${DATE}`,
          },
        },
      ]);
    expect(world.received[0]!.headers.get("webhook-signature")).toMatch(/^v1,/);
  });

  it("comes in order, one a set time and day", async () => {
    await world.db.prepare(`UPDATE publications SET warn_at = '["16:00","09:00"]'`).run();
    await world.alertChannel(1);
    for (const date of [DATE, TUESDAY]) for (const time of ["09:00", "16:00"]) await tickAt(time, date);
    expect(told().map(({ data }) => data.seq)).toEqual([1, 2, 3, 4]);
    expect(told().map(({ data }) => data.subject.slice(-10))).toEqual([DATE, DATE, TUESDAY, TUESDAY]);
    expect(await world.one(`SELECT count(*) FROM warnings`)).toBe(4);
  });

  it("is written once however often and whenever the ticks fire", async () => {
    await Promise.all([world.tick(at("16:00")), world.tick(at("16:00")), world.tick(at("16:00"))]);
    for (const time of ["16:00", "16:01", "18:00", "16:00"]) await world.tick(at(time));
    await world.db.prepare(`UPDATE publications SET due_at = 0`).run();
    await world.tick(at("23:59"));
    expect(await alerts()).toHaveLength(1);
  });

  it("comes late within its day, not after it, and the times that were missed together come as one", async () => {
    await world.db.prepare(`UPDATE publications SET warn_at = '["10:00","16:00"]'`).run();
    await world.tick(at("22:10"));
    expect(await alerts()).toHaveLength(1);
    expect(await world.all(`SELECT time FROM warnings ORDER BY time`)).toEqual([{ time: "10:00" }, { time: "16:00" }]);
    await world.tick(at("08:00", "2026-11-25"));
    expect(await world.all(`SELECT DISTINCT date FROM warnings`)).toEqual([{ date: DATE }]);
  });

  it("rings the publication's alarm: the tick of the minute writes it", async () => {
    await world.tick(at("08:30"));
    expect(await world.one(`SELECT due_at FROM publications`)).toBe(at("16:00"));
    await world.tick(at("16:00"));
    expect(await world.one(`SELECT at FROM alerts`)).toBe(at("16:00"));
    expect(await world.one(`SELECT due_at FROM publications`)).toBe(at("07:00", TUESDAY));
  });

  it("is not written when nothing is short, and that look is taken too", async () => {
    await world.articles(publication, 18);
    await tickAt("16:00");
    expect(await alerts()).toEqual([]);
    expect(await world.one(`SELECT count(*) FROM warnings`)).toBe(1);
  });

  it("is not written on a day of rest", async () => {
    await world.tick(at("16:00", "2026-11-21"));
    expect(await world.one(`SELECT count(*) FROM warnings`)).toBe(0);
  });

  it("of a publication that asks for none is never written", async () => {
    await world.db.prepare(`UPDATE publications SET warn_at = '[]'`).run();
    await world.tick(at("23:00"));
    expect(await world.one(`SELECT count(*) FROM warnings`)).toBe(0);
  });

  it("names the reserves and the days since the last post", async () => {
    await world.article(publication, 1, { evergreen: true });
    await world.tick(at("08:30", "2026-10-12"));
    await world.db.prepare(`UPDATE publications SET warn_at = '["06:00"]', due_at = 0`).run();
    await world.tick(at("06:00"));
    const body = await world.one<string>(`SELECT body FROM alerts WHERE at = ${at("06:00")}`);
    expect(body).toContain("今日应发 3 篇，缺 3 篇，备用稿可补 1 篇。\n");
    expect(body).toContain("可用的备用稿有 1 篇：《稿件 1》。\n距上一次发布已 42 天。");
  });
});

describe("the two logs", () => {
  it("never meet: news channels see no alerts, alert channels no posts", async () => {
    await world.webhook(1);
    await world.alertChannel(1);
    await world.articles(publication, 5);
    await tickAt("08:30");
    await tickAt("16:00");
    expect(told("hook-1").map(({ type }) => type)).toEqual(["post.published", "post.published", "post.published"]);
    expect(told("alerts-1").map(({ type }) => type)).toEqual(["office.alert"]);
    expect(await world.all(`SELECT purpose, members FROM shards ORDER BY id`)).toEqual([
      { purpose: "news", members: 1 },
      { purpose: "alert", members: 1 },
    ]);
    expect(await world.all(`SELECT uid, cursor FROM channels ORDER BY id`)).toEqual([
      { uid: "channel-1", cursor: 3 },
      { uid: "alerts-1", cursor: 1 },
    ]);
    expect(await world.one(`SELECT count(*) FROM shards WHERE due_at IS NOT NULL`)).toBe(0);
  });

  it("a new alert channel starts at the head of the alerts, whatever the wire's", async () => {
    await world.tick(at("16:00"));
    await world.alertChannel(1);
    expect(await world.one(`SELECT cursor FROM channels`)).toBe(1);
    await tickAt("16:00", TUESDAY);
    expect(told().map(({ data }) => data.seq)).toEqual([2]);
  });

  it("the demo inbox takes alerts in one message", async () => {
    const inbox = { uid: "box", kind: "inbox", name: "box", config: {}, filter: {}, expiresAfter: 72 * 60 * MINUTE };
    await createChannel({ ...world.deps, db: world.db }, { ...inbox, purpose: "alert" }, ACTOR, 0);
    await world.webhook(1);
    world.endpoint = () => new Response("", { status: 410 });
    await world.articles(publication, 1);
    await tickAt("08:30");
    await tickAt("16:00");
    const bodies = await world.all<{ body: string }>(`SELECT body FROM inbox ORDER BY received_at`);
    expect(bodies.map(({ body }) => (JSON.parse(body) as { kind: string }[]).map(({ kind }) => kind))).toEqual([
      ["delivery.gone"],
      ["edition.short"],
    ]);
  });
});

describe("a channel in trouble", () => {
  const trouble = (status: number) => {
    world.endpoint = ({ url }) => new Response("", { status: url.includes("hook-1.") ? status : 200 });
  };

  beforeEach(async () => {
    await world.webhook(1);
    await world.alertChannel(1);
    await world.articles(publication, 1);
  });

  it("that is gone is told of, once", async () => {
    trouble(410);
    await tickAt("08:30");
    await tickAt("09:00");
    expect(told().map(({ data }) => data)).toEqual([
      {
        seq: 1,
        kind: "delivery.gone",
        title: "渠道“channel-1”已永久关闭",
        body: "原因：HTTP 410。不再向它投递；如仍需要，请新建渠道。",
        subject: "channel:channel-1",
      },
    ]);
    expect(await world.one(`SELECT count(*) FROM audit WHERE action = 'delivery.gone'`)).toBe(1);
  });

  it("that rejects a message is told of", async () => {
    trouble(422);
    await tickAt("08:30");
    for (let i = 0; i < 8; i++) await tickAt(`09:0${i}`);
    expect(told().map(({ data }) => data.kind)).toEqual(["delivery.rejected"]);
  });

  it("that cannot be opened is told of", async () => {
    await world.db
      .prepare(`UPDATE channels SET config = '{"url":"0.A","payload":"thin"}' WHERE uid = 'channel-1'`)
      .run();
    await tickAt("08:30");
    expect(told().map(({ data }) => data.kind)).toEqual(["delivery.held"]);
    expect(await world.one(`SELECT status FROM channels WHERE uid = 'channel-1'`)).toBe("held");
  });

  it("is not told of by a consumer that lost its claim", async () => {
    world.wall = at("08:30");
    await world.tick(world.wall);
    const [message] = world.queue.splice(0);
    let inner = false;
    world.endpoint = async () => {
      if (inner) return new Response("ok");
      inner = true;
      for (let i = 0; i < 5; i++) {
        world.wall += MINUTE;
        await world.tick(world.wall);
        await world.drain();
      }
      return new Response("", { status: 410 });
    };
    await world.handle(message!.body);
    expect(await alerts()).toEqual([]);
    expect(await world.one(`SELECT count(*) FROM audit WHERE action LIKE 'delivery.%'`)).toBe(0);
  });

  it("that is an alert channel itself makes no alert: it stays in the audit, and another still hears", async () => {
    await world.alertChannel(2);
    world.endpoint = ({ url }) => new Response("", { status: /hook-1|alerts-1/.test(url) ? 410 : 200 });
    await tickAt("08:30");
    await tickAt("09:00");
    expect((await alerts()).map(({ kind }) => kind)).toEqual(["delivery.gone"]);
    expect(told("alerts-2")).toHaveLength(1);
    expect(await world.all(`SELECT subject FROM audit WHERE action = 'delivery.gone' ORDER BY id`)).toEqual([
      { subject: "channel:channel-1" },
      { subject: "channel:alerts-1" },
    ]);
    expect(await world.all(`SELECT uid FROM channels WHERE status = 'gone' ORDER BY id`)).toEqual([
      { uid: "channel-1" },
      { uid: "alerts-1" },
    ]);
  });
});

describe("what it costs", () => {
  const spent = () => ({ queries: world.line.queries, read: world.line.rowsRead, written: world.line.rowsWritten });

  it("a shard of 50 alert channels takes 6 queries and 5 rows written a push", { timeout: 30_000 }, async () => {
    for (let n = 1; n <= 50; n++) await world.alertChannel(n);
    await world.webhook(1);
    world.wall = at("16:00");
    await world.tick(world.wall);
    const [message] = world.queue.splice(0);
    world.line.resetCounts();
    await world.handle(message!.body);
    expect(world.received).toHaveLength(50);
    expect(spent().queries).toBeLessThanOrEqual(6);
    expect(spent().written).toBeLessThanOrEqual(5 * 50 + 2);
  });

  it(
    "fifty channels that are gone at once take three queries more than fifty that are not",
    { timeout: 30_000 },
    async () => {
      for (let n = 1; n <= 50; n++) await world.webhook(n);
      await world.articles(publication, 1);
      world.endpoint = () => new Response("", { status: 410 });
      world.wall = at("08:30");
      await world.tick(world.wall);
      const [message] = world.queue.splice(0);
      world.line.resetCounts();
      await world.handle(message!.body);
      expect(spent().queries).toBeLessThanOrEqual(9);
      expect(await world.one(`SELECT count(*) FROM alerts`)).toBe(50);
      console.log("gone shard", spent());
    },
  );

  it("a tick between warnings is idle", async () => {
    await world.alertChannel(1);
    await world.webhook(1);
    await tickAt("08:30");
    await tickAt("16:00");
    world.line.resetCounts();
    await world.tick(at("16:30"));
    expect(spent().queries).toBeLessThanOrEqual(4);
    expect(spent().read).toBeLessThanOrEqual(20);
    expect(spent().written).toBeLessThanOrEqual(1);
  });

  it("an outlook takes 5 queries and 1,000 rows read at 100,000 queued", { timeout: 60_000 }, async () => {
    await world.db.prepare(`UPDATE publications SET quota = 15`).run();
    await world.db
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
         INSERT INTO articles (uid, publication_id, author, kind, status, hash, title, digest, important, priority, evergreen, queue_key, rev,
           created_at, updated_at)
         SELECT 'bulk-' || i, ?1, 'import', 'original', 'queued', 'h', '稿件 ' || i, '', 0, 0, 0, i, 1, 0, 0 FROM n`,
      )
      .bind(publication)
      .run();
    const daily = (await findPublication(world.db, "daily"))!;
    world.line.resetCounts();
    const outlook = await lookAhead(world.deps.db, OFFICIAL, daily, at("16:00"));
    expect(spent().queries).toBeLessThanOrEqual(5);
    expect(spent().read).toBeLessThanOrEqual(1000);
    expect(spent().written).toBe(0);
    expect(outlook.days.map(({ short }) => short)).toEqual([0, 0, 0, 0, 0]);
  });
});

describe("an outlook", () => {
  const look = async (time: string) => {
    const daily = (await findPublication(world.db, "daily"))!;
    return lookAhead(world.db, OFFICIAL, daily, at(time));
  };

  it("counts what is planned once, what is held by its date, and the usual arrivals", async () => {
    await world.articles(publication, 5);
    await world.article(publication, 50, { embargoUntil: at("12:00", TUESDAY) });
    await world.db
      .prepare(`UPDATE articles SET status = 'held', wake_at = embargo_until WHERE embargo_until IS NOT NULL`)
      .run();
    const past = ["2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20"];
    for (const [i, date] of past.entries())
      await world.db
        .prepare(`INSERT INTO arrivals VALUES (?, ?, ?)`)
        .bind(publication, date, i + 1)
        .run();
    await planEdition(world.db, OFFICIAL, (await findPublication(world.db, "daily"))!, DATE, at("07:00"));
    const found = await look("07:30");
    expect(found.usualArrivals).toBe(2);
    expect(found.today).toMatchObject({ date: DATE, planned: 3, fromQueue: 0, expected: 3, short: 0 });
    expect(found.days.map(({ fromQueue, fromArrivals, short }) => [fromQueue, fromArrivals, short])).toEqual([
      [2, 1, 0],
      [1, 2, 0],
      [0, 3, 0],
      [0, 2, 1],
      [0, 2, 1],
    ]);
    expect(found.daysSinceLastPost).toBeNull();
    expect(found.owing).toEqual([]);
  });

  it("knows the reserve and the last post", async () => {
    await world.article(publication, 1, { evergreen: true });
    await world.tick(at("08:30", "2026-10-12"));
    await world.db.prepare(`UPDATE publications SET stopped_at = 1`).run();
    const found = await look("16:00");
    expect(found.reserves).toEqual([{ uid: `article-${publication}-1`, title: "稿件 1" }]);
    expect(found.days[0]).toMatchObject({ short: 3, reserve: 0 });
    expect(found.today).toMatchObject({ short: 3, reserve: 1 });
    expect(found.daysSinceLastPost).toBe(42);
  });
});
