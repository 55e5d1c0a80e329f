/** The hub: who asks and who confirms, and what is refused. */
import { beforeEach, describe, expect, it } from "vitest";
import {
  ask,
  begin,
  channels,
  form,
  HOUR,
  minutes,
  MINUTE,
  office,
  ORIGIN,
  post,
  released,
  request,
  RSS,
  subscribed,
  subscriber,
  world,
  written,
} from "./helpers/hub.ts";

beforeEach(begin);

describe("nobody is subscribed, or unsubscribed, by another", () => {
  it.each<[string, (challenge: string) => Response]>([
    ["says no", () => new Response("no", { status: 404 })],
    ["echoes something else", (challenge) => new Response(`${challenge} `)],
    ["echoes too much", (challenge) => new Response(challenge + "x".repeat(100_000))],
    ["says nothing", () => new Response("")],
    ["echoes with an error", (challenge) => new Response(challenge, { status: 403 })],
    ["leads elsewhere", (challenge) => new Response(challenge, { status: 302, headers: { location: ORIGIN } })],
  ])("a callback that %s is not asked again", async (_, answer) => {
    const callback = "https://victim.example.com/";
    world.endpoint = ({ url }) => answer(new URL(url).searchParams.get("hub.challenge") ?? "");
    expect((await ask({ mode: "subscribe", topic: RSS, callback })).status).toBe(202);
    await world.drain();
    await minutes(6);
    expect([world.received.length, await channels()]).toEqual([1, []]);
  });

  it("a stranger's word ends no subscription", async () => {
    const reader = subscriber();
    await subscribed(reader);
    const before = await channels();
    expect((await ask({ mode: "unsubscribe", topic: RSS, callback: reader.callback })).status).toBe(202);
    await world.drain();
    expect(reader.questions.map((url) => url.searchParams.get("hub.mode"))).toEqual(["subscribe", "unsubscribe"]);
    expect(await channels()).toEqual(before);
  });

  it("nor changes its lease or secret", async () => {
    const reader = subscriber();
    await subscribed(reader, RSS, { secret: "mine" });
    const before = await channels();
    reader.wants.clear();
    await ask({ mode: "subscribe", topic: RSS, callback: reader.callback, secret: "theirs", lease_seconds: "9999999" });
    await world.drain();
    expect(await channels()).toEqual(before);
    await released(1);
    expect([reader.got.length, reader.forged]).toEqual([1, 0]);
  });

  it("its own word does", async () => {
    const reader = subscriber();
    await subscribed(reader);
    await request(reader, "unsubscribe");
    await world.drain();
    expect(await channels()).toEqual([]);
    expect(await world.one(`SELECT total(members) FROM shards`)).toBe(0);
    await released(1);
    expect(reader.got).toEqual([]);
  });
});

