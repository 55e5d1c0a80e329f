/** What becomes of a day's posts at an account, on a platform that refuses as WeChat refuses. */
import { describe, expect, it } from "vitest";
import { accountConfig } from "../../../src/channels/wechat/account.ts";
import { wechat } from "../../../src/channels/wechat/index.ts";
import { AccountOffice } from "./account-office.ts";
import { APP } from "./at.ts";

async function opened(posts: number, config: object = {}, setup: object = {}): Promise<AccountOffice> {
  const office = new AccountOffice(setup);
  await office.account(config);
  office.release(posts);
  return office;
}

const pages = (...kinds: [string, number[]][]): string[] =>
  kinds.flatMap(([kind, posts]) => posts.map((n) => `${kind} 稿件 ${n}`));
const to = (from: number, until: number): number[] => Array.from({ length: until - from + 1 }, (_, i) => from + i);
const alerts = (office: AccountOffice): string[] =>
  office
    .rows<{ kind: string; title: string }>(`SELECT kind, title FROM alerts`)
    .map(({ kind, title }) => `${kind} ${title}`);
const why = (office: AccountOffice, post: number): string =>
  office.value(`SELECT why FROM wechat_articles WHERE post_id = ?`, post);

describe("fifteen posts", () => {
  it("go out as eight to all and seven published, not before the account's time", async () => {
    const office = await opened(15);
    await office.tick();
    await office.drain();
    expect(office.platform.world.log).toEqual([]);
    await office.settle();
    expect(office.pages).toEqual(pages(["mass", to(1, 8)], ["publish", to(9, 15)]));
    expect(office.value("SELECT cursor FROM channels")).toBe(15);
    expect(alerts(office)).toEqual([]);
  });

  it("with the digest: the others first, then the lead, whose last article links them all", async () => {
    const office = await opened(15, { digest: true });
    await office.settle();
    expect(office.pages.slice(0, 8)).toEqual(pages(["publish", to(8, 15)]));
    expect(office.pages.slice(8, 15)).toEqual(pages(["mass", to(1, 7)]));
    const digest = office.platform.world.pages.at(-1)!;
    expect(digest.article.title).toBe("今日要闻（11月23日）");
    const links = [...digest.article.content.matchAll(/<a [^>]*href="([^"]+)"/g)].map(([, href]) => href);
    expect(links).toEqual(
      office
        .rows<{ url: string }>(`SELECT url FROM wechat_articles WHERE post_id >= 8 ORDER BY post_id`)
        .map(({ url }) => url),
    );
    expect(links).toHaveLength(8);
  });

  it("are sent to all once a day: what is released later is published only", async () => {
    const office = await opened(3);
    await office.settle();
    office.release(2);
    await office.settle();
    expect(office.pages).toEqual(pages(["mass", [1, 2, 3]], ["publish", [4, 5]]));
    office.now += 24 * 3_600_000;
    office.release(1);
    await office.settle();
    expect(office.pages.at(-1)).toBe("mass 稿件 6");
  });

  it("are published when the platform has no message left, whatever we counted, and the office is told", async () => {
    const office = await opened(2, {}, { mass: { day: 0, month: 0 } });
    await office.settle();
    expect(office.pages).toEqual(pages(["publish", [1, 2]]));
    expect(office.receipts).toEqual(["published publish 1", "published publish 2"]);
    // Followers were called by nobody: the office should know.
    expect(alerts(office)).toEqual(["wechat.account 公众号“gzh”：微信说群发次数已经用完，与刊发的记录不同（45028）"]);
  });

  it("and more than a push holds go on in the next one, without another message", async () => {
    const office = await opened(30);
    await office.settle();
    expect(office.pages).toEqual(pages(["mass", to(1, 8)], ["publish", to(9, 30)]));
    expect(office.rows(`SELECT json_array_length(entries) AS n FROM deliveries`)).toEqual([{ n: 24 }, { n: 6 }]);
  });

  it("of a 服务号 are sent four times a month", async () => {
    const office = await opened(1, { mode: "service" }, { type: "service" });
    for (let day = 1; day <= 5; day++) {
      await office.settle();
      office.now += 24 * 3_600_000;
      office.release(1);
    }
    expect(office.pages).toEqual(pages(["mass", to(1, 4)], ["publish", [5]]));
  });
});

