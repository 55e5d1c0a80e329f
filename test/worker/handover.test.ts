/** 交接: what a released video asks of people, and what they tick off. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Article } from "./helpers/api.ts";
import {
  api,
  apiWith,
  auditOf,
  expectProblem,
  expectStatus,
  expectUnwritten,
  makeToken,
  meddled,
} from "./helpers/api.ts";
import {
  done,
  LINKS,
  newOffice,
  read,
  recall,
  released,
  reopen,
  states,
  tasks,
  VIDEO,
  video,
  world,
} from "./helpers/videos.ts";
import { at, Crash, DATE } from "./helpers/world.ts";

const correct = (id: string, fields: Record<string, unknown>) =>
  api<Article>("POST", `/articles/${id}/correct`, { body: fields });

beforeEach(newOffice);

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
