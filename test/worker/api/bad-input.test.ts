/** What is wrong is refused, the member at fault is named, and nothing is written. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Article } from "../helpers/api.ts";
import {
  api,
  ARTICLE,
  expectProblem,
  expectStatus,
  expectUnwritten,
  makeArticle,
  makePublication,
} from "../helpers/api.ts";

let article: Article;
let channel = "";

beforeAll(async () => {
  await makePublication("daily");
  article = await makeArticle();
  const made = await api<{ id: string }>("POST", "/channels", { body: { kind: "inbox", name: "收件箱" } });
  channel = expectStatus(made, 201).id;
});

const LONE = "\ud800";
const NUL = "\u0000";
const BIG = 1024 * 1024;

/** [the member at fault, what was sent]. A long value is described instead of shown. */
type Case = readonly [field: string, body: Record<string, unknown>, shown?: string];
const titled = (cases: readonly Case[]) =>
  cases.map(([field, body, shown]) => ({ field, body, shown: shown ?? JSON.stringify(body) }));

const times = ["event_at", "embargo_until", "expires_at"] as const;

const ARTICLE_CASES: readonly Case[] = [
  ["title", { title: "字".repeat(65) }, "a title of 65 characters"],
  ["title", { title: "" }],
  ["title", { title: " \t\r\n" }],
  ["title", { title: "　　" }],
  ["title", { title: "\u0007\u202e" }],
  ["title", { title: "\u200b\u200d" }],
  ["title", { title: 5 }],
  ["title", { title: null }],
  ["title", { title: ["a"] }],
  ["title", { title: { toString: "a" } }],
  ["title", { title: LONE }],
  ["title", { title: `党\udc00\ud83d` }],
  ["title", { title: `a${NUL}b` }],
  ["markdown", { markdown: "" }],
  ["markdown", { markdown: " \n\t　" }],
  ["markdown", { markdown: "\u200b\n" }],
  ["markdown", { markdown: 5 }],
  ["markdown", { markdown: null }],
  ["markdown", { markdown: "x".repeat(BIG + 1) }, "a text of 1 MiB and a byte"],
  ["markdown", { markdown: "党".repeat(BIG / 3 + 1) }, "a text of over 1 MiB in Chinese"],
  ["markdown", { markdown: `正文${LONE}` }],
  ["markdown", { markdown: `正文${NUL}` }],
  ["digest", { digest: "字".repeat(257) }, "a digest of 257 characters"],
  ["digest", { digest: null }],
  ["digest", { digest: LONE }],
  ["digest", { digest: NUL }],
  ["credits", { credits: "李娜" }],
  ["credits", { credits: { role: "文字", name: "李娜" } }],
  ["credits", { credits: Array.from({ length: 21 }, () => ({ role: "图", name: "王" })) }, "21 credits"],
  ["credits.0.role", { credits: [{ name: "李娜" }] }],
  ["credits.0.role", { credits: [{ role: " ", name: "李娜" }] }],
  ["credits.0.role", { credits: [{ role: NUL, name: "李娜" }] }],
  ["credits.0.role", { credits: [{ role: "字".repeat(21), name: "李娜" }] }],
  [
    "credits.1.name",
    {
      credits: [
        { role: "图", name: "王" },
        { role: "图", name: LONE },
      ],
    },
  ],
  ["credits.0.name", { credits: [{ role: "图", name: 5 }] }],
  ["credits.0.unit", { credits: [{ role: "图", name: "王", unit: "x" }] }],
  ["credits.0", { credits: [null] }],
  ...[
    "javascript:alert(1)",
    "data:image/png;base64,AAAA",
    "vbscript:x",
    "//pic.example.org/a.png",
    "/etc/passwd",
    "/media/abc.png",
    `/media/${"a".repeat(64)}.svg`,
    `/media/../${"a".repeat(64)}.png`,
    "ftp://pic.example.org/a.png",
    "https://",
    "pic.png",
    "",
    `https://pic.example.org/${LONE}`,
    `https://pic.example.org/${NUL}`,
  ].map((cover): Case => ["cover", { cover }]),
  ["cover", { cover: `https://pic.example.org/${"x".repeat(2048)}` }, "a cover address of over 2048 characters"],
  ["cover", { cover: 5 }],
  ["source", { source: "新华社" }],
  ["source.name", { source: { url: "https://www.news.cn/" } }],
  ["source.name", { source: { name: LONE, url: "https://www.news.cn/" } }],
  ["source.url", { source: { name: "新华社" } }],
  ["source.url", { source: { name: "新华社", url: "javascript:alert(1)" } }],
  ["source.url", { source: { name: "新华社", url: "JaVaScRiPt:alert(1)" } }],
  ["source.url", { source: { name: "新华社", url: "data:text/html,x" } }],
  ["source.url", { source: { name: "新华社", url: "www.news.cn" } }],
  ["source.url", { source: { name: "新华社", url: `https://www.news.cn/${LONE}` } }],
  ["source.url", { source: { name: "新华社", url: `https://www.news.cn/${NUL}` } }],
  ["source.published_at", { source: { name: "新华社", url: "https://www.news.cn/", published_at: "昨天" } }],
  [
    "source.published_at",
    { source: { name: "新华社", url: "https://www.news.cn/", published_at: "2026-02-30T08:00:00Z" } },
  ],
  ["source.author", { source: { name: "新华社", url: "https://www.news.cn/", author: "x" } }],
  ["important", { important: "yes" }],
  ["important", { important: 1 }],
  ["important", { important: null }],
  ["evergreen", { evergreen: "true" }],
  ["priority", { priority: 4 }],
  ["priority", { priority: -1 }],
  ["priority", { priority: 1.5 }],
  ["priority", { priority: "2" }],
  ["priority", { priority: null }],
  ["priority", { priority: 1e21 }],
  ...times.flatMap((field) =>
    [
      "2026-02-30T08:00:00Z",
      "2026-13-01T08:00:00Z",
      "2026-11-23T24:00:00Z",
      "2026-11-23T08:61:00Z",
      "2026-11-23",
      "2026-11-23T08:00:00",
      "2026-11-23 08:00:00+08:00",
      "2026-11-23T08:00:00+8",
      "20261123T080000Z",
      "Mon, 23 Nov 2026 08:00:00 GMT",
      "明天",
      "",
      1795000000000,
      true,
      // Typing errors, and times that no calendar of ours can write.
      "0026-11-23T08:00:00Z",
      "0000-01-01T00:00:00+23:59",
      "9999-12-31T23:59:59-23:59",
    ].map((value): Case => [field, { [field]: value }]),
  ),
  ...["2026-02-30", "2026-2-3", "20261123", "2026-11-23T08:00:00Z", "23.11.2026", "0026-11-23", "", 20261123].map(
    (must_run_on): Case => ["must_run_on", { must_run_on }],
  ),
  ["column", { column: "none" }],
  ["column", { column: "Lei Tai" }],
  ["column", { column: NUL }],
  ["column", { column: 5 }],
  ["unit", { unit: "none" }],
  ["unit", { unit: "长顺镇" }],
  ["unit", { unit: ["changshun"] }],
  ["kind", { kind: "novel" }],
  ["kind", { kind: "video" }],
  ["kind", { kind: null }],
  ["source", { kind: "reprint" }],
  ["expires_at", { embargo_until: "2026-11-24T00:00:00Z", expires_at: "2026-11-23T00:00:00Z" }],
  ["expires_at", { embargo_until: "2026-11-24T00:00:00Z", expires_at: "2026-11-24T08:00:00+08:00" }],
  ["colour", { colour: "red" }],
  ["status", { status: "published" }],
  ["author", { author: "admin" }],
  ["constructor", { constructor: 1 }],
];

