/** `Idempotency-Key`: a request repeated is a request made once. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Answer, Article } from "../helpers/api.ts";
import {
  ADMIN,
  api,
  apiWith,
  ARTICLE,
  expectProblem,
  expectStatus,
  expectUnwritten,
  ledger,
  makeArticle,
  makePublication,
  makeToken,
  wrapped,
} from "../helpers/api.ts";

beforeAll(async () => {
  await makePublication("daily");
});

let made = 0;
/** A key that no other test uses. */
const newKey = (): string => `key-${++made}`;
const post = <Body = Article>(path: string, key: string, body: unknown, token = ADMIN) =>
  api<Body>("POST", path, { body, token, headers: { "idempotency-key": key } });
const create = (key: string, fields: Record<string, unknown> = {}, token = ADMIN) =>
  post("/articles", key, { ...ARTICLE, ...fields }, token);

/** Makes a stored request look otherwise: one that still runs, that died, that is old. */
const restage = (key: string, set: string) =>
  env.DB.prepare(`UPDATE requests SET ${set} WHERE key = ?`).bind(key).run();
const RUNNING = `status = NULL, answer = NULL, lease_until = 9007199254740991`;
const DEAD = `status = NULL, answer = NULL, lease_until = 1`;
const OLD = `created_at = created_at - 25 * 3600 * 1000`;

/** Everything of an answer that a caller can hold on to. */
const seen = ({ status, text, headers }: Answer<unknown>) => ({
  status,
  text,
  ...Object.fromEntries(["content-type", "location", "etag"].map((name) => [name, headers.get(name)])),
});

const rowsOf = (table: "articles" | "channels" | "tokens" | "columns") => ledger().then((counts) => counts[table]);

describe("the same request again", () => {
  it("gets the stored answer, byte for byte, and makes nothing", async () => {
    const key = newKey();
    const first = await create(key);
    expectStatus(first, 201);
    expect(first.headers.get("idempotency-replayed")).toBeNull();
    // The article has moved on; the answer has not.
    expectStatus(await api("POST", `/articles/${first.json.id}/submit`), 200);
    for (let i = 0; i < 2; i++) {
      const again = await expectUnwritten(() => create(key));
      expect(seen(again)).toEqual(seen(first));
      expect(again.headers.get("idempotency-replayed")).toBe("true");
    }
  });

  it("shows the secret of a channel again, and keeps none in plain", async () => {
    const key = newKey();
    const body = { kind: "webhook", name: "合作方", config: { url: "https://news.county-partner.cn/in/s3cr3t" } };
    const first = await post<{ secret: string }>("/channels", key, body);
    expect(expectStatus(first, 201).secret).toMatch(/^whsec_/);
    const again = await expectUnwritten(() => post("/channels", key, body));
    expect(seen(again)).toEqual(seen(first));
    const stored = await env.DB.prepare(`SELECT * FROM requests WHERE key = ?`).bind(key).first();
    expect(stored).toMatchObject({ status: 201, lease_until: null, answer: expect.any(String) });
    for (const plain of [first.json.secret.slice(6), "whsec", "s3cr3t", "county-partner"])
      expect(JSON.stringify(stored)).not.toContain(plain);
  });

  it("shows a token again, and keeps none in plain", async () => {
    const key = newKey();
    const body = { name: "排版", scopes: ["read"] };
    const first = await post<{ token: string }>("/tokens", key, body);
    const again = await expectUnwritten(() => post("/tokens", key, body));
    expect(seen(again)).toEqual(seen(first));
    const stored = await env.DB.prepare(`SELECT * FROM requests WHERE key = ?`).bind(key).first();
    expect(JSON.stringify(stored)).not.toContain(first.json.token.slice(6));
    expectStatus(await api("GET", "/columns", { token: first.json.token }), 200);
  });

  it("acts once where a second time would be refused", async () => {
    const article = await makeArticle();
    const key = newKey();
    const submit = () => post(`/articles/${article.id}/submit`, key, undefined);
    const first = await submit();
    expectStatus(first, 200);
    expect(seen(await expectUnwritten(submit))).toEqual(seen(first));
    expectProblem(await api("POST", `/articles/${article.id}/submit`), 409);
  });

  it("at the same moment runs once", async () => {
    const key = newKey();
    const before = await rowsOf("articles");
    const answers = await Promise.all([1, 2, 3, 4].map(() => create(key)));
    expect(await rowsOf("articles")).toBe(before! + 1);
    for (const answer of answers) expect([201, 409]).toContain(answer.status);
    const bodies = answers.filter((answer) => answer.status === 201).map((answer) => answer.text);
    expect(bodies.length).toBeGreaterThan(0);
    expect(new Set(bodies).size).toBe(1);
  });

  it("without a key is another request", async () => {
    expect((await makeArticle()).id).not.toBe((await makeArticle()).id);
  });
});

