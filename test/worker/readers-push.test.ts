/** Readers' browsers: from the button to the notice, and out again. */
import { beforeEach, describe, expect, it } from "vitest";
import { officeKeys } from "../../src/delivery/office-keys.ts";
import { Browser, senderOf } from "./helpers/browser.ts";
import { edition, HOUR, Readers } from "./helpers/readers.ts";
import { World } from "./helpers/world.ts";

const world = new World();
const readers = new Readers(world);
let publication: number;

beforeEach(async () => {
  await world.wipe();
  readers.counted.clear();
  publication = await world.publication({ releaseTimes: ["30 8 * * *"], quota: 2 });
});

const count = (table: string) => world.one<number>(`SELECT count(*) FROM ${table}`);

describe("a browser", () => {
  const json = (method: string, body: unknown, headers: Record<string, string> = {}) =>
    readers.ask(method, "/push/subscriptions", JSON.stringify(body), headers);
  const ENDPOINT = "https://push.example.net/send/abc";

  it("subscribes, is sent the edition as one notice that it can read, and leaves", async () => {
    const browser = await Browser.at(ENDPOINT);
    const { key } = JSON.parse((await readers.ask("GET", "/push/key")).text) as { key: string };
    const made = await json("POST", { ...browser.subscription, expirationTime: null });
    expect(made.status).toBe(201);
    const again = await json("POST", { ...browser.subscription, columns: ["yaowen"] });
    expect([again.status, again.text]).toEqual([200, made.text]);
    expect(await world.all(`SELECT origin, filter FROM channels`)).toEqual([
      { origin: "reader", filter: '{"columns":["yaowen"],"quiet":{"from":"22:00","to":"07:00"}}' },
    ]);
    await json("POST", browser.subscription);

    world.endpoint = () => new Response(null, { status: 201 });
    await edition(world, publication);
    expect(world.received.length).toBe(1);
    const { url, headers, bytes } = world.received[0]!;
    expect(url).toBe(ENDPOINT);
    expect(bytes!.length).toBeLessThanOrEqual(4096);
    expect(JSON.parse(await browser.open(bytes!))).toMatchObject({
      title: expect.stringMatching(/^稿件 \d 等2篇$/) as string,
    });
    const sender = await senderOf(headers.get("authorization")!);
    expect(sender.key).toBe(key);
    expect(sender.claims).toMatchObject({ aud: "https://push.example.net", sub: "https://kanfa.test" });
    const exp = (sender.claims["exp"] as number) * 1000;
    expect(exp).toBeGreaterThan(world.wall);
    expect(exp).toBeLessThanOrEqual(world.wall + 24 * HOUR);

    const { auth } = browser.subscription.keys;
    for (let i = 0; i < 2; i++) expect((await json("DELETE", { endpoint: ENDPOINT, auth })).status).toBe(204);
    expect(await count("channels")).toBe(0);
  });

  it("keeps its key when the office's secret is changed", async () => {
    const wall = () => 0;
    const before = await world.deps.officeKey("push");
    const rotated = { current: "another secret", previous: world.deps.keys.current };
    expect(await officeKeys(world.db, rotated, wall)("push")).toBe(before);
    // Sealed anew by the first use: the previous secret can go.
    expect(await officeKeys(world.db, { current: "another secret" }, wall)("push")).toBe(before);
    await expect(officeKeys(world.db, world.deps.keys, wall)("push")).rejects.toThrow("KANFA_SECRET");
    await officeKeys(world.db, { ...world.deps.keys, previous: "another secret" }, wall)("push");
  });

  it("that is no more is taken off the list", async () => {
    await json("POST", (await Browser.at(ENDPOINT)).subscription);
    world.endpoint = () => new Response(null, { status: 410 });
    await edition(world, publication);
    world.wall += 2 * HOUR;
    await world.tick(world.wall);
    expect(await count("channels")).toBe(0);
  });

  it("that was closed and comes again begins anew", async () => {
    const browser = await Browser.at(ENDPOINT);
    await json("POST", browser.subscription);
    await world.db.prepare(`UPDATE channels SET status = 'gone'`).run();
    expect((await json("POST", browser.subscription)).status).toBe(201);
    expect(await world.all(`SELECT status FROM channels`)).toEqual([{ status: "active" }]);
    expect(await world.one<number>(`SELECT sum(members) FROM shards`)).toBe(1);
  });

  it("is nobody else's: who knows its address and not its secret changes and ends nothing", async () => {
    const [mine, other] = [await Browser.at(ENDPOINT), await Browser.at(ENDPOINT)];
    await json("POST", mine.subscription);
    const before = await readers.written();
    expect((await json("POST", other.subscription)).status).toBe(403);
    expect((await json("DELETE", { endpoint: ENDPOINT, auth: other.subscription.keys.auth })).status).toBe(403);
    expect(await readers.written()).toEqual(before);
  });

  it.each([
    ["endpoint", { endpoint: "http://push.example.net/x" }],
    ["endpoint", { endpoint: "https://127.0.0.1/x" }],
    ["endpoint", { endpoint: "https://[::ffff:7f00:1]/x" }],
    ["endpoint", { endpoint: "https://localhost/x" }],
    ["endpoint", { endpoint: "https://kanfa.test/x" }],
    ["endpoint", { endpoint: `https://push.example.net/${"x".repeat(2000)}` }],
    ["keys.p256dh", { keys: { p256dh: "A".repeat(87), auth: "A".repeat(22) } }],
    ["columns.0", { columns: ["no slug!"] }],
    ["more", { more: true }],
  ])("with a wrong %s is refused, and nothing is written", async (field, change) => {
    const { subscription } = await Browser.at(ENDPOINT);
    const before = await readers.written();
    const { status, text } = await json("POST", { ...subscription, ...change });
    expect([status, text]).toEqual([422, expect.stringContaining(`"field":"${field}"`)]);
    expect(await readers.written()).toEqual(before);
  });

  it("too much, or what is no JSON, is refused unread", async () => {
    expect((await readers.ask("POST", "/push/subscriptions", "x".repeat(9000))).status).toBe(413);
    expect((await readers.ask("POST", "/push/subscriptions", "{")).status).toBe(400);
  });

  it("a hundred from one address: ten are heard, however many addresses of IPv6 it has", async () => {
    const { subscription } = await Browser.at(ENDPOINT);
    const statuses: number[] = [];
    for (let i = 0; i < 100; i++)
      statuses.push(
        (
          await json(
            "POST",
            { ...subscription, endpoint: `${ENDPOINT}${i}` },
            { "cf-connecting-ip": `2001:db8:1:2::${i}` },
          )
        ).status,
      );
    expect(statuses.filter((status) => status === 201).length).toBe(10);
    expect(await count("channels")).toBe(10);
  });
});
