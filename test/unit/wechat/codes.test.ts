import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Reply } from "../../../src/channels/kind.ts";
import { CODES, type ErrorClass } from "../../../src/channels/wechat/code-table.ts";
import {
  explain,
  explainMass,
  explainPublish,
  judgeAnswer,
  untilPlatformDay,
} from "../../../src/channels/wechat/codes.ts";

/** The codes that the platform's pages name: who mends it, what a person reads of it, and whom or what it sends them to. */
const MET: readonly (readonly [code: number, ErrorClass, words: string, next: string])[] = [
  [-1, "retry", "系统繁忙", "自动再试"],
  [45009, "retry", "今天", "零点"],
  [45011, "retry", "太快", "自动再试"],
  [50002, "retry", "用户受限", "管理员"],
  [40001, "account", "access_token", "重新交入"],
  [40014, "account", "不合法", "重新交入"],
  [41001, "account", "没有带 access_token", "重新交入"],
  [42001, "account", "已过期", "重新交入"],
  [40002, "person", "grant_type", "维护刊发的人"],
  [40013, "account", "AppID", "app_id"],
  [40125, "account", "AppSecret", "app_secret"],
  [40164, "account", "203.0.113.9", "白名单”里加入 203.0.113.9"],
  [61004, "account", "203.0.113.9", "白名单”里加入 203.0.113.9"],
  [40243, "account", "冻结", "解冻"],
  [41002, "account", "没有 AppID", "app_id"],
  [41004, "account", "没有 AppSecret", "app_secret"],
  [43002, "account", "POST", "转发服务器"],
  [48001, "account", "认证", "mode"],
  [48004, "person", "封禁", "管理员"],
  [48006, "person", "清零", "手工发表"],
  [50004, "person", "禁止取令牌", "管理员"],
  [50007, "person", "冻结", "管理员"],
  [89501, "person", "等公众号管理员确认", "确认 203.0.113.9"],
  [89503, "person", "确认消息已发到管理员", "确认 203.0.113.9"],
  [89506, "person", "24 小时", "203.0.113.9"],
  [89507, "person", "一小时", "203.0.113.9"],
  [40007, "article", "封面", "草稿箱"],
  [40005, "article", "jpg、png", "jpg 或 png"],
  [40009, "article", "1 MB", "小些的图片"],
  [40137, "article", "webp", "jpg 或 png"],
  [41005, "article", "图片是空的", "重新上传"],
  [44002, "article", "空的", "编辑"],
  [44003, "article", "空的", "编辑"],
  [44004, "article", "正文是空的", "补上正文"],
  [45001, "article", "太大", "小一些"],
  [45002, "article", "2 万字符", "删减正文"],
  [45003, "article", "标题太长", "32 字"],
  [45004, "article", "摘要太长", "128 字"],
  [45005, "article", "链接太长", "来源网址"],
  [45006, "article", "图片的网址", "上传到刊发"],
  [45008, "article", "8 篇", "手工发表"],
  [45110, "article", "作者太长", "16 字"],
  [45166, "article", "正文内容", "外部链接"],
  [41039, "article", "阅读原文", "来源网址"],
  [40114, "article", "不在草稿里", "草稿箱"],
  [47001, "article", "JSON", "特殊符号"],
  [47009, "person", "停用", "维护刊发的人"],
  [61500, "person", "写法", "维护刊发的人"],
  [61501, "person", "范围", "维护刊发的人"],
  [76021, "person", "cgi_path", "维护刊发的人"],
  [40201, "account", "回调地址", "服务器地址"],
  [40202, "person", "action", "维护刊发的人"],
  [40203, "person", "check_operator", "维护刊发的人"],
  [53404, "article", "限制带货", "去掉商品"],
  [53405, "article", "商品信息", "商品"],
  [53406, "account", "没有开通带货", "开通"],
  [53503, "article", "发布检查", "草稿箱"],
  [53504, "person", "网站", "手工发表"],
  [53505, "person", "手工保存", "保存"],
  [53600, "article", "article_id", "发表记录"],
  [88000, "account", "留言", "comments"],
  [45028, "retry", "群发次数", "零点"],
  [45015, "person", "48 小时", "值班编辑"],
  [45047, "retry", "客服消息", "再来信"],
  [48002, "person", "拒收", "值班编辑"],
  [45065, "retry", "不会发第二遍", "查它的结果"],
  [45066, "retry", "重试太快", "自动再试"],
  [45067, "person", "clientmsgid", "维护刊发的人"],
];