describe("POST /articles and PATCH /articles/{id}", () => {
  it.each(titled(ARTICLE_CASES))("refuse a wrong $field: $shown", async ({ field, body }) => {
    const headers = { "if-match": `"${article.rev}"` };
    await expectUnwritten(async () => {
      expectProblem(await api("POST", "/articles", { body: { ...ARTICLE, ...body } }), 422, field);
      expectProblem(await api("PATCH", `/articles/${article.id}`, { body, headers }), 422, field);
    });
  });
});

describe("POST /articles", () => {
  it.each(
    titled([
      ["publication", { publication: "none" }],
      ["publication", { publication: "Daily" }],
      ["publication", { publication: 5 }],
      ["publication", { publication: undefined }, "no publication"],
      ["title", { title: undefined }, "no title"],
      ["markdown", { markdown: undefined }, "no text"],
      ["id", { id: "mine" }],
    ]),
  )("refuses a wrong $field: $shown", async ({ field, body }) => {
    await expectUnwritten(async () =>
      expectProblem(await api("POST", "/articles", { body: { ...ARTICLE, ...body } }), 422, field),
    );
  });

  it("names everything that is wrong at once", async () => {
    const body = { publication: "daily", title: "", markdown: LONE, priority: 9, colour: 1, credits: [{ role: "" }] };
    const problem = await expectUnwritten(async () => expectProblem(await api("POST", "/articles", { body }), 422));
    expect(problem.errors!.map((error) => error.field).toSorted()).toEqual([
      "colour",
      "credits.0.name",
      "credits.0.role",
      "markdown",
      "priority",
      "title",
    ]);
  });

  it("knows no hidden member, however it is spelt", async () => {
    await expectUnwritten(async () => {
      for (const name of ["__proto__", "constructor", "prototype", "toString", " title", "Title", "title\u0000"]) {
        const body = JSON.stringify(ARTICLE).replace("{", `{${JSON.stringify(name)}:{"title":"x"},`);
        expectProblem(await api("POST", "/articles", { body }), 422, name);
      }
    });
  });
});

