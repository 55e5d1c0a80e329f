/**
 * The Worker is killed at every effect of a push to a WeChat account, before and after it took place: each D1 call, each
 * request. Afterwards the minutes go on, and nothing is published or sent twice, or missing.
 */
import { describe, expect, it } from "vitest";
import { AccountOffice } from "./account-office.ts";

/** Two bundles: one sent to all, one published. */
const POSTS = 9;
const PAGES = Array.from({ length: POSTS }, (_, i) => `${i < 8 ? "mass" : "publish"} 稿件 ${i + 1}`);
const RECEIPTS = Array.from({ length: POSTS }, (_, i) => `published ${i < 8 ? "mass" : "publish"} ${(i % 8) + 1}`);

async function opened(config: object = {}): Promise<AccountOffice> {
  const office = new AccountOffice();
  await office.account(config);
  office.release(POSTS);
  return office;
}

/** A tick that fails, or dies, is followed by another. */
async function lives(office: AccountOffice): Promise<void> {
  await office.settle().catch(() => {});
  office.spoil(null);
  await office.settle();
}

describe("a push to an account", () => {
  it.each([
    ["crash", "before"],
    ["crash", "after"],
    ["error", "before"],
    ["error", "after"],
  ] as const)("with %s %s any of its effects goes out whole, and once", async (what, side) => {
    const whole = await opened();
    whole.spoil({ at: -1, what, side });
    await whole.settle();
    const effects = [...whole.effects];
    expect(effects.length).toBeGreaterThan(60);
    for (const [at, name] of effects.entries()) {
      const office = await opened();
      office.spoil({ at, what, side });
      await lives(office);
      const where = `${what} ${side} effect ${at}: ${name}`;
      expect(office.pages, where).toEqual(PAGES);
      expect([office.platform.made("mass").length, office.platform.made("publish").length], where).toEqual([1, 1]);
      expect(office.receipts, where).toEqual(RECEIPTS);
      expect(office.rows(`SELECT outcome FROM deliveries`), where).toEqual([{ outcome: "accepted" }]);
    }
  });
});