describe("another request under the same key", () => {
  it("is 422, whether the body or the path is another", async () => {
    const key = newKey();
    const first = expectStatus(await create(key), 201);
    await expectUnwritten(async () => {
      expectProblem(await create(key, { title: "另一条" }), 422, "Idempotency-Key");
      expectProblem(await create(key, { surprise: 1 }), 422, "Idempotency-Key");
      expectProblem(await post(`/articles/${first.id}/submit`, key, {}), 422, "Idempotency-Key");
      expectProblem(await post("/columns", key, { id: "a", name: "a" }), 422, "Idempotency-Key");
    });
  });

  it("is another request when someone else sends it", async () => {
    const key = newKey();
    const [one, two] = [await makeToken("one", ["articles:write"]), await makeToken("two", ["articles:write"])];
    const first = expectStatus(await create(key, {}, one), 201);
    const second = expectStatus(await create(key, { title: "别人的" }, two), 201);
    expect(second.id).not.toBe(first.id);
    expect(second.title).toBe("别人的");
    expect(expectStatus(await create(key, {}, one), 201).id).toBe(first.id);
    expect(expectStatus(await create(key), 201).id).not.toBe(first.id);
  });
});

describe("a request that still runs", () => {
  it("is 409 with a time to wait, and 422 for another body", async () => {
    const key = newKey();
    expectStatus(await create(key), 201);
    await restage(key, RUNNING);
    await expectUnwritten(async () => {
      const answer = await create(key);
      expectProblem(answer, 409);
      expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
      expectProblem(await create(key, { title: "另一条" }), 422, "Idempotency-Key");
    });
  });
});

