/** Replays, tests and new secrets: what a person asks of a channel beside its own deliveries. */
import { Webhook } from "standardwebhooks";
import { beforeEach, describe, expect, it } from "vitest";
import { bury } from "../../src/delivery/consumer.ts";
import type { Ask } from "../../src/delivery/replay.ts";
import { askReplay, sendTest } from "../../src/delivery/resend.ts";
import { createChannel, pauseOrResume } from "../../src/delivery/subscriptions.ts";
import { requireChannel } from "../../src/delivery/open-channel.ts";
import { rotateSigningSecret } from "../../src/delivery/rotation.ts";
import { at, World } from "./helpers/world.ts";

const world = new World();
const ACTOR = { name: "test", role: null, scopes: [] };
const KEY = "693a91f6-7aaa-4bc4-97a0-0ec2a9b0f6d6";
const [MINUTE, HOUR] = [60_000, 3_600_000];
let publication: number;

beforeEach(async () => {
  await world.wipe();
  publication = await world.publication();
  await world.webhook(1);
});

const channel = () => requireChannel(world.deps, "channel-1");
const replay = async (ask: Ask) => askReplay(world.deps, await channel(), ask, ACTOR, world.wall);
const seqs = () => world.received.map(({ body }) => (JSON.parse(body) as { data: { seq: number } }).data.seq);
const ids = () => world.received.map(({ id }) => id);
const resends = () =>
  world.all<{ outcome: string; n: number; push_id: string }>(`SELECT outcome, n, push_id FROM resends ORDER BY id`);

/** Releases `count` posts at 08:30 and delivers them. */
async function delivered(count: number): Promise<void> {
  await world.articles(publication, count);
  world.wall = at("08:30");
  await world.tick(at("08:30"));
  await world.drain();
  world.wall = at("09:00");
}

async function minutes(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    world.wall += MINUTE;
    await world.tick(world.wall);
    await world.drain();
  }
}

