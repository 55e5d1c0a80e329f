/** What the platform's XML says. */
import { describe, expect, it } from "vitest";
import { messageOf, readXml } from "../../../src/wechat/callback/message.ts";
import { event, message, text, timestamp } from "./sender.ts";

describe("a message", () => {
  it("is read with its text as it stands, mark-up and all", () => {
    expect(messageOf(text("<b>&amp; ]]]]><![CDATA[> 0012"))).toMatchObject({
      type: "text",
      from: "oReader",
      to: "gh_1",
      text: "<b>&amp; ]]> 0012",
    });
  });

  it("is told from others by all the digits of its number, an event by who, when and what", () => {
    const keys = [
      text("a", "23456789012345678"),
      text("a", "23456789012345679"),
      event("subscribe"),
      event("unsubscribe"),
      event("subscribe", "", String(Number(timestamp) + 1)),
      event("CLICK", "<EventKey><![CDATA[today]]></EventKey>"),
      event("CLICK", "<EventKey><![CDATA[human]]></EventKey>"),
      event("MASSSENDJOBFINISH", "<MsgID>1</MsgID>"),
      event("MASSSENDJOBFINISH", "<MsgID>2</MsgID>"),
    ].map((xml) => messageOf(xml)!.key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(messageOf(text("b", "23456789012345678"))!.key).toBe(keys[0]);
  });

  it.each([
    ["image", message("image", "<PicUrl><![CDATA[http://x]]></PicUrl><MsgId>1</MsgId>")],
    ["view", event("VIEW", "<EventKey><![CDATA[http://x]]></EventKey>")],
    ["an end of no job", event("PUBLISHJOBFINISH")],
    ["a job's name that is none", event("MASSSENDJOBFINISH", "<MsgID>a b</MsgID>")],
  ])("of another sort (%s) is none of ours", (_, xml) => {
    expect(messageOf(xml)).toMatchObject({ type: "other" });
  });

  it.each([
    ["nothing", ""],
    ["no XML", '{"xml":1}'],
    ["another root", "<html></html>"],
    ["a document type", `<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa">]>${text("x")}`],
    ["one after a declaration", `<?xml version="1.0"?><!DOCTYPE xml SYSTEM "file:///etc/passwd">${text("x")}`],
    ["no end", "<xml><FromUserName>"],
    ["depth", `<xml>${"<a>".repeat(5000)}${"</a>".repeat(5000)}</xml>`],
    ["members that are elements", "<xml><FromUserName><a/></FromUserName></xml>"],
    ["members twice", text("x").replace("</xml>", "<FromUserName>other</FromUserName></xml>")],
    ["a time that is none", text("x").replace(timestamp, "NaN")],
  ])("is not read from %s", (_, xml) => {
    expect(messageOf(xml)).toBeNull();
  });

  it("expands nothing: an entity within is text or makes the document none", () => {
    const bomb = `<xml><!DOCTYPE xml [<!ENTITY a "${"a".repeat(1000)}"><!ENTITY b "${"&a;".repeat(50)}">]>${text("&b;").slice(5)}`;
    const read = readXml(bomb.replace("<![CDATA[&b;]]>", "&b;".repeat(1000)));
    expect(JSON.stringify(read ?? "").length).toBeLessThan(10_000);
  });

  it("has no members but its own", () => {
    const read = messageOf(message("event", "<Event>constructor</Event><__proto__><polluted>1</polluted></__proto__>"));
    expect(read === null || read.type === "other").toBe(true);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });
});

const item = (members: string) => `<item>${members}</item>`;

describe("the end of a job", () => {
  it("of a publication that is out", () => {
    const xml = event(
      "PUBLISHJOBFINISH",
      `<PublishEventInfo><publish_id>2247503051</publish_id><publish_status>0</publish_status><article_id><![CDATA[b5O2]]></article_id>
       <article_detail><count>2</count>${item("<idx>1</idx><article_url><![CDATA[https://mp.weixin.qq.com/s?a=1&b=2]]></article_url>")}
       ${item("<idx>2</idx><article_url><![CDATA[https://mp.weixin.qq.com/s/2]]></article_url>")}</article_detail></PublishEventInfo>`,
    );
    expect(messageOf(xml)).toMatchObject({
      type: "finish",
      finish: {
        type: "publish",
        job: "publish:2247503051",
        status: 0,
        articleId: "b5O2",
        articles: [
          { index: 1, url: "https://mp.weixin.qq.com/s?a=1&b=2" },
          { index: 2, url: "https://mp.weixin.qq.com/s/2" },
        ],
        failed: [],
      },
    });
  });

  it.each([
    ["<fail_idx>2</fail_idx>", [2]],
    ["<fail_idx>1</fail_idx><fail_idx>3</fail_idx>", [1, 3]],
  ])("of a publication with %s", (failed, expected) => {
    const xml = event(
      "PUBLISHJOBFINISH",
      `<PublishEventInfo><publish_id>7</publish_id><publish_status>2</publish_status>${failed}</PublishEventInfo>`,
    );
    expect(messageOf(xml)).toMatchObject({ finish: { status: 2, failed: expected, articles: [], articleId: "" } });
  });

  it("of a mass send", () => {
    const xml = event(
      "MASSSENDJOBFINISH",
      `<MsgID>1000001625</MsgID><Status><![CDATA[err(30003)]]></Status><TotalCount>5000</TotalCount><FilterCount>4000</FilterCount>
       <SentCount>3990</SentCount><ErrorCount>10</ErrorCount>
       <CopyrightCheckResult><Count>1</Count><ResultList>${item(
         `<ArticleIdx>1</ArticleIdx><UserDeclareState>0</UserDeclareState><AuditState>2</AuditState>
          <OriginalArticleUrl><![CDATA[https://mp.weixin.qq.com/s/o]]></OriginalArticleUrl><CanReprint>1</CanReprint>`,
       )}</ResultList><CheckState>2</CheckState></CopyrightCheckResult>
       <ArticleUrlResult><Count>1</Count><ResultList>${item("<ArticleIdx>1</ArticleIdx><ArticleUrl><![CDATA[https://mp.weixin.qq.com/s/1]]></ArticleUrl>")}</ResultList></ArticleUrlResult>`,
    );
    expect(messageOf(xml)).toMatchObject({
      finish: {
        type: "mass",
        job: "mass:1000001625",
        msgId: "1000001625",
        status: "err(30003)",
        counts: { total: 5000, filtered: 4000, sent: 3990, failed: 10 },
        copyright: {
          state: 2,
          articles: [{ index: 1, audit: 2, mayReprint: true, original: "https://mp.weixin.qq.com/s/o" }],
        },
        articles: [{ index: 1, url: "https://mp.weixin.qq.com/s/1" }],
      },
    });
  });
});