describe("a request that died before it could answer", () => {
  it("runs again when it is repeated, and makes nothing twice", async () => {
    const key = newKey();
    const first = expectStatus(await create(key), 201);
    await restage(key, DEAD);
    const again = await expectUnwritten(() => create(key));
    expect(expectStatus(again, 201).id).toBe(first.id);
    expect(seen(await expectUnwritten(() => create(key)))).toEqual(seen(again));
  });

  it("even when it dies again and again", async () => {
    const key = newKey();
    const first = expectStatus(await create(key), 201);
    for (let i = 0; i < 3; i++) {
      await restage(key, DEAD);
      expect(expectStatus(await expectUnwritten(() => create(key)), 201).id).toBe(first.id);
    }
  });

  it("runs for the first time if nothing had been done", async () => {
    const key = newKey();
    const reference = newKey();
    expectStatus(await create(reference), 201);
    // The row of a request that was taken and did nothing: the fingerprint is that of the same body.
    await env.DB.prepare(
      `INSERT INTO requests (principal, key, fingerprint, lease_until, created_at)
       SELECT principal, ?, fingerprint, 1, created_at FROM requests WHERE key = ?`,
    )
      .bind(key, reference)
      .run();
    const before = await rowsOf("articles");
    expectStatus(await create(key), 201);
    expect(await rowsOf("articles")).toBe(before! + 1);
  });

  it("does not run with another body", async () => {
    const key = newKey();
    expectStatus(await create(key), 201);
    await restage(key, DEAD);
    await expectUnwritten(async () => expectProblem(await create(key, { title: "另一条" }), 422, "Idempotency-Key"));
  });

  it("makes no second channel, and no second token or column", async () => {
    for (const [table, path, body] of [
      ["channels", "/channels", { kind: "inbox", name: "收件箱" }],
      ["tokens", "/tokens", { name: "t", scopes: ["read"] }],
      ["columns", "/columns", { id: "once", name: "一次" }],
    ] as const) {
      const key = newKey();
      expectStatus(await post(path, key, body), 201);
      await restage(key, DEAD);
      const before = await rowsOf(table);
      const again = await post(path, key, body);
      expect([201, 409], path).toContain(again.status);
      expect(await rowsOf(table), path).toBe(before);
    }
  });

  it("signs no second stage with a decision that was made once", async () => {
    await makePublication("reviewed", { stages: ["first", "second", "final"] });
    const token = await makeToken("publisher", ["review"], "publisher");
    const article = await makeArticle({ publication: "reviewed" });
    expectStatus(await api("POST", `/articles/${article.id}/submit`), 200);
    const key = newKey();
    const approve = () => post(`/articles/${article.id}/reviews`, key, { decision: "approve" }, token);
    const first = expectStatus(await approve(), 201);
    await restage(key, DEAD);
    const again = await expectUnwritten(approve);
    expect(expectStatus(again, 201)).toEqual(first);
    // A decision that is a request of its own counts.
    const next = await post(`/articles/${article.id}/reviews`, newKey(), { decision: "approve" }, token);
    expect(expectStatus(next, 201).rev).toBe(first.rev + 1);
  });

  it("that comes to life after its time changes nothing for the one that took over", async () => {
    const key = newKey();
    // While the first is at its batch, its lease ends and the same request runs again.
    let second: Answer<Article> | undefined;
    const DB = wrapped(env.DB, async (batch) => {
      const result = await batch();
      await restage(key, "lease_until = 1");
      second = await create(key);
      // And then the first one fails after all.
      if (result.length > 0) throw new Error("D1_ERROR: a bug");
      return result;
    });
    const first = await apiWith({ DB }, "POST", "/articles", { body: ARTICLE, headers: { "idempotency-key": key } });
    expectProblem(first, 500);
    expectStatus(second!, 201);
    expect(seen(await expectUnwritten(() => create(key)))).toEqual(seen(second!));
  });

  it("whose article is gone by then tells of an article, not of a fault", async () => {
    const key = newKey();
    const first = expectStatus(await create(key), 201);
    expectStatus(await api("DELETE", `/articles/${first.id}`, { headers: { "if-match": '"1"' } }), 204);
    await restage(key, DEAD);
    expect((await create(key)).status).toBeLessThan(500);
  });
});

describe("after 24 hours", () => {
  it("the key is free: the same request is a new one", async () => {
    const key = newKey();
    const first = expectStatus(await create(key), 201);
    await restage(key, OLD);
    const second = expectStatus(await create(key), 201);
    expect(second.id).not.toBe(first.id);
    expect(expectStatus(await expectUnwritten(() => create(key)), 201).id).toBe(second.id);
  });

  it("and so is another one, which is not answered with yesterday's article", async () => {
    const key = newKey();
    const first = expectStatus(await create(key, { title: "昨天的稿" }), 201);
    await restage(key, OLD);
    const second = expectStatus(await create(key, { title: "今天的稿" }), 201);
    expect(second.title).toBe("今天的稿");
    expect(second.id).not.toBe(first.id);
  });

  it("and a channel is a new one, with a secret of its own", async () => {
    const key = newKey();
    const body = { kind: "webhook", name: "合作方", config: { url: "https://news.county-partner.cn/in" } };
    const first = expectStatus(await post<{ id: string; secret: string }>("/channels", key, body), 201);
    await restage(key, OLD);
    const second = expectStatus(await post<{ id: string; secret: string }>("/channels", key, body), 201);
    expect(second.secret).toMatch(/^whsec_/);
    expect(second.id).not.toBe(first.id);
  });

  it("not a minute before", async () => {
    const key = newKey();
    expectStatus(await create(key), 201);
    await restage(key, `created_at = created_at - 24 * 3600 * 1000 + 60 * 1000`);
    await expectUnwritten(async () => expectProblem(await create(key, { title: "另一条" }), 422, "Idempotency-Key"));
  });
});

