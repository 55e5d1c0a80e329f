/** What is answered to what, and how it is written. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Message, messageOf, readXml } from "../../../src/wechat/callback/message.ts";
import { replyXml, TEXT_LIMIT, type Wish, wishOf } from "../../../src/wechat/callback/replies.ts";
import { bestMatch } from "../../../src/wechat/callback/search.ts";
import { termsOf } from "../../../src/wechat/callback/words.ts";
import { type AccountSettings, DEFAULT_SETTINGS } from "../../../src/wechat/callback/settings.ts";
import { event, NOW, text } from "./sender.ts";

const SETTINGS: AccountSettings = {
  greeting: "欢迎。",
  greeting_posts: false,
  replies: [
    { words: ["投稿", "Contact"], match: "exact", text: "投稿请发邮箱。" },
    { words: ["党课"], match: "contains", text: "党课在专栏里。" },
    { words: ["党课开讲啦"], match: "exact", text: "第一期。" },
  ],
  human: { words: ["人工", "找人"], text: "" },
  fallback: "没有。",
  menu: [],
};
const wish = (xml: string, change: Partial<AccountSettings> = {}): Wish =>
  wishOf(messageOf(xml)!, { ...SETTINGS, ...change });
const click = (key: string) => event("CLICK", `<EventKey><![CDATA[${key}]]></EventKey>`);
const said = (words: string) => ({ type: "text", text: words });

describe("what is wished", () => {
  it.each<[string, Wish | object]>([
    ["投稿", said("投稿请发邮箱。")],
    [" 投 稿！", said("投稿请发邮箱。")],
    ["ｃｏｎｔａｃｔ", said("投稿请发邮箱。")],
    ["我要投稿", { type: "search", words: "我要投稿", otherwise: "没有。" }],
    ["上党课去", said("党课在专栏里。")],
    ["党课开讲啦", said("第一期。")],
    ["人工", { type: "human", text: null }],
    ["人工智能", { type: "search", words: "人工智能", otherwise: "没有。" }],
    ["？！", said("没有。")],
    ["", said("没有。")],
  ])("by “%s”", (words, expected) => {
    expect(wish(text(words))).toEqual(expected);
  });

  it("by who comes and goes", () => {
    expect(wish(event("subscribe"))).toEqual(said("欢迎。"));
    expect(wish(event("subscribe"), { greeting: "" })).toEqual({ type: "nothing" });
    expect(wish(event("subscribe"), { greeting_posts: true })).toEqual({
      type: "today",
      greeting: "欢迎。",
      otherwise: "欢迎。",
    });
    expect(wish(event("unsubscribe"))).toEqual({ type: "nothing" });
  });

  it("by a button: the day's posts, a person, one of the office's words, or nothing", () => {
    expect(wish(click("today"))).toMatchObject({ type: "today", greeting: null });
    expect(wish(click("human"), { human: { words: [], text: "请稍候。" } })).toEqual({
      type: "human",
      text: "请稍候。",
    });
    expect(wish(click("党课"))).toEqual(said("党课在专栏里。"));
    expect(wish(click("nobody knows"))).toEqual({ type: "nothing" });
  });

  it("is always something to be said, or nothing, whatever is written", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (words) => {
        const message: Message = { from: "a", to: "b", key: "k", type: "text", text: words };
        expect(["text", "search", "human"]).toContain(wishOf(message, DEFAULT_SETTINGS).type);
      }),
      { numRuns: 200 },
    );
  });
});

const envelope = { from: "oReader]]>", to: "gh_1", key: "k" };

describe("a reply", () => {
  it("is addressed back and says what was to be said, whatever that is", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme-ascii", maxLength: 300 }),
        fc.constantFrom("]]>", "&<>", "😀", "\n"),
        (a, b) => {
          const words = `x${a}${b}${a}x`;
          expect(readXml(replyXml({ type: "text", text: words }, envelope, NOW)!)).toEqual({
            ToUserName: "oReader]]>",
            FromUserName: "gh_1",
            CreateTime: String(NOW / 1000),
            MsgType: "text",
            Content: words,
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  it("of a long text ends at a whole character within the platform's bytes", () => {
    for (const each of ["长", "😀", "👨‍👩‍👧", "a"]) {
      const content = readXml(replyXml({ type: "text", text: each.repeat(2100) }, envelope, NOW)!)!.Content as string;
      const bytes = new TextEncoder().encode(content).length;
      expect(bytes).toBeLessThanOrEqual(TEXT_LIMIT);
      expect(bytes).toBeGreaterThan(TEXT_LIMIT - 30);
      expect(content.replaceAll(each, "")).toBe("…");
    }
  });

  it("of cards names each with its picture and address", () => {
    const card = (n: number) => ({
      title: `题 ${n}`,
      digest: "摘",
      picture: `https://k/${n}.jpg`,
      url: `https://k/${n}?a&b`,
    });
    expect(readXml(replyXml({ type: "news", cards: [card(1), card(2)] }, envelope, NOW)!)).toMatchObject({
      MsgType: "news",
      ArticleCount: "2",
      Articles: {
        item: [1, 2].map((n) => ({
          Title: `题 ${n}`,
          Description: "摘",
          PicUrl: `https://k/${n}.jpg`,
          Url: `https://k/${n}?a&b`,
        })),
      },
    });
  });

  it("that hands over has no content, and none is no document", () => {
    expect(readXml(replyXml({ type: "transfer" }, envelope, NOW)!)).toMatchObject({
      MsgType: "transfer_customer_service",
    });
    expect(replyXml({ type: "none" }, envelope, NOW)).toBeNull();
  });
});

const post = (title: string, digest = "") => ({ title, digest });
const POSTS = [
  post("长顺镇擂台比武亮实绩", "十个村支部书记登台"),
  post("全县党课开讲啦第三期", "讲述头雁风采"),
  post("5G 基站进草原", "牧区网络全覆盖"),
  post("县里召开擂台动员会", ""),
  post("七号镇防汛演练", "长顺镇派人观摩擂台"),
];

describe("the search", () => {
  it.each([
    ["擂台比武", 0],
    ["我想看看长顺镇的擂台比武", 0],
    ["头雁风采在哪里", 1],
    ["5g", 2],
    ["动员会", 3],
    ["防汛", 4],
    ["天气", null],
    ["你好", null],
    ["全县人民", null],
    ["！！", null],
  ])("for “%s” finds %s", (words, expected) => {
    expect(bestMatch(words, POSTS)).toBe(expected === null ? null : POSTS[expected]);
  });

  it("finds a post by its own title, the newest of equals, and nothing among none", () => {
    for (const each of POSTS) expect(bestMatch(each.title, POSTS)).toBe(each);
    const [newer, older] = [post("每周一星"), post("每周一星")];
    expect(bestMatch("每周一星", [newer, older])).toBe(newer);
    expect(bestMatch("擂台", [])).toBeNull();
  });

  it("takes Latin words and numbers whole, Chinese by pairs", () => {
    expect([...termsOf("看 iPhone16，擂台赛")]).toEqual(["看", "iphone16", "擂台", "台赛"]);
  });
});