const NOON = Date.parse("2026-11-23T12:00:00+08:00");
const NOT_LISTED = "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist rid: 60196b9b-4c5ba79c-066b49c8";

const response = (body: string, status = 200): Reply => ({ type: "response", status, headers: {}, body });
const answered = (errcode: unknown, errmsg: unknown = "") => response(JSON.stringify({ errcode, errmsg }));

describe("each code of the platform's pages", () => {
  it.each(MET)("%i", (errcode, kind, words, next) => {
    const judged = judgeAnswer(answered(errcode, NOT_LISTED), NOON);
    expect(judged).toMatchObject({ ok: false, errcode, explained: { class: kind } });
    if (judged.ok) return;
    expect(judged.explained.words).toContain(words);
    expect(judged.explained.next).toContain(next);
    expect(judged.verdict.type).toBe(kind === "article" ? "rejected" : "retry");
    expect(judged.verdict.why).toBe(`${errcode} ${judged.explained.words}。${judged.explained.next}`);
  });

  it("and no other is in the table", () => {
    expect(Object.keys(CODES).map(Number).sort()).toEqual(MET.map(([code]) => code).sort());
  });

  it("a refusal fits what the ledger keeps", () => {
    for (const { words, next } of Object.values(CODES)) expect([...words, ...next].length).toBeLessThan(200);
  });
});

describe("how long a refusal rests", () => {
  const waits = (errcode: number, now = NOON) => {
    const judged = judgeAnswer(answered(errcode), now);
    return judged.ok ? null : judged.verdict;
  };

  it.each([
    [-1, 30],
    [45011, 60],
    [50002, 60],
    [48001, 1800],
    [89503, 1800],
    [89507, 3600],
    [89506, 86_400],
    [45009, 12 * 3600 + 300],
    [45028, 12 * 3600 + 300],
  ])("%i: %i s", (errcode, seconds) => expect(waits(errcode)).toMatchObject({ after: seconds * 1000 }));

  it("a limit is no failure", () => {
    expect([45009, 45011, 45028].map((code) => waits(code))).toEqual(
      Array(3).fill(expect.objectContaining({ throttled: true })),
    );
    expect(waits(-1)).not.toHaveProperty("throttled");
  });

  it("the platform's next day is less than a day away, and China's", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (now) => {
        const wait = untilPlatformDay(now);
        expect(wait).toBeGreaterThan(0);
        expect(wait).toBeLessThanOrEqual(24 * 3600_000 + 300_000);
      }),
    );
    expect(NOON + untilPlatformDay(NOON)).toBe(Date.parse("2026-11-24T00:05:00+08:00"));
  });
});

describe("the address to allow", () => {
  it.each([
    [NOT_LISTED, "203.0.113.9"],
    ["invalid ip 203.0.113.9, not in whitelist hint: [abc]", "203.0.113.9"],
    ["access clientip is not registered requestIP: 203.0.113.9 rid: 60196b9b-4c5ba79c", "203.0.113.9"],
    ["invalid ip 2001:db8::7 ipv6 2001:db8::7, not in whitelist", "2001:db8::7"],
    ["access clientip is not registered rid: 60196b9b-4c5ba79c-066b49c8", undefined],
    ["invalid ip 999.1.1.1", undefined],
  ])("%s", (errmsg, ip) => {
    expect(explain({ errcode: 40164, errmsg }).ip).toBe(ip);
    expect(explain({ errcode: 61004, errmsg }).next).toContain(ip ?? "出口地址");
  });
});