describe("what is refused", () => {
  const good = { mode: "subscribe", topic: RSS, callback: "https://reader.example.com/" };
  const WRONG: [string, Record<string, string>, RegExp][] = [
    ["no mode", { mode: "" }, /hub\.mode/],
    ["a publisher's ping", { mode: "publish" }, /its own feeds/],
    ["a strange topic", { topic: "https://elsewhere.example.com/feed.xml" }, /hub\.topic/],
    ["a page", { topic: `${ORIGIN}/` }, /hub\.topic/],
    ["a query behind the topic", { topic: `${RSS}?x` }, /hub\.topic/],
    ["no such publication", { topic: `${ORIGIN}/publications/none/feed.xml` }, /no such publication/],
    ["no such column", { topic: `${ORIGIN}/columns/none/atom.xml` }, /no such publication or column/],
    ["no callback", { callback: "" }, /hub\.callback/],
    ["http", { callback: "http://reader.example.com/" }, /https/],
    ["an address", { callback: "https://127.0.0.1/" }, /host, not an IP/],
    ["an exotic address", { callback: "https://0x7f000001/" }, /IP/],
    ["a private name", { callback: "https://db.internal/" }, /public host/],
    ["localhost", { callback: "https://localhost/" }, /public host/],
    ["another port", { callback: "https://reader.example.com:8443/" }, /standard port/],
    ["this office", { callback: `${ORIGIN}/websub` }, /./],
    ["a password", { callback: "https://a:b@reader.example.com/" }, /password/],
    ["a very long callback", { callback: `https://reader.example.com/${"x".repeat(2048)}` }, /2048/],
    ["a long secret", { secret: "x".repeat(200) }, /shorter than 200/],
    ["a long secret in bytes", { secret: "密".repeat(67) }, /shorter than 200/],
    ["an empty secret", { secret: "" }, /empty/],
    ["a lease of words", { lease_seconds: "long" }, /lease_seconds/],
    ["a negative lease", { lease_seconds: "-1" }, /lease_seconds/],
  ];
  it("whatever is wrong is said, and nothing written or called", async () => {
    for (const [what, fields, words] of WRONG) {
      const { status, text } = await ask({ ...good, ...fields });
      expect(`${status} ${text}`, what).toMatch(/^400 /);
      expect(text, what).toMatch(words);
    }
    expect([await written(), world.received.length]).toEqual([[0, 0], 0]);
  });

  it("a name with a private address, and one that nobody knows of just now", async () => {
    const { resolve } = world.deps;
    world.deps.resolve = async () => ["10.0.0.1"];
    expect((await ask(good)).status).toBe(400);
    world.deps.resolve = async () => Promise.reject(new Error("away"));
    expect((await ask(good)).status).toBe(503);
    world.deps.resolve = resolve;
    expect(await written()).toEqual([0, 0]);
  });

  it("a name that leads inwards by the time of the question is not called", async () => {
    const { resolve } = world.deps;
    await ask(good);
    world.deps.resolve = async () => ["10.0.0.1"];
    await world.drain();
    world.deps.resolve = resolve;
    expect([world.received, await channels()]).toEqual([[], []]);
  });

  it("what is no form, too long, doubled, or not UTF-8", async () => {
    const text = new URLSearchParams(form(good)).toString();
    expect((await post(JSON.stringify(good), { "content-type": "application/json" })).status).toBe(415);
    expect((await post(`${text}&x=${"x".repeat(9000)}`)).status).toBe(413);
    for (const bad of [`${text}&hub.topic=a`, `${text}&x=%ff`, `${text}&x=%zz`])
      expect((await post(bad)).status).toBe(400);
    expect((await post(Uint8Array.of(0x61, 0xff))).status).toBe(400);
    expect(await written()).toEqual([0, 0]);
    expect((await post(text, { "content-type": "Application/X-WWW-Form-Urlencoded; charset=utf-8" })).status).toBe(202);
  });

  it("too much from one address, or about one host", async () => {
    const keys: string[] = [];
    for (const busy of ["address", "host"]) {
      office.room = (key) => keys.push(key) > 0 && !key.startsWith(busy);
      expect((await ask(good)).status).toBe(429);
    }
    expect(keys).toEqual(["address unknown", "address unknown", "host reader.example.com"]);
    expect(await written()).toEqual([0, 0]);
  });

  it("more about a host than anybody needs: nobody floods a third party through us", async () => {
    world.endpoint = () => new Response("", { status: 500 });
    const statuses: number[] = [];
    for (let i = 0; i < 31; i++)
      statuses.push((await ask({ ...good, callback: `https://victim.example.com/${i}` })).status);
    expect(statuses).toEqual([...Array.from({ length: 30 }, () => 202), 429]);
    expect((await ask(good)).status).toBe(202);
    await world.drain();
    await minutes(6);
    expect(world.received.filter(({ url }) => url.includes("victim")).length).toBe(90);
    world.wall += HOUR;
    await minutes(1);
    expect(await written()).toEqual([0, 0]);
    expect((await ask({ ...good, callback: "https://victim.example.com/" })).status).toBe(202);
  });

  it("the same over and over, when the callback never confirms it", async () => {
    world.endpoint = () => new Response("", { status: 404 });
    for (const status of [202, 202, 202, 429, 429]) {
      expect((await ask(good)).status).toBe(status);
      await world.drain();
    }
    expect(world.received.length).toBe(3);
    world.wall += 11 * MINUTE;
    expect((await ask(good)).status).toBe(202);
  });
});
