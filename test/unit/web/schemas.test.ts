import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { cleanLine, cleanText, refusal } from "../../../src/articles/intake.ts";
import { HOUR } from "../../../src/platform/time.ts";
import { check } from "../../../src/web/api/body.ts";
import { channelPatch, newChannel } from "../../../src/web/api/channel-schemas.ts";
import * as schemas from "../../../src/web/api/article-schemas.ts";
import { newColumn, newPerson, newToken, newUnit } from "../../../src/web/api/newsroom-schemas.ts";
import { nothing, pageQuery, stop, wireQuery } from "../../../src/web/api/schemas.ts";
import { publicationSettings } from "../../../src/web/api/publication-schemas.ts";
import { plan } from "../../../src/web/api/edition-schemas.ts";

/** The fields that the problem names, after checking that it is a proper one. */
function faults(schema: z.ZodType, value: unknown): string[] {
  try {
    check(schema, value);
  } catch (error) {
    const problem = error as {
      name: string;
      status: number;
      message: string;
      errors: { field: string; message: string }[];
    };
    expect(problem).toMatchObject({ name: "Problem", status: 422 });
    for (const { field, message } of problem.errors) {
      expect(field).not.toBe("");
      expect(message).not.toBe("");
    }
    expect(problem.message).toBe(`${problem.errors[0]!.field}: ${problem.errors[0]!.message}`);
    return [...new Set(problem.errors.map(({ field }) => field))];
  }
  return [];
}
const HASH = "0123456789abcdef".repeat(4);
const LONG = (n: number) => "长".repeat(n);

const ARTICLE = { publication: "huade", title: "标题", markdown: "正文" };
const CHANNEL = { kind: "webhook", name: "县政府网站", config: { url: "https://hooks.example.com/x" } };

