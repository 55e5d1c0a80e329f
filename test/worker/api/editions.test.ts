import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Article } from "../helpers/api.ts";
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
  readArticle,
} from "../helpers/api.ts";

interface Edition {
  publication: string;
  date: string;
  working_day: boolean;
  provisional: boolean;
  quota: number;
  shortfall: number;
  planned_at: string | null;
  slots: { at: string; released_at: string | null; late: boolean }[];
  digest: string;
  picks: { position: number; article_id: string; slot: string; rung: string; reason: string; seq: number | null }[];
}

const get = (path: string) => api<Edition>("GET", `/editions/${path}`);
const plan = (path: string, body: unknown = {}) => api<Edition>("POST", `/editions/${path}/plan`, { body });

/** A Wednesday far ahead: an edition is planned for days to come. */
const DATE = "2099-06-03";

async function queued(fields: Record<string, unknown> = {}): Promise<Article> {
  const article = await makeArticle(fields);
  return expectStatus(await api<Article>("POST", `/articles/${article.id}/submit`), 200);
}

beforeAll(async () => {
  await makePublication("daily", { quota: 3, release_times: ["30 8 * * *", "0 15 * * MON-FRI"] });
});

describe("GET /editions/{publication}/{date}", () => {
  it("of a day that nobody has planned shows what will be asked of it", async () => {
    const answer = await get("daily/2026-11-23");
    expect(expectStatus(answer, 200)).toEqual({
      publication: "daily",
      date: "2026-11-23",
      working_day: true,
      provisional: false,
      quota: 3,
      shortfall: 3,
      short_because: "",
      planned_at: null,
      slots: [
        { at: "2026-11-23T08:30:00+08:00", released_at: null, late: false },
        { at: "2026-11-23T15:00:00+08:00", released_at: null, late: false },
      ],
      digest: expect.stringMatching(/^[0-9a-f]+$/),
      picks: [],
      releases: [],
      deliveries: [],
    });
  });

  it.each([
    ["2026-11-22", "a Sunday"],
    ["2026-10-01", "National Day, a Thursday"],
    ["2026-02-17", "Spring Festival, a Tuesday"],
  ])("knows that %s is a day of rest: %s", async (date) => {
    expect(expectStatus(await get(`daily/${date}`), 200)).toMatchObject({
      working_day: false,
      quota: 0,
      shortfall: 0,
      slots: [],
      picks: [],
    });
  });

  it("knows the Saturday that is worked for it (调休)", async () => {
    // The second slot is for Monday to Friday only.
    const edition = expectStatus(await get("daily/2026-10-10"), 200);
    expect(edition).toMatchObject({ working_day: true, quota: 3 });
    expect(edition.slots.map((slot) => slot.at)).toEqual(["2026-10-10T08:30:00+08:00"]);
  });

  it("says so when the calendar is not announced yet", async () => {
    expect(expectStatus(await get(`daily/${DATE}`), 200)).toMatchObject({ working_day: true, provisional: true });
  });

  it("shows times in the publication's own zone", async () => {
    await makePublication("abroad", { time_zone: "Europe/Berlin", quota: 1, release_times: ["30 8 * * *"] });
    for (const [date, offset] of [
      ["2026-07-01", "+02:00"],
      ["2026-12-01", "+01:00"],
    ])
      expect(expectStatus(await get(`abroad/${date}`), 200).slots[0]!.at).toBe(`${date}T08:30:00${offset}`);
  });

  it.each([
    "2026-02-30",
    "2026-13-01",
    "2026-2-3",
    "today",
    "20261123",
    "2026-11-23T00:00",
    "0026-11-23",
    "-2026-11-23",
    "%00",
  ])("refuses the date %s", async (date) => {
    expectProblem(await get(`daily/${date}`), 422, "date");
    await expectUnwritten(async () => expectProblem(await plan(`daily/${date}`), 422, "date"));
  });

  it("can be read for any date there is", async () => {
    for (const date of ["1970-01-01", "1999-12-31", "2000-02-29", "2038-01-19", "9999-12-31"])
      expectStatus(await get(`daily/${date}`), 200);
  });

  it("is not for strangers, nor of a made-up publication", async () => {
    expectProblem(await api("GET", "/editions/daily/2026-11-23", { token: null }), 401);
    expectProblem(await get("none/2026-11-23"), 404);
    await expectUnwritten(async () => expectProblem(await plan(`none/${DATE}`), 404));
  });
});

