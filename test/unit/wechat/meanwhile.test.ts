/** What people do while a push to an account is on its way: nothing goes out twice, stays out, or goes unnoticed. */
import { describe, expect, it } from "vitest";
import { AccountOffice } from "./account-office.ts";
import { APP } from "./at.ts";

async function opened(posts: number, config: object = {}, setup: object = {}): Promise<AccountOffice> {
  const office = new AccountOffice(setup);
  await office.account(config);
  office.release(posts);
  return office;
}

/** After the platform has taken the `nth` call of a path; what it answers then may be another. */
function after(office: AccountOffice, path: string, nth: number, act: () => Response | void): void {
  const { handle } = office.platform;
  let calls = 0;
  office.platform.handle = async (request, options) => {
    const response = await handle.call(office.platform, request, options);
    return new URL(request.url).pathname === `/cgi-bin/${path}` && ++calls === nth ? (act() ?? response) : response;
  };
}

/** Until nobody has anything to do, take-downs included. */
async function rest(office: AccountOffice): Promise<void> {
  await office.settle();
  for (let ticks = 0; ticks < 3; ticks++) {
    office.now += 60_000;
    await office.tick();
    await office.drain();
  }
}

const lost = (): never => {
  throw new TypeError("the platform reset the connection");
};

function correct(office: AccountOffice, post: number): void {
  office.now += 1000;
  office.sqlite.query(`UPDATE posts SET title = ?, corrected_at = ? WHERE id = ?`, `更正 ${post}`, office.now, post);
  office.append("corrected", post);
}

const titlesOf = (office: AccountOffice): [number, string][] =>
  office
    .rows<{ post: number; url: string }>(`SELECT post_id AS post, url FROM wechat_articles WHERE state = 'published'`)
    .filter(({ url }) => url !== null)
    .map(({ post, url }) => [post, office.platform.world.pages.find(({ id }) => url.endsWith(id))!.article.title]);

describe("a recall after the submission", () => {
  it.each([
    [3, "message/mass/sendall"],
    [11, "freepublish/submit"],
  ])("of the second of a bundle leaves the others their places, and is taken down (%i posts)", async (posts, path) => {
    const office = await opened(posts);
    const post = posts === 3 ? 2 : 10;
    after(office, path, 1, () => void office.append("recalled", post));
    await rest(office);
    expect(office.pages).not.toContain(`publish 稿件 ${post}`);
    expect(office.pages).not.toContain(`mass 稿件 ${post}`);
    expect(office.pages).toHaveLength(posts - 1);
    for (const [n, title] of titlesOf(office)) expect(title).toBe(`稿件 ${n}`);
  });

  it("whose answer was lost finds what was published all the same", async () => {
    const office = await opened(11);
    after(office, "freepublish/submit", 1, () => {
      office.append("recalled", 10);
      return lost();
    });
    await rest(office);
    expect(office.pages.slice(8)).toEqual(["publish 稿件 9", "publish 稿件 11"]);
    expect(office.platform.made("publish")).toHaveLength(1);
  });
});

describe("a message to all whose answer was lost", () => {
  it.each(["corrected", "recalled"] as const)("is not sent again for a post that is %s meanwhile", async (how) => {
    const office = await opened(3);
    after(office, "message/mass/sendall", 1, () => {
      if (how === "corrected") correct(office, 2);
      else office.append("recalled", 2);
      return lost();
    });
    await rest(office);
    expect(office.platform.made("mass")).toHaveLength(1);
    const kept = how === "corrected" ? [1, 2, 3] : [1, 3];
    expect(office.pages).toEqual(kept.map((n) => `mass 稿件 ${n}`));
  });
});

describe("corrections", () => {
  it("of one post, two at once, publish it once", async () => {
    const office = await opened(9);
    await office.settle();
    correct(office, 9);
    correct(office, 9);
    await office.settle();
    expect(office.pages.slice(8)).toEqual(["publish 更正 9"]);
  });

  it("that the platform refuses are told of, each once: the old text is still there", async () => {
    const office = await opened(9);
    await office.settle();
    for (let times = 1; times <= 2; times++) {
      office.platform.script.push({ path: "/cgi-bin/draft/add", answer: { errcode: 45166 } });
      correct(office, 9);
      await office.settle();
      const told = office.rows<{ body: string }>(`SELECT body FROM alerts WHERE kind = 'wechat.left_out'`);
      expect(told).toHaveLength(times);
      expect(told[0]!.body).toMatch(/^《更正 9》：.*公众号上仍是更正前的文章/);
    }
    expect(office.pages.slice(8)).toEqual(["publish 稿件 9"]);
    expect(office.receipts[8]).toBe("published publish 1");
  });
});