describe("a new article", () => {
  it("needs three fields, the rest follows", () => {
    expect(check(schemas.newArticle, ARTICLE)).toEqual({
      ...ARTICLE,
      kind: "original",
      credits: [],
      cover: null,
      source: null,
      file: null,
      captions: null,
      column: null,
      unit: null,
      important: false,
      priority: 0,
      event_at: null,
      embargo_until: null,
      expires_at: null,
      must_run_on: null,
      evergreen: false,
    });
  });

  it("takes everything that an article has", () => {
    const full = {
      ...ARTICLE,
      kind: "reprint",
      digest: "摘要",
      credits: [{ role: "撰稿", name: "王芳" }],
      cover: `/media/${HASH}.png`,
      file: null,
      captions: null,
      source: { name: "草原党建网", url: "https://news.example.com/1", published_at: "2026-11-20T08:00:00+08:00" },
      column: "dangke",
      unit: "qihao",
      important: true,
      priority: 3,
      event_at: "2026-11-20T08:00:00+08:00",
      embargo_until: "2026-11-23T00:00:00Z",
      expires_at: "2026-12-01T00:00:00.5-05:00",
      must_run_on: "2026-11-24",
      evergreen: true,
    };
    expect(check(schemas.newArticle, full)).toEqual({
      ...full,
      event_at: Date.UTC(2026, 10, 20),
      embargo_until: Date.UTC(2026, 10, 23),
      expires_at: Date.UTC(2026, 11, 1, 5, 0, 0, 500),
    });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["no publication", { publication: undefined }, "publication"],
    ["a publication in capitals", { publication: "Huade" }, "publication"],
    ["a publication in Chinese", { publication: "化德" }, "publication"],
    ["a publication with a slash", { publication: "a/b" }, "publication"],
    ["a publication with a newline", { publication: "huade\n" }, "publication"],
    ["a publication with a hyphen at its end", { publication: "huade-" }, "publication"],
    ["a long publication", { publication: "a".repeat(65) }, "publication"],
    ["no title", { title: undefined }, "title"],
    ["an empty title", { title: "" }, "title"],
    ["a title of spaces", { title: " 　\u00a0\n" }, "title"],
    ["a title of controls", { title: "\u0001\u202e\ufeff" }, "title"],
    ["a title that nobody can see", { title: "\u200b\u200d\u{e0020}\u00ad" }, "title"],
    ["a title that is a number", { title: 5 }, "title"],
    ["a title that is null", { title: null }, "title"],
    ["a long title", { title: LONG(65) }, "title"],
    ["a NUL in the title", { title: "标\0题" }, "title"],
    ["half a character in the title", { title: "标题\ud83d" }, "title"],
    ["no text", { markdown: undefined }, "markdown"],
    ["an empty text", { markdown: "" }, "markdown"],
    ["a text of spaces", { markdown: " \n\t\r\n　" }, "markdown"],
    ["a text of controls", { markdown: "\u0001\ufeff" }, "markdown"],
    ["a text that nobody can see", { markdown: "\u200b\n\u2060" }, "markdown"],
    ["a NUL in the text", { markdown: "正\0文" }, "markdown"],
    ["half a character in the text", { markdown: "\udc00正文" }, "markdown"],
    ["a text over a megabyte of UTF-8", { markdown: LONG(Math.ceil((1024 * 1024 + 1) / 3)) }, "markdown"],
    ["a long digest", { digest: LONG(257) }, "digest"],
    ["a NUL in the digest", { digest: "\0" }, "digest"],
    ["another kind", { kind: "poem" }, "kind"],
    ["credits that are no list", { credits: "王芳" }, "credits"],
    ["too many credits", { credits: Array.from({ length: 21 }, () => ({ role: "撰稿", name: "王芳" })) }, "credits"],
    ["a credit without a name", { credits: [{ role: "撰稿", name: "王芳" }, { role: "摄影" }] }, "credits.1.name"],
    ["an empty name", { credits: [{ role: "撰稿", name: " " }] }, "credits.0.name"],
    ["a long role", { credits: [{ role: LONG(21), name: "王芳" }] }, "credits.0.role"],
    ["a NUL in a name", { credits: [{ role: "撰稿", name: "王\0芳" }] }, "credits.0.name"],
    ["a credit with something else", { credits: [{ role: "撰稿", name: "王芳", phone: "1" }] }, "credits.0.phone"],
    ["a cover elsewhere on the site", { cover: "/posts/1" }, "cover"],
    ["a cover that is a script", { cover: "javascript:alert(1)" }, "cover"],
    ["a cover that is data", { cover: "data:image/png;base64,AA" }, "cover"],
    ["a cover that is no uploaded picture", { cover: `/media/${HASH}.svg` }, "cover"],
    ["a cover with a control character", { cover: "https://x.example.com/a\u0001.png" }, "cover"],
    ["a cover with half a character", { cover: "https://x.example.com/\ud83d.png" }, "cover"],
    ["a source without an address", { source: { name: "人民日报" } }, "source.url"],
    ["a source without a name", { source: { url: "https://news.example.com/" } }, "source.name"],
    ["a source that is a script", { source: { name: "报", url: "javascript:alert(1)" } }, "source.url"],
    ["a source that is a path", { source: { name: "报", url: "/posts/1" } }, "source.url"],
    ["a source with a long address", { source: { name: "报", url: `https://a.cn/${"x".repeat(2048)}` } }, "source.url"],
    ["a source with a NUL", { source: { name: "报", url: "https://a.cn/\0" } }, "source.url"],
    ["a source with half a character", { source: { name: "报", url: "https://a.cn/\ud800" } }, "source.url"],
    ["a source that reads backwards", { source: { name: "报", url: "https://a.cn/\u202egnp" } }, "source.url"],
    [
      "a source of no date",
      { source: { name: "报", url: "https://a.cn/", published_at: "昨天" } },
      "source.published_at",
    ],
    ["a column with a space", { column: "a b" }, "column"],
    ["an empty unit", { unit: "" }, "unit"],
    ["important as a word", { important: "true" }, "important"],
    ["too high a priority", { priority: 4 }, "priority"],
    ["a negative priority", { priority: -1 }, "priority"],
    ["half a priority", { priority: 1.5 }, "priority"],
    ["priority as a word", { priority: "1" }, "priority"],
    ["a time without a zone", { embargo_until: "2026-11-23T08:30:00" }, "embargo_until"],
    ["a date for a time", { expires_at: "2026-11-23" }, "expires_at"],
    ["a time that is a number", { event_at: 1_795_392_600_000 }, "event_at"],
    ["a day that is not there", { embargo_until: "2026-02-30T00:00:00Z" }, "embargo_until"],
    ["an hour that is not there", { embargo_until: "2026-02-20T25:00:00Z" }, "embargo_until"],
    ["a time in words", { expires_at: "tomorrow" }, "expires_at"],
    ["a year with a slip of the pen", { expires_at: "0026-11-23T00:00:00Z" }, "expires_at"],
    ["such a date", { must_run_on: "0026-11-23" }, "must_run_on"],
    ["a must-run date that is not there", { must_run_on: "2026-02-29" }, "must_run_on"],
    ["a must-run date with a time", { must_run_on: "2026-11-23T00:00:00Z" }, "must_run_on"],
    ["a must-run date of another form", { must_run_on: "23.11.2026" }, "must_run_on"],
    ["evergreen as a number", { evergreen: 1 }, "evergreen"],
    ["a status of its own", { status: "published" }, "status"],
    ["a field that nobody knows", { titel: "标题" }, "titel"],
    ["a field that is not one's own", { __proto__: null, constructor: 1 }, "constructor"],
  ])("refuses %s", (_, fault, field) => {
    expect(faults(schemas.newArticle, { ...ARTICLE, ...fault })).toEqual([field]);
  });

  it("names every field at fault at once", () => {
    const named = faults(schemas.newArticle, { title: "", markdown: 1, priority: 9, extra: 1, credits: [{}] });
    expect(named.toSorted()).toEqual(
      ["credits.0.name", "credits.0.role", "extra", "markdown", "priority", "publication", "title"].toSorted(),
    );
  });

  it.each([[null], ["text"], [5], [[ARTICLE]]])("a body that is %j is at fault as a whole", (body) => {
    expect(faults(schemas.newArticle, body)).toEqual(["(body)"]);
  });

  it("counts characters, not bytes or halves", () => {
    for (const title of [LONG(64), "😀".repeat(64)])
      expect(check(schemas.newArticle, { ...ARTICLE, title }).title).toBe(title);
    expect(faults(schemas.newArticle, { ...ARTICLE, title: "😀".repeat(65) })).toEqual(["title"]);
    // What cleaning takes away does not count.
    expect(check(schemas.newArticle, { ...ARTICLE, title: `  ${LONG(64)}\u0001 ` }).title).toBe(LONG(64));
    const markdown = LONG(Math.floor((1024 * 1024) / 3));
    expect(check(schemas.newArticle, { ...ARTICLE, markdown }).markdown).toHaveLength(markdown.length);
  });

  it("cleans every text on its way in", () => {
    const read = check(schemas.newArticle, {
      ...ARTICLE,
      title: "\ufeff 标题\r\n第二行 ",
      markdown: "\ufeff一\r\n二\u0001e\u0301",
      digest: " 摘\u202e要 ",
      credits: [{ role: " 撰稿\t", name: "王\u0000芳".replace("\0", "\u0007") }],
      source: { name: " 人民\n日报 ", url: "https://a.cn/路径" },
    });
    expect(read).toMatchObject({
      title: "标题 第二行",
      markdown: "一\n二é",
      digest: "摘要",
      credits: [{ role: "撰稿", name: "王芳" }],
      source: { name: "人民 日报", url: "https://a.cn/路径" },
    });
  });

  it("lets nothing pass that is not clean, whatever is sent", () =>
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (title, markdown) => {
        const { success, data } = schemas.newArticle.safeParse({ ...ARTICLE, title, markdown, digest: title });
        if (refusal(title) !== null || refusal(markdown) !== null || cleanLine(title) === "")
          expect(success).toBe(false);
        if (!success) return;
        expect(data.title).toBe(cleanLine(data.title));
        expect(data.digest).toBe(cleanLine(data.digest!));
        expect(data.markdown).toBe(cleanText(data.markdown));
        expect(data.title).not.toBe("");
      }),
    ));
});

