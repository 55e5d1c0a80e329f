import { describe, expect, it } from "vitest";
import { decodeEntities, escapeHtml, safeUrl } from "../../../src/formats/index.ts";

describe("escapeHtml", () => {
  it("leaves no character that HTML reads", () =>
    expect(escapeHtml(`<a href="x" title='y'>&amp;中</a>`)).toBe(
      "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;中&lt;/a&gt;",
    ));
});

describe("decodeEntities", () => {
  it.each([
    ["&lt;b&gt;&nbsp;&hellip;", "<b>\u00a0…"],
    ["&#20013;&#x6587;", "中文"],
    ["&amp;lt;", "&lt;"],
    ["&#0;&#xD800;&#1114112;", "\ufffd\ufffd\ufffd"],
    ["&unknown; &constructor; &lt a&b", "&unknown; &constructor; &lt a&b"],
  ])("%s", (text, characters) => expect(decodeEntities(text)).toBe(characters));
});

describe("safeUrl", () => {
  it.each([
    "http://a.cn",
    "https://a.cn/x?y=1&z=2#w",
    "HTTPS://A.CN/",
    "https://例子.中国/文章",
    "https://a.cn:8443/@name/x",
    "/posts/1",
    "/",
    "/a//b",
  ])("lets links and images go to %s", (href) => {
    expect(safeUrl(href, "link")).toBe(href);
    expect(safeUrl(href, "image")).toBe(href);
  });

  it.each(["mailto:a@b.cn", "mailto:a@b.cn?subject=x", "tel:+86-474-1234567", "#part", "#"])(
    "lets links, not images, go to %s",
    (href) => {
      expect(safeUrl(href, "link")).toBe(href);
      expect(safeUrl(href, "image")).toBeNull();
    },
  );

  it.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "\u0001javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "java\u0000script:alert(1)",
    "javascript&colon;alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;avascript:alert(1)",
    "&Tab;javascript:alert(1)",
    "javascript%3Aalert(1)",
    "javascript://a.cn/%0Aalert(1)",
    "feed:javascript:alert(1)",
    "view-source:https://a.cn",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:image/svg+xml;base64,PHN2Zz4=",
    "data:image/png;base64,AAAA",
    "blob:https://a.cn/x",
    "filesystem:https://a.cn/x",
    "file:///etc/passwd",
    "ftp://a.cn/x",
    "ws://a.cn",
    "about:blank",
    "weixin://x",
    "//evil.cn",
    "///evil.cn",
    "/\\evil.cn",
    "\\\\evil.cn",
    "\\/evil.cn",
    "/\t/evil.cn",
    "/\n/evil.cn",
    "/a\\b",
    "http:\\\\evil.cn",
    "http:/\\evil.cn",
    "http:evil.cn",
    "http:/evil.cn",
    "http:///evil.cn",
    "https://",
    "https://?x",
    "https://a.cn/ b",
    "https://a.cn/\u00a0b",
    "https://a.cn/\u3000b",
    "https://a.cn/\u202etxt.exe",
    "https://a.cn/\u200bx",
    "https://\u00adevil.cn",
    "https://a.cn/\u007f",
    "https://a.cn/\u0085",
    "https://bank.cn@evil.cn/",
    "https://user:pass@evil.cn/",
    "https://a.cn:99999/",
    "https://[::1",
    "https://a b.cn",
    "https://a.cn/\ud800",
    "mailto:",
    "mailto://a.cn",
    "tel:",
    "mailto:a@b.cn\nbcc:c@d.cn",
    "",
    " ",
    "a.html",
    "./a",
    "../a",
    "?q",
    "www.a.cn",
    "&sol;&sol;evil.cn",
  ])("refuses %j", (href) => {
    expect(safeUrl(href, "link")).toBeNull();
    expect(safeUrl(href, "image")).toBeNull();
  });
});
