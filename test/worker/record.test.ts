/** A publication's record of a month. */
import { beforeEach, describe, expect, it } from "vitest";
import { api, expectProblem, expectStatus } from "./helpers/api.ts";
import { newOffice, world } from "./helpers/videos.ts";
import { at } from "./helpers/world.ts";

beforeEach(newOffice);

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