describe("changes of an article", () => {
  it("may be nothing, one field, or null where there may be none", () => {
    expect(check(schemas.articlePatch, {})).toEqual({});
    expect(check(schemas.articlePatch, { digest: "" })).toEqual({ digest: "" });
    expect(check(schemas.articlePatch, { column: null, cover: null, expires_at: null })).toEqual({
      column: null,
      cover: null,
      expires_at: null,
    });
  });

  it.each<[unknown, string]>([
    [{ title: "" }, "title"],
    [{ title: null }, "title"],
    [{ markdown: " " }, "markdown"],
    [{ digest: null }, "digest"],
    [{ important: null }, "important"],
    [{ priority: null }, "priority"],
    // What an article is, is not for a patch to say.
    [{ publication: "other" }, "publication"],
    [{ status: "queued" }, "status"],
    [{ hash: HASH }, "hash"],
    [{ rev: 3 }, "rev"],
    [{ author: "me" }, "author"],
    [{ id: "x" }, "id"],
    [{ stage: 3 }, "stage"],
  ])("%j", (patch, field) => {
    expect(faults(schemas.articlePatch, patch)).toEqual([field]);
  });

  it("a correction changes what readers see, and nothing else", () => {
    expect(check(schemas.correction, { title: "标题" })).toMatchObject({ title: "标题" });
    for (const field of ["priority", "column", "embargo_until", "kind", "evergreen"])
      expect(faults(schemas.correction, { [field]: null })).toEqual([field]);
    expect(faults(schemas.correction, { note: LONG(201) })).toEqual(["note"]);
    expect(faults(schemas.recall, { note: "\0" })).toEqual(["note"]);
    expect(check(schemas.recall, {})).toEqual({ note: "" });
  });
});