describe("a publication that is stopped", () => {
  const stop = (office: AccountOffice, yes: boolean): void =>
    void office.sqlite.query(`UPDATE publications SET stopped_at = ?`, yes ? office.now : null);

  it("still has written down what is out, so that it can be recalled; nothing more goes out before it is started", async () => {
    const office = await opened(9);
    after(office, "message/mass/sendall", 1, () => stop(office, true));
    for (let minutes = 0; minutes < 40; minutes++) {
      await office.tick();
      await office.drain();
      office.now += 60_000;
    }
    expect(office.receipts).toEqual(Array.from({ length: 8 }, (_, i) => `published mass ${i + 1}`));
    expect(office.platform.made("publish")).toEqual([]);
    stop(office, false);
    await office.settle();
    expect(office.pages.at(-1)).toBe("publish 稿件 9");
  });
});

describe("settings that change during a push", () => {
  it("to a mode in which a person sends turn what the platform refuses into a sheet", async () => {
    const office = await opened(2, {}, { type: "uncertified" });
    for (let minutes = 0; minutes < 20; minutes++) {
      await office.tick();
      await office.drain();
      office.now += 60_000;
    }
    const config = office.value<string>(`SELECT config FROM channels`).replace('"certified"', '"drafts"');
    office.sqlite.query(`UPDATE channels SET config = ?`, config);
    await office.settle();
    expect(office.rows(`SELECT kind, state FROM wechat_sheets`)).toEqual([{ kind: "send", state: "open" }]);
    expect(office.receipts).toEqual(["drafted draft 1", "drafted draft 2"]);
    expect(office.platform.account(APP.app_id).drafts.size).toBe(1);
  });
});

describe("an answer that does not say which job it is", () => {
  it.each([
    [2, "message/mass/sendall", ["mass", "mass"]],
    [9, "freepublish/submit", [...Array<string>(8).fill("mass"), "publish"]],
  ])("is no answer (%i posts)", async (posts, path, kinds) => {
    const office = await opened(posts);
    after(office, path, 1, () => Response.json({}));
    await office.settle();
    expect(office.pages).toEqual(kinds.map((kind, i) => `${kind} 稿件 ${i + 1}`));
    for (const [n, title] of titlesOf(office)) expect(title).toBe(`稿件 ${n}`);
  });
});

describe("an account whose library is full", () => {
  it("loses nothing, however long it takes: the push goes on when there is room", async () => {
    const office = await opened(8, {}, { library: 0 });
    // Each post has a cover of its own.
    office.sqlite.query(
      `INSERT OR IGNORE INTO revisions (article_id, hash, title, digest, markdown, meta, media, saved_by, saved_at)
       SELECT 1, 'h' || id, 't', 'd', '正文', json_object('credits', json('[]'), 'cover', 'https://img.example.cn/' || id || '.jpg', 'source', NULL), '[]', 't', 0 FROM posts`,
    );
    office.sqlite.query(`UPDATE posts SET hash = 'h' || id`);
    for (let hours = 0; hours < 45; hours++)
      for (let half = 0; half < 2; half++) {
        await office.tick();
        await office.drain();
        office.now += 30 * 60_000;
      }
    expect(office.rows(`SELECT outcome FROM deliveries`)).not.toEqual([{ outcome: "rejected" }]);
    const titles = office.rows<{ title: string }>(`SELECT title FROM alerts`).map(({ title }) => title);
    expect(new Set(titles).size).toBe(1);
    expect(titles.length).toBeLessThanOrEqual(3);
    expect(office.platform.world.log.length).toBeGreaterThan(600);
    office.platform.account(APP.app_id).library = 100;
    await office.settle();
    expect(office.pages).toHaveLength(8);
  });
});

describe("an account without comments", () => {
  it("is told to turn them off, and its push goes on when that is done", async () => {
    const office = await opened(2, { comments: "everyone" }, { comments: false });
    for (let minutes = 0; minutes < 20; minutes++) {
      await office.tick();
      await office.drain();
      office.now += 60_000;
    }
    const [told] = office.rows<{ title: string; body: string }>(`SELECT title, body FROM alerts`);
    expect([told!.title, told!.body].join()).toMatch(/没有留言功能.*comments 改为 off/);
    office.sqlite.query(`UPDATE channels SET config = replace(config, '"everyone"', '"off"')`);
    await office.settle();
    expect(office.pages).toEqual(["mass 稿件 1", "mass 稿件 2"]);
  });
});

describe("ids of more than 53 bits", () => {
  it("are the platform's to the last digit", async () => {
    const office = await opened(2);
    const { handle } = office.platform;
    const asked: string[] = [];
    office.platform.handle = async (request, options) => {
      const path = new URL(request.url).pathname;
      if (path === "/cgi-bin/message/mass/sendall")
        return new Response('{"errcode":0,"errmsg":"ok","msg_id":9007199254740993,"msg_data_id":9007199254740995}');
      if (path !== "/cgi-bin/message/mass/get") return handle.call(office.platform, request, options);
      asked.push(await request.text());
      return new Response('{"msg_id":9007199254740993,"msg_status":"SEND_SUCCESS"}');
    };
    await office.settle();
    expect(asked[0]).toContain("9007199254740993");
    expect(office.rows(`SELECT DISTINCT job FROM wechat_articles`)).toEqual([{ job: "9007199254740993" }]);
  });
});
