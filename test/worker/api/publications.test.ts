import { beforeAll, describe, expect, it } from "vitest";
import {
  api,
  apiWith,
  auditOf,
  expectProblem,
  expectStatus,
  expectUnwritten,
  makePublication,
  makeToken,
  meddled,
} from "../helpers/api.ts";

interface Publication {
  id: string;
  rev: number;
  name: string;
  medium: string;
  time_zone: string;
  quota: number;
  plan_at: string;
  release_times: string[];
  stages: string[];
  stopped: { at: string; reason: string } | null;
}

/** How the ladder chooses where nobody has said otherwise. */
const LADDER = {
  rest_quota: 0,
  maximum: null,
  column_cap: null,
  unit_cap: null,
  column_caps: {},
  unit_caps: {},
  column_minimums: [],
  credit_days: 5,
  credits: { priority: 1, commissioned: 1, fresh: 2 },
  cool_down_days: 30,
  reprint_share: null,
  slot_counts: null,
  lead: "first",
  old_days: 14,
};

const put = (id: string, body: unknown, headers: Record<string, string> = {}) =>
  api<Publication>("PUT", `/publications/${id}`, { body, headers });

describe("PUT /publications/{id}", () => {
  it("makes a publication with an office's usual settings, and shows it", async () => {
    const answer = await put("daily", { name: "化德党建" });
    const made = expectStatus(answer, 201);
    expect(made).toEqual({
      id: "daily",
      rev: 1,
      name: "化德党建",
      medium: "article",
      time_zone: "Asia/Shanghai",
      quota: 15,
      plan_at: "07:00",
      release_times: ["30 8 * * *", "30 11 * * *", "0 15 * * *", "30 18 * * *"],
      stages: [],
      warn_at: ["16:00"],
      outlets: [],
      theme: { base: "red" },
      ...LADDER,
      stopped: null,
    });
    expect(answer.headers.get("etag")).toBe('"1"');
    const read = await api<Publication>("GET", "/publications/daily");
    expect(expectStatus(read, 200)).toEqual(made);
    expect(read.headers.get("etag")).toBe('"1"');
    expect(await auditOf("publication:daily")).toEqual([{ actor: "admin", action: "publication.created" }]);
  });

  it("takes every setting", async () => {
    const settings = {
      name: "视频号",
      medium: "video",
      time_zone: "Asia/Urumqi",
      quota: 1,
      plan_at: "23:59",
      release_times: ["0 12 * * MON-FRI", "*/30 9-10 * * *"],
      stages: ["first", "final"],
      warn_at: ["09:30", "16:00"],
      outlets: ["douyin"],
      theme: { base: "plain", accent: "#1b7a5f", roles: [] },
      ...LADDER,
    };
    expect(expectStatus(await put("video", settings), 201)).toEqual({
      id: "video",
      rev: 1,
      ...settings,
      stopped: null,
    });
  });

  it("changes only what was sent, and raises the revision", async () => {
    await makePublication("weekly", { quota: 3, stages: ["first"] });
    const answer = await put("weekly", { quota: 4 }, { "if-match": '"1"' });
    expect(expectStatus(answer, 200)).toMatchObject({ rev: 2, quota: 4, stages: ["first"], name: "刊 weekly" });
    expect(answer.headers.get("etag")).toBe('"2"');
    expect((await auditOf("publication:weekly")).map((row) => row.action)).toEqual([
      "publication.created",
      "publication.changed",
    ]);
  });

  it("asks for If-Match, and refuses a stale or meaningless one", async () => {
    await makePublication("matched");
    await expectUnwritten(async () => {
      expectProblem(await put("matched", { quota: 4 }), 428, "If-Match");
      const stale = await put("matched", { quota: 4 }, { "if-match": '"7"' });
      expectProblem(stale, 412);
      expect(stale.headers.get("etag")).toBe('"1"');
      for (const header of ["*", '""', "abc", '"1", "2"', '"-1"', "1.0", '"1'])
        expectProblem(await put("matched", { quota: 4 }, { "if-match": header }), 412, "If-Match");
    });
  });

  it("keeps its medium", async () => {
    await makePublication("fixed");
    await expectUnwritten(async () =>
      expectProblem(await put("fixed", { medium: "video" }, { "if-match": '"1"' }), 409),
    );
  });

  it("needs a name the first time", async () => {
    await expectUnwritten(async () => expectProblem(await put("nameless", { quota: 3 }), 422, "name"));
  });

  it.each(["Daily", "a_b", "-a", "a-", "%20", "%E5%88%8A", "%00", "a".repeat(65), "a%2Fb"])(
    "refuses the id %s and names it",
    async (id) => {
      await expectUnwritten(async () => expectProblem(await put(id, { name: "刊" }), 422, "id"));
    },
  );

  it("made by two at once is made by one of them", async () => {
    const DB = meddled(() => put("race", { name: "先到" }));
    expectProblem(await apiWith({ DB }, "PUT", "/publications/race", { body: { name: "后到" } }), 409);
    expect((await api<Publication>("GET", "/publications/race")).json).toMatchObject({ rev: 1, name: "先到" });
    expect(await auditOf("publication:race")).toHaveLength(1);
  });

  it("changed by another in between is 412, with no trace of the loser", async () => {
    await makePublication("overtaken", { quota: 3 });
    const DB = meddled(() => put("overtaken", { quota: 5 }, { "if-match": '"1"' }));
    const answer = await apiWith({ DB }, "PUT", "/publications/overtaken", {
      body: { quota: 9 },
      headers: { "if-match": '"1"' },
    });
    expectProblem(answer, 412);
    expect((await api<Publication>("GET", "/publications/overtaken")).json).toMatchObject({ rev: 2, quota: 5 });
    expect(await auditOf("publication:overtaken")).toHaveLength(2);
  });
});