describe("PUT /publications/{id}", () => {
  const CASES: readonly Case[] = [
    ["name", { name: " " }],
    ["name", { name: "字".repeat(41) }],
    ["name", { name: LONE }],
    ["name", { name: NUL }],
    ["name", { name: null }],
    ["medium", { medium: "radio" }],
    ["time_zone", { time_zone: "Mars/Base" }],
    ["time_zone", { time_zone: "" }],
    ["time_zone", { time_zone: "Asia/Shanghai " }],
    ["time_zone", { time_zone: `Asia/Shanghai${NUL}` }],
    ["time_zone", { time_zone: 8 }],
    ["quota", { quota: -1 }],
    ["quota", { quota: 1.5 }],
    ["quota", { quota: 201 }],
    ["quota", { quota: "15" }],
    ["quota", { quota: null }],
    ["plan_at", { plan_at: "24:00" }],
    ["plan_at", { plan_at: "7:00" }],
    ["plan_at", { plan_at: "07:60" }],
    ["plan_at", { plan_at: "0700" }],
    ["plan_at", { plan_at: "07:00:00" }],
    ["plan_at", { plan_at: "07:00\n" }],
    ["plan_at", { plan_at: 7 }],
    ["release_times", { release_times: [] }],
    ["release_times", { release_times: "30 8 * * *" }],
    ["release_times", { release_times: Array.from({ length: 25 }, (_, i) => `${i} 8 * * *`) }, "25 release times"],
    ...[
      "0 30 8 * * *",
      "30 8 * *",
      "",
      "@daily",
      "30 8 * * 1",
      "30 8 * * 1-5",
      "30 8 * * MON,2",
      "60 8 * * *",
      "30 24 * * *",
      "30 8 32 * *",
      "30 8 * 13 *",
      "30 8 * * FOO",
      "-1 8 * * *",
      "8:30",
      "* * * * *",
      "*/0 8 * * *",
      "30 8 30 2 *",
      5,
      null,
    ].map((expression): Case => ["release_times.1", { release_times: ["30 8 * * *", expression] }]),
    ["stages", { stages: "first" }],
    ["stages", { stages: ["first", "second", "first"] }],
    ["stages.0", { stages: ["zeroth"] }],
    ["id", { id: "other" }],
    ["slug", { slug: "other" }],
    ["stopped", { stopped: null }],
    ["rev", { rev: 1 }],
  ];

  it.each(titled(CASES))("refuses a wrong $field: $shown", async ({ field, body }) => {
    await expectUnwritten(async () => {
      expectProblem(await api("PUT", "/publications/new-one", { body: { name: "新刊", ...body } }), 422, field);
      const headers = { "if-match": '"1"' };
      expectProblem(await api("PUT", "/publications/daily", { body, headers }), 422, field);
    });
  });
});

