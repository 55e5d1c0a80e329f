import { beforeAll, describe, expect, it } from "vitest";
import type { Article } from "../helpers/api.ts";
import { api, expectProblem, expectStatus, makeArticle, makeToken } from "../helpers/api.ts";
import { newOffice } from "../helpers/articles.ts";

beforeAll(newOffice);

describe("GET /articles/{id}/preview", () => {
  let article: Article;

  beforeAll(async () => {
    article = await makeArticle({
      markdown:
        "坚持**“项目为王”**理念 <script>alert(1)</script>\n\n[坏](javascript:alert(1)) ![图](/media/" +
        `${"a".repeat(64)}.png)\n`,
    });
  });
  const preview = (query: string) => api("GET", `/articles/${article.id}/preview${query}`);

  it.each([
    ["", "text/html; charset=utf-8"],
    ["?format=web", "text/html; charset=utf-8"],
    ["?format=wechat", "text/html; charset=utf-8"],
    ["?format=feed", "text/html; charset=utf-8"],
    ["?format=email", "text/html; charset=utf-8"],
  ])("%s is the page itself, without script and without rights", async (query, type) => {
    const answer = await preview(query);
    expectStatus(answer, 200);
    expect(answer.headers.get("content-type")).toBe(type);
    expect(answer.headers.get("content-security-policy")).toMatch(/default-src 'none'.*sandbox/);
    expect(answer.text).toMatch(/<strong[^>]*>“项目为王”<\/strong>/);
    expect(answer.text).not.toMatch(/<script|href="javascript/i);
    expect(answer.text).toContain(`https://kanfa.test/media/${"a".repeat(64)}.png`);
  });

  it("web and wechat are two renderings", async () => {
    const [web, wechat] = [await preview("?format=web"), await preview("?format=wechat")];
    expect(wechat.text).toContain("style=");
    expect(web.text).not.toBe(wechat.text);
  });

  it("email is a whole letter", async () => {
    const { text } = await preview("?format=email");
    expect(text).toMatch(/^<!doctype html>/);
    for (const part of [article.title, "在网页中阅读"]) expect(text).toContain(part);
    expect(text).not.toContain("退订");
  });

  it("text is plain", async () => {
    const answer = await preview("?format=text");
    expectStatus(answer, 200);
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(answer.text).toContain("坚持“项目为王”理念");
    expect(answer.text).not.toContain("**");
  });

  it.each(["wecom", "dingtalk"])("%s is the Markdown that its robot is sent", async (format) => {
    const answer = await preview(`?format=${format}`);
    expectStatus(answer, 200);
    expect(answer.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
    expect(answer.text).toContain("坚持“**项目为王**”理念 ＜script>alert(1)＜/script>");
    expect(answer.text).toContain("坏 ［图：图］\n\n[查看原文](https://kanfa.test/)");
  });

  it.each(["telegram", "feishu", "slack", "discord"])("%s is the JSON that its robot is sent", async (format) => {
    const answer = await preview(`?format=${format}`);
    expectStatus(answer, 200);
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(answer.headers.get("content-security-policy")).toMatch(/sandbox/);
    const words = JSON.stringify(JSON.parse(answer.text));
    expect(words).toContain("项目为王");
    expect(words).toContain("https://kanfa.test/");
    expect(words).not.toContain("javascript:");
  });

  it("knows its formats", async () => {
    expectProblem(await preview("?format=pdf"), 422, "format");
    expectProblem(await preview("?format="), 422, "format");
    expectProblem(await preview("?theme=red"), 422, "theme");
    expectProblem(await api("GET", "/articles/none/preview"), 404);
  });

  it("is not for strangers", async () => {
    expectProblem(await api("GET", `/articles/${article.id}/preview`, { token: null }), 401);
    const token = await makeToken("poster", ["articles:write"]);
    expectProblem(await api("GET", `/articles/${article.id}/preview`, { token }), 403);
  });
});
