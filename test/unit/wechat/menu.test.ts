/** A menu before it goes to the platform, and what the platform says of it. */
import { describe, expect, it } from "vitest";
import { refusalOf } from "../../../src/wechat/callback/menu.ts";
import { accountOf } from "../../../src/wechat/accounts.ts";
import { type Button, DEFAULT_SETTINGS, menuBody, refuseMenu } from "../../../src/wechat/callback/settings.ts";

const fields = (menu: Button[]): string[] =>
  refuseMenu({ ...DEFAULT_SETTINGS, replies: [{ words: ["投 稿"], match: "exact", text: "x" }], menu }).map(
    ({ field }) => field,
  );

describe("a menu", () => {
  it("within the platform's bytes, whose buttons do something, is taken", () => {
    expect(
      fields([
        { type: "click", name: "今日要闻要", key: "today" },
        { type: "view", name: "网站", url: "https://news.example.cn/" },
        { type: "menu", name: "更多", buttons: [{ type: "click", name: "字".repeat(20), key: "投稿" }] },
      ]),
    ).toEqual([]);
  });

  it("is refused with the place that is too long, or the key that nobody answers", () => {
    expect(fields([{ type: "click", name: "今日要闻要闻", key: "today" }])).toEqual(["menu.0.name"]);
    expect(fields([{ type: "click", name: "x", key: "tody" }])).toEqual(["menu.0.key"]);
    expect(fields([{ type: "view", name: "x", url: `https://a.cn/${"a".repeat(1020)}` }])).toEqual(["menu.0.url"]);
    expect(
      fields([{ type: "menu", name: "x", buttons: [{ type: "click", name: "字".repeat(21), key: "human" }] }]),
    ).toEqual(["menu.0.buttons.0.name"]);
  });

  it("is written as the platform takes it", () => {
    expect(
      menuBody([
        { type: "click", name: "今日要闻", key: "today" },
        { type: "menu", name: "更多", buttons: [{ type: "view", name: "网站", url: "https://a.cn/" }] },
      ]),
    ).toEqual({
      button: [
        { type: "click", name: "今日要闻", key: "today" },
        { name: "更多", sub_button: [{ type: "view", name: "网站", url: "https://a.cn/" }] },
      ],
    });
  });
});

describe("the platform's answer to it", () => {
  const answer = (body: string) => refusalOf({ type: "response", status: 200, headers: {}, body }, 0);
  it("is plain words and what to do, or nothing amiss", () => {
    expect(answer('{"errcode":0,"errmsg":"ok"}')).toBeNull();
    expect(answer('{"errcode":46003,"errmsg":"menu no exist"}')).toBeNull();
    expect(answer('{"errcode":40018,"errmsg":"invalid button name size"}')).toMatch(/名称太长.*40018/);
    expect(answer('{"errcode":48001,"errmsg":"api unauthorized"}')).toMatch(/没有这个接口的权限.*48001/);
    expect(answer('{"errcode":99999,"errmsg":"new"}')).toContain("99999");
    expect(answer("<html>")).toContain("再保存一次");
    expect(refusalOf({ type: "timeout" }, 0)).toContain("再保存一次");
  });
});

describe("a publication's account", () => {
  const account = (publication?: string, publications?: string[]) => ({
    config: JSON.stringify({ app_id: "wx", publication }),
    filter: JSON.stringify({ publications }),
  });
  it("is the one that names it, else the one that lists it, else the only one, if that names none", () => {
    const [named, listing, other] = [account("daily"), account(undefined, ["weekly", "daily"]), account("video")];
    expect(accountOf([other, listing, named], "daily")).toBe(named);
    expect(accountOf([other, listing], "daily")).toBe(listing);
    expect(accountOf([other], "daily")).toBeUndefined();
    const free = account();
    expect(accountOf([free], "daily")).toBe(free);
    expect(accountOf([free, other], "daily")).toBeUndefined();
    expect(accountOf([], "daily")).toBeUndefined();
  });
});
