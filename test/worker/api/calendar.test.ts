import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { NOTICE_2027 } from "../../unit/editions/calendar/notices.ts";
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

interface Day {
  working: boolean;
  provisional: boolean;
  name: string | null;
  source: string;
  note?: string;
}
interface Year {
  year: number;
  rev: number;
  status: string;
  provisional: boolean;
  notice: string | null;
  working_days: number;
  days: (Day & { date: string })[];
}
interface Change {
  date: string;
  from: Day;
  to: Day;
}
interface Changed extends Year {
  dry_run: boolean;
  changes: { added: Change[]; removed: Change[]; changed: Change[] };
}

const get = (year: number | string) => api<Year>("GET", `/calendar/${year}`);
const put = (year: number | string, body: unknown, headers: Record<string, string> = {}) =>
  api<Changed>("PUT", `/calendar/${year}`, { body, headers });
const dates = (days: readonly { date: string }[]) => days.map((day) => day.date);
const officeRev = async () => (await env.DB.prepare(`SELECT rev FROM office`).first<{ rev: number }>())!.rev;

beforeEach(async () => {
  await env.DB.batch(
    ["calendar_days", "calendar_years", "audit"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
  );
});

describe("GET /calendar/{year}", () => {
  it("2026 is announced: 248 working days, six of them make-up days", async () => {
    const answer = await get(2026);
    const year = expectStatus(answer, 200);
    expect(year).toMatchObject({ year: 2026, rev: 0, status: "announced", provisional: false, notice: null });
    expect(year.working_days).toBe(248);
    expect(dates(year.days.filter((day) => day.working))).toEqual([
      "2026-01-04",
      "2026-02-14",
      "2026-02-28",
      "2026-05-09",
      "2026-09-20",
      "2026-10-10",
    ]);
    expect(year.days[0]).toEqual({
      date: "2026-01-01",
      working: false,
      provisional: false,
      name: "元旦",
      source: "library",
    });
    expect(answer.headers.get("etag")).toBe('"0"');
  });

  it("2027 is provisional and says so, of every day", async () => {
    const year = expectStatus(await get(2027), 200);
    expect(year).toMatchObject({ status: "provisional", provisional: true, notice: null, working_days: 243 });
    expect(year.days).toHaveLength(18);
    expect(year.days.every((day) => day.provisional && day.source === "rule" && !day.working)).toBe(true);
  });

  it.each(["2003", "2101", "0", "20260", "abcd", "2026.5", "-2026", "%00", "二〇二六"])("no year %s", async (year) => {
    expectProblem(await get(year), 422, "year");
    expectProblem(await put(year, { overrides: [{ date: "2026-01-01", working: true }] }), 422, "year");
  });

  it("needs a token; changing needs the scope admin", async () => {
    expectProblem(await api("GET", "/calendar/2026", { token: null }), 401);
    const token = await makeToken("calendar reader", ["read", "editions"]);
    expectStatus(await api("GET", "/calendar/2026", { token }), 200);
    expectProblem(await api("PUT", "/calendar/2026", { token, body: {} }), 403);
  });
});

describe("PUT /calendar/{year} with a notice", () => {
  it("shows what it would change and applies nothing when dry", async () => {
    const shown = await expectUnwritten(async () =>
      expectStatus(await put(2027, { notice_text: NOTICE_2027, dry_run: true }), 200),
    );
    expect(shown).toMatchObject({
      dry_run: true,
      rev: 0,
      status: "announced",
      notice: "国办发明电〔2026〕9号",
      working_days: 250,
    });
    expect(dates(shown.changes.added)).toEqual([
      "2026-12-31",
      "2027-01-03",
      "2027-01-30",
      "2027-02-20",
      "2027-04-25",
      "2027-05-08",
      "2027-09-26",
      "2027-10-09",
    ]);
    expect(shown.changes.added[1]).toEqual({
      date: "2027-01-03",
      from: { working: false, provisional: true, name: "元旦", source: "rule" },
      to: { working: true, provisional: false, name: "元旦", source: "notice" },
    });
    expect(shown.changes.removed).toEqual([]);
    expect(expectStatus(await get(2027), 200).status).toBe("provisional");
  });

  it("announces the year, is audited, wakes every publication and raises the office's revision", async () => {
    await makePublication("asleep");
    await env.DB.prepare(`UPDATE publications SET due_at = 9e15`).run();
    const rev = await officeRev();
    const before = Date.now();
    const answer = await put(2027, { notice_text: NOTICE_2027 });
    const made = expectStatus(answer, 200);
    expect(made).toMatchObject({ dry_run: false, rev: 1, status: "announced", provisional: false, working_days: 250 });
    expect(answer.headers.get("etag")).toBe('"1"');
    const { dry_run: _, changes: __, ...year } = made;
    expect(expectStatus(await get(2027), 200)).toEqual(year);
    expect(expectStatus(await get(2026), 200)).toMatchObject({ rev: 0, working_days: 247 });
    expect(await auditOf("calendar:2027")).toEqual([{ actor: "admin", action: "calendar.imported" }]);
    expect(await officeRev()).toBe(rev + 1);
    const due = await env.DB.prepare(`SELECT due_at FROM publications`).all<{ due_at: number }>();
    for (const { due_at } of due.results) expect(due_at >= before && due_at <= Date.now()).toBe(true);
  });

  it("corrects an earlier import", async () => {
    expectStatus(await put(2027, { notice_text: NOTICE_2027 }), 200);
    const text = NOTICE_2027.replace("2月20日（周六）", "2月21日（周日）");
    const again = expectStatus(await put(2027, { notice_text: text, notice: "更正" }, { "if-match": '"1"' }), 200);
    expect(again).toMatchObject({ rev: 2, notice: "更正", working_days: 250 });
    expect([dates(again.changes.added), dates(again.changes.removed)]).toEqual([["2027-02-21"], ["2027-02-20"]]);
    expect(dates(expectStatus(await get(2027), 200).days)).not.toContain("2027-02-20");
  });

  it("that has a broken sentence is refused, and the sentence named", async () => {
    await expectUnwritten(async () => {
      for (const dry_run of [true, false]) {
        const text = NOTICE_2027.replace("5月8日（周六）", "5月8日（周日）");
        const problem = expectProblem(await put(2027, { notice_text: text, dry_run }), 422, "notice_text");
        expect(problem.errors).toHaveLength(1);
        expect(problem.errors![0]!.message).toContain("5月8日(周日)上班");
      }
      expectProblem(await put(2027, { notice_text: NOTICE_2027.slice(0, 200) }), 422, "notice_text");
      expectProblem(await put(2028, { notice_text: NOTICE_2027 }), 422, "notice_text");
    });
  });
});

describe("PUT /calendar/{year} with days of the office's own", () => {
  const NADAM = { date: "2026-07-11", working: true, note: "那达慕 直播" };

  it("sets and takes back", async () => {
    const set = expectStatus(await put(2026, { overrides: [NADAM, { date: "2026-07-13", working: false }] }), 200);
    expect(set).toMatchObject({ rev: 1, status: "announced", working_days: 248 });
    expect(set.days.filter((day) => day.source === "local")).toEqual([
      { date: "2026-07-11", working: true, provisional: false, name: null, source: "local", note: "那达慕 直播" },
      { date: "2026-07-13", working: false, provisional: false, name: null, source: "local" },
    ]);
    const back = expectStatus(
      await put(2026, { overrides: [{ date: "2026-07-13", remove: true }] }, { "if-match": '"1"' }),
      200,
    );
    expect(back).toMatchObject({ rev: 2, working_days: 249 });
    expect((await auditOf("calendar:2026")).map((row) => row.action)).toEqual([
      "calendar.overridden",
      "calendar.overridden",
    ]);
  });

  it("leaves a provisional year provisional, and outlives its notice", async () => {
    const set = expectStatus(await put(2027, { overrides: [{ date: "2027-01-03", working: false, note: "休" }] }), 200);
    expect(set).toMatchObject({ status: "provisional", provisional: true });
    const imported = expectStatus(await put(2027, { notice_text: NOTICE_2027 }, { "if-match": '"1"' }), 200);
    expect(imported).toMatchObject({ status: "announced", working_days: 249 });
    expect(imported.days.find((day) => day.date === "2027-01-03")).toMatchObject({ source: "local", working: false });
  });

  it("dry, writes nothing", async () => {
    const shown = await expectUnwritten(async () =>
      expectStatus(await put(2026, { overrides: [NADAM], dry_run: true }), 200),
    );
    expect(shown.changes.added).toEqual([
      {
        date: "2026-07-11",
        from: { working: false, provisional: false, name: null, source: "week" },
        to: { working: true, provisional: false, name: null, source: "local", note: "那达慕 直播" },
      },
    ]);
  });

  it.each([
    ["a date of another year", { overrides: [NADAM, { date: "2027-07-11", working: true }] }, "overrides.1.date"],
    ["a date twice", { overrides: [NADAM, NADAM] }, "overrides.1.date"],
    ["no date", { overrides: [{ date: "2026-02-30", working: true }] }, "overrides.0.date"],
    ["neither working nor remove", { overrides: [{ date: "2026-07-11" }] }, "overrides.0.working"],
    ["both", { overrides: [{ ...NADAM, remove: true }] }, "overrides.0.working"],
    ["remove: false", { overrides: [{ date: "2026-07-11", remove: false }] }, "overrides.0.remove"],
    ["an unknown field", { overrides: [{ ...NADAM, name: "x" }] }, "overrides.0.name"],
    ["a long note", { overrides: [{ ...NADAM, note: "长".repeat(201) }] }, "overrides.0.note"],
    ["none", { overrides: [] }, "overrides"],
    ["too many", { overrides: Array.from({ length: 367 }, () => NADAM) }, "overrides"],
    ["nothing", {}, "notice_text"],
    ["both kinds", { notice_text: NOTICE_2027, overrides: [NADAM] }, "notice_text"],
    ["a number without its notice", { overrides: [NADAM], notice: "国办发明电〔2026〕9号" }, "notice"],
    ["an empty notice", { notice_text: " \n" }, "notice_text"],
    ["a notice that is a book", { notice_text: "放假。".repeat(7000) }, "notice_text"],
    ["half a character", { notice_text: "\ud83d" }, "notice_text"],
  ])("refuses %s and names it", async (_, body, field) => {
    await expectUnwritten(async () => expectProblem(await put(2026, body), 422, field));
  });
});

describe("two people at once", () => {
  const day = (n: number) => ({ overrides: [{ date: `2026-07-${n}`, working: true }] });

  it("once there is an entry, If-Match is required and must be the last", async () => {
    expectStatus(await put(2026, day(11)), 200);
    await expectUnwritten(async () => {
      expectProblem(await put(2026, day(12)), 428, "If-Match");
      const stale = await put(2026, day(12), { "if-match": '"0"' });
      expectProblem(stale, 412);
      expect(stale.headers.get("etag")).toBe('"1"');
      expectProblem(await put(2026, day(12), { "if-match": '"2"' }), 412);
      expectProblem(await put(2026, day(12), { "if-match": "*" }), 412);
    });
    expectStatus(await put(2026, day(12), { "if-match": '"1"' }), 200);
    expectProblem(await put(2025, { overrides: [{ date: "2025-07-12", working: true }] }, { "if-match": '"1"' }), 412);
    expectStatus(await put(2025, { overrides: [{ date: "2025-07-12", working: true }] }, { "if-match": '"0"' }), 200);
  });

  it.each([0, 1])("the one who comes in between wins, at revision %i, and the loser leaves no trace", async (rev) => {
    if (rev === 1) expectStatus(await put(2026, day(18)), 200);
    const headers = { "if-match": `"${rev}"` };
    const DB = meddled(() => put(2026, day(25), headers));
    expectProblem(await apiWith({ DB }, "PUT", "/calendar/2026", { body: day(26), headers }), 412);
    const year = expectStatus(await get(2026), 200);
    expect(year.rev).toBe(rev + 1);
    expect(dates(year.days)).toContain("2026-07-25");
    expect(dates(year.days)).not.toContain("2026-07-26");
    expect(await auditOf("calendar:2026")).toHaveLength(rev + 1);
  });
});

describe("what others say of it", () => {
  it("an edition of a provisional day, and of a local one", async () => {
    await makePublication("paper");
    const edition = async (date: string) =>
      expectStatus(await api<Record<string, unknown>>("GET", `/editions/paper/${date}`), 200);
    expect(await edition("2027-02-08")).toMatchObject({ working_day: false, provisional: true, slots: [] });
    expect(await edition("2027-03-08")).toMatchObject({ working_day: true, provisional: true });
    expectStatus(await put(2027, { overrides: [{ date: "2027-02-08", working: true }] }), 200);
    expect(await edition("2027-02-08")).toMatchObject({ working_day: true, provisional: false, quota: 15 });
    const dry = await api("POST", "/editions/paper/2027-02-09/plan", { body: { dry_run: true } });
    expect(expectStatus(dry, 200)).toMatchObject({ working_day: false, provisional: true, quota: 0 });
  });

  it("health warns from 1 November while a year lacks its notice, without being degraded by it", async () => {
    // The clock of a request is the real one: from the first of November, or when a year is not announced at all.
    const now = new Date(Date.now() + 8 * 3_600_000);
    const year = now.getUTCFullYear();
    const wanted = (now.getUTCMonth() >= 10 ? [year, year + 1] : [year]).filter((year) => year > 2026);
    const health = expectStatus(await api<{ warnings: string[]; editions: object[] }>("GET", "/health"), 200);
    // Beside these there may be warnings of other rooms, such as the forecast's.
    const ofYears = health.warnings.filter((warning) => warning.includes("节假日安排"));
    expect(ofYears).toEqual(wanted.map((year) => `${year} 年节假日安排尚未录入，按惯例暂定`));
    for (const edition of health.editions) expect(edition).toHaveProperty("provisional");
    expect(Object.keys(expectStatus(await api<object>("GET", "/health", { token: null }), 200))).toEqual(["status"]);
  });

  it("the API's own description", async () => {
    const spec = expectStatus(
      await api<{ paths: Record<string, { put?: { requestBody: { content: object } } }> }>("GET", "/openapi.json"),
      200,
    );
    expect(JSON.stringify(spec.paths["/api/calendar/{year}"]?.put)).toContain("notice_text");
  });
});