/** Every endpoint that reads JSON, with headers that let it get as far as that. */
const READERS = () =>
  [
    ["POST", "/articles"],
    ["PATCH", `/articles/${article.id}`],
    ["POST", `/articles/${article.id}/submit`],
    ["POST", `/articles/${article.id}/reviews`],
    ["POST", `/articles/${article.id}/withdraw`],
    ["POST", `/articles/${article.id}/correct`],
    ["POST", `/articles/${article.id}/recall`],
    ["PUT", "/publications/daily"],
    ["PUT", "/publications/new-one"],
    ["POST", "/publications/daily/stop"],
    ["POST", "/publications/daily/start"],
    ["POST", "/editions/daily/2099-06-03/plan"],
    ["POST", "/editions/daily/2099-06-03/picks"],
    ["PUT", "/calendar/2099"],
    ["POST", "/channels"],
    ["PATCH", `/channels/${channel}`],
    ["POST", `/channels/${channel}/pause`],
    ["POST", "/columns"],
    ["POST", "/units"],
    ["POST", "/people"],
    ["POST", "/tokens"],
  ] as const;

/** Sends the same body to every reader and expects the same problem of all, with and without an Idempotency-Key. */
async function everywhere(
  body: () => unknown,
  status: number,
  field?: string,
  readers: readonly (readonly [string, string])[] = READERS(),
): Promise<void> {
  await expectUnwritten(async () => {
    for (const [method, path] of readers)
      for (const more of method === "POST" ? [{}, { "idempotency-key": "bad" }] : [{}]) {
        const headers = { "if-match": '"1"', "content-type": "application/json", ...more };
        expectProblem(await api(method, path, { body: body(), headers }), status, field);
      }
  });
}