describe("a replay", () => {
  it("sends what is asked for under the ids that it bore, and leaves cursor and ledger as they were", async () => {
    await delivered(3);
    const [before, first] = [await channel(), ids()];
    const ledger = await world.all(`SELECT * FROM deliveries`);
    world.received = [];
    const { ids: made, left } = await replay({ type: "range", from: 1, to: 2 });
    await world.drain();
    expect([made.length, left]).toEqual([2, []]);
    expect([seqs(), ids()]).toEqual([[1, 2], first.slice(0, 2)]);
    expect(await channel()).toMatchObject({ cursor: before.cursor, rev: before.rev });
    expect(await world.all(`SELECT * FROM deliveries`)).toEqual(ledger);
  });

  it("asked for twice at once goes once", async () => {
    await delivered(2);
    world.received = [];
    const ask: Ask = { type: "range", from: 1, to: 2 };
    const answers = [await replay(ask), await replay(ask)];
    await world.drain();
    expect(answers.map(({ ids: made }) => made.length)).toEqual([2, 0]);
    expect(answers[1]!.left.map(({ why }) => why)).toEqual(["already under way", "already under way"]);
    expect(seqs()).toEqual([1, 2]);
  });

  it("leaves alone what the channel is still to get by itself", async () => {
    world.endpoint = () => new Response("", { status: 500 });
    await delivered(2);
    const { ids: made, left } = await replay({ type: "range", from: 1, to: 2 });
    expect(made).toEqual([]);
    expect(left.map(({ why }) => why)).toEqual(["not its turn yet", "not its turn yet"]);
  });

  it("of all that was missed is that, and nothing that arrived", async () => {
    world.endpoint = ({ body }) => new Response("", { status: body.includes('"seq":2,') ? 422 : 200 });
    await delivered(3);
    await minutes(10);
    world.received = [];
    world.endpoint = () => new Response("");
    await replay({ type: "missed", since: 0 });
    await world.drain();
    expect(seqs()).toEqual([2]);
  });

  it("tries again like any delivery, in order, and says how each try went", async () => {
    await delivered(2);
    world.received = [];
    world.endpoint = () => new Response("busy", { status: world.received.length < 3 ? 503 : 200 });
    await replay({ type: "range", from: 1, to: 2 });
    await world.drain();
    await minutes(10);
    expect(seqs()).toEqual([1, 1, 1, 2]);
    expect(await resends()).toMatchObject([
      { outcome: "accepted", n: 3 },
      { outcome: "accepted", n: 1 },
    ]);
    const attempts = await world.one<string>(`SELECT attempts FROM resends ORDER BY id LIMIT 1`);
    expect(JSON.parse(attempts!)).toMatchObject([
      { n: 1, outcome: "retry", status: 503 },
      { n: 2, outcome: "retry", status: 503 },
    ]);
  });

  it("is sent by a later tick when its message was lost", async () => {
    await delivered(1);
    world.received = [];
    world.losesMessages = true;
    await replay({ type: "posts", ids: [(await world.one<string>(`SELECT uid FROM posts`))!] });
    world.losesMessages = false;
    await minutes(3);
    expect(seqs()).toEqual([1]);
  });

  it.each(["before", "after"] as const)(
    "killed %s each effect is sent, and only an unanswered push is repeated",
    async (side) => {
      await delivered(2);
      for (let effect = 0; ; effect++) {
        await world.db.prepare(`DELETE FROM resends`).run();
        world.queue = [];
        world.received = [];
        await replay({ type: "range", from: 1, to: 2 });
        world.line.crash(effect, side);
        const finished = await world.drain().then(
          () => true,
          () => false,
        );
        world.line.restart();
        if (finished && world.line.effects.length <= effect) break;
        for (let later = 0; later < 2; later++) {
          world.wall += 5 * MINUTE;
          await world.tick(world.wall);
          await world.drain();
        }
        const outcomes = (await resends()).map(({ outcome }) => outcome);
        expect(outcomes, `${side} effect ${effect}`).toEqual(["accepted", "accepted"]);
        expect([...new Set(seqs())]).toEqual([1, 2]);
        expect(seqs().length).toBeLessThanOrEqual(3);
      }
      expect(seqs()).toEqual([1, 2]);
    },
    20_000,
  );

  it("of a stopped publication waits for it, and spends no try", async () => {
    await delivered(1);
    world.received = [];
    await replay({ type: "range", from: 1, to: 1 });
    await world.db.prepare(`UPDATE publications SET stopped_at = 1`).run();
    await minutes(5);
    expect([await resends(), seqs()]).toMatchObject([[{ outcome: "pending", n: 0 }], []]);
    await world.db.prepare(`UPDATE publications SET stopped_at = NULL`).run();
    await minutes(2);
    expect([await resends(), seqs()]).toMatchObject([[{ outcome: "accepted", n: 1 }], [1]]);
  });

  it("keeps away from a host that does not answer, and spends no try on it", async () => {
    await delivered(1);
    world.received = [];
    await world.db
      .prepare(`INSERT INTO hosts (host, trips, until) SELECT host, 1, ? FROM channels`)
      .bind(world.wall + 3 * MINUTE)
      .run();
    await replay({ type: "range", from: 1, to: 1 });
    await minutes(2);
    expect([await resends(), seqs()]).toMatchObject([[{ outcome: "pending", n: 0 }], []]);
    await minutes(3);
    expect([await resends(), seqs()]).toMatchObject([[{ outcome: "accepted", n: 1 }], [1]]);
  });

  it("goes no faster than half of what its platform takes", async () => {
    await createChannel(
      world.deps,
      {
        uid: "robot",
        kind: "wecom",
        name: "群",
        config: { key: KEY },
        filter: { mode: "each" },
        expiresAfter: 72 * HOUR,
      },
      ACTOR,
      0,
    );
    world.endpoint = () => Response.json({ errcode: 0, errmsg: "ok" });
    await delivered(6);
    await minutes(5);
    const sent: number[] = [];
    world.endpoint = ({ url }) => {
      if (url.includes("qyapi")) sent.push(world.wall);
      return Response.json({ errcode: 0, errmsg: "ok" });
    };
    const robot = await requireChannel(world.deps, "robot");
    await askReplay(world.deps, robot, { type: "range", from: 1, to: 6 }, ACTOR, world.wall);
    for (let second = 0; second < 120; second++) {
      await world.drain();
      world.wall += 1000;
    }
    expect(sent).toHaveLength(6);
    // Twenty a minute a robot; its own pushes have the other half.
    expect(Math.min(...sent.slice(1).map((moment, i) => moment - sent[i]!))).toBeGreaterThanOrEqual(6000);
  });

  it("to a channel that no key opens any more ends, and says why", async () => {
    await delivered(1);
    await replay({ type: "range", from: 1, to: 1 });
    await world.db.prepare(`UPDATE channels SET config = json_set(config, '$.url', 'other.AAAA')`).run();
    await minutes(2);
    expect(await resends()).toMatchObject([{ outcome: "expired", n: 1 }]);
    await expect(replay({ type: "range", from: 1, to: 1 })).rejects.toMatchObject({ status: 409 });
    await expect(sendTest(world.deps, await channel(), ACTOR, world.wall)).rejects.toMatchObject({ status: 409 });
  });

  it("is not for a channel that is paused, or that follows alerts", async () => {
    await delivered(1);
    await pauseOrResume(world.deps, await channel(), "paused", ACTOR, world.wall);
    await expect(replay({ type: "range", from: 1, to: 1 })).rejects.toMatchObject({ status: 409 });
    await world.alertChannel(1);
    const alerts = await requireChannel(world.deps, "alerts-1");
    const asked = askReplay(world.deps, alerts, { type: "missed", since: 0 }, ACTOR, world.wall);
    await expect(asked).rejects.toMatchObject({ status: 409 });
  });
});