describe("an article that the platform refuses", () => {
  it("is told of at once to those who follow alerts", async () => {
    const office = await opened(1);
    office.sqlite.query(`INSERT INTO shards (id, members, purpose) VALUES (90, 1, 'alert')`);
    const pushing = { channel: office.value<number>("SELECT id FROM channels"), uid: "gzh", config: {}, id: "gzh_0" };
    const posts = [{ post: "post-1", title: "稿件 1", why: "没有通过" }];
    await office.books["wechat"]!({ ...pushing, now: office.now }, { type: "left-out", bundle: "gzh_0:1", posts });
    expect(office.value("SELECT due_at FROM shards WHERE id = 90")).toBe(office.now);
  });

  it("by name goes out of its bundle, and the others go on", async () => {
    const office = await opened(9);
    office.platform.world.faults.outcomes.push({ of: "publish", publish_status: 2, fail_idx: [1] });
    await office.settle();
    expect(office.pages).toEqual(pages(["mass", to(1, 8)]));
    expect(why(office, 9)).toContain("原创");
    expect(alerts(office)).toEqual(["wechat.left_out 1 篇没有发到公众号"]);
    expect(office.value("SELECT body FROM alerts")).toMatch(/^《稿件 9》：.*原创/);
  });

  it("without a name is found by halves", async () => {
    const office = await opened(4);
    office.sqlite.query(`UPDATE posts SET title = ? WHERE id = 3`, "坏");
    const { handle } = office.platform;
    office.platform.handle = async (request, options) => {
      const copy = request.clone();
      if (new URL(request.url).pathname === "/cgi-bin/draft/add" && (await copy.text()).includes('"坏"'))
        return Response.json({ errcode: 45166, errmsg: "invalid content" });
      return handle.call(office.platform, request, options);
    };
    await office.settle();
    expect(office.pages).toEqual(pages(["mass", [1, 2]], ["publish", [4]]));
    expect(office.receipts).toEqual(["published mass 1", "published mass 2", "failed draft 0", "published publish 1"]);
  });

  it("or keeps only in part is not published", async () => {
    const office = await opened(2);
    const { handle } = office.platform;
    let looks = 0;
    office.platform.handle = async (request, options) => {
      const response = await handle.call(office.platform, request, options);
      if (new URL(request.url).pathname !== "/cgi-bin/draft/get" || looks++ > 0) return response;
      return new Response((await response.text()).replace("正文", "正"), response);
    };
    await office.settle();
    expect(office.pages).toEqual(pages(["mass", [2]]));
    expect(why(office, 1)).toContain("正文在");
  });
});

describe("a message to all", () => {
  /** Two posts, sent to all on an account whose administrator has to confirm; gives the msg_id. */
  async function waiting(): Promise<{ office: AccountOffice; job: string }> {
    const office = await opened(2, {}, { protected: true });
    office.now += 15 * 60_000;
    const { sends } = office.platform.account(APP.app_id);
    for (let i = 0; i < 5 && sends.length === 0; i++) {
      await office.tick();
      await office.drain();
      office.now += 60_000;
    }
    return { office, job: String(sends[0]!.msg_id) };
  }

  /** The platform's event comes: how it ended. */
  const told = (office: AccountOffice, job: string, status: string): void => {
    const body = { type: "mass", job: `mass:${job}`, msgId: job, status, articles: [] };
    office.sqlite.query(
      `INSERT INTO wechat_finishes (channel_id, job, body, at) SELECT id, ?, ?, ? FROM channels`,
      `mass:${job}`,
      JSON.stringify(body),
      office.now,
    );
  };

  it("that the administrator leaves alone is published instead, and the office is told", async () => {
    const { office } = await waiting();
    await office.settle();
    expect(office.pages).toEqual(pages(["publish", [1, 2]]));
    expect(alerts(office)).toHaveLength(1);
    expect(alerts(office)[0]).toContain("没有群发成功");
  });

  it("that was deleted before its result was known does not come again", async () => {
    const { office } = await waiting();
    office.platform.decide(APP.app_id, true);
    const [sent] = office.platform.account(APP.app_id).sends;
    Object.defineProperty(sent, "status", { get: () => "DELETE", set() {} });
    await office.settle();
    expect(office.platform.made("publish")).toEqual([]);
    expect(why(office, 1)).toContain("删除");
  });

  it.each([
    ["err(40001)", "管理员拒绝"],
    ["err(20001)", "涉嫌政治"],
  ])("that somebody decided against (%s) goes out in no other way", async (status, words) => {
    const { office, job } = await waiting();
    if (status === "err(40001)") office.platform.decide(APP.app_id, false);
    told(office, job, status);
    await office.settle();
    expect(office.pages).toEqual([]);
    expect(office.receipts).toEqual(["failed draft 0", "failed draft 0"]);
    expect(alerts(office)).toEqual(["wechat.left_out 2 篇没有发到公众号"]);
    expect(why(office, 1)).toContain(words);
  });
});

