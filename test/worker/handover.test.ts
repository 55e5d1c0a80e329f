/** 交接: what a released video asks of people, and what they tick off. */
import { env, exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { contentHash } from "../../src/articles/intake.ts";
import { VIDEO_LIMIT } from "../../src/articles/video.ts";
import type { Content } from "../../src/articles/types.ts";
import { countOpen } from "../../src/handover/store.ts";
import { sha256 } from "../../src/platform/crypto.ts";
import { MINUTE } from "../../src/platform/time.ts";
import type { Article, Page } from "./helpers/api.ts";
import {
  api,
  apiWith,
  auditOf,
  expectProblem,
  expectStatus,
  expectUnwritten,
  makeArticle,
  makePublication,
  makeToken,
  meddled,
  ORIGIN,
  readArticle,
  walk,
} from "./helpers/api.ts";
import { at, Crash, DATE, World } from "./helpers/world.ts";

const world = new World();
const HOUR = 60 * MINUTE;

interface Task {
  id: string;
  kind: string;
  outlet: string;
  outlet_name: string;
  state: string;
  overdue: boolean;
  publication: string;
  article_id: string;
  post: { id: string; seq: number; title: string; url: string };
  link: string | null;
  due_at: string;
  done_by: string | null;
  done_at: string | null;
  note: string;
}
interface Detail extends Task {
  pack: {
    title: string;
    description: string;
    hashtags: string[];
    cover: string | null;
    file: string | null;
    captions: string | null;
    credits: string;
    hash: string;
    warnings: string[];
  } | null;
}

const LINKS = {
  channels: "https://channels.weixin.qq.com/web/pages/feed?eid=1",
  douyin: "https://v.douyin.com/iABC/",
} as const;

const VIDEO = {
  publication: "video",
  kind: "video",
  title: "火炉边的二十分钟党课",
  digest: "大雪天，党课讲到了火炉边。",
  markdown: "雪下了一夜。",
  credits: [{ role: "摄", name: "关雪遥" }],
  cover: "https://pic.example.org/1.jpg",
  file: "https://disk.example.org/1.mp4",
  captions: "1\n00:00:01,000 --> 00:00:02,000\n雪下了一夜。",
};

const tasks = async (query = "") =>
  expectStatus(await api<Page<Task>>("GET", `/handovers?limit=100${query}`), 200).items.toReversed();
const read = async (id: string) => expectStatus(await api<Detail>("GET", `/handovers/${id}`), 200);
const done = (id: string, body: unknown, token?: string) =>
  api<Detail>("POST", `/handovers/${id}/done`, { body, ...(token !== undefined && { token }) });
const reopen = (id: string, reason = "链接有误") =>
  api<Detail>("POST", `/handovers/${id}/reopen`, { body: { reason } });
const states = async () => (await tasks()).map(({ outlet, kind, state }) => `${outlet} ${kind} ${state}`);

/** A queued video. */
async function video(fields: Record<string, unknown> = {}): Promise<Article> {
  const { id } = await makeArticle({ ...VIDEO, ...fields });
  return expectStatus(await api<Article>("POST", `/articles/${id}/submit`), 200);
}

/** A video that is out, with its tasks by outlet. */
async function released(
  fields: Record<string, unknown> = {},
): Promise<{ article: string; channels: Task; douyin: Task }> {
  const { id } = await video(fields);
  await world.tick(at("12:00"));
  const own = (await tasks()).filter((task) => task.article_id === id);
  return { article: id, channels: own[0]!, douyin: own[1]! };
}

const correct = (id: string, fields: Record<string, unknown>) =>
  api<Article>("POST", `/articles/${id}/correct`, { body: fields });
const recall = (id: string) => api<Article>("POST", `/articles/${id}/recall`, { body: { note: "内容有误" } });

beforeEach(async () => {
  await world.wipe();
  await makePublication("video", { medium: "video", quota: 1, release_times: ["0 12 * * *"] });
});

describe("a released video", () => {
  it("is to be handed over to each outlet, and is on the wire as any post", async () => {
    const { id } = await video();
    await world.tick(at("07:00"));
    expect(await tasks()).toEqual([]);
    await world.tick(at("12:00"));
    expect(await world.all(`SELECT seq, kind FROM wire`)).toEqual([{ seq: 1, kind: "published" }]);
    expect(await tasks()).toEqual(
      (["channels", "douyin"] as const).map((outlet) => ({
        id: expect.stringMatching(new RegExp(`^[0-9a-f-]{36}-${outlet}-1$`)) as string,
        kind: "publish",
        outlet,
        outlet_name: outlet === "channels" ? "视频号" : "抖音号",
        state: "open",
        overdue: expect.any(Boolean) as boolean,
        publication: "video",
        article_id: id,
        post: {
          id: expect.any(String) as string,
          seq: 1,
          title: VIDEO.title,
          url: expect.stringContaining("https://kanfa.test/posts/") as string,
          column: null,
          unit: null,
          released_at: `${DATE}T12:00:00+08:00`,
        },
        link: null,
        due_at: `${DATE}T16:00:00+08:00`,
        done_by: null,
        done_at: null,
        note: "",
        created_at: `${DATE}T12:00:00+08:00`,
      })),
    );
  });

  it("makes one task an outlet however often, and by how many ticks, it is released", async () => {
    await video();
    await world.tick(at("07:00"));
    await Promise.all([world.tick(at("12:00")), world.tick(at("12:00"))]);
    for (let i = 0; i < 3; i++) await world.tick(at("12:00"));
    expect(await states()).toEqual(["channels publish open", "douyin publish open"]);
  });

  it.each(["before", "after"] as const)(
    "makes one task an outlet when the Worker dies %s any effect",
    { timeout: 60_000 },
    async (side) => {
      const day = async () => {
        for (const time of ["07:00", "12:00"]) {
          try {
            await world.tick(at(time));
          } catch (error) {
            if (!(error instanceof Crash) && !(error instanceof AggregateError)) throw error;
          }
        }
      };
      await video();
      const again = await world.save();
      world.line.resetCounts();
      await day();
      const effects = world.line.effects.length;
      expect(effects).toBeGreaterThan(5);
      for (let n = 0; n < effects; n++) {
        await again();
        world.line.crash(n, side);
        await day();
        world.line.restart();
        await world.tick(at("12:01"));
        await world.tick(at("12:02"));
        expect(await states(), `killed ${side} effect ${n}`).toEqual(["channels publish open", "douyin publish open"]);
      }
    },
  );

  it("makes no task when its slot was released by another", async () => {
    await video();
    await world.tick(at("07:00"));
    await world.db.prepare(`UPDATE slots SET released_at = 1, stamp = 'other'`).run();
    await world.tick(at("12:00"));
    expect(await tasks()).toEqual([]);
  });

  it("leaves the tasks of the days before as they are", async () => {
    const { channels } = await released();
    expectStatus(await done(channels.id, { link: LINKS.channels }), 200);
    const before = await world.all(`SELECT * FROM handovers ORDER BY id`);
    await video({ title: "第二天的视频短片" });
    await world.tick(at("12:00", "2026-11-24"));
    const after = await world.all(`SELECT * FROM handovers ORDER BY id`);
    expect(after.slice(0, 2)).toEqual(before);
    expect((await tasks()).slice(2).map(({ post, state }) => [post.seq, state])).toEqual([
      [2, "open"],
      [2, "open"],
    ]);
  });

  it("an article makes none", async () => {
    await world.articles(await world.publication({ quota: 2 }), 2);
    await world.tick(at("20:00"));
    expect(await world.one(`SELECT count(*) FROM posts`)).toBe(2);
    expect(await tasks()).toEqual([]);
  });
});

describe("the outlets of a publication", () => {
  const put = (id: string, body: unknown, rev?: number) =>
    api<{ rev: number; outlets: string[] }>("PUT", `/publications/${id}`, {
      body,
      ...(rev !== undefined && { headers: { "if-match": `"${rev}"` } }),
    });

  it("are both for a video publication, none for another, and can be chosen", async () => {
    expect((await api("GET", "/publications/video")).json).toMatchObject({ outlets: ["channels", "douyin"] });
    expect(expectStatus(await put("paper", { name: "报" }), 201).outlets).toEqual([]);
    expect(expectStatus(await put("video", { outlets: ["douyin"] }, 1), 200).outlets).toEqual(["douyin"]);
    expect(expectStatus(await put("video", { quota: 2 }, 2), 200).outlets).toEqual(["douyin"]);
    await video();
    await world.tick(at("12:00"));
    expect(await states()).toEqual(["douyin publish open"]);
  });

  it("may be none", async () => {
    expectStatus(await put("video", { outlets: [] }, 1), 200);
    await video();
    await world.tick(at("12:00"));
    expect(await world.one(`SELECT count(*) FROM posts`)).toBe(1);
    expect(await tasks()).toEqual([]);
  });

  it("are refused for a publication of articles, made up or named twice", async () => {
    await expectUnwritten(async () => {
      expectProblem(await put("paper", { name: "报", outlets: ["douyin"] }), 422, "outlets");
      expectProblem(await put("video", { outlets: ["kuaishou"] }, 1), 422);
      expectProblem(await put("video", { outlets: ["douyin", "douyin"] }, 1), 422, "outlets");
    });
  });
});

describe("the pack", () => {
  it("is ready to post: what the form asks for, within the outlet's limits", async () => {
    expectStatus(await api("POST", "/columns", { body: { id: "yixing", name: "每周一星" } }), 201);
    const title = "白音特拉乡的老党员把党课讲到了火炉边";
    const { channels, douyin } = await released({ column: "yixing", title });
    const pack = (await read(channels.id)).pack!;
    expect(pack).toEqual({
      title: title.slice(0, 16),
      description: "大雪天，党课讲到了火炉边。\n摄：关雪遥\n#每周一星",
      hashtags: ["#每周一星"],
      credits: "摄：关雪遥",
      cover: VIDEO.cover,
      file: VIDEO.file,
      captions: VIDEO.captions,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      warnings: ["标题超过视频号的 16 字，已截短，请核对是否通顺。"],
    });
    expect((await read(douyin.id)).pack).toMatchObject({ title, warnings: [] });
  });

  it("says what a video without a file lacks", async () => {
    const { channels } = await released({ file: null, captions: null, cover: null });
    expect((await read(channels.id)).pack).toMatchObject({ file: null, captions: null, cover: null });
    expect((await read(channels.id)).pack!.warnings).toHaveLength(3);
  });

  it("says first when the publication is stopped", async () => {
    const { channels } = await released();
    expectStatus(await api("POST", "/publications/video/stop", { body: { reason: "舆情核查" } }), 200);
    expect((await read(channels.id)).pack!.warnings).toEqual(["本刊已紧急停发：先不要发布。"]);
  });
});

describe("ticking off", () => {
  it("notes the link, who and when, and is audited; the same again changes nothing", async () => {
    const { channels } = await released();
    const token = await makeToken("duty", ["read", "editions"], "publisher");
    const first = expectStatus(await done(channels.id, { link: LINKS.channels, note: "已发" }, token), 200);
    expect(first).toMatchObject({
      state: "done",
      overdue: false,
      link: LINKS.channels,
      done_by: "person:duty",
      done_at: expect.stringMatching(/\+08:00$/) as string,
      note: "已发",
    });
    await expectUnwritten(async () =>
      expect(expectStatus(await done(channels.id, { link: LINKS.channels }), 200)).toEqual(first),
    );
    expect(await auditOf(`handover:${channels.id}`)).toEqual([{ actor: "person:duty", action: "handover.done" }]);
    expect(await states()).toEqual(["channels publish done", "douyin publish open"]);
  });

  it("by two at once is done by one, with one audit row", async () => {
    const { douyin } = await released();
    const answers = await Promise.all([
      done(douyin.id, { link: LINKS.douyin }),
      done(douyin.id, { link: `${LINKS.douyin}other` }),
    ]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
    expect(await auditOf(`handover:${douyin.id}`)).toHaveLength(1);
  });

  it.each([
    ["the other outlet's", LINKS.douyin],
    ["one that ends alike", "https://evilweixin.qq.com/x"],
    ["one that starts alike", "https://channels.weixin.qq.com.evil.example/x"],
    ["plain http", "http://channels.weixin.qq.com/x"],
    ["script", "javascript:alert(1)"],
    ["no address", "视频号"],
    ["nothing", undefined],
    ["null", null],
  ])("refuses a link to a wrong host: %s", async (_, link) => {
    const { channels } = await released();
    await expectUnwritten(async () => expectProblem(await done(channels.id, { link }), 422, "link"));
    expect((await read(channels.id)).state).toBe("open");
  });

  it("with another link once it is done needs a reopening", async () => {
    const { douyin } = await released();
    expectStatus(await done(douyin.id, { link: LINKS.douyin }), 200);
    await expectUnwritten(async () => expectProblem(await done(douyin.id, { link: `${LINKS.douyin}x` }), 409));
    const again = expectStatus(await reopen(douyin.id), 200);
    expect(again).toMatchObject({ state: "open", link: LINKS.douyin, done_by: null, done_at: null, note: "链接有误" });
    await expectUnwritten(async () => expectStatus(await reopen(douyin.id, "再次"), 200));
    expect(expectStatus(await done(douyin.id, { link: `${LINKS.douyin}x` }), 200).link).toBe(`${LINKS.douyin}x`);
    expect((await auditOf(`handover:${douyin.id}`)).map((row) => row.action)).toEqual([
      "handover.done",
      "handover.reopened",
      "handover.done",
    ]);
  });

  it("answers again under its Idempotency-Key", async () => {
    const { douyin } = await released();
    const request = () =>
      api("POST", `/handovers/${douyin.id}/done`, {
        body: { link: LINKS.douyin },
        headers: { "idempotency-key": "tick-off" },
      });
    const first = await request();
    expectStatus(first, 200);
    expect((await request()).text).toBe(first.text);
  });
});

describe("a correction", () => {
  it("of a video that is not up yet shows in its open task", async () => {
    const { article, channels } = await released();
    const before = (await read(channels.id)).pack!;
    expectStatus(await correct(article, { title: "火炉边的三十分钟党课", note: "时长有误" }), 200);
    expect(await states()).toEqual(["channels publish open", "douyin publish open"]);
    const after = await read(channels.id);
    expect(after).toMatchObject({ note: "更正：时长有误", pack: { title: "火炉边的三十分钟党课" } });
    expect(after.pack!.hash).not.toBe(before.hash);
    await expectUnwritten(async () =>
      expectProblem(await done(channels.id, { link: LINKS.channels, hash: before.hash }), 409),
    );
    expectStatus(await done(channels.id, { link: LINKS.channels, hash: after.pack!.hash }), 200);
  });

  it("of a video that is up makes a task to update it, and only there", async () => {
    const { article, channels } = await released();
    expectStatus(await done(channels.id, { link: LINKS.channels }), 200);
    expectStatus(await correct(article, { title: "第一次更正的标题", note: "一" }), 200);
    expect(await states()).toEqual(["channels publish done", "douyin publish open", "channels update open"]);
    expectStatus(await correct(article, { title: "第二次更正的标题", note: "二" }), 200);
    const update = (await tasks()).at(-1)!;
    expect(await states()).toHaveLength(3);
    expect(update).toMatchObject({ kind: "update", link: LINKS.channels, note: "更正：二" });
    expect((await read(update.id)).pack!.title).toBe("第二次更正的标题");
    expect(expectStatus(await done(update.id, {}), 200)).toMatchObject({ state: "done", link: LINKS.channels });
  });

  it("of the file or the captions is one", async () => {
    const { article, channels } = await released();
    expectStatus(await correct(article, { file: "https://disk.example.org/2.mp4", captions: null }), 200);
    expect((await read(channels.id)).pack).toMatchObject({ file: "https://disk.example.org/2.mp4", captions: null });
  });
});

describe("a recall", () => {
  it("cancels what is not up yet, and asks to take down what is", async () => {
    const { article, channels, douyin } = await released();
    expectStatus(await done(channels.id, { link: LINKS.channels }), 200);
    expectStatus(await recall(article), 200);
    expect(await states()).toEqual(["channels publish done", "douyin publish cancelled", "channels takedown open"]);
    const [takedown] = await tasks("&state=open");
    expect(takedown).toMatchObject({ kind: "takedown", link: LINKS.channels, note: "撤回：内容有误" });
    expect((await read(takedown!.id)).pack).toBeNull();
    await expectUnwritten(async () => {
      expectProblem(await done(douyin.id, { link: LINKS.douyin }), 409);
      expectProblem(await reopen(douyin.id), 409);
      expectProblem(await reopen(channels.id), 409);
      expectProblem(await done(takedown!.id, { link: LINKS.channels }), 422, "link");
    });
    expect(expectStatus(await done(takedown!.id, { note: "已删" }), 200)).toMatchObject({
      state: "done",
      note: "已删",
    });
    expectStatus(await reopen(takedown!.id, "又出现了"), 200);
  });

  it("finds a video whose task was reopened, at its newest link", async () => {
    const { article, douyin } = await released();
    expectStatus(await done(douyin.id, { link: LINKS.douyin }), 200);
    expectStatus(await correct(article, { title: "更正后的标题" }), 200);
    const update = (await tasks()).at(-1)!;
    expectStatus(await done(update.id, { link: `${LINKS.douyin}new` }), 200);
    expectStatus(await reopen(update.id), 200);
    expectStatus(await recall(article), 200);
    expect(await tasks("&state=open")).toMatchObject([
      { kind: "takedown", outlet: "douyin", link: `${LINKS.douyin}new` },
    ]);
  });

  it("or correction that lost against another changes no task", async () => {
    const { article, channels } = await released();
    expectStatus(await done(channels.id, { link: LINKS.channels }), 200);
    for (const [act, body] of [
      ["recall", {}],
      ["correct", { title: "输家的标题" }],
    ] as const) {
      const before = await states();
      const DB = meddled(() => world.db.prepare(`UPDATE articles SET rev = rev + 1`).run());
      expectProblem(await apiWith({ DB }, "POST", `/articles/${article}/${act}`, { body }), 412);
      expect(await states()).toEqual(before);
    }
  });

  it("that is repeated makes no second task", async () => {
    const { article, channels } = await released();
    expectStatus(await done(channels.id, { link: LINKS.channels }), 200);
    expectStatus(await recall(article), 200);
    await expectUnwritten(async () => expectProblem(await recall(article), 409));
  });
});

describe("the lists", () => {
  it("narrow by state and publication, and page without gaps", async () => {
    await makePublication("other", { medium: "video", quota: 1, release_times: ["0 12 * * *"] });
    await video({ publication: "other" });
    const { channels } = await released();
    expectStatus(await done(channels.id, { link: LINKS.channels }), 200);
    expect((await tasks("&publication=other")).map((task) => task.publication)).toEqual(["other", "other"]);
    expect((await tasks("&state=done")).map((task) => task.id)).toEqual([channels.id]);
    expect(await tasks("&state=open&publication=video")).toHaveLength(1);
    const { items, pages } = await walk<Task>("/handovers", 1);
    expect([items.length, pages, new Set(items.map((task) => task.id)).size]).toEqual([4, 4, 4]);
  });

  it("know no task, state, publication or cursor of a made-up name", async () => {
    await expectUnwritten(async () => {
      for (const id of ["none", "%00", "1", "'%20OR%201=1"]) {
        expectProblem(await api("GET", `/handovers/${id}`), 404);
        expectProblem(await done(id, { link: LINKS.douyin }), 404);
        expectProblem(await reopen(id), 404);
      }
      expectProblem(await api("GET", "/handovers?state=lost"), 422, "state");
      expectProblem(await api("GET", "/handovers?publication=none"), 404);
      expectProblem(await api("GET", "/handovers?cursor=x"), 422, "cursor");
    });
  });

  it("need their scopes", async () => {
    const { channels } = await released();
    const reader = await makeToken("reader", ["read"]);
    const writer = await makeToken("writer", ["articles:write", "review", "channels"]);
    for (const path of ["/handovers", `/handovers/${channels.id}`, "/publications/video/record"]) {
      expectProblem(await api("GET", path, { token: null }), 401);
      expectProblem(await api("GET", path, { token: writer }), 403);
      expectStatus(await api("GET", path, { token: reader }), 200);
    }
    await expectUnwritten(async () => {
      for (const [act, body] of [
        ["done", { link: LINKS.channels }],
        ["reopen", { reason: "试" }],
      ] as const) {
        const path = `/handovers/${channels.id}/${act}`;
        expectProblem(await api("POST", path, { token: null, body }), 401);
        for (const token of [reader, writer]) expectProblem(await api("POST", path, { token, body }), 403);
      }
    });
  });
});

describe("what others show of it", () => {
  it("an edition shows each pick's hand-overs, and how many are done", async () => {
    const { channels } = await released();
    expectStatus(await done(channels.id, { link: LINKS.channels }), 200);
    const edition = expectStatus(await api("GET", `/editions/video/${DATE}`), 200);
    expect(edition).toMatchObject({
      shortfall: 0,
      handed_over: 1,
      picks: [
        {
          seq: 1,
          handovers: [
            { outlet: "channels", kind: "publish", state: "done", link: LINKS.channels },
            { outlet: "douyin", kind: "publish", state: "open", link: null },
          ],
        },
      ],
    });
    await makePublication("paper", { quota: 1 });
    expect(expectStatus(await api("GET", `/editions/paper/${DATE}`), 200)).not.toHaveProperty("handed_over");
  });

  it("health counts what is open of a video publication only", async () => {
    await released();
    await makePublication("paper", { quota: 1 });
    const { editions } = expectStatus(
      await api<{ editions: { publication: string; handovers?: { open: number; overdue: number } }[] }>(
        "GET",
        "/health",
      ),
      200,
    );
    expect(editions.map(({ publication, handovers }) => [publication, handovers?.open])).toEqual([
      ["video", 2],
      ["paper", undefined],
    ]);
  });

  it("a task is overdue four hours after the release, a take-down after one", async () => {
    const { article, channels } = await released();
    const [publication] = await world.all<{ id: number }>(`SELECT id FROM publications`);
    const counts = (now: number) => countOpen(world.db, now);
    const row = { publicationId: publication!.id, open: 2 };
    expect(await counts(at("12:00") + 4 * HOUR - 1)).toEqual([{ ...row, overdue: 0 }]);
    expect(await counts(at("12:00") + 4 * HOUR)).toEqual([{ ...row, overdue: 2 }]);
    expectStatus(await done(channels.id, { link: LINKS.channels }), 200);
    expectStatus(await recall(article), 200);
    const [takedown] = await world.all<{ due: number }>(
      `SELECT due_at - created_at AS due FROM handovers WHERE state = 'open'`,
    );
    expect(takedown).toEqual({ due: HOUR });
  });

  it("the open ones are found by an index, however long the record", async () => {
    const plan = await world.all<{ detail: string }>(
      `EXPLAIN QUERY PLAN SELECT count(*) FROM handovers WHERE state = 'open'`,
    );
    expect(plan.map((row) => row.detail).join()).toContain("handovers_state (state=?)");
  });
});

describe("the API's description", () => {
  it("knows the operations and what they take", async () => {
    const { paths } = expectStatus(
      await api<{ paths: Record<string, Record<string, { requestBody?: unknown }>> }>("GET", "/openapi.json"),
      200,
    );
    const operations = ["/handovers", "/handovers/{id}", "/publications/{id}/record"].map(
      (path) => paths[`/api${path}`],
    );
    expect(operations.map((operation) => Object.keys(operation ?? {}))).toEqual([["get"], ["get"], ["get"]]);
    expect(JSON.stringify(paths["/api/handovers/{id}/done"]?.post?.requestBody)).toMatch(/"link".*"note".*"hash"/);
    expect(JSON.stringify(paths["/api/handovers/{id}/reopen"]?.post?.requestBody)).toContain('"reason"');
  });
});

describe("the record of a month", () => {
  interface Recorded {
    month: string;
    days: { date: string; quota: number; released: number; met: boolean | null; late_slots: number }[];
    met: number;
    missed: number;
    days_since_last_post: number | null;
  }
  const record = async (id: string, month: string) =>
    expectStatus(await api<Recorded>("GET", `/publications/${id}/record?month=${month}`), 200);

  it("tells met, missed and late days apart", async () => {
    const id = await world.publication({ slug: "paper", quota: 2, releaseTimes: ["0 12 * * *"] });
    await world.articles(id, 5);
    await world.tick(at("12:00", "2026-03-02"));
    await world.tick(at("12:30", "2026-03-03")); // late
    await world.tick(at("12:00", "2026-03-04")); // one article is left
    await world.tick(at("12:00", "2026-03-06")); // and none
    const { days, ...rest } = await record("paper", "2026-03");
    expect(days.slice(0, 6).map((day) => Object.values(day))).toEqual([
      ["2026-03-02", 2, 2, 0, true, 0, false],
      ["2026-03-03", 2, 2, 0, true, 1, false],
      ["2026-03-04", 2, 1, 1, false, 0, false],
      ["2026-03-05", 2, 0, 2, false, 0, false],
      ["2026-03-06", 2, 0, 2, false, 0, false],
      ["2026-03-09", 2, 0, 2, false, 0, false],
    ]);
    expect(days).toHaveLength(22); // the working days of March 2026
    expect(Object.keys(days[0]!)).toEqual([
      "date",
      "quota",
      "released",
      "shortfall",
      "met",
      "late_slots",
      "provisional",
    ]);
    expect(rest).toMatchObject({ publication: "paper", month: "2026-03", met: 2, missed: 20 });
    expect(rest.days_since_last_post).toBeGreaterThan(200);
  });

  it("counts no day before the publication was made, and none to come", async () => {
    expect(await record("video", "2026-03")).toMatchObject({ days: [], met: 0, missed: 0, days_since_last_post: null });
    expect((await record("video", "2031-03")).days).toEqual([]);
  });

  it("refuses what is no month, and knows no publication of a made-up name", async () => {
    for (const month of ["2026-13", "2026-1", "2026", "x", ""])
      expectProblem(await api("GET", `/publications/video/record?month=${month}`), 422, "month");
    expectProblem(await api("GET", "/publications/none/record"), 404);
    expectStatus(await api("GET", "/publications/video/record"), 200);
  });
});

describe("the file and the captions of a video", () => {
  it("are part of what is reviewed: a change goes back to the review", async () => {
    await makePublication("reviewed", { medium: "video", stages: ["first"] });
    const { id } = await video({ publication: "reviewed" });
    const token = await makeToken("reviewer", ["read", "review"], "reviewer");
    expectStatus(await api("POST", `/articles/${id}/reviews`, { body: { decision: "approve" }, token }), 201);
    const before = await readArticle(id);
    expect(before.status).toBe("queued");
    const patch = (body: unknown, rev: number) =>
      api<Article>("PATCH", `/articles/${id}`, { body, headers: { "if-match": `"${rev}"` } });
    const same = expectStatus(await patch({ file: VIDEO.file, captions: VIDEO.captions }, before.rev), 200);
    expect([same.status, same.hash]).toEqual(["queued", before.hash]);
    const changed = expectStatus(await patch({ captions: "别的字幕" }, same.rev), 200);
    expect(changed).toMatchObject({ status: "in_review", captions: "别的字幕", file: VIDEO.file });
    expect(changed.hash).not.toBe(before.hash);
  });

  it("are null for others, and refused there", async () => {
    await makePublication("paper", { quota: 1 });
    const article = await makeArticle({ publication: "paper" });
    expect(article).toMatchObject({ file: null, captions: null });
    await expectUnwritten(async () => {
      for (const field of ["file", "captions"] as const)
        expectProblem(
          await api("POST", "/articles", {
            body: { publication: "paper", title: "题", markdown: "文", [field]: VIDEO[field] },
          }),
          422,
          field,
        );
    });
  });

  it("are refused when they are none", async () => {
    const post = (fields: Record<string, unknown>) => api("POST", "/articles", { body: { ...VIDEO, ...fields } });
    const hash = "0123456789abcdef".repeat(4);
    await expectUnwritten(async () => {
      for (const file of ["http://disk.example.org/1.mp4", "1.mp4", `/media/${hash}.png`, "javascript:x", "", 3])
        expectProblem(await post({ file }), 422, "file");
      for (const captions of ["", " \n", "字".repeat(20_001), "a\0b", 3])
        expectProblem(await post({ captions }), 422, "captions");
      expectProblem(await post({ cover: `/media/${hash}.mp4` }), 422, "cover");
    });
    expectStatus(await post({ file: `/media/${hash}.mp4`, captions: "字".repeat(20_000) }), 201);
  });

  it("a list of articles carries the file, not the captions", async () => {
    await video();
    const { items } = expectStatus(await api<Page<Article>>("GET", "/articles"), 200);
    expect(items[0]).toMatchObject({ file: VIDEO.file });
    expect(items[0]).not.toHaveProperty("captions");
  });
});

describe("the hash of a content", () => {
  const content: Content = {
    kind: "video",
    title: "题",
    digest: "",
    markdown: "文",
    credits: [],
    cover: null,
    source: null,
  };

  it("is what it was before there were files", async () => {
    const hash = await contentHash(content);
    expect(hash).toBe("37325e93262c163313d2c4d318650836018c4fe221161d123c9691130fe21355");
    expect(await contentHash({ ...content, file: null, captions: null })).toBe(hash);
  });

  it("changes with the file and with the captions, and tells them apart", async () => {
    const of = (more: Partial<Content>) => contentHash({ ...content, ...more });
    const hashes = await Promise.all([
      of({}),
      of({ file: "x" }),
      of({ captions: "x" }),
      of({ file: "x", captions: "x" }),
    ]);
    expect(new Set(hashes).size).toBe(4);
  });
});

describe("POST /media of a video", () => {
  const mp4 = (size: number, fill = 7): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(size).fill(fill);
    bytes.set([0, 0, 0, 32, ...new TextEncoder().encode("ftypisom")]);
    return bytes;
  };
  const upload = (body: Uint8Array | ReadableStream, headers: Record<string, string> = {}) =>
    api<{ hash: string; type: string; size: number; url: string }>("POST", "/media", {
      body,
      headers: {
        "content-type": "video/mp4",
        ...(body instanceof Uint8Array && { "content-length": String(body.length) }),
        ...headers,
      },
    });
  const stored = async () => (await env.MEDIA.list()).objects.map((object) => object.key);
  const get = (url: string, headers: Record<string, string> = {}) =>
    exports.default.fetch(new Request(`${ORIGIN}${url}`, { headers }));

  it("keeps it under its hash, larger than any picture, and nothing besides", async () => {
    const data = mp4(12 * 1024 * 1024 + 5);
    const hash = await sha256(data);
    const kept = expectStatus(await upload(data, { "idempotency-key": "film" }), 201);
    expect(kept).toEqual({ hash, type: "video/mp4", size: data.length, url: `/media/${hash}.mp4` });
    const object = await env.MEDIA.get(hash);
    expect(await sha256(new Uint8Array(await object!.arrayBuffer()))).toBe(hash);
    expect(object!.httpMetadata?.contentType).toBe("video/mp4");
    await expectUnwritten(async () => expect(expectStatus(await upload(data), 201)).toEqual(kept));
    expect((await stored()).filter((key) => key.startsWith("incoming/"))).toEqual([]);
  });

  it("is read by no stranger until its post is out, by everyone then, and by no stranger after the recall", async () => {
    const data = mp4(2000, 9);
    const { url } = expectStatus(await upload(data), 201);
    expect((await get(url)).status).toBe(404);
    const { article, channels } = await released({ file: url });
    const answer = await get(url);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "video/mp4"]);
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(data);
    expect((await read(channels.id)).pack!.file).toBe(`https://kanfa.test${url}`);
    const slice = await get(url, { range: "bytes=4-7" });
    expect([slice.status, slice.headers.get("content-range"), await slice.text()]).toEqual([
      206,
      `bytes 4-7/${data.length}`,
      "ftyp",
    ]);
    expect((await get(url, { range: "bytes=2000-" })).status).toBe(416);
    expectStatus(await recall(article), 200);
    expect((await get(url)).status).toBe(404);
  });

  it("refuses what is no MP4, whatever its header says", async () => {
    const before = await stored();
    await expectUnwritten(async () => {
      for (const bytes of [
        new TextEncoder().encode("<script>alert(1)</script>"),
        mp4(2000).subarray(8),
        mp4(2000).subarray(0, 11),
      ])
        expectProblem(await upload(Uint8Array.from(bytes)), 415, "(body)");
    });
    expect(await stored()).toEqual(before);
  });

  it("refuses one without a length, over the limit, or cut short, and leaves nothing behind", async () => {
    const before = await stored();
    const streamed = () => {
      const chunks = [mp4(3000).subarray(0, 5), mp4(3000).subarray(5, 1500), mp4(3000).subarray(1500)];
      return new ReadableStream<Uint8Array>({
        pull(controller) {
          const chunk = chunks.shift();
          if (chunk) controller.enqueue(chunk);
          else controller.close();
        },
      });
    };
    await expectUnwritten(async () => {
      expectProblem(await upload(streamed()), 411, "Content-Length");
      expectProblem(await upload(streamed(), { "content-length": String(VIDEO_LIMIT + 1) }), 413, "(body)");
      for (const size of ["5000", "2000"])
        expectProblem(await upload(streamed(), { "content-length": size }), 400, "(body)");
    });
    expect(await stored()).toEqual(before);
  });
});
