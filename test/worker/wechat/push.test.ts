import { beforeEach, describe, expect, it } from "vitest";
import { AccountWorld, APP } from "../helpers/account.ts";
import { at } from "../helpers/world.ts";

const world = new AccountWorld();

async function edition(posts = 15): Promise<void> {
  const daily = await world.publication({ quota: posts });
  await world.articles(daily, posts);
  await world.minutes("08:30", 1);
  await world.minutes("15:00", 1);
}

/** A JPEG of 16 × 16 like no other, as far as anybody looks at it. */
function jpegOf(name: string): Uint8Array<ArrayBuffer> {
  const comment = new TextEncoder().encode(name);
  const frame = [0xff, 0xc0, 0, 11, 8, 0, 16, 0, 16, 1, 1, 0x11, 0];
  const scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0];
  return Uint8Array.of(0xff, 0xd8, 0xff, 0xfe, 0, comment.length + 2, ...comment, ...frame, ...scan, 0xff, 0xd9);
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

describe("what it costs", () => {
  /** Each post gets three pictures of its own, from elsewhere. */
  async function illustrated(posts: number): Promise<void> {
    const daily = await world.publication({ quota: posts });
    await world.articles(daily, posts);
    const pictures = [1, 2, 3].map(
      (n) => `char(10, 10) || '![图](https://img.example.cn/' || article_id || '-${n}.jpg)'`,
    );
    await world.db.prepare(`UPDATE revisions SET markdown = markdown || ${pictures.join(" || ")}`).run();
    await world.minutes("08:30", 1);
    await world.minutes("15:00", 1);
    const { endpoint } = world;
    world.endpoint = (request) =>
      request.url.startsWith("https://img.example.cn/")
        ? new Response(jpegOf(request.url), { headers: { "content-type": "image/jpeg" } })
        : endpoint(request);
  }

  it("a push of 15 posts with 45 pictures takes 8 queries and 7 rows written a call", async () => {
    await world.account();
    await illustrated(15);
    world.line.resetCounts();
    const { log } = world.platform.world;
    const before = log.length;
    await world.minutes("17:30", 20);
    const calls = log.length - before;
    expect(calls).toBe(61);
    // Twenty ticks are among them.
    expect(world.line.queries / calls).toBeLessThanOrEqual(8);
    expect(world.line.rowsWritten / calls).toBeLessThanOrEqual(7);
    expect(world.line.rowsRead).toBeLessThanOrEqual(8000);
  });

  it("an idle tick beside an account takes 4 queries, 20 rows read and 1 written", async () => {
    await world.account();
    await edition(3);
    await world.minutes("17:30", 12);
    await world.tick(at("20:30"));
    world.line.resetCounts();
    await world.tick(at("20:31"));
    expect(world.line.queries).toBeLessThanOrEqual(4);
    expect(world.line.rowsRead).toBeLessThanOrEqual(20);
    expect(world.line.rowsWritten).toBeLessThanOrEqual(1);
  });
});