describe("a review", () => {
  it("has a decision; gates and note may be left out", () => {
    expect(check(schemas.review, { decision: "approve" })).toMatchObject({ decision: "approve", gates: [], note: "" });
    expect(check(schemas.review, { decision: "return", note: null })).toMatchObject({ note: "" });
    expect(check(schemas.review, { decision: "reject", gates: ["political", "opinion"], note: " 改 " })).toMatchObject({
      gates: ["political", "opinion"],
      note: "改",
    });
  });

  it.each<[unknown, string]>([
    [{}, "decision"],
    [{ decision: "approved" }, "decision"],
    [{ decision: "approve", gates: ["politics"] }, "gates.0"],
    [{ decision: "approve", gates: "all" }, "gates"],
    [{ decision: "approve", gates: Array.from({ length: 7 }, () => "legal") }, "gates"],
    [{ decision: "approve", note: LONG(2001) }, "note"],
    [{ decision: "approve", note: 5 }, "note"],
    [{ decision: "approve", hash: 5 }, "hash"],
    [{ decision: "approve", stage: "head" }, "stage"],
    [{ decision: "approve", reviewer: "someone else" }, "reviewer"],
  ])("%j", (review, field) => {
    expect(faults(schemas.review, review)).toEqual([field]);
  });
});

