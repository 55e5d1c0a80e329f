/** What taking down, correcting by hand and looking back decide: plain functions. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeAnswer } from "../../../src/channels/wechat/codes.ts";
import { changesOf, passages, touched } from "../../../src/wechat/sheets/changes.ts";
import { fit } from "../../../src/wechat/sheets/sent-by-hand.ts";
import { deletedIn, fateOf } from "../../../src/wechat/books/late.ts";
import { articleUrl } from "../../../src/wechat/sheets/sheets.ts";
import { follow, GIVE_UP_AFTER, idNumber, planOf, type Target } from "../../../src/wechat/takedowns/takedown.ts";

const id = fc.option(fc.stringMatching(/^\d{1,20}$/));
const targets: fc.Arbitrary<Target> = fc.record({
  state: fc.constantFrom("drafted", "published", "failed", "deleted", "banned"),
  way: fc.constantFrom("mass", "publish", "draft"),
  bundle: fc.constant("b:1"),
  idx: fc.integer({ min: -1, max: 8 }),
  draft: id,
  job: id,
  articleId: id,
  url: fc.constant(null),
  company: fc.integer({ min: 0, max: 7 }),
  sheetOpen: fc.boolean(),
});

describe("the call that takes an article down", () => {
  it("names one article by its place, and is made only for what readers or a draft hold", () => {
    fc.assert(
      fc.property(targets, (target) => {
        const plan = planOf(target);
        if (target.state !== "published" && target.state !== "drafted") expect(plan.type).toBe("nothing");
        if (plan.type !== "call") return;
        const body = "body" in plan.call ? (plan.call.body as Record<string, unknown>) : {};
        // Without a place, or with 0, the platform deletes everything that went out with it.
        const place = body["index"] ?? body["article_idx"];
        if (target.state === "published") expect(place).toBe(target.idx);
        if (target.state === "published") expect(place).toBeGreaterThanOrEqual(1);
        if (target.state === "drafted") expect([body["media_id"], target.company]).toEqual([target.draft, 0]);
      }),
    );
  });

  it("loses no digit of a number", () => {
    const sent = (n: bigint) => JSON.stringify(idNumber(String(n))).replaceAll('"', "");
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (n) => void expect(sent(n)).toBe(String(n))));
  });
});

describe("what follows from the answer", () => {
  const now = Date.parse("2026-11-23T09:00:00+08:00");
  const refusal = (errcode: number) =>
    judgeAnswer({ type: "response", status: 200, headers: {}, body: JSON.stringify({ errcode, errmsg: "no" }) }, now);
  const after = (errcode: number, tries = 1, askedAt = now) =>
    follow(refusal(errcode), [53600], { tries, now, askedAt, seed: "s" });

  it("is done, again or a person's, and never for ever", () => {
    expect(after(0)).toMatchObject({ type: "done", gone: false });
    expect(after(53600)).toMatchObject({ type: "done", gone: true });
    expect(after(-1)).toMatchObject({ type: "again", tell: false });
    expect(after(-1, 9, now - 60 * 60_000)).toMatchObject({ type: "again", tell: true });
    expect(after(48001)).toMatchObject({ type: "again", tell: true });
    expect(after(48001, 30, now - GIVE_UP_AFTER)).toMatchObject({ type: "failed" });
    expect(after(47001)).toMatchObject({ type: "failed" });
  });
});

describe("what a correction changes", () => {
  const manuscript = fc.array(fc.constantFrom("甲", "乙", "丙丁", "戊己庚", "辛"), { maxLength: 12 });

  it("is what is taken out and what is put in, and nothing where nothing differs", () => {
    fc.assert(
      fc.property(manuscript, manuscript, (before, after) => {
        const changes = passages(before.join("\n"), after.join("\n"));
        const removed = changes.flatMap(({ old }) => (old === "" ? [] : old.split("\n")));
        const added = changes.flatMap((change) => (change.new === "" ? [] : change.new.split("\n")));
        expect(before.length - removed.length).toBe(after.length - added.length);
        const bag = (words: readonly string[]) => words.toSorted().join();
        expect(bag([...before, ...added])).toBe(bag([...after, ...removed]));
        expect(changes.length === 0).toBe(before.join() === after.join());
      }),
    );
  });

  it("is counted in characters between the common ends", () => {
    expect(touched({ old: "第十五次会议", new: "第十六次会议" })).toBe(1);
    expect(touched({ old: "", new: "补上" })).toBe(2);
    expect(touched({ old: "共一百人", new: "共人" })).toBe(2);
    expect(touched({ old: "啊啊", new: "啊啊啊" })).toBe(1);
  });

  it("fits the site's own way of correcting only within twenty characters of the text", () => {
    const of = (old: string, now: string, title = "题") =>
      changesOf({ title: "题", text: old }, { title, text: now }).onSite;
    expect(of("全文一", "全文二")).toBe(true);
    expect(of("字".repeat(30), "句".repeat(20) + "字".repeat(10))).toBe(true);
    expect(of("字".repeat(30), "句".repeat(21) + "字".repeat(9))).toBe(false);
    expect(of("全文一", "全文二", "新题")).toBe(false);
  });
});

describe("a message that somebody sent by hand", () => {
  const posts = [1, 2, 3].map((postId) => ({ postId, recalled: postId === 2 }));
  const urls = (count: number) => Array.from({ length: count }, (_, i) => `u${i + 1}`);

  it("is a draft's if all of it went out, or all but what is recalled, with or without the day's list", () => {
    const places = (count: number) => fit(posts, urls(count))?.map(({ postId, place }) => [postId, place]) ?? null;
    expect(places(3)).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(places(2)).toEqual([
      [1, 1],
      [3, 2],
    ]);
    expect(places(4)).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect([places(1), places(5), fit([], [])]).toEqual([null, null, null]);
  });

  it("has addresses at the platform only", () => {
    expect(articleUrl("http://mp.weixin.qq.com/s/abc")).toBe("https://mp.weixin.qq.com/s/abc");
    expect(articleUrl("https://mp.weixin.qq.com/s?__biz=a&mid=1")).toBe("https://mp.weixin.qq.com/s?__biz=a&mid=1");
    for (const link of [
      "https://mp.weixin.qq.com.evil.example/s/a",
      "https://u@mp.weixin.qq.com/s/a",
      "javascript:1",
      "x",
    ])
      expect(articleUrl(link)).toBeNull();
  });
});

describe("what happened to a publication", () => {
  const items = (...idx: number[]) => ({ article_detail: { count: idx.length, item: idx.map((n) => ({ idx: n })) } });
  const listed = deletedIn({
    item: [{ article_id: "A", content: { news_item: [{ is_deleted: false }, { is_deleted: true }] } }],
  });

  it("is read from its state, its places and the list's marks", () => {
    const fate = (idx: number, answer: object, articleId = "B") => fateOf({ idx, articleId }, { ...answer }, listed);
    expect(fate(1, { publish_status: 0, ...items(1, 2) })).toBeNull();
    expect(fate(2, { publish_status: 0, ...items(1) })).toBe("deleted");
    expect(fate(2, { publish_status: 0, ...items(1, 2) }, "A")).toBe("deleted");
    expect(fate(1, { publish_status: 5 })).toBe("deleted");
    expect(fate(1, { publish_status: 6 })).toBe("banned");
    // An answer that lists nothing proves nothing.
    expect([fate(1, { publish_status: 0 }), fate(1, {}), fate(1, { publish_status: 1 })]).toEqual([null, null, null]);
  });

  it("is nothing for whatever else is answered", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (answer, item) => {
        fc.pre(!("publish_status" in answer));
        const marks = deletedIn({ item });
        expect(fateOf({ idx: 1, articleId: "never" }, answer, marks)).toBeNull();
      }),
    );
  });
});
