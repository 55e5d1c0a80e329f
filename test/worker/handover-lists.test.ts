/** 交接: which outlets a publication has, and where people see what is open and what is done. */
import { beforeEach, describe, expect, it } from "vitest";
import { countOpen } from "../../src/handover/store.ts";
import { HOUR } from "../../src/platform/time.ts";
import { api, expectProblem, expectStatus, expectUnwritten, makePublication, makeToken, walk } from "./helpers/api.ts";
import type { Task } from "./helpers/videos.ts";
import { done, LINKS, newOffice, recall, released, reopen, states, tasks, video, world } from "./helpers/videos.ts";
import { at, DATE } from "./helpers/world.ts";

beforeEach(newOffice);

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