describe("a publication's settings", () => {
  const settings = {
    name: "化德党建",
    medium: "article",
    time_zone: "Asia/Shanghai",
    quota: 15,
    plan_at: "07:00",
    release_times: ["30 8 * * *", "0 15 * * MON-FRI"],
    stages: ["first", "second", "final"],
  };
  it("are taken, all or some", () => {
    expect(check(publicationSettings, settings)).toEqual(settings);
    expect(check(publicationSettings, { quota: 0, stages: [] })).toEqual({ quota: 0, stages: [] });
  });

  it.each<[unknown, string]>([
    [{ name: "" }, "name"],
    [{ name: LONG(41) }, "name"],
    [{ medium: "audio" }, "medium"],
    [{ time_zone: "北京" }, "time_zone"],
    [{ time_zone: "UTC+25" }, "time_zone"],
    [{ time_zone: "" }, "time_zone"],
    [{ quota: -1 }, "quota"],
    [{ quota: 1.5 }, "quota"],
    [{ quota: 201 }, "quota"],
    [{ quota: "15" }, "quota"],
    [{ plan_at: "7:00" }, "plan_at"],
    [{ plan_at: "24:00" }, "plan_at"],
    [{ plan_at: "07:60" }, "plan_at"],
    [{ plan_at: "07:00:00" }, "plan_at"],
    [{ plan_at: "07:00\n" }, "plan_at"],
    [{ release_times: [] }, "release_times"],
    [{ release_times: "30 8 * * *" }, "release_times"],
    [{ release_times: Array.from({ length: 25 }, () => "30 8 * * *") }, "release_times"],
    [{ release_times: ["30 8 * * *", "0 15 * * 1-5"] }, "release_times.1"],
    [{ release_times: ["08:30"] }, "release_times.0"],
    [{ release_times: ["* * * * *"] }, "release_times.0"],
    [{ release_times: ["0 8 31 2 *"] }, "release_times.0"],
    [{ release_times: [8] }, "release_times.0"],
    [{ stages: ["first", "first"] }, "stages"],
    [{ stages: ["fourth"] }, "stages.0"],
    [{ stages: "first" }, "stages"],
    [{ stopped_at: 1 }, "stopped_at"],
  ])("%j", (fault, field) => {
    expect(faults(publicationSettings, fault)).toEqual([field]);
  });
});

describe("a channel", () => {
  it("is taken with its filter, and expires in hours", () => {
    expect(check(newChannel, { ...CHANNEL, expires_after_hours: 0.5 })).toEqual({
      ...CHANNEL,
      purpose: "news",
      filter: {},
      expires_after_hours: HOUR / 2,
    });
    const filter = { publications: ["huade"], kinds: ["published", "recalled"], originals_only: true };
    const hours = {
      quiet: { from: "22:00", to: "07:00" },
      mode: "digest",
      digest_at: ["12:00", "18:00"],
      daily_max: 20,
      time_zone: "Europe/Berlin",
    };
    expect(check(newChannel, { ...CHANNEL, filter: hours }).filter).toEqual(hours);
    expect(check(newChannel, { ...CHANNEL, filter }).filter).toEqual(filter);
    expect(check(channelPatch, {})).toEqual({});
  });

  it.each<[Record<string, unknown>, string]>([
    [{ kind: "fax" }, "kind"],
    [{ kind: undefined }, "kind"],
    [{ name: "" }, "name"],
    [{ name: LONG(81) }, "name"],
    [{ name: "a\0" }, "name"],
    [{ config: "https://hooks.example.com/" }, "config"],
    [{ config: [] }, "config"],
    [{ filter: { publications: "huade" } }, "filter.publications"],
    [{ filter: { publications: ["化德"] } }, "filter.publications.0"],
    [{ filter: { columns: Array.from({ length: 101 }, (_, i) => `c${i}`) } }, "filter.columns"],
    [{ filter: { kinds: ["deleted"] } }, "filter.kinds.0"],
    [{ filter: { originals_only: "yes" } }, "filter.originals_only"],
    [{ filter: { author: "x" } }, "filter.author"],
    [{ filter: { quiet: { from: "22:00" } } }, "filter.quiet.to"],
    [{ filter: { quiet: { from: "22:00", to: "24:00" } } }, "filter.quiet.to"],
    [{ filter: { quiet: { from: "22:00", to: "22:00" } } }, "filter.quiet.to"],
    [{ filter: { mode: "weekly" } }, "filter.mode"],
    [{ filter: { mode: "digest" } }, "filter.digest_at"],
    [{ filter: { digest_at: ["12:00"] } }, "filter.digest_at"],
    [{ filter: { mode: "digest", digest_at: [] } }, "filter.digest_at"],
    [{ filter: { mode: "digest", digest_at: ["12:00", "12:00"] } }, "filter.digest_at"],
    [{ filter: { mode: "digest", digest_at: ["noon"] } }, "filter.digest_at.0"],
    [{ filter: { daily_max: 0 } }, "filter.daily_max"],
    [{ filter: { daily_max: 2.5 } }, "filter.daily_max"],
    [{ filter: { time_zone: "Asia/Huade" } }, "filter.time_zone"],
    [{ expires_after_hours: 0 }, "expires_after_hours"],
    [{ expires_after_hours: 721 }, "expires_after_hours"],
    [{ expires_after_hours: "24" }, "expires_after_hours"],
    [{ expires_after_hours: Number.NaN }, "expires_after_hours"],
    [{ cursor: 0 }, "cursor"],
    [{ secret: "whsec_x" }, "secret"],
  ])("%j", (fault, field) => {
    expect(faults(newChannel, { ...CHANNEL, ...fault })).toEqual([field]);
    if (field !== "kind") expect(faults(channelPatch, fault)).toEqual([field]);
  });
});

