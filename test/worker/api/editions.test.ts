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
    expect(made.picks).toEqual(preview.picks);
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
