/** Themes over the API: the five of ours, a publication's own, what is refused of one, and previews in it. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  api,
  expectProblem,
  expectStatus,
  expectUnwritten,
  makeArticle,
  makePublication,
  makeToken,
} from "../helpers/api.ts";

const put = (theme: unknown, rev: number) =>
  api<{ theme: unknown; rev: number }>("PUT", "/publications/themed", {
    body: { theme },
    headers: { "if-match": `"${rev}"` },
  });
const revision = async () => expectStatus(await api<{ rev: number }>("GET", "/publications/themed"), 200).rev;

beforeAll(async () => {
  await makePublication("themed");
  expectStatus(await api("POST", "/columns", { body: { id: "themed-stars", name: "头雁风采" } }), 201);
});

describe("GET /themes", () => {
  it("lists the five with their values", async () => {
    const { items } = expectStatus(await api<{ items: Record<string, unknown>[] }>("GET", "/themes"), 200);
    expect(items.map(({ id, name }) => [id, name])).toEqual([
      ["red", "政务红"],
      ["plain", "素雅"],
      ["newspaper", "报纸"],
      ["fresh", "清新"],
      ["dark", "深色友好"],
    ]);
    expect(items[0]).toMatchObject({ accent: "#b3251e", size: 16, heading: "bar", roles: ["编辑", "校对", "审核"] });
  });

  it("is not for strangers", async () => {
    expectProblem(await api("GET", "/themes", { token: null }), 401);
    expectProblem(await api("GET", "/themes", { token: await makeToken("themer", ["articles:write"]) }), 403);
  });
});

describe("a publication's theme", () => {
  it("is government red until somebody says otherwise, and then what they said", async () => {
    const fresh = expectStatus(await api<{ theme: unknown }>("GET", "/publications/themed"), 200);
    expect(fresh.theme).toEqual({ base: "red" });
    const theme = {
      base: "plain",
      accent: "#1b7a5f",
      size: 17,
      callouts: { tip: { ink: "#0a5c3c", fill: null } },
      closing: "::: 二维码 关注\n![](/media/us.png)\n:::",
    };
    expect(expectStatus(await put(theme, await revision()), 200).theme).toEqual(theme);
    const untouched = expectStatus(
      await api<{ theme: unknown }>("PUT", "/publications/themed", {
        body: { quota: 3 },
        headers: { "if-match": `"${await revision()}"` },
      }),
      200,
    );
    expect(untouched.theme).toEqual(theme);
  });

  it.each<[string, unknown, string]>([
    ["no base", { accent: "#b3251e" }, "theme.base"],
    ["a base that is none", { base: "pink" }, "theme.base"],
    ["a colour by its name", { base: "red", accent: "red" }, "theme.accent"],
    ["a colour that is code", { base: "red", ink: "#000;position:fixed" }, "theme.ink"],
    ["a colour that cannot be read", { base: "red", muted: "#bbbbbb" }, "theme.muted"],
    [
      "a callout that cannot be read",
      { base: "red", callouts: { tip: { ink: "#99ddaa", fill: null } } },
      "theme.callouts.tip.ink",
    ],
    ["half a callout", { base: "red", callouts: { tip: { ink: "#0a5c3c" } } }, "theme.callouts.tip.fill"],
    ["letters too small", { base: "red", size: 9 }, "theme.size"],
    ["lines too close", { base: "red", leading: 1 }, "theme.leading"],
    ["letters too far apart", { base: "red", spacing: 9 }, "theme.spacing"],
    ["a heading of another kind", { base: "red", heading: "blinking" }, "theme.heading"],
    ["a field that is none", { base: "red", font: "x" }, "theme.font"],
    ["an image that may not be shown", { base: "red", closing: "![](javascript:x)" }, "theme.closing"],
    ["a block too long", { base: "red", opening: "长".repeat(2001) }, "theme.opening"],
    ["a NUL", { base: "red", opening: "a\0" }, "theme.opening"],
    ["no theme at all", null, "theme"],
  ])("with %s is 422, named, and nothing is written", async (_, theme, field) => {
    const rev = await revision();
    await expectUnwritten(async () => expectProblem(await put(theme, rev), 422, field));
  });
});

describe("a preview for WeChat", () => {
  let id: string;
  beforeAll(async () => {
    const theme = { base: "fresh", accent: "#7a1f1a", opening: "**刊头** <script>x</script>", closing: "刊尾" };
    expectStatus(await put(theme, await revision()), 200);
    const article = await makeArticle({
      publication: "themed",
      column: "themed-stars",
      title: "头雁风采第十二期：灯",
      markdown: "## 账本\n\n正文\n",
      credits: [{ role: "编辑", name: "李想" }],
    });
    ({ id } = article);
  });
  const preview = (query: string) => api("GET", `/articles/${id}/preview?format=wechat${query}`);

  it("is in the publication's theme, its column's head above and its blocks around it", async () => {
    const { text } = await preview("");
    const words = text.replaceAll(/<style>[\s\S]*?<\/style>|<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
    expect(words).toMatch(/刊头 &lt;script&gt;.* 头雁风采 第十二期 01 账本 正文 编辑：李想 刊尾/);
    expect(text).toContain("#7a1f1a");
  });

  it("is in another of ours when asked, the publication's blocks around it", async () => {
    const { text } = await preview("&theme=newspaper");
    expect(text).toContain("background:#faf6ec");
    expect(text).toContain("刊尾");
    expectProblem(await preview("&theme=pink"), 422, "theme");
  });
});
