/** The WeChat platform calls: what it is answered, what is noted of it, and what others are answered. */
import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { within } from "../../src/web/wechat/callback.ts";
import { document } from "../unit/wechat/documents.ts";
import { runs } from "../unit/runs.ts";
import { AES_KEY, Office } from "./helpers/wechat.ts";
import { at } from "./helpers/world.ts";

const office = new Office();
const { world } = office;
let publication: number;

beforeEach(async () => {
  await office.begin();
  publication = await world.publication({ releaseTimes: ["30 8 * * *"], quota: 10 });
});

/** Today's edition of ten, released at 08:30. */
async function edition(): Promise<void> {
  world.wall = at("06:00");
  await world.articles(publication, 10);
  await world.tick(at("08:30"));
  world.wall = at("09:00");
  world.line.resetCounts();
}
const text = (Content: string, MsgId = "23456789012345678") => office.says("text", { Content, MsgId });
const event = (Event: string, members: Record<string, string> = {}, from?: string) =>
  office.says("event", { Event, ...members }, from);
const titles = (xml: string | null) =>
  [...(xml ?? "").matchAll(/<Title><!\[CDATA\[(.*?)\]\]>/g)].map(([, title]) => title);
const wrong = () => office.signed("anotherToken");
const MESSAGE = "<xml><ToUserName>gh_1</ToUserName></xml>";

describe("the check of the address", () => {
  it("gives the echo back to the platform, as text", async () => {
    await office.account();
    const echostr = "<script>5837420498</script>";
    expect(await office.ask({ ...(await office.signed()), echostr })).toEqual({
      status: 200,
      type: "text/plain; charset=utf-8",
      text: echostr,
    });
  });

  it("refuses everyone else in one way, whether there is an account or not", async () => {
    const nobody = { status: 403, type: null, text: "" };
    for (const query of [{}, { echostr: "x" }, { ...(await wrong()), echostr: "x" }]) {
      expect(await office.ask(query)).toEqual(nobody);
      expect(await office.ask(query, MESSAGE)).toEqual(nobody);
    }
    await office.account({}, {}, "wechat-1");
    expect(await office.ask({ ...(await wrong()), echostr: "x" })).toEqual(nobody);
    expect(await office.ask(await wrong(), MESSAGE)).toEqual(nobody);
    world.wall += 600_000;
    const old = await office.signed();
    world.wall += 600_000;
    expect(await office.ask(old, MESSAGE)).toEqual(nobody);
  });

  it("knows the publications that the site knows", async () => {
    await office.account();
    for (const body of [undefined, MESSAGE])
      expect(await office.ask(await office.signed(), body, "nowhere")).toEqual({ status: 404, type: null, text: "" });
  });
});