describe("trouble of the account", () => {
  it.each([40164, 48001, 50007, 40243, 89503])(
    "%i: told once, nothing lost, and it goes on when it is mended",
    async (code) => {
      const office = await opened(2);
      const broken = code === 48001 ? "/cgi-bin/draft/add" : "/cgi-bin/stable_token";
      office.platform.script.push(
        ...Array.from({ length: 3 }, () => ({
          path: broken,
          answer: { errcode: code, errmsg: "invalid ip 1.2.3.4" },
        })),
      );
      await office.settle();
      expect(alerts(office)).toHaveLength(1);
      expect(alerts(office)[0]).toMatch(new RegExp(`^wechat\\.account 公众号“gzh”：.*（${code}）$`));
      expect(office.pages).toEqual(pages(["mass", [1, 2]]));
    },
  );
});

describe("a correction", () => {
  const corrected = (office: AccountOffice, post: number): void => {
    office.sqlite.query(`UPDATE posts SET title = ?, corrected_at = ? WHERE id = ?`, `更正 ${post}`, office.now, post);
    office.append("corrected", post);
  };

  it("of what was published takes its place there", async () => {
    const office = await opened(9);
    await office.settle();
    corrected(office, 9);
    await office.settle();
    expect(office.pages).toEqual([...pages(["mass", to(1, 8)]), "publish 更正 9"]);
    expect(office.receipts.at(-1)).toBe("published publish 1");
  });

  it("of what was sent to all, or where the office wants it so, is a person's", async () => {
    for (const [posts, post, config] of [
      [2, 2, {}],
      [9, 9, { on_correction: "hand_over" }],
    ] as const) {
      const office = await opened(posts, config);
      await office.settle();
      const before = office.pages;
      corrected(office, post);
      await office.settle();
      expect(office.pages).toEqual(before);
      expect(office.rows(`SELECT kind, state FROM wechat_sheets`)).toEqual([{ kind: "correct", state: "open" }]);
    }
  });

  it("of what the platform refused publishes it", async () => {
    const office = await opened(9);
    office.platform.world.faults.outcomes.push({ of: "publish", publish_status: 4, fail_idx: [1] });
    await office.settle();
    corrected(office, 9);
    await office.settle();
    expect(office.pages.at(-1)).toBe("publish 更正 9");
  });

  it.each(["draft/get", "draft/add", "freepublish/submit"])(
    "that comes before %s is in what goes out",
    async (path) => {
      const office = await opened(9);
      const { handle } = office.platform;
      let calls = 0;
      office.platform.handle = async (request, options) => {
        // Of the second bundle, which is the one of the corrected post.
        if (
          new URL(request.url).pathname === `/cgi-bin/${path}` &&
          ++calls === (path === "freepublish/submit" ? 1 : 2)
        ) {
          corrected(office, 9);
          throw new TypeError("the platform reset the connection");
        }
        return handle.call(office.platform, request, options);
      };
      await office.settle();
      const live = office.pages;
      expect(live.slice(0, 8)).toEqual(pages(["mass", to(1, 8)]));
      expect(live.slice(8)).toEqual(["publish 更正 9"]);
      expect(why(office, 9)).toBeNull();
    },
  );
});

describe("a recall", () => {
  it("of a post whose draft is made keeps it from going out", async () => {
    const office = await opened(3);
    const { handle } = office.platform;
    let done = false;
    office.platform.handle = async (request, options) => {
      const response = await handle.call(office.platform, request, options);
      if (!done && new URL(request.url).pathname === "/cgi-bin/draft/get") {
        done = true;
        office.append("recalled", 2);
      }
      return response;
    };
    await office.settle();
    expect(office.pages).toEqual(pages(["mass", [1, 3]]));
    expect(office.receipts).toEqual(["published mass 1", "published mass 2"]);
    expect(office.platform.account(APP.app_id).drafts.size).toBe(0);
  });

  it("of what is out asks for its take-down", async () => {
    const office = await opened(2);
    await office.settle();
    office.append("recalled", 2);
    await office.settle();
    expect(office.rows(`SELECT post_id, state FROM wechat_takedowns`)).toEqual([{ post_id: 2, state: "open" }]);
  });
});