describe("what the platform says later", () => {
  it.each([
    [2, "article", "原创"],
    [3, "person", "没有说原因"],
    [4, "article", "审核没有通过"],
    [5, "person", "删除了全部"],
    [6, "person", "封禁了全部"],
    [9, "person", "publish_status 9"],
  ])("publish_status %i", (status, kind, words) => {
    expect(explainPublish(status)).toMatchObject({ class: kind, words: expect.stringContaining(words) });
  });

  it.each([
    [10001, "article", "广告"],
    [20001, "article", "政治"],
    [20002, "article", "色情"],
    [20004, "article", "社会"],
    [20006, "article", "违法"],
    [20008, "article", "欺诈"],
    [20013, "article", "版权"],
    [21000, "article", "没有细说"],
    [22000, "article", "互相推广"],
    [30001, "retry", "原创校验"],
    [30002, "article", "不能群发"],
    [30003, "article", "转载"],
    [40001, "person", "拒绝了这次群发"],
    [40002, "person", "30 分钟"],
  ])("err(%i) of a mass send", (status, kind, words) => {
    expect(explainMass(`err(${status})`)).toMatchObject({ class: kind, words: expect.stringContaining(words) });
  });

  it("success is nothing to explain", () => {
    expect([explainPublish(0), explainPublish(1), explainMass("send success"), explainMass("sendsuccess")]).toEqual(
      Array(4).fill(null),
    );
    expect(explainMass("send fail")).toMatchObject({ class: "person", words: expect.stringContaining("send fail") });
  });
});

describe("answers", () => {
  it("with errcode 0 or none are the platform's object", () => {
    const draft = { media_id: "m-1" };
    expect(judgeAnswer(response(JSON.stringify(draft)), NOON)).toEqual({ ok: true, value: draft });
    expect(judgeAnswer(answered(0, "ok"), NOON)).toEqual({ ok: true, value: { errcode: 0, errmsg: "ok" } });
  });

  it.each<[string, Reply]>([
    ["an error page", response("<html>502 Bad Gateway</html>", 502)],
    ["an error page that says 200", response("<html>登录</html>")],
    ["an answer that was cut", response('{"news_item":[{"tit')],
    ["an empty answer", response("")],
    ["JSON that is no object", response("[]")],
    ["an errcode that is no number", answered({})],
    ["success with HTTP 500", response('{"errcode":0}', 500)],
    ["no answer in time", { type: "timeout" }],
    ["a broken connection", { type: "network", why: "connection reset" }],
  ])("the call may have been made: %s", (_, reply) => {
    expect(judgeAnswer(reply, NOON)).toMatchObject({
      ok: false,
      errcode: null,
      verdict: { type: "unknown" },
      explained: { class: "retry" },
    });
  });

  it.each([
    [413, "请求大小"],
    [404, "KANFA_API_BASES"],
    [302, "KANFA_API_BASES"],
  ])("a relay's own refusal, HTTP %i, is the account's", (status, next) => {
    expect(judgeAnswer(response("<html></html>", status), NOON)).toMatchObject({
      verdict: { type: "retry" },
      explained: { class: "account", next: expect.stringContaining(next) },
    });
  });

  it("a code in words, or beside an HTTP error, counts", () => {
    expect(judgeAnswer(answered("45003"), NOON)).toMatchObject({ errcode: 45003, verdict: { type: "rejected" } });
    expect(judgeAnswer(response('{"errcode":45011}', 500), NOON)).toMatchObject({ errcode: 45011 });
  });

  it("an unknown code is for a person, with the platform's words and without secrets", () => {
    const token = `99_${"aB3-_".repeat(30)}`;
    const judged = judgeAnswer(
      answered(61451, `odd\nthing ?access_token=${token} rid: 60196b9b-4c5ba79c-066b49c8`),
      NOON,
    );
    expect(judged).toMatchObject({ errcode: 61451, verdict: { type: "retry", after: 1_800_000 } });
    expect(JSON.stringify(judged)).toContain("odd thing ?access_token=••• rid: 60196b9b");
    expect(JSON.stringify(judged)).not.toContain("aB3");
  });

  it("nothing that can be answered makes it throw", () => {
    const said = fc.oneof(fc.string(), fc.integer(), fc.constant(null));
    const body = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.record({ errcode: said, errmsg: said }).map((answer) => JSON.stringify(answer)),
    );
    fc.assert(
      fc.property(body, fc.integer({ min: 200, max: 599 }), (body, status) => {
        const judged = judgeAnswer(response(body, status), NOON);
        if (!judged.ok) expect(judged.explained.next).not.toBe("");
      }),
    );
  });
});