describe("what a reader gets", () => {
  beforeEach(async () => {
    await office.account();
    await edition();
  });

  it("by the menu's 今日要闻: eight cards of the latest edition, the lead first", async () => {
    const xml = (await event("CLICK", { EventKey: "today" }))!;
    expect(titles(xml)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `稿件 ${n}`));
    expect(xml).toMatch(/<Url><!\[CDATA\[https:\/\/kanfa\.test\/posts\/[0-9a-f-]{36}\]\]><\/Url>/);
    expect(xml).toMatch(/<PicUrl><!\[CDATA\[https:\/\/kanfa\.test\/covers\//);
    expect(xml).toContain("<ToUserName><![CDATA[oReader]]></ToUserName><FromUserName><![CDATA[gh_1]]></FromUserName>");
  });

  it("at WeChat itself where it is there, and while it is", async () => {
    const link = "https://mp.weixin.qq.com/s?__biz=a&mid=2";
    await world.db
      .prepare(
        `INSERT INTO wechat_articles (channel_id, post_id, state, way, bundle, idx, url, at)
         SELECT c.id, p.id, iif(p.title = '稿件 2', 'published', 'deleted'), 'publish', 'b', 1, ?, 0 FROM channels c, posts p
         WHERE p.title IN ('稿件 2', '稿件 3')`,
      )
      .bind(link)
      .run();
    const xml = (await event("CLICK", { EventKey: "today" }))!;
    expect(xml.match(/<Url>/g)!.length).toBe(8);
    expect(xml.split(`<![CDATA[${link}]]>`).length).toBe(2);
  });

  it("never what was recalled", async () => {
    await world.db.prepare(`UPDATE posts SET recalled_at = 1 WHERE title IN ('稿件 1', '稿件 3')`).run();
    expect(titles(await event("CLICK", { EventKey: "today" }))).toEqual(
      [2, 4, 5, 6, 7, 8, 9, 10].map((n) => `稿件 ${n}`),
    );
    expect(await text("稿件 3")).not.toContain("稿件 3");
  });

  it("by words: the one post that fits, or words that say that none does", async () => {
    expect(titles(await text("稿件 7", "1"))).toEqual(["稿件 7"]);
    expect(await text("天气预报", "2")).toContain("没有找到相关的文章");
  });

  it("in safe mode the same, sealed", async () => {
    await world.db.prepare(`DELETE FROM channels`).run();
    await office.account({ encoding_aes_key: AES_KEY });
    expect(titles(await office.saysSealed("event", { Event: "CLICK", EventKey: "today" }))).toHaveLength(8);
    expect(await office.saysSealed("text", { Content: "稿件 7", MsgId: "1" })).toContain("稿件 7");
    expect(await office.ask(await office.signed(), office.message("text", { Content: "x", MsgId: "2" }))).toMatchObject(
      {
        status: 403,
        text: "",
      },
    );
  });

  it("who subscribes is greeted, with the day's posts if the office wants that", async () => {
    expect(await event("subscribe")).toContain("感谢关注");
    const settings = { replies: [], human: { words: [], text: "" }, fallback: "", menu: [] };
    const saved = await office.settings("PUT", { ...settings, greeting: "欢迎\n每天见", greeting_posts: true }, 0);
    expect(saved.status).toBe(200);
    const xml = await event("subscribe", {}, "oAnother");
    expect(titles(xml)).toEqual(["欢迎", ...[1, 2, 3, 4, 5, 6, 7].map((n) => `稿件 ${n}`)]);
    expect(xml).toContain("https://kanfa.test/publications/daily");
  });

  it("who asks for a person is handed over, and the office is told once an hour, not who it was", async () => {
    expect(await text("人工", "1")).toContain("transfer_customer_service");
    await text("人工", "2");
    world.wall += 50 * 60_000;
    await text("人工", "3");
    const alerts = () =>
      world.all<{ kind: string; subject: string; title: string; body: string }>(`SELECT * FROM alerts`);
    expect(await alerts()).toMatchObject([{ kind: "wechat.human", subject: "channel:wechat-1" }]);
    world.wall += 11 * 60_000;
    await text("人工", "4");
    expect(await alerts()).toHaveLength(2);
    expect(JSON.stringify(await alerts())).not.toContain("oReader");
  });
});

describe("a message that comes again", () => {
  beforeEach(() => office.account());

  it("changes nothing and is told nothing; another one counts", async () => {
    expect(await event("subscribe")).not.toBeNull();
    expect(await event("subscribe")).toBeNull();
    expect(await text("你好", "1")).not.toBeNull();
    expect(await text("你好", "1")).toBeNull();
    expect(await event("subscribe", {}, "oAnother")).not.toBeNull();
    await event("unsubscribe");
    await event("unsubscribe");
    expect(await world.all(`SELECT date, subscribed, unsubscribed FROM wechat_days`)).toEqual([
      { date: "2026-11-23", subscribed: 2, unsubscribed: 1 },
    ]);
  });

  it("counts once when all its repeats come together", async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => event("subscribe")));
    expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
    expect(await world.one(`SELECT subscribed FROM wechat_days`)).toBe(1);
  });

  it("after the Worker died over it is answered whole, and counts once", async () => {
    for (const side of ["before", "after"] as const)
      for (let n = 0; n < 4; n++) {
        const reader = `o-${side}-${n}`;
        world.line.crash(n, side);
        await office.ask(await office.signed(), office.message("event", { Event: "subscribe" }, reader));
        world.line.restart();
        const before = await world.one<number>(`SELECT total(subscribed) FROM wechat_days`);
        const answer = await event("subscribe", {}, reader);
        const after = await world.one<number>(`SELECT total(subscribed) FROM wechat_days`);
        expect([answer !== null, after - before], `${side} ${n}`).toEqual([after > before, answer === null ? 0 : 1]);
        expect(after).toBe(n + 1 + (side === "after" ? 4 : 0));
      }
  });

  it("is kept as a keyed hash, for minutes", async () => {
    await event("subscribe", {}, "oSomebodyInParticular");
    const kept = JSON.stringify([
      await world.all(`SELECT * FROM wechat_seen`),
      await world.all(`SELECT * FROM wechat_days`),
      await world.all(`SELECT * FROM audit`),
    ]);
    expect(kept).not.toContain("oSomebody");
    expect(await world.one(`SELECT count(*) FROM wechat_seen`)).toBe(1);
    world.wall += 3_600_000;
    await world.tick(world.wall);
    expect(await world.one(`SELECT count(*) FROM wechat_seen`)).toBe(0);
  });
});