describe("an account that a person sends for", () => {
  it.each(["manual", "drafts"])("of mode %s gets its drafts, and a sheet for each", async (mode) => {
    const office = await opened(9, { mode });
    await office.settle();
    expect(office.pages).toEqual([]);
    expect(office.platform.account(APP.app_id).drafts.size).toBe(2);
    expect(office.rows(`SELECT kind, state FROM wechat_sheets`)).toEqual(
      Array.from({ length: 2 }, () => ({ kind: "send", state: "open" })),
    );
    expect(office.receipts).toEqual([...to(1, 8).map((n) => `drafted draft ${n}`), "drafted draft 1"]);
    expect(office.rows<{ body: string }>(`SELECT body FROM alerts`).map(({ body }) => body.slice(0, 10))).toEqual([
      "头条《稿件 1》。请",
      "头条《稿件 9》。请",
    ]);
  });
});

describe("an account that cannot be called until the news is stale", () => {
  /** From the `nth` call of `path` on nothing is answered, this call's effect included if `after`. */
  function silence(office: AccountOffice, path: string, nth: number, after: boolean): void {
    const { handle } = office.platform;
    let calls = 0;
    let silent = false;
    office.platform.handle = async (request, options) => {
      const last = !silent && new URL(request.url).pathname === `/cgi-bin/${path}` && ++calls === nth;
      silent ||= last;
      if (silent && !(last && after)) throw new TypeError("the platform reset the connection");
      const response = await handle.call(office.platform, request, options);
      if (silent) throw new TypeError("the platform reset the connection");
      return response;
    };
  }

  it("leaves out what was not submitted, and the office is told which posts", async () => {
    const office = await opened(10);
    silence(office, "draft/add", 2, false);
    await office.settle();
    expect(office.pages).toEqual(pages(["mass", to(1, 8)]));
    expect(office.receipts).toEqual([
      ...to(1, 8).map((n) => `published mass ${n}`),
      "failed draft 0",
      "failed draft 0",
    ]);
    expect(why(office, 10)).toContain("没有发出");
    expect(office.rows(`SELECT title FROM alerts WHERE kind = 'wechat.left_out'`)).toEqual([
      { title: "2 篇没有发到公众号" },
    ]);
    expect(office.rows(`SELECT outcome, state FROM deliveries`)).toEqual([{ outcome: "expired", state: null }]);
    expect(office.value("SELECT cursor FROM channels")).toBe(10);
  });

  it("takes what was submitted for published: it is never sent again", async () => {
    const office = await opened(10);
    silence(office, "freepublish/submit", 1, true);
    await office.settle();
    expect(office.receipts.slice(8)).toEqual(["published publish 1", "published publish 2"]);
    expect(why(office, 9)).toContain("不会再发");
    expect(office.platform.made("publish")).toHaveLength(1);
  });
});

describe("gathering", () => {
  const at = (time: string) => Date.parse(`2026-11-23T${time}:00+08:00`);
  const account = (more: object) => accountConfig.parse({ app_id: APP.app_id, mode: "certified", ...more });

  it.each([
    ["released before the account's time waits for it", "08:30", "08:31", "17:30"],
    ["released before, looked at after, goes", "08:30", "17:30", null],
    ["released after goes at once", "18:30", "18:30", null],
  ])("a post %s", (_, released, now, until) => {
    const held = wechat.holds!(account({ push_at: "17:30" }), at(released), at(now));
    expect(held).toBe(until === null ? null : at(until));
  });

  it("goes by the clocks of the account's zone, also on a day when they are set forward", () => {
    const config = account({ push_at: "02:30", time_zone: "America/New_York" });
    // 8 March 2026 has no 02:30 in New York: the clocks go from 02:00 to 03:00.
    const midnight = Date.parse("2026-03-08T00:00:00-05:00");
    expect(wechat.holds!(config, midnight, midnight)).toBe(Date.parse("2026-03-08T03:00:00-04:00"));
  });
});