describe("the office", () => {
  it.each<[string, z.ZodType, unknown, string]>([
    ["a column without a name", newColumn, { id: "dangke" }, "name"],
    ["a column of a bad id", newColumn, { id: "-", name: "党课" }, "id"],
    ["a unit of another kind", newUnit, { id: "qihao", name: "七号镇", kind: "town" }, "kind"],
    ["a person of another role", newPerson, { id: "wang", name: "王芳", role: "boss" }, "role"],
    ["a person of a bad unit", newPerson, { id: "wang", name: "王芳", role: "editor", unit: "七号" }, "unit"],
    ["a token without scopes", newToken, { name: "t", scopes: [] }, "scopes"],
    ["a token with another scope", newToken, { name: "t", scopes: ["read", "root"] }, "scopes.1"],
    ["a stop without a reason", stop, { reason: " " }, "reason"],
    ["something where nothing belongs", nothing, { force: true }, "force"],
    ["a dry run in words", plan, { dry_run: "yes" }, "dry_run"],
  ])("%s", (_, schema, value, field) => {
    expect(faults(schema, value)).toEqual([field]);
  });
});

describe("queries", () => {
  it("have a page of twenty unless told, and numbers out of texts", () => {
    expect(check(pageQuery, {})).toEqual({ limit: 20 });
    expect(check(pageQuery, { limit: "100", cursor: "c1" })).toEqual({ limit: 100, cursor: "c1" });
    expect(check(wireQuery, { after: "12" })).toEqual({ after: 12, limit: 20 });
    expect(check(schemas.articleQuery, { status: "queued", q: " 党 课 " })).toMatchObject({ q: "党 课" });
    expect(check(schemas.previewQuery, {})).toEqual({ format: "web" });
  });

  it.each<[string, z.ZodType, unknown, string]>([
    ["no rows", pageQuery, { limit: "0" }, "limit"],
    ["an empty limit", pageQuery, { limit: "" }, "limit"],
    ["too many rows", pageQuery, { limit: "101" }, "limit"],
    ["half a row", pageQuery, { limit: "1.5" }, "limit"],
    ["a limit in words", pageQuery, { limit: "all" }, "limit"],
    ["a long cursor", pageQuery, { cursor: "c".repeat(41) }, "cursor"],
    ["something else", pageQuery, { offset: "20" }, "offset"],
    ["another status", schemas.articleQuery, { status: "live" }, "status"],
    ["a bad publication", schemas.articleQuery, { publication: "化德" }, "publication"],
    ["an empty search", schemas.articleQuery, { q: " " }, "q"],
    ["a search for NUL", schemas.articleQuery, { q: "\0" }, "q"],
    ["before the wire", wireQuery, { after: "-1" }, "after"],
    ["in the middle of an entry", wireQuery, { after: "0.5" }, "after"],
    ["beyond all numbers", wireQuery, { after: "1e400" }, "after"],
    ["another format", schemas.previewQuery, { format: "pdf" }, "format"],
    ["another theme", schemas.previewQuery, { format: "wechat", theme: "pink" }, "theme"],
    ["a theme for the web", schemas.previewQuery, { theme: "red" }, "theme"],
  ])("%s", (_, schema, value, field) => {
    expect(faults(schema, value)).toEqual([field]);
  });
});