describe("a body that is not what it should be", () => {
  /** For what is large: a few of the readers. */
  const some = () => READERS().filter(([, path]) => ["/articles", "/publications/new-one", "/tokens"].includes(path));

  const utf8 = new TextEncoder();
  it.each([
    ["cut off", '{"title":'],
    ["with a comma too many", '{"title":"a",}'],
    ["in single quotes", "{'title':'a'}"],
    ["two of them", "{} {}"],
    ["with a comment", "{/* */}"],
    ["NaN", '{"quota":NaN}'],
    ["a form", "title=a&markdown=b"],
    ["XML", "<article/>"],
    ["a control character in a string", '{"title":"a\nb"}'],
  ])("is not JSON: %s", async (_, text) => {
    await everywhere(() => text, 400, "(body)");
  });

  it.each([
    ["GBK", new Uint8Array([...utf8.encode('{"title":"'), 0xb5, 0xb3, ...utf8.encode('"}')])],
    ["a byte that is never UTF-8", new Uint8Array([...utf8.encode('{"title":"'), 0xff, ...utf8.encode('"}')])],
    ["half a character", new Uint8Array([...utf8.encode('{"title":"'), 0xe5, 0x85, ...utf8.encode('"}')])],
    ["a surrogate as bytes", new Uint8Array([...utf8.encode('{"title":"'), 0xed, 0xa0, 0x80, ...utf8.encode('"}')])],
    ["an overlong NUL", new Uint8Array([...utf8.encode('{"title":"'), 0xc0, 0x80, ...utf8.encode('"}')])],
    ["UTF-16", new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0])],
    ["gzip", new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0])],
  ])("is not UTF-8: %s", async (_, data) => {
    await everywhere(() => data, 400, "(body)");
  });

  it.each(["null", "[]", '[{"title":"a"}]', "3", '"text"', "true", "-0"])("is not an object: %s", async (text) => {
    await everywhere(() => text, 422, "(body)");
  });

  it("is nested deeper than anyone reads", async () => {
    const deep = `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`;
    await everywhere(() => deep, 422, "a", some());
    await everywhere(() => "[".repeat(100_000), 400, "(body)", some());
    await everywhere(() => `${"[".repeat(50_000)}${"]".repeat(50_000)}`, 422, "(body)", some());
    await expectUnwritten(async () => {
      const body = `{"kind":"inbox","name":"深","config":{"deep":${deep}}}`;
      expectProblem(await api("POST", "/channels", { body }), 422, "config.deep");
      const long = `{"publication":"daily","title":"t","markdown":"m","credits":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
      expectProblem(await api("POST", "/articles", { body: long }), 422, "credits.0");
    });
  });

  it("is over two mebibytes, said or unsaid", async () => {
    const text = " ".repeat(2 * 1024 * 1024 + 1);
    await everywhere(() => text, 413, "(body)", some());
    const chunk = new Uint8Array(256 * 1024).fill(32);
    let left = 0;
    const stream = () => {
      left = 40;
      return new ReadableStream<Uint8Array>({
        pull(controller) {
          if (left-- > 0) controller.enqueue(chunk);
          else controller.close();
        },
      });
    };
    await expectUnwritten(async () => {
      for (const more of [{}, { "idempotency-key": "stream" }]) {
        expectProblem(await api("POST", "/articles", { body: stream(), headers: more }), 413, "(body)");
        // It was not read to its end to find out.
        expect(left).toBeGreaterThan(0);
      }
    });
  });

  it("is two mebibytes to the byte, and read", async () => {
    const text = JSON.stringify({ ...ARTICLE, title: "" });
    const body = text + " ".repeat(2 * 1024 * 1024 - new TextEncoder().encode(text).length);
    await expectUnwritten(async () => expectProblem(await api("POST", "/articles", { body }), 422, "title"));
  });

  it("is not there at all where something is needed", async () => {
    await expectUnwritten(async () => {
      for (const [path, field] of [
        ["/articles", "publication"],
        [`/articles/${article.id}/reviews`, "decision"],
        ["/publications/daily/stop", "reason"],
        ["/channels", "kind"],
        ["/columns", "id"],
        ["/tokens", "scopes"],
      ])
        for (const body of [undefined, "", " \n", "{}"]) expectProblem(await api("POST", path!, { body }), 422, field);
    });
  });
});

describe("a query that is not what it should be", () => {
  const LISTS = () => [
    "/articles",
    "/columns",
    "/units",
    "/people",
    "/tokens",
    "/channels",
    `/channels/${channel}/deliveries`,
    `/articles/${article.id}/revisions`,
  ];

  it.each(["0", "101", "-1", "1.5", "abc", "", "NaN", "1e3", "١"])("the limit %j", async (limit) => {
    for (const path of [...LISTS(), "/wire"])
      expectProblem(await api("GET", `${path}?limit=${encodeURIComponent(limit)}`), 422, "limit");
  });

  it.each([
    "",
    "1",
    "abc",
    "c",
    "c-1",
    "c!",
    "C1",
    "cZZ",
    "c1.5",
    `c${"z".repeat(11)}`,
    "c 1",
    "%00",
    "c1' OR 1=1",
    "x".repeat(500),
  ])("the cursor %j", async (cursor) => {
    for (const path of LISTS())
      expectProblem(await api("GET", `${path}?cursor=${encodeURIComponent(cursor)}`), 422, "cursor");
  });

  it("a parameter that there is not", async () => {
    for (const path of [...LISTS(), "/wire"]) expectProblem(await api("GET", `${path}?offset=20`), 422, "offset");
  });

  it.each([
    ["status", "foo"],
    ["status", ""],
    ["publication", "Bad Slug"],
    ["column", ""],
    ["unit", "%00"],
    ["q", ""],
    ["q", "%20"],
    ["q", "%00"],
    ["q", "x".repeat(81)],
  ])("of articles: %s=%s", async (field, value) => {
    expectProblem(await api("GET", `/articles?${field}=${value}`), 422, field);
  });
});
