/** Looking before leaping: why not today, other settings tried on, and the days ahead. Nothing is ever written. */
import { beforeEach, describe, expect, it } from "vitest";
import { OFFICIAL } from "../../src/editions/calendar/calendar.ts";
import type { WhatIf } from "../../src/editions/proposal.ts";
import { propose, proposeAhead } from "../../src/editions/proposal.ts";
import { findPublication } from "../../src/newsroom/publication-store.ts";
import { at, DATE, World } from "./helpers/world.ts";

const world = new World();
let publication: number;

const daily = async () => (await findPublication(world.db, "daily"))!;
const look = async (whatIf: WhatIf = {}) => propose(world.db, OFFICIAL, await daily(), DATE, at("06:00"), whatIf);
const uid = (n: number) => `article-${publication}-${n}`;
const numbers = (picks: readonly { uid: string }[]) =>
  picks.map((pick) => Number(pick.uid.split("-").at(-1))).sort((a, b) => a - b);
const counts = () =>
  world.all(
    `SELECT (SELECT count(*) FROM editions) AS e, (SELECT count(*) FROM picks) AS p, (SELECT count(*) FROM audit) AS a`,
  );

beforeEach(async () => {
  await world.wipe();
  publication = await world.publication({ quota: 4 });
  await world.articles(publication, 14);
});

describe("why not today", () => {
  it("every article that was passed over has its reason, first in the queue first", async () => {
    const { added, passedOver } = await look();
    expect(numbers(added)).toEqual([1, 2, 3, 4]);
    expect(passedOver[0]).toMatchObject({ uid: uid(5), title: "稿件 5" });
    expect(passedOver.every(({ why }) => /\S/.test(why))).toBe(true);
    expect(passedOver.map((article) => article.uid)).not.toContain(uid(1));
  });
});

describe("what if", () => {
  it.each<[string, WhatIf, number[]]>([
    ["the quota were two", { quota: 2 }, [1, 2]],
    ["the quota were six", { quota: 6 }, [1, 2, 3, 4, 5, 6]],
  ])("%s", async (_, whatIf, expected) => {
    expect(numbers((await look(whatIf)).added)).toEqual(expected);
  });

  it("an article were left out: the next one takes its place", async () => {
    expect(numbers((await look({ without: [uid(2), "unknown"] })).added)).toEqual([1, 3, 4, 5]);
  });

  it("an article had to run today, stood further ahead, or expired before the first slot", async () => {
    const tried = async (change: object, n: number) =>
      numbers((await look({ articles: [{ uid: uid(n), ...change }] })).added);
    expect(await tried({ mustRunOn: DATE }, 14)).toEqual([1, 2, 3, 14]);
    expect(await tried({ aheadDays: 1 }, 9)).toEqual([1, 2, 3, 9]);
    expect(await tried({ expiresAt: at("08:00") }, 2)).toEqual([1, 3, 4, 5]);
    expect(await tried({ embargoUntil: at("20:00") }, 1)).toEqual([2, 3, 4, 5]);
  });

  it("nothing is written by looking, and the office plans as it would have", async () => {
    const before = await counts();
    await look({ quota: 6 });
    await proposeAhead(world.db, OFFICIAL, await daily(), DATE, 3, at("06:00"));
    expect(await counts()).toEqual(before);
    await world.tick(at("07:00"));
    expect(await world.one(`SELECT count(*) FROM picks`)).toBe(4);
  });
});

describe("the days ahead", () => {
  it("are the working days, each from what the ones before leave", async () => {
    const days = await proposeAhead(world.db, OFFICIAL, await daily(), "2026-11-27", 4, at("06:00"));
    expect(days.map(({ date }) => date)).toEqual(["2026-11-27", "2026-11-30", "2026-12-01", "2026-12-02"]);
    expect(days.map(({ proposal }) => numbers(proposal.added))).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 10, 11, 12],
      [13, 14],
    ]);
    expect(days.map(({ proposal }) => proposal.shortfall)).toEqual([0, 0, 0, 2]);
  });

  it("count what a person has placed there already", async () => {
    await world.tick(at("07:00"));
    const [today, tomorrow] = await proposeAhead(world.db, OFFICIAL, await daily(), DATE, 2, at("07:30"));
    expect(today!.proposal.added).toEqual([]);
    expect(numbers(tomorrow!.proposal.added)).toEqual([5, 6, 7, 8]);
  });
});