describe("GET /publications", () => {
  it("lists all of them in order of making", async () => {
    const list = expectStatus(await api<{ items: Publication[]; next: null }>("GET", "/publications"), 200);
    expect(list.items.slice(0, 2).map((item) => item.id)).toEqual(["daily", "video"]);
    expect(list.next).toBeNull();
  });

  it("knows none of a made-up name", async () => {
    for (const id of ["none", "%00", "%ff", "..", "a%2Fb", "'%20OR%201=1"])
      expectProblem(await api("GET", `/publications/${id}`), 404);
  });
});

describe("紧急停发", () => {
  const stop = (id: string, reason = "舆情核查") =>
    api<Publication>("POST", `/publications/${id}/stop`, { body: { reason } });
  const start = (id: string) => api<Publication>("POST", `/publications/${id}/start`);

  beforeAll(async () => {
    await makePublication("halted");
  });

  it("stops with a reason, once however often it is pressed, and is audited", async () => {
    const first = expectStatus(await stop("halted"), 200);
    expect(first.stopped).toEqual({ at: expect.stringMatching(/\+08:00$/), reason: "舆情核查" });
    const second = expectStatus(await stop("halted", "another reason"), 200);
    expect(second).toEqual(first);
    expect((await auditOf("publication:halted")).map((row) => row.action)).toEqual([
      "publication.created",
      "publication.stopped",
    ]);
  });

  it("starts again, once however often it is pressed, and is audited", async () => {
    const first = expectStatus(await start("halted"), 200);
    expect(first.stopped).toBeNull();
    expect(expectStatus(await start("halted"), 200)).toEqual(first);
    expect((await auditOf("publication:halted")).map((row) => row.action)).toEqual([
      "publication.created",
      "publication.stopped",
      "publication.started",
    ]);
  });

  it("wants a reason that says something", async () => {
    await expectUnwritten(async () => {
      for (const body of [{}, { reason: "" }, { reason: "　" }, { reason: 3 }, { reason: "长".repeat(201) }])
        expectProblem(await api("POST", "/publications/halted/stop", { body }), 422, "reason");
      expectProblem(await api("POST", "/publications/halted/start", { body: { now: true } }), 422, "now");
    });
  });

  it("names the one who pressed it", async () => {
    const token = await makeToken("duty", ["editions"], "head");
    expectStatus(await api("POST", "/publications/halted/stop", { body: { reason: "停" }, token }), 200);
    expect((await auditOf("publication:halted")).at(-1)).toEqual({
      actor: "person:duty",
      action: "publication.stopped",
    });
  });

  it("knows no publication of a made-up name", async () => {
    await expectUnwritten(async () => {
      expectProblem(await stop("none"), 404);
      expectProblem(await start("none"), 404);
    });
  });
});