describe("POST /editions/{publication}/{date}/plan", () => {
  let first: Article;

  it("as a dry run shows what planning would give, and changes nothing", async () => {
    first = await queued({ title: "第一条" });
    await queued({ title: "第二条", must_run_on: DATE });
    const edition = await expectUnwritten(async () =>
      expectStatus(await plan(`daily/${DATE}`, { dry_run: true }), 200),
    );
    expect(edition).toMatchObject({ date: DATE, quota: 3, shortfall: 1, planned_at: null });
    expect(edition.picks.map((pick) => [pick.position, pick.rung, pick.seq])).toEqual([
      [1, "must_run", null],
      [2, "normal", null],
    ]);
    for (const pick of edition.picks) {
      expect(pick.reason).not.toBe("");
      expect(edition.slots.map((slot) => slot.at)).toContain(pick.slot);
    }
    expect((await readArticle(first.id)).status).toBe("queued");
    expect(expectStatus(await get(`daily/${DATE}`), 200).picks).toEqual([]);
  });

  it("with a digest of what was not seen is 409, and changes nothing", async () => {
    await expectUnwritten(async () => {
      expectProblem(await plan(`daily/${DATE}`, { digest: "0123456789abcdef" }), 409);
      expectProblem(await plan(`daily/${DATE}`, { digest: "" }), 409);
    });
  });

  it("with the digest of a preview that has moved since is 409, and changes nothing", async () => {
    const preview = expectStatus(await plan(`daily/${DATE}`, { dry_run: true }), 200);
    const late = await queued({ title: "后来的一条", must_run_on: DATE });
    await expectUnwritten(async () => expectProblem(await plan(`daily/${DATE}`, { digest: preview.digest }), 409));
    expectStatus(await api("POST", `/articles/${late.id}/withdraw`), 200);
  });

  it("with the digest of a preview that moves at this very moment is 409, and picks nothing", async () => {
    const preview = expectStatus(await plan(`daily/${DATE}`, { dry_run: true }), 200);
    let late: Article | undefined;
    const DB = meddled(async () => {
      late = await queued({ title: "抢在前面的一条", must_run_on: DATE });
    });
    const body = { digest: preview.digest };
    expectProblem(await apiWith({ DB }, "POST", `/editions/daily/${DATE}/plan`, { body }), 409);
    expect(expectStatus(await get(`daily/${DATE}`), 200).picks).toEqual([]);
    expectStatus(await api("POST", `/articles/${late!.id}/withdraw`), 200);
  });

  it("with the digest of the preview makes the preview true, on record under the name of who asked", async () => {
    const token = await makeToken("planner", ["editions"], "publisher");
    const preview = expectStatus(await plan(`daily/${DATE}`, { dry_run: true }), 200);
    const path = `/editions/daily/${DATE}/plan`;
    const made = expectStatus(await api<Edition>("POST", path, { body: { digest: preview.digest }, token }), 200);
    expect(made.picks.map((pick) => ({ ...pick, findings: [] }))).toEqual(preview.picks);
    expect(made.planned_at).not.toBeNull();
    const shown = expectStatus(await get(`daily/${DATE}`), 200);
    expect(shown).toMatchObject({ picks: made.picks, shortfall: 1, digest: made.digest });
    expect((await readArticle(first.id)).status).toBe("planned");
    expect(await auditOf(`edition:daily/${DATE}`)).toEqual([{ actor: "person:planner", action: "edition.planned" }]);
  });

  it("again changes nothing", async () => {
    const before = expectStatus(await get(`daily/${DATE}`), 200);
    const again = await expectUnwritten(async () => expectStatus(await plan(`daily/${DATE}`), 200));
    expect(again.picks).toEqual(before.picks);
  });

  it("tops up what has come since and moves nothing", async () => {
    const before = expectStatus(await get(`daily/${DATE}`), 200);
    const third = await queued({ title: "第三条" });
    const after = expectStatus(await plan(`daily/${DATE}`), 200);
    expect(after.shortfall).toBe(0);
    expect(after.picks.slice(0, 2)).toEqual(before.picks);
    expect(after.picks[2]).toMatchObject({ article_id: third.id });
  });

  it("an edit or a withdrawal takes an article out of its edition again", async () => {
    const { picks } = expectStatus(await get(`daily/${DATE}`), 200);
    const edited = await readArticle(picks[0]!.article_id);
    const answer = await api<Article>("PATCH", `/articles/${edited.id}`, {
      body: { title: "改了" },
      headers: { "if-match": `"${edited.rev}"` },
    });
    expect(expectStatus(answer, 200).status).toBe("queued");
    expectStatus(await api("POST", `/articles/${picks[1]!.article_id}/withdraw`), 200);
    const after = expectStatus(await get(`daily/${DATE}`), 200);
    expect(after.picks).toEqual([picks[2]]);
    expect(after.shortfall).toBe(2);
  });

  it("of a day of rest plans nothing", async () => {
    const edition = await expectUnwritten(async () => expectStatus(await plan("daily/2099-06-07"), 200));
    expect(edition).toMatchObject({ working_day: false, quota: 0, picks: [] });
  });

  it("of a day that is over is refused; a dry run of it is not", async () => {
    await expectUnwritten(async () => {
      expectProblem(await plan("daily/2020-01-06"), 422, "date");
      expectStatus(await plan("daily/2020-01-06", { dry_run: true }), 200);
    });
  });

  it.each([
    ["dry_run", { dry_run: "yes" }],
    ["dry_run", { dry_run: 1 }],
    ["digest", { digest: 5 }],
    ["force", { force: true }],
  ])("refuses a wrong %s: %j", async (field, body) => {
    await expectUnwritten(async () => expectProblem(await plan(`daily/${DATE}`, body), 422, field));
  });

  it("keeps embargoed, expired and unapproved articles out", async () => {
    await makePublication("strict", { quota: 5, release_times: ["0 12 * * *"] });
    const fields = { publication: "strict" };
    await makeArticle({ ...fields, title: "草稿" });
    await queued({ ...fields, title: "未到时", embargo_until: "2099-06-03T12:30:00+08:00" });
    await queued({ ...fields, title: "过期了", expires_at: "2099-06-03T11:30:00+08:00" });
    await queued({ ...fields, title: "改天必发", must_run_on: "2099-06-04" });
    const good = await queued({ ...fields, title: "可以发" });
    const edition = expectStatus(await plan(`strict/${DATE}`, { dry_run: true }), 200);
    expect(edition.picks.map((pick) => pick.article_id)).toEqual([good.id]);
    expect(edition.shortfall).toBe(4);
  });
});