describe("a request that failed", () => {
  it("of its own fault may be repeated better under its key", async () => {
    const key = newKey();
    await expectUnwritten(async () => {
      expectProblem(await create(key, { title: "" }), 422, "title");
      expectProblem(await create(key, { publication: "none" }), 422, "publication");
      expectProblem(await create(key, {}, await makeTokenOnce()), 403);
    });
    expectStatus(await create(key, { title: "好了" }), 201);
  });

  let reader = "";
  beforeAll(async () => {
    reader = await makeToken("reader", ["read"]);
  });
  const makeTokenOnce = async () => reader;

  it("of ours after it had done its work makes nothing twice when it is repeated", async () => {
    const key = newKey();
    const before = await rowsOf("articles");
    // The batch commits and its answer is lost: nobody can know, so the caller is told to repeat.
    const DB = wrapped(env.DB, async (batch) => {
      await batch();
      throw new Error("D1_ERROR: Network connection lost.");
    });
    const lost = await apiWith({ DB }, "POST", "/articles", {
      body: ARTICLE,
      headers: { "idempotency-key": key },
    });
    expectProblem(lost, 503);
    expect(lost.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(await rowsOf("articles")).toBe(before! + 1);
    const again = expectStatus(await create(key), 201);
    expect(await rowsOf("articles")).toBe(before! + 1);
    expect(again.title).toBe(ARTICLE.title);
  });
});

describe("the key", () => {
  it.each(["a b", "", "x".repeat(256), "a\tb", "clé"])("is refused when it is %j", async (key) => {
    await expectUnwritten(async () => {
      // A header of nothing is no header to some clients and an empty one to others; neither may fail.
      if (key === "") expect((await create(key, { title: "" })).status).toBe(422);
      else expectProblem(await create(key), 422, "Idempotency-Key");
    });
  });

  it("is taken up to 255 characters of any kind that is printed", async () => {
    const key = `!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~${"x".repeat(220)}`;
    const first = await create(key);
    expectStatus(first, 201);
    expect(seen(await create(key))).toEqual(seen(first));
  });

  it("means nothing without a token, and nothing to a GET", async () => {
    await expectUnwritten(async () => {
      const headers = { "idempotency-key": "same" };
      expectProblem(await api("POST", "/articles", { body: ARTICLE, token: null, headers }), 401);
      expectStatus(await api("GET", "/articles", { headers }), 200);
      expectStatus(await api("GET", "/columns", { headers }), 200);
    });
  });
});

describe("a stored answer", () => {
  // D1 takes 2,000,000 bytes a value; the local one is not so strict.
  const LARGEST = 2_000_000;
  /** Random letters; what repeats lies further back than gzip looks. */
  const text = (alphabet: string, bytes: number): string => {
    let seed = 7;
    const next = () => (seed = (seed * 48271) % 2147483647);
    const block = Array.from({ length: 50_000 }, () => alphabet[next() % alphabet.length]).join("");
    const length = Math.floor(bytes / new TextEncoder().encode(alphabet[0]).length);
    return block.repeat(Math.ceil(length / block.length)).slice(0, length);
  };
  const ascii = String.fromCharCode(...Array.from({ length: 94 }, (_, i) => 33 + i));
  const chinese = String.fromCharCode(...Array.from({ length: 8000 }, (_, i) => 0x4e00 + i));

  it.each([
    ["quotation marks", '"'.repeat(1_000_000)],
    ["lines", "\n党".repeat(250_000)],
    ["random letters", text(ascii, 1_000_000)],
    ["random Chinese", text(chinese, 1_048_000)],
  ])("fits into D1 even for the largest text: %s", async (_, markdown) => {
    const key = newKey();
    const first = await create(key, { markdown });
    expectStatus(first, 201);
    const size = await env.DB.prepare(`SELECT length(answer) AS size FROM requests WHERE key = ?`)
      .bind(key)
      .first<number>("size");
    expect(size).toBeLessThan(LARGEST);
    const again = await create(key, { markdown });
    expect(again.status).toBe(201);
    expect(again.text === first.text).toBe(true);
  });
});