describe("the end of a job", () => {
  const finish = (MsgID: string, Status = "send success") =>
    event("MASSSENDJOBFINISH", { MsgID, Status, SentCount: "9" });

  it("is noted once and has its channel looked at", async () => {
    await office.account();
    await world.db.batch([
      world.db.prepare(`UPDATE channels SET due_at = 9e15`),
      world.db.prepare(`UPDATE shards SET due_at = NULL, enqueued_until = 9e15`),
    ]);
    expect(await finish("1000001625")).toBeNull();
    world.wall += 60_000;
    await finish("1000001625", "send fail");
    const kept = await world.all<{ job: string; body: string }>(`SELECT job, body FROM wechat_finishes`);
    expect(kept.map(({ job }) => job)).toEqual(["mass:1000001625"]);
    expect(JSON.parse(kept[0]!.body)).toMatchObject({ status: "send success", counts: { sent: 9 } });
    expect(
      await world.all(`SELECT c.due_at AS channel, s.due_at AS shard, enqueued_until FROM channels c JOIN shards s`),
    ).toEqual([{ channel: at("09:00"), shard: at("09:00"), enqueued_until: 0 }]);
  });

  it("is told to who wants to know, in the same batch and once", async () => {
    await office.account();
    office.more = {
      wechatFinished: (db, channel, { job }, guard, now) => [
        db
          .prepare(
            `INSERT INTO audit (at, actor, action, subject, detail) SELECT ?, 'x', 'x', ?, '{}' WHERE ${guard.sql}`,
          )
          .bind(now, `${channel > 0} ${job}`, ...guard.args),
      ],
    };
    await finish("7");
    await finish("7");
    expect(await world.all(`SELECT subject FROM audit WHERE action = 'x'`)).toEqual([{ subject: "true mass:7" }]);
  });
});

describe("what it costs", () => {
  it("finds the account among 20,000 channels, and answers by words among 5,000 posts, by few rows", async () => {
    await office.account();
    await edition();
    await world.db.batch([
      world.db.prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
         INSERT INTO channels (uid, shard, kind, name, status, config, filter, expires_after, start_seq, cursor, due_at, rev, created_at, updated_at)
         SELECT 'reader-' || i, (SELECT min(id) FROM shards), 'webpush', 'x', 'active', '{}', '{}', 1, 0, 0, 0, 1, 0, 0 FROM n`,
      ),
      world.db.prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
         INSERT INTO posts (id, uid, article_id, publication_id, edition_id, position, hash, kind, title, digest, released_at)
         SELECT 1000 + i, 'post-' || i, article_id, publication_id, edition_id, 100 + i, hash, 'original', '旧闻 ' || i, '', 0
         FROM n, (SELECT * FROM posts LIMIT 1)`,
      ),
    ]);
    for (const [ask, most] of [
      [() => text("旧闻 4999"), { queries: 8, rows: 700 }],
      [() => event("CLICK", { EventKey: "today" }), { queries: 8, rows: 250 }],
      [() => event("subscribe"), { queries: 7, rows: 20 }],
      [async () => office.ask(await wrong(), MESSAGE), { queries: 2, rows: 5 }],
      [() => office.ask({}, MESSAGE), { queries: 1, rows: 2 }],
    ] as const) {
      world.line.resetCounts();
      await ask();
      const { queries, rowsRead } = world.line;
      expect(queries, ask.toString()).toBeLessThanOrEqual(most.queries);
      expect(rowsRead, ask.toString()).toBeLessThanOrEqual(most.rows);
    }
    await world.db.prepare(`DELETE FROM channels WHERE kind = 'webpush'`).run();
  });
});

describe("whatever is sent", () => {
  it("a body too large is not read, and no call is answered later than the platform waits", async () => {
    await office.account();
    expect(await office.ask(await office.signed(), "x".repeat(64 * 1024 + 1))).toMatchObject({ status: 413, text: "" });
    const never = new Promise<string>(() => {});
    expect(await within(never, 0, "late")).toBe("late");
    expect(await within(Promise.resolve("answer"), 10_000, "late")).toBe("answer");
  });

  it("a fault of ours asks the platform to come again, in no words", async () => {
    await office.account();
    world.line.crash(2, "before");
    expect(await office.ask(await office.signed(), office.message("text", { Content: "x" }))).toEqual({
      status: 503,
      type: null,
      text: "",
    });
  });

  it(
    "unsigned nobody is replied to; signed it is read or refused; nothing is ever our fault",
    { timeout: 600_000 },
    async () => {
      await office.account();
      await fc.assert(
        fc.asyncProperty(document, fc.boolean(), fc.boolean(), async (body, signed, aes) => {
          const query = { ...(await (signed ? office.signed() : wrong())), ...(aes && { encrypt_type: "aes" }) };
          const { status, text } = await office.ask(query, body);
          expect([200, 400, 403]).toContain(status);
          if (!signed || aes) expect([status, text]).toEqual([403, ""]);
        }),
        runs(150, 10_000),
      );
    },
  );
});
