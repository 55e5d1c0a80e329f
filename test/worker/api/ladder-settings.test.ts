/** The ladder's settings over the API: what they are, what is refused and how it says so, and that planning heeds them. */
import { beforeAll, describe, expect, it } from "vitest";
import { api, expectProblem, expectStatus, expectUnwritten, makePublication } from "../helpers/api.ts";

const COLUMNS = ["star", "news", "study"];
const UNITS = ["town-a", "town-b"];

const put = (id: string, body: unknown, rev?: number) =>
  api("PUT", `/publications/${id}`, { body, ...(rev !== undefined && { headers: { "if-match": `"${rev}"` } }) });

beforeAll(async () => {
  for (const id of COLUMNS)
    expectStatus(await api("POST", "/columns", { body: { id: `ladder-${id}`, name: id } }), 201);
  for (const id of UNITS)
    expectStatus(await api("POST", "/units", { body: { id: `ladder-${id}`, name: id, kind: "committee" } }), 201);
  await makePublication("ladder");
});

describe("the settings", () => {
  const settings = {
    quota: 5,
    rest_quota: 2,
    maximum: 8,
    column_cap: 3,
    unit_cap: null,
    column_caps: { "ladder-star": 1 },
    unit_caps: { "ladder-town-a": 2 },
    column_minimums: [{ column: "ladder-star", minimum: 1, weekday: "FRI" }],
    credit_days: 3,
    credits: { priority: 0.5, commissioned: 2, fresh: 1 },
    cool_down_days: 60,
    reprint_share: 0.4,
    release_times: ["30 8 * * *", "0 15 * * *"],
    slot_counts: [3, 2],
    lead: { column: "ladder-star" },
    old_days: 10,
  };

  it("are taken and shown as they were sent", async () => {
    expect(expectStatus(await put("ladder", settings, 1), 200)).toMatchObject(settings);
    expect(expectStatus(await api("GET", "/publications/ladder"), 200)).toMatchObject(settings);
  });

  it("change one by one, and null or an empty map takes a limit away", async () => {
    const { rev } = expectStatus(await api<{ rev: number }>("GET", "/publications/ladder"), 200);
    const changed = expectStatus(
      await put("ladder", { column_caps: {}, reprint_share: null, lead: "important" }, rev),
      200,
    );
    expect(changed).toMatchObject({ ...settings, column_caps: {}, reprint_share: null, lead: "important" });
  });
});

describe("what cannot work is refused, and named", () => {
  const minimum = (column: string, minimum: number) => ({ column, minimum });
  it.each<[string, Record<string, unknown>, string]>([
    ["a quota below nought", { quota: -1 }, "quota"],
    ["a maximum below the quota", { quota: 5, maximum: 4 }, "maximum"],
    ["a maximum below the quota of days of rest", { quota: 1, rest_quota: 3, maximum: 2 }, "maximum"],
    [
      "a minimum above the quota",
      { quota: 2, column_minimums: [minimum("ladder-star", 3)] },
      "column_minimums.0.minimum",
    ],
    [
      "a minimum above the maximum",
      { quota: 2, maximum: 3, column_minimums: [minimum("ladder-star", 4)] },
      "column_minimums.0.minimum",
    ],
    [
      "a minimum above the column's cap",
      { quota: 9, column_caps: { "ladder-star": 1 }, column_minimums: [minimum("ladder-star", 2)] },
      "column_minimums.0.minimum",
    ],
    [
      "minimums that exceed the quota together",
      { quota: 3, column_minimums: [minimum("ladder-star", 2), minimum("ladder-news", 2)] },
      "column_minimums",
    ],
    ["column caps that cannot add up", { quota: 15, column_cap: 0 }, "column_cap"],
    ["unit caps that cannot add up", { quota: 5000, unit_cap: 1 }, "quota"],
    [
      "slot counts of the wrong length",
      { quota: 2, release_times: ["30 8 * * *"], slot_counts: [1, 1] },
      "slot_counts",
    ],
    [
      "slot counts below the quota",
      { quota: 5, release_times: ["30 8 * * *", "0 9 * * *"], slot_counts: [1, 1] },
      "slot_counts",
    ],
    ["an unknown column's cap", { column_caps: { nowhere: 1 } }, "column_caps.nowhere"],
    ["an unknown unit's cap", { unit_caps: { nobody: 1 } }, "unit_caps.nobody"],
    ["an unknown column's minimum", { column_minimums: [minimum("nowhere", 1)] }, "column_minimums.0.column"],
    ["an unknown lead column", { lead: { column: "nowhere" } }, "lead.column"],
    ["a release time outside the day", { release_times: ["0 25 * * *"] }, "release_times.0"],
    ["a release time that never comes", { release_times: ["0 8 30 2 *"] }, "release_times.0"],
    ["one that is no expression", { release_times: ["in the morning please, daily"] }, "release_times.0"],
    ["more than 48 slots", { release_times: ["*/30 * * * *", "15 8 * * *"] }, "release_times"],
    ["a share above the whole", { reprint_share: 1.5 }, "reprint_share"],
    ["a setting that there is not", { fairness: true }, "fairness"],
  ])("%s", async (_, settings, field) => {
    await expectUnwritten(async () => expectProblem(await put("refused", { name: "刊", ...settings }), 422, field));
  });

  it("caps of every column and unit that there are, taken together", async () => {
    const { items } = expectStatus(await api<{ items: { id: string }[] }>("GET", "/columns?limit=100"), 200);
    const caps = Object.fromEntries(items.map(({ id }) => [id, 1]));
    await expectUnwritten(async () => {
      const body = { name: "刊", quota: items.length + 1, column_caps: caps };
      const problem = expectProblem(await put("refused", body), 422, "column_caps");
      expect(problem.detail).toContain(`${items.length} posts together`);
      expectProblem(await put("refused", { name: "刊", quota: 200, unit_cap: 1 }), 422, "unit_cap");
    });
  });
});
