import { beforeEach, describe, expect, it } from "vitest";
import { AccountWorld, APP } from "../helpers/account.ts";

const world = new AccountWorld();

async function edition(posts = 15): Promise<void> {
  const daily = await world.publication({ quota: posts });
  await world.articles(daily, posts);
  await world.minutes("08:30", 1);
  await world.minutes("15:00", 1);
}

beforeEach(() => world.wipe());

describe("a day's posts", () => {
  it("go out at the account's time, eight sent to all and seven published", async () => {
    await world.account();
    await edition();
    expect(world.platform.made("upload")).toEqual([]);
    await world.minutes("17:30", 12);
    expect(world.platform.made("mass")).toHaveLength(1);
    const pages = world.platform.world.pages;
    expect(pages.map(({ kind, article }) => `${kind} ${article.title}`)).toEqual(
      Array.from({ length: 15 }, (_, i) => `${i < 8 ? "mass" : "publish"} 稿件 ${i + 1}`),
    );
    const receipts = await world.receipts();
    expect(receipts.map(({ state, way, idx }) => `${state} ${way} ${idx}`)).toEqual(
      Array.from({ length: 15 }, (_, i) => `published ${i < 8 ? "mass" : "publish"} ${(i % 8) + 1}`),
    );
    expect(await world.all(`SELECT outcome, excerpt FROM deliveries`)).toMatchObject([{ outcome: "accepted" }]);
    expect(world.platform.account(APP.app_id).drafts.size).toBe(0);
    expect(await world.all(`SELECT title FROM alerts WHERE kind <> 'edition.short'`)).toEqual([]);
  });
});
