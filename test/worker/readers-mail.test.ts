/** Readers' mailboxes: from the form to the letter, and out again. */
import { beforeEach, describe, expect, it } from "vitest";
import { listChannels } from "../../src/delivery/channel-store.ts";
import { officeKeys } from "../../src/delivery/office-keys.ts";
import { resealReaders } from "../../src/delivery/reseal.ts";
import { runShard } from "../../src/delivery/shard.ts";
import { createChannel } from "../../src/delivery/subscriptions.ts";
import { requireChannel } from "../../src/delivery/open-channel.ts";
import type { ShardMessage } from "../../src/env.ts";
import { channelView } from "../../src/web/api/channel-view.ts";
import { edition, form, HOUR, linkIn, Readers } from "./helpers/readers.ts";
import { at, World } from "./helpers/world.ts";

const ADDRESS = "zhang.san@example.cn";
const world = new World();
const readers = new Readers(world);
let publication: number;

beforeEach(async () => {
  await world.wipe();
  readers.counted.clear();
  publication = await world.publication({ releaseTimes: ["30 8 * * *"], quota: 2 });
});

const count = (table: string) => world.one<number>(`SELECT count(*) FROM ${table}`);

describe("a mailbox", () => {
  it("is asked, confirmed, sent the edition in one letter, and left alone from then on", async () => {
    const said = await readers.signUp(" Zhang.San@Example.cn ");
    expect([said.status, said.text]).toEqual([200, expect.stringContaining("请查收确认信")]);
    expect(world.letters).toMatchObject([{ to: ADDRESS, subject: "请确认邮件订阅" }]);
    const link = linkIn(world.letters[0]!.text);
    expect(await count("channels")).toBe(0);

    expect((await readers.ask("GET", link)).text).toContain("确认订阅");
    expect(await count("channels")).toBe(0);
    expect((await readers.ask("POST", link)).text).toContain("订阅成功");
    // Twice is harmless.
    expect((await readers.ask("POST", link)).text).toContain("订阅成功");
    expect(await count("channels")).toBe(1);
    expect(world.letters.length).toBe(1);

    await edition(world, publication);
    const letter = world.letters[1]!;
    expect(world.letters.length).toBe(2);
    expect(letter).toMatchObject({ to: ADDRESS, subject: expect.stringMatching(/^稿件 \d 等2篇$/) as string });
    expect(letter.html).toContain("稿件 1");
    expect(letter.text).toContain("稿件 2");

    const leave = linkIn(letter.text);
    expect(letter.headers).toEqual({
      "List-Unsubscribe": `<https://kanfa.test${leave}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    });
    expect(letter.html).toContain(`href="https://kanfa.test${leave}"`);
    expect((await readers.ask("GET", leave)).text).toContain("退订");
    expect(await count("channels")).toBe(1);
    // As a mail program's button sends it (RFC 8058).
    for (let i = 0; i < 2; i++) {
      const left = await readers.ask("POST", leave, form({ "List-Unsubscribe": "One-Click" }));
      expect([left.status, left.text]).toEqual([200, expect.stringContaining("已经退订")]);
    }
    expect(await count("channels")).toBe(0);
    expect(await world.one<number>(`SELECT sum(members) FROM shards`)).toBe(0);
    // The old link to confirm brings nobody back.
    await readers.ask("POST", link);
    expect(await count("channels")).toBe(0);
  });

  it("is nowhere in clear, and whoever shows it shows the start of it", async () => {
    await readers.subscribed(ADDRESS);
    await edition(world, publication);
    const dump = JSON.stringify(
      await Promise.all(
        ["channels", "confirmations", "audit", "deliveries", "alerts"].map((table) =>
          world.all(`SELECT * FROM ${table}`),
        ),
      ),
    );
    expect(dump).not.toContain("zhang.san");
    const channel = await requireChannel(world.deps, await world.one<string>(`SELECT uid FROM channels`));
    expect(channelView(channel)).toMatchObject({ origin: "reader", config: { to: "z***@example.cn" } });
    await readers.ask("POST", linkIn(world.letters[0]!.text));
    expect(JSON.stringify(await world.all(`SELECT * FROM confirmations`))).toContain('"address":null');
  });

  it("gets what was chosen, and may choose anew", async () => {
    await world.publication({ slug: "second", name: "第二刊" });
    await readers.signUp(ADDRESS, { publication: ["second", "nowhere"] });
    await readers.ask("POST", linkIn(world.letters[0]!.text));
    const daily = '"mode":"digest","digest_at":["19:00"]}';
    expect(await world.one<string>(`SELECT filter FROM channels`)).toBe(`{"publications":["second"],${daily}`);
    await readers.signUp(ADDRESS);
    await readers.ask("POST", linkIn(world.letters[1]!.text));
    expect(await world.all(`SELECT filter, rev FROM channels`)).toEqual([{ filter: `{${daily}`, rev: 2 }]);
  });

  it("is told the same whether it is known or not", async () => {
    const first = await readers.signUp(ADDRESS);
    await readers.ask("POST", linkIn(world.letters[0]!.text));
    const again = await readers.signUp(ADDRESS);
    const other = await readers.signUp("li.si@example.cn");
    expect([again.text, other.text]).toEqual([first.text, first.text]);
    expect(world.letters.map(({ to }) => to)).toEqual([ADDRESS, ADDRESS, "li.si@example.cn"]);
  });

  it("is not flooded by somebody who enters it again and again", async () => {
    for (let i = 0; i < 8; i++) {
      readers.counted.clear();
      await readers.signUp(ADDRESS);
      await readers.signUp(ADDRESS);
      world.wall += 11 * 60_000;
    }
    expect(world.letters.length).toBe(3);
    // Each letter bears the same link, and an id of its own.
    expect(new Set(world.letters.map(({ text }) => linkIn(text))).size).toBe(1);
    expect(new Set(world.letters.map(({ id }) => id)).size).toBe(3);
  });

  it("gets its letter by a later tick if the provider was away, and one letter only", async () => {
    world.mailbox = () => ({ type: "response", status: 503, headers: {}, body: "" });
    await readers.signUp(ADDRESS);
    world.mailbox = () => ({ type: "response", status: 200, headers: {}, body: "" });
    await world.tick(world.wall);
    expect(world.letters.length).toBe(1);
    world.wall += 61_000;
    await world.tick(world.wall);
    await world.tick(world.wall);
    expect(world.letters.map(({ id }) => id)).toEqual([world.letters[0]!.id, world.letters[0]!.id]);
  });

  it.each([
    ["no address", ""],
    ["no domain", "zhang"],
    ["a second header", "zhang@example.cn\r\nBcc: all@example.cn"],
    ["two addresses", "a@example.cn, b@example.cn"],
    ["a name", "张三 <zhang@example.cn>"],
    ["an endless one", `${"x".repeat(300)}@example.cn`],
  ])("%s is refused, and nothing is written", async (_, address) => {
    const before = await readers.written();
    const { status, text } = await readers.signUp(address);
    expect([status, text]).toEqual([422, expect.stringContaining("不像一个邮箱地址")]);
    expect(await readers.written()).toEqual(before);
    expect(world.letters).toEqual([]);
  });

  it.each(["/subscribe/confirm", "/unsubscribe"])(
    "%s: a token that the office did not make does nothing",
    async (path) => {
      await readers.subscribed(ADDRESS);
      const uid = await world.one<string>(`SELECT uid FROM channels`);
      const before = await readers.written();
      for (const token of ["", "x", `${uid}.`, `${uid}.AAAA`, "a.b".repeat(5000)])
        for (const method of ["GET", "POST"])
          expect((await readers.ask(method, `${path}?token=${encodeURIComponent(token)}`)).status).toBe(404);
      expect(await readers.written()).toEqual(before);
    },
  );

  it("one purpose's token is none for another", async () => {
    await readers.signUp(ADDRESS);
    const link = linkIn(world.letters[0]!.text);
    const before = await readers.written();
    expect((await readers.ask("POST", link.replace("/subscribe/confirm", "/unsubscribe"))).status).toBe(404);
    expect(await readers.written()).toEqual(before);
  });

  it("a link is good for two days, and what was not confirmed is forgotten", async () => {
    await readers.signUp(ADDRESS);
    const link = linkIn(world.letters[0]!.text);
    world.wall += 48 * HOUR - 1;
    expect((await readers.ask("GET", link)).status).toBe(200);
    world.wall += 1;
    for (const method of ["GET", "POST"])
      expect(await readers.ask(method, link)).toMatchObject({
        status: 404,
        text: expect.stringContaining("失效") as string,
      });
    expect(await count("channels")).toBe(0);
    world.wall += 2 * HOUR;
    await world.tick(world.wall);
    expect(await count("confirmations")).toBe(0);
  });

  it("a hundred forms from one address: ten are heard", async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 100; i++) statuses.push((await readers.signUp(`reader${i}@example.cn`)).status);
    expect(statuses.filter((status) => status === 200).length).toBe(10);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect(await count("confirmations")).toBe(10);
  });

  it("that the provider has given up on is taken off the list, without a word to anyone", async () => {
    await world.alertChannel(1);
    await readers.subscribed(ADDRESS);
    world.mailbox = () => ({ type: "response", status: 410, headers: {}, body: "" });
    await edition(world, publication);
    expect(await world.one<string>(`SELECT status FROM channels WHERE kind = 'email'`)).toBe("gone");
    expect(await world.one<number>(`SELECT count(*) FROM alerts WHERE kind LIKE 'delivery.%'`)).toBe(0);
    world.wall += HOUR;
    await world.tick(world.wall + HOUR);
    expect(await world.one<number>(`SELECT count(*) FROM channels WHERE kind = 'email'`)).toBe(0);
    expect(await world.one<number>(`SELECT sum(members) FROM shards WHERE purpose = 'news'`)).toBe(0);
  });

  it("many that fail together are one alert", async () => {
    await world.alertChannel(1);
    for (const name of ["a", "b", "c"]) await readers.subscribed(`${name}@example.cn`);
    world.mailbox = () => ({ type: "response", status: 422, headers: {}, body: "{}" });
    await edition(world, publication);
    for (let i = 0; i < 12; i++) {
      world.wall += 10 * 60_000;
      await world.tick(world.wall);
      await world.drain();
    }
    expect(await world.all(`SELECT kind, subject FROM alerts WHERE kind LIKE 'delivery.%'`)).toEqual([
      { kind: "delivery.readers", subject: "readers:email" },
    ]);
  });

  it("is offered only where letters can be sent", async () => {
    const { mail } = world.deps;
    expect((await readers.ask("GET", "/subscribe")).text).toContain('name="address"');
    try {
      world.deps.mail = null;
      expect((await readers.ask("GET", "/subscribe")).text).not.toContain('name="address"');
      expect((await readers.signUp(ADDRESS)).status).toBe(404);
    } finally {
      world.deps.mail = mail;
    }
  });
});

it("a change of the office's secret is carried through without anyone's help", async () => {
  await readers.subscribed(ADDRESS);
  const config = () => world.one<string>(`SELECT config FROM channels`);
  const before = await config();
  const next = { current: "another secret", previous: world.deps.keys.current };
  await resealReaders(world.db, { current: next.current });
  expect(await config()).toBe(before);
  await resealReaders(world.db, next);
  const after = await config();
  expect(after).not.toBe(before);
  await resealReaders(world.db, next);
  expect(await config()).toBe(after);
  const uid = await world.one<string>(`SELECT uid FROM channels`);
  const channel = await requireChannel({ ...world.deps, keys: { current: next.current } }, uid);
  expect(channel).toMatchObject({ config: { to: ADDRESS }, locked: [] });
});

it("the editors' list and health show the office's channels; the readers' are there for whoever asks", async () => {
  await world.webhook(1);
  await readers.subscribed(ADDRESS);
  const named = async (of: Parameters<typeof listChannels>[1]) =>
    (await listChannels(world.db, of, 0, 10)).map(({ kind }) => kind);
  expect(await named({ origin: "office" })).toEqual(["webhook"]);
  expect(await named({ origin: "reader" })).toEqual(["email"]);
  expect(await named({ origin: "all" })).toEqual(["webhook", "email"]);
  expect(await named({ origin: "all", kind: "email" })).toEqual(["email"]);
});

it("an office's own mailbox gets its alerts as plain words, without a link to leave", async () => {
  const input = {
    uid: "duty",
    kind: "email",
    name: "值班",
    config: { to: "duty@example.cn" },
    filter: {},
    expiresAfter: HOUR,
  };
  await createChannel(world.deps, { ...input, purpose: "alert" }, { name: "test", role: null, scopes: [] }, 0);
  await world.webhook(1);
  world.endpoint = () => new Response(null, { status: 410 });
  await world.articles(publication, 2);
  for (const time of ["08:30", "08:31"]) {
    world.wall = at(time);
    await world.tick(world.wall);
    await world.drain();
  }
  expect(world.letters).toMatchObject([
    {
      to: "duty@example.cn",
      subject: "渠道“channel-1”已永久关闭",
      headers: {},
      text: expect.stringContaining("HTTP 410") as string,
    },
  ]);
  expect(world.letters[0]).not.toHaveProperty("html");
});

it("a run over mailboxes takes one query more than one over webhooks, and no more letters a second than allowed", async () => {
  for (let i = 0; i < 12; i++) {
    readers.counted.clear();
    await readers.subscribed(`reader${i}@example.cn`);
  }
  await world.articles(publication, 2);
  world.wall = at("08:30");
  await world.tick(world.wall);
  await world.drain();
  expect(world.letters).toEqual([]);
  world.wall = at("19:00");
  await world.tick(world.wall);
  world.line.resetCounts();
  const fresh = { ...world.deps, officeKey: officeKeys(world.deps.db, world.deps.keys, world.deps.wall) };
  const { body } = world.queue[0]! as { body: ShardMessage };
  expect(await runShard(fresh, body, world.wall)).toMatchObject({ claimed: 12, sent: 2 });
  expect(world.line.queries).toBeLessThanOrEqual(7);
  for (let second = 0; second < 10; second++) {
    world.wall += 1000;
    const before = world.letters.length;
    await world.drain();
    expect(world.letters.length - before).toBeLessThanOrEqual(2);
  }
  // Each has a link of its own.
  expect(new Set(world.letters.map(({ headers }) => headers["List-Unsubscribe"])).size).toBe(12);
});