describe("POST /editions/{publication}/{date}/picks", () => {
  const PUBLICATION = "wheel";
  const MORNING = `${DATE}T08:30:00+08:00`;
  const AFTERNOON = `${DATE}T15:00:00+08:00`;
  const articles: Article[] = [];
  const turn = (body: unknown, path = `${PUBLICATION}/${DATE}`) =>
    api<Edition>("POST", `/editions/${path}/picks`, { body });
  const act = (op: string, article: Pick<Article, "id">, more: Record<string, unknown> = {}) =>
    turn({ op, article_id: article.id, reason: "值班编辑调整", ...more });
  /** The order of an edition: which of the articles, in which slot. */
  const order = (edition: Edition) =>
    edition.picks.map((pick, i) => {
      expect(pick.position).toBe(i + 1);
      return [
        articles.findIndex((article) => article.id === pick.article_id),
        pick.slot === MORNING ? "早" : "午",
      ].join("");
    });

  beforeAll(async () => {
    await makePublication(PUBLICATION, { quota: 4, release_times: ["30 8 * * *", "0 15 * * *"] });
    for (let n = 0; n < 6; n++) articles.push(await queued({ publication: PUBLICATION, title: `第 ${n} 条` }));
  });

  it("refuses before there is an edition as well, and makes none by it", async () => {
    const [article] = articles as [Article];
    await expectUnwritten(async () => {
      expectProblem(await act("move", article, { position: 1 }), 422, "article_id");
      expectProblem(await act("pin", article, { slot: `${DATE}T09:00:00+08:00` }), 422, "slot");
      expectProblem(await act("pin", article, { position: 3 }), 422, "position");
      expectProblem(await act("pin", { id: "none" }), 404);
    });
  });

  it("places by hand what planning then leaves alone", async () => {
    const pinned = expectStatus(await act("pin", articles[5]!, { position: 1 }), 201);
    expect(order(pinned)).toEqual(["5早"]);
    expect(pinned.picks[0]).toMatchObject({ rung: "pinned", reason: "值班编辑调整" });
    const planned = expectStatus(await plan(`${PUBLICATION}/${DATE}`), 200);
    expect(order(planned)[0]).toBe("5早");
    expect(planned.shortfall).toBe(0);
    expect((await auditOf(`edition:${PUBLICATION}/${DATE}`)).map((row) => row.action)).toEqual([
      "pick.pin",
      "edition.planned",
    ]);
  });

  it("moves, swaps, drops, holds and adds", async () => {
    const before = order(expectStatus(await get(`${PUBLICATION}/${DATE}`), 200));
    expect(before).toHaveLength(4);
    const [a, b] = [before[0]!, before[3]!].map((shown) => articles[Number(shown[0])]!) as [Article, Article];
    const swapped = order(expectStatus(await act("swap", a, { position: 4 }), 201));
    expect([swapped[0]![0], swapped[3]![0]]).toEqual([before[3]![0], before[0]![0]]);
    const moved = expectStatus(await act("move", b, { slot: AFTERNOON }), 201);
    expect(moved.picks.find((pick) => pick.article_id === b.id)!.slot).toBe(AFTERNOON);
    const dropped = expectStatus(await act("drop", b), 201);
    expect(dropped.picks).toHaveLength(3);
    expect((await readArticle(b.id)).status).toBe("queued");
    const held = expectStatus(await act("hold", a), 201);
    expect(held.picks).toHaveLength(2);
    expect(held.shortfall).toBe(2);
    expect((await readArticle(a.id)).status).toBe("held");
    const added = expectStatus(await act("add", b, { slot: MORNING }), 201);
    expect(added.picks.find((pick) => pick.article_id === b.id)).toMatchObject({ slot: MORNING });
    expect(expectStatus(await get(`${PUBLICATION}/${DATE}`), 200).picks).toEqual(added.picks);
  });

  it("is bound to the edition that was read, by its digest", async () => {
    const seen = expectStatus(await get(`${PUBLICATION}/${DATE}`), 200);
    const [first] = seen.picks;
    const article = { id: first!.article_id };
    await expectUnwritten(async () => expectProblem(await act("drop", article, { digest: "0123456789abcdef" }), 409));
    expectStatus(await act("drop", article, { digest: seen.digest }), 201);
    await expectUnwritten(async () => expectProblem(await act("add", article, { digest: seen.digest }), 409));
    const DB = meddled(() => act("add", article));
    const body = { op: "drop", article_id: seen.picks[1]!.article_id, reason: "后到" };
    expectProblem(await apiWith({ DB }, "POST", `/editions/${PUBLICATION}/${DATE}/picks`, { body }), 409);
    expect((await get(`${PUBLICATION}/${DATE}`)).json.picks.map((pick) => pick.article_id)).toContain(body.article_id);
  });

  it("places nothing where its embargo or expiry would forbid it, not even what only makes room", async () => {
    const id = "timed";
    await makePublication(id, { quota: 2, release_times: ["30 8 * * *", "0 15 * * *"] });
    const early = await queued({ publication: id, title: "上午", expires_at: `${DATE}T12:00:00+08:00` });
    const late = await queued({ publication: id, title: "下午", embargo_until: `${DATE}T12:00:00+08:00` });
    // Its embargo is no reason to keep it from the queue: the planner knows the times.
    await env.DB.prepare(`UPDATE articles SET status = 'queued', wake_at = expires_at WHERE uid = ?`)
      .bind(late.id)
      .run();
    const planned = expectStatus(await plan(`${id}/${DATE}`), 200);
    expect(planned.picks.map((pick) => [pick.article_id, pick.slot])).toEqual([
      [early.id, MORNING],
      [late.id, AFTERNOON],
    ]);
    await expectUnwritten(async () => {
      for (const body of [
        { op: "move", article_id: early.id, slot: AFTERNOON },
        { op: "move", article_id: late.id, slot: MORNING },
        { op: "swap", article_id: early.id, position: 2 },
        { op: "swap", article_id: late.id, position: 1 },
        { op: "move", article_id: late.id, position: 1 },
        { op: "move", article_id: early.id, position: 2 },
      ])
        expectProblem(await turn({ reason: "调整", ...body }, `${id}/${DATE}`), 409);
    });
    const other = await queued({ publication: id, title: "谁都可以" });
    const more = { op: "add", article_id: other.id, reason: "调整", slot: AFTERNOON };
    expectStatus(await turn(more, `${id}/${DATE}`), 201);
    await expectUnwritten(async () => {
      // Harmless for itself, but the one that expires at noon would go into the afternoon for it.
      for (const op of ["swap", "move"]) {
        const body = { op, article_id: other.id, position: 1, reason: "调整" };
        expectProblem(await turn(body, `${id}/${DATE}`), 409);
      }
    });
  });

  it("does not pin a text that is edited at this very moment", async () => {
    const article = await queued({ publication: PUBLICATION, title: "正在改" });
    const DB = meddled(() =>
      api("PATCH", `/articles/${article.id}`, {
        body: { title: "改过了" },
        headers: { "if-match": `"${article.rev}"` },
      }),
    );
    const before = expectStatus(await get(`${PUBLICATION}/${DATE}`), 200);
    const body = { op: "pin", article_id: article.id, position: 1, reason: "头条" };
    expectProblem(await apiWith({ DB }, "POST", `/editions/${PUBLICATION}/${DATE}/picks`, { body }), 409);
    expect(expectStatus(await get(`${PUBLICATION}/${DATE}`), 200)).toEqual(before);
    expect((await readArticle(article.id)).status).toBe("queued");
    expectStatus(await api("POST", `/articles/${article.id}/withdraw`), 200);
  });

  it.each<[number, string | undefined, Record<string, unknown>]>([
    [422, "op", { op: "shuffle" }],
    [422, "op", { op: undefined }],
    [422, "reason", { reason: undefined }],
    [422, "reason", { reason: " " }],
    [422, "reason", { reason: "\ud800" }],
    [422, "reason", { reason: "字".repeat(201) }],
    [422, "position", { position: 0 }],
    [422, "position", { position: 1.5 }],
    [422, "position", { position: 99 }],
    [422, "position", { position: "1" }],
    [422, "slot", { slot: "08:30" }],
    [422, "slot", { slot: `${DATE}T09:00:00+08:00` }],
    [422, "article_id", { article_id: undefined }],
    [422, "article_id", { article_id: 5 }],
    [404, undefined, { article_id: "none" }],
    [404, undefined, { article_id: "\u0000" }],
    [422, "digest", { digest: 5 }],
    [422, "force", { force: true }],
    [422, "position", { op: "swap" }],
    [422, "position", { op: "move" }],
  ])("refuses with %i, naming %s: %j", async (status, field, body) => {
    const picked = expectStatus(await get(`${PUBLICATION}/${DATE}`), 200).picks[0]!.article_id;
    await expectUnwritten(async () =>
      expectProblem(await turn({ op: "pin", article_id: picked, reason: "调整", ...body }), status, field),
    );
  });

  it("refuses what does not wait: drafts, the withdrawn, another publication's, a day that is over, a day of rest", async () => {
    const draft = await makeArticle({ publication: PUBLICATION });
    const foreign = await queued({ title: "别家的" });
    const good = await queued({ publication: PUBLICATION });
    const out = await queued({ publication: PUBLICATION });
    expectStatus(await api("POST", `/articles/${out.id}/withdraw`), 200);
    await expectUnwritten(async () => {
      for (const article of [draft, out]) expectProblem(await act("pin", article), 409);
      expectProblem(await act("pin", foreign), 404);
      const body = { op: "pin", article_id: good.id, reason: "调整" };
      expectProblem(await turn(body, `${PUBLICATION}/2020-01-06`), 422, "date");
      expectProblem(await turn(body, `${PUBLICATION}/2099-06-07`), 409);
      expectProblem(await turn(body, `none/${DATE}`), 404);
    });
  });
});

describe("looking ahead over HTTP", () => {
  it("answers why not, and the days ahead; only a dry run may look", async () => {
    const seen = expectStatus(
      await plan(`daily/${DATE}`, { dry_run: true, days: 2, what_if: { quota: 1 } }),
      200,
    ) as unknown as {
      quota: number;
      passed_over: { article_id: string; title: string; why: string }[];
      ahead: { date: string }[];
    };
    expect(seen.quota).toBe(1);
    expect(seen.ahead).toHaveLength(2);
    expect(seen.ahead[0]).toMatchObject({ date: DATE });
    expect(Array.isArray(seen.passed_over)).toBe(true);
    expectProblem(await plan(`daily/${DATE}`, { days: 2 }), 422, "days");
    expectProblem(await plan(`daily/${DATE}`, { what_if: { quota: 1 } }), 422, "what_if");
    expectProblem(await plan(`daily/${DATE}`, { dry_run: true, what_if: { quota: -1 } }), 422, "what_if.quota");
  });
});