describe("a test", () => {
  const test = async () => sendTest(world.deps, await channel(), ACTOR, world.wall);

  it("tells what the endpoint answered, and is no post to anybody", async () => {
    world.endpoint = () => new Response("welcome", { status: 202 });
    expect(await test()).toMatchObject({
      trigger: "test",
      outcome: "accepted",
      status: 202,
      excerpt: "HTTP 202: welcome",
    });
    expect(JSON.parse(world.received[0]!.body)).toMatchObject({ type: "office.alert", data: { kind: "test" } });
  });
  it("that fails is not tried again", async () => {
    world.endpoint = () => new Response("", { status: 500 });
    expect(await test()).toMatchObject({ outcome: "retry", nextAt: null });
    await minutes(5);
    expect(world.received).toHaveLength(1);
  });
  it("is no way to flood somebody", async () => {
    await test();
    await expect(test()).rejects.toMatchObject({ status: 429 });
    world.wall += 11_000;
    expect(await test()).toMatchObject({ outcome: "accepted" });
  });
});

describe("a new secret", () => {
  it("signs at once, and the old one beside it until its time is up", async () => {
    const before = await world.one<string>(`SELECT secret FROM channels`);
    const { secret } = await rotateSigningSecret(world.deps, await channel(), 24 * HOUR, ACTOR, world.wall);
    expect(await world.one(`SELECT secret FROM channels`)).not.toBe(before);
    // The library holds a signature against the real clock.
    world.wall = Date.now();
    await world.articles(publication, 1);
    await world.tick(at("08:30"));
    await world.drain();
    const [first] = world.received;
    expect(first!.headers.get("webhook-signature")!.split(" ")).toHaveLength(2);
    expect(new Webhook(secret!).verify(first!.body, Object.fromEntries(first!.headers))).toBeTruthy();
    world.received = [];
    world.wall += 72 * HOUR;
    await replay({ type: "range", from: 1, to: 1 });
    await world.drain();
    expect(world.received[0]!.headers.get("webhook-signature")!.split(" ")).toHaveLength(1);
  });
  it("an old one that no key opens any more stops nobody: the new one signs", async () => {
    await rotateSigningSecret(world.deps, await channel(), 24 * HOUR, ACTOR, world.wall);
    await world.db
      .prepare(`UPDATE channels SET old_secrets = json_set(old_secrets, '$[0].secret', 'other.AAAA')`)
      .run();
    await delivered(1);
    expect(world.received[0]!.headers.get("webhook-signature")!.split(" ")).toHaveLength(1);
  });
  it("is not for a kind that signs nothing", async () => {
    const inbox = { ...(await channel()), kind: "inbox" };
    await expect(rotateSigningSecret(world.deps, inbox, 0, ACTOR, 0)).rejects.toMatchObject({ status: 409 });
  });
});

it("a dead letter wakes its shard, and the office is told once", async () => {
  await delivered(1);
  const body = { v: 1, shard: 1, at: world.wall, made: world.wall, ticket: "" };
  const letters = () => bury(world.deps, [{ id: "m", body, ack: () => {}, retry: () => {} }]);
  await letters();
  await letters();
  expect(await world.all(`SELECT kind, subject FROM alerts`)).toEqual([{ kind: "queue.dead", subject: "shard:1" }]);
  expect(await world.one(`SELECT due_at FROM shards WHERE id = 1`)).toBe(world.wall);
});
