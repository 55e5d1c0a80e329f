import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Options, Page } from "../helpers/api.ts";
import { api, apiWith, auditOf, expectProblem, expectStatus, expectUnwritten, meddled, walk } from "../helpers/api.ts";

interface Channel {
  id: string;
  rev: number;
  kind: string;
  name: string;
  status: string;
  failing_since: string | null;
  cursor: number;
  filter: Record<string, unknown>;
  config: Record<string, unknown>;
  expires_after_hours: number;
  last_delivery: null;
  created_at: string;
  secret?: string;
}

const PATH = "hook-7f3a9c-not-for-anyone";
const URL_ = `https://news.county-partner.cn/in/${PATH}?key=${PATH}`;
const MASKED = "https://news.county-partner.cn/•••";

const create = (body: Record<string, unknown>, options: Options = {}) =>
  api<Channel>("POST", "/channels", { body: { kind: "webhook", name: "合作方", ...body }, ...options });
const webhook = async (fields: Record<string, unknown> = {}): Promise<Channel> =>
  expectStatus(await create({ config: { url: URL_ }, ...fields }), 201);
const patch = (channel: Pick<Channel, "id" | "rev">, body: unknown) =>
  api<Channel>("PATCH", `/channels/${channel.id}`, { body, headers: { "if-match": `"${channel.rev}"` } });
const read = async (channel: Pick<Channel, "id">): Promise<Channel> =>
  expectStatus(await api<Channel>("GET", `/channels/${channel.id}`), 200);

/** The address as it is stored, opened: what a push would be sent to. */
const { openConfig } = await import("../../../src/delivery/secrets.ts");
const { kindOf } = await import("../../../src/channels/index.ts");
async function target(channel: Pick<Channel, "id">): Promise<unknown> {
  const row = await env.DB.prepare(`SELECT uid, kind, config FROM channels WHERE uid = ?`)
    .bind(channel.id)
    .first<{ uid: string; kind: string; config: string }>();
  return (await openConfig(kindOf(row!.kind)!, row!, { current: env.KANFA_SECRET! })).config.url;
}

describe("POST /channels", () => {
  it("makes a webhook whose secret is shown once and whose address never is", async () => {
    const answer = await create({ config: { url: URL_ }, filter: { columns: ["leitai"], originals_only: true } });
    const made = expectStatus(answer, 201);
    expect(made).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      rev: 1,
      kind: "webhook",
      origin: "office",
      purpose: "news",
      name: "合作方",
      status: "active",
      failing_since: null,
      cursor: 0,
      filter: { columns: ["leitai"], originals_only: true },
      config: { url: MASKED, payload: "thin", signature: "v1" },
      expires_after_hours: 72,
      last_delivery: null,
      created_at: expect.stringMatching(/Z$/),
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{32,}=*$/),
    });
    expect(answer.headers.get("location")).toBe(`/api/channels/${made.id}`);
    expect(answer.headers.get("etag")).toBe('"1"');
    expect(await auditOf(`channel:${made.id}`)).toEqual([{ actor: "admin", action: "channel.created" }]);
    expect(await target(made)).toBe(URL_);

    const { secret, ...rest } = made;
    expect(await read(made)).toEqual(rest);
    const stored = await env.DB.batch(
      ["channels", "audit", "requests"].map((table) => env.DB.prepare(`SELECT * FROM ${table}`)),
    );
    const later = [
      await api("GET", `/channels/${made.id}`),
      await api("GET", "/channels?limit=100"),
      await api("GET", `/channels/${made.id}/deliveries`),
      await patch(made, { name: "改名" }),
      await api("POST", `/channels/${made.id}/pause`),
      await api("POST", `/channels/${made.id}/resume`),
      await create({ config: { url: `${URL_}\u0001`, payload: 3 } }),
      await api("GET", "/health"),
    ].map((reply) => reply.text);
    for (const text of [answer.text, JSON.stringify(stored.map((result) => result.results)), ...later]) {
      expect(text).not.toContain(PATH);
      if (text !== answer.text) expect(text).not.toContain(secret!.slice("whsec_".length));
    }
  });

  it("makes an inbox, which has no secret", async () => {
    const made = expectStatus(await create({ kind: "inbox", name: "收件箱", config: {} }), 201);
    expect(made).toMatchObject({ kind: "inbox", config: {}, filter: {} });
    expect(made).not.toHaveProperty("secret");
  });

  it("gives each channel a secret and an id of its own", async () => {
    const [a, b] = [await webhook(), await webhook()];
    expect(a.id).not.toBe(b.id);
    expect(a.secret).not.toBe(b.secret);
  });

  it("seals each address anew, so that equal ones do not look it", async () => {
    const [a, b] = [await webhook(), await webhook()];
    const rows = await env.DB.prepare(`SELECT config, secret FROM channels WHERE uid IN (?, ?)`).bind(a.id, b.id).all();
    expect(new Set(rows.results.map((row) => JSON.stringify(row))).size).toBe(2);
  });

  it.each([
    "http://news.county-partner.cn/in",
    "https://localhost/in",
    "https://localhost./in",
    "https://LOCALHOST/in",
    "https://127.0.0.1/in",
    "https://127.1/in",
    "https://2130706433/in",
    "https://0x7f000001/in",
    "https://０１２７.0.0.1/in",
    "https://0/in",
    "https://10.0.0.8/in",
    "https://172.16.0.1/in",
    "https://192.168.1.1/in",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/in",
    "https://8.8.8.8/in",
    "https://[::1]/in",
    "https://[::ffff:127.0.0.1]/in",
    "https://[fd00::1]/in",
    "https://intranet/in",
    "https://printer.local/in",
    "https://db.internal/in",
    "https://nas.lan/in",
    "https://router.home.arpa/in",
    "https://x.onion/in",
    "https://kanfa.test/in",
    "https://user:pass@news.county-partner.cn/in",
    "https://news.county-partner.cn:8443/in",
    "https://news.county-partner.cn:22/in",
  ])("does not point at %s", async (url) => {
    await expectUnwritten(async () => {
      const problem = expectProblem(await create({ config: { url } }), 422, "config.url");
      expect(JSON.stringify(problem)).not.toContain("pass@");
    });
  });

  it("does not point back at this office", async () => {
    await expectUnwritten(async () => {
      const answer = await apiWith({ KANFA_URL: "https://kanfa.county.cn" }, "POST", "/channels", {
        body: { kind: "webhook", name: "回环", config: { url: "https://KANFA.county.cn./hook" } },
      });
      expectProblem(answer, 422, "config.url");
    });
  });

  it("does not tell the world what is wrong with a bad config by showing it", async () => {
    const answer = await create({ config: { url: `http://news.county-partner.cn/${PATH}` } });
    expectProblem(answer, 422, "config.url");
    expect(answer.text).not.toContain(PATH);
  });

  it.each<[string, Record<string, unknown>]>([
    ["kind", { kind: "fax" }],
    ["kind", { kind: "__proto__" }],
    ["kind", { kind: null }],
    ["name", { name: " " }],
    ["name", { name: "名".repeat(81) }],
    ["name", { name: "\ud83d" }],
    ["config.url", { config: {} }],
    ["config.url", {}],
    ["config.url", { config: { url: 5 } }],
    ["config.url", { config: { url: "" } }],
    ["config.url", { config: { url: "news" } }],
    ["config.url", { config: { url: "javascript:alert(1)" } }],
    ["config.url", { config: { url: `https://news.county-partner.cn/${"x".repeat(2048)}` } }],
    ["config.payload", { config: { url: URL_, payload: "huge" } }],
    ["config.secret", { config: { url: URL_, secret: "whsec_mine" } }],
    ["config.headers", { config: { url: URL_, headers: { a: "b" } } }],
    ["config", { config: [] }],
    ["config", { config: "https://news.county-partner.cn" }],
    ["config", { config: null }],
    ["filter.colour", { config: { url: URL_ }, filter: { colour: "red" } }],
    ["filter.columns", { config: { url: URL_ }, filter: { columns: "leitai" } }],
    ["filter.columns.0", { config: { url: URL_ }, filter: { columns: ["Lei Tai"] } }],
    ["filter.kinds.0", { config: { url: URL_ }, filter: { kinds: ["deleted"] } }],
    ["expires_after_hours", { config: { url: URL_ }, expires_after_hours: 0 }],
    ["expires_after_hours", { config: { url: URL_ }, expires_after_hours: 721 }],
    ["expires_after_hours", { config: { url: URL_ }, expires_after_hours: "72" }],
    ["secret", { config: { url: URL_ }, secret: "whsec_mine" }],
    ["cursor", { config: { url: URL_ }, cursor: 5 }],
  ])("refuses a wrong %s: %j", async (field, body) => {
    await expectUnwritten(async () => expectProblem(await create(body), 422, field));
  });

  it("an inbox takes no config", async () => {
    await expectUnwritten(async () =>
      expectProblem(await create({ kind: "inbox", config: { url: URL_ } }), 422, "config.url"),
    );
  });
});

describe("GET /channels", () => {
  it("is read page by page without a gap or a repeat", async () => {
    const all = expectStatus(await api<Page<Channel>>("GET", "/channels?limit=100"), 200).items.map((item) => item.id);
    expect(all.length).toBeGreaterThan(4);
    expect(new Set(all).size).toBe(all.length);
    for (const limit of [1, 2, all.length])
      expect((await walk<Channel>("/channels", limit)).items.map((item) => item.id)).toEqual(all);
  });
});

describe("PATCH /channels/{id}", () => {
  it("changes what was sent, and keeps the rest, the address above all", async () => {
    const before = await webhook({ expires_after_hours: 1.5 });
    const answer = await patch(before, {
      name: "新名字",
      config: { payload: "full" },
      filter: { units: ["changshun"] },
    });
    expect(answer.headers.get("etag")).toBe('"2"');
    const { secret: _, ...shown } = before;
    expect(expectStatus(answer, 200)).toEqual({
      ...shown,
      rev: 2,
      name: "新名字",
      config: { url: MASKED, payload: "full", signature: "v1" },
      filter: { units: ["changshun"] },
      expires_after_hours: 1.5,
    });
    expect(await target(before)).toBe(URL_);
    expect((await auditOf(`channel:${before.id}`)).map((row) => row.action)).toEqual([
      "channel.created",
      "channel.changed",
    ]);
  });

  it("moves the address to another allowed one", async () => {
    const before = await webhook();
    const after = expectStatus(await patch(before, { config: { url: "https://other.county-partner.cn/x" } }), 200);
    expect(after.config.url).toBe("https://other.county-partner.cn/•••");
    expect(await target(before)).toBe("https://other.county-partner.cn/x");
  });

  it("a config sent back as it was shown does not put the mask into the place of the address", async () => {
    const before = await webhook();
    const shown = await read(before);
    expectStatus(await patch(before, { config: { ...shown.config, payload: "full" } }), 200);
    expect(await target(before)).toBe(URL_);
  });

  it("looks at the target again", async () => {
    const channel = await webhook();
    await expectUnwritten(async () => {
      expectProblem(await patch(channel, { config: { url: "https://127.0.0.1/" } }), 422, "config.url");
      expectProblem(await patch(channel, { config: { url: null } }), 422, "config.url");
      expectProblem(await patch(channel, { config: { colour: 1 } }), 422, "config.colour");
      expectProblem(await patch(channel, { config: null }), 422, "config");
      expectProblem(await patch(channel, { kind: "inbox" }), 422, "kind");
      expectProblem(await patch(channel, { status: "active" }), 422, "status");
      expectProblem(await patch(channel, { secret: "whsec_x" }), 422, "secret");
    });
  });

  it("asks for If-Match, and refuses a stale or meaningless one", async () => {
    const channel = await webhook();
    await expectUnwritten(async () => {
      expectProblem(await api("PATCH", `/channels/${channel.id}`, { body: { name: "x" } }), 428, "If-Match");
      const stale = await patch({ id: channel.id, rev: 9 }, { name: "x" });
      expectProblem(stale, 412);
      expect(stale.headers.get("etag")).toBe('"1"');
      const headers = { "if-match": "*" };
      expectProblem(await api("PATCH", `/channels/${channel.id}`, { body: { name: "x" }, headers }), 412, "If-Match");
    });
  });

  it("by another in between is 412, with no trace of the loser", async () => {
    const channel = await webhook();
    const DB = meddled(() => patch(channel, { name: "先到" }));
    const loser = await apiWith({ DB }, "PATCH", `/channels/${channel.id}`, {
      body: { name: "后到" },
      headers: { "if-match": '"1"' },
    });
    expectProblem(loser, 412);
    expect(await read(channel)).toMatchObject({ rev: 2, name: "先到" });
    expect(await auditOf(`channel:${channel.id}`)).toHaveLength(2);
  });
});

describe("pause, resume, remove", () => {
  const act = (channel: Pick<Channel, "id">, what: string) => api<Channel>("POST", `/channels/${channel.id}/${what}`);

  it("pauses and resumes; pressed twice it is as if pressed once", async () => {
    const channel = await webhook();
    const paused = expectStatus(await act(channel, "pause"), 200);
    expect(paused).toMatchObject({ status: "paused", rev: 2 });
    await expectUnwritten(async () => expect(expectStatus(await act(channel, "pause"), 200)).toEqual(paused));
    const resumed = expectStatus(await act(channel, "resume"), 200);
    expect(resumed).toMatchObject({ status: "active", rev: 3 });
    await expectUnwritten(async () => expect(expectStatus(await act(channel, "resume"), 200)).toEqual(resumed));
    expect((await auditOf(`channel:${channel.id}`)).map((row) => row.action)).toEqual([
      "channel.created",
      "channel.paused",
      "channel.resumed",
    ]);
  });

  it("one whose endpoint is gone for good is neither paused nor resumed", async () => {
    const channel = await webhook();
    await env.DB.prepare(`UPDATE channels SET status = 'gone' WHERE uid = ?`).bind(channel.id).run();
    await expectUnwritten(async () => {
      for (const what of ["pause", "resume"]) expectProblem(await act(channel, what), 409);
    });
  });

  it("refuses members it does not know", async () => {
    const channel = await webhook();
    await expectUnwritten(async () =>
      expectProblem(await api("POST", `/channels/${channel.id}/pause`, { body: { until: "later" } }), 422, "until"),
    );
  });

  it("removes a channel with its ledger, once, and counts its shard right", async () => {
    const channel = await webhook();
    const members = () => env.DB.prepare(`SELECT sum(members) AS n FROM shards`).first<number>("n");
    const before = await members();
    expectStatus(await api("DELETE", `/channels/${channel.id}`), 204);
    expect(await members()).toBe(before! - 1);
    expectProblem(await api("GET", `/channels/${channel.id}`), 404);
    await expectUnwritten(async () => expectProblem(await api("DELETE", `/channels/${channel.id}`), 404));
    expect((await auditOf(`channel:${channel.id}`)).map((row) => row.action)).toEqual([
      "channel.created",
      "channel.removed",
    ]);
  });

  it("removed by two at once, it is removed once", async () => {
    const channel = await webhook();
    const members = () => env.DB.prepare(`SELECT sum(members) AS n FROM shards`).first<number>("n");
    const before = await members();
    const DB = meddled(() => api("DELETE", `/channels/${channel.id}`));
    const second = await apiWith({ DB }, "DELETE", `/channels/${channel.id}`);
    expect([204, 404]).toContain(second.status);
    expect(await members()).toBe(before! - 1);
    expect((await auditOf(`channel:${channel.id}`)).map((row) => row.action)).toEqual([
      "channel.created",
      "channel.removed",
    ]);
  });

  it("removed while someone pauses or changes it is 404", async () => {
    for (const [method, path, options] of [
      ["POST", "/pause", {}],
      ["PATCH", "", { body: { name: "x" }, headers: { "if-match": '"1"' } }],
    ] as const) {
      const channel = await webhook();
      const DB = meddled(() => api("DELETE", `/channels/${channel.id}`));
      expectProblem(await apiWith({ DB }, method, `/channels/${channel.id}${path}`, options), 404);
      expect((await auditOf(`channel:${channel.id}`)).map((row) => row.action)).toEqual([
        "channel.created",
        "channel.removed",
      ]);
    }
  });
});

describe("someone slow", () => {
  it("does not reach the channel that came into the place of theirs", async () => {
    const headers = { "if-match": '"1"' };
    for (const [method, path, options] of [
      ["PATCH", "", { headers, body: { name: "别人的" } }],
      ["POST", "/pause", {}],
      ["DELETE", "", {}],
    ] as const) {
      const channel = await webhook();
      let next: Channel | undefined;
      const DB = meddled(async () => {
        expectStatus(await api("DELETE", `/channels/${channel.id}`), 204);
        next = await webhook({ name: "新的" });
      });
      await apiWith({ DB }, method, `/channels/${channel.id}${path}`, options);
      const { secret: _, ...shown } = next!;
      expect(await read(next!)).toEqual(shown);
      expect(await target(next!)).toBe(URL_);
    }
  });
});

describe("GET /channels/{id}/deliveries", () => {
  let channel: Channel;

  beforeAll(async () => {
    channel = await webhook();
  });

  it("is empty before anything was sent", async () => {
    expect(expectStatus(await api("GET", `/channels/${channel.id}/deliveries`), 200)).toEqual({
      items: [],
      next: null,
    });
  });

  it("shows what was sent, newest first, page by page, and each by its id", async () => {
    await env.DB.batch(
      [0, 1, 2].map((from) =>
        env.DB.prepare(
          `INSERT INTO deliveries (channel_id, from_seq, to_seq, entries, outcome, n, at, ms, status)
           SELECT id, ?1, ?1 + 1, json_array(?1 + 1), 'accepted', 1, 0, 12, 200 FROM channels WHERE uid = ?2`,
        ).bind(from, channel.id),
      ),
    );
    const list = await walk<{ id: string; from_seq: number }>(`/channels/${channel.id}/deliveries`, 2);
    expect(list.items.map((item) => item.from_seq)).toEqual([2, 1, 0]);
    expect(list.pages).toBe(2);
    expect(list.items[2]).toEqual({
      id: `${channel.id}_0`,
      channel: channel.id,
      trigger: "live",
      from_seq: 0,
      to_seq: 1,
      entries: [1],
      outcome: "accepted",
      next_at: null,
      attempts: [{ n: 1, at: "1970-01-01T00:00:00Z", ms: 12, outcome: "accepted", status: 200, excerpt: null }],
    });
    expect(expectStatus(await api("GET", `/deliveries/${channel.id}_0`), 200)).toEqual(list.items[2]);
    expectProblem(await api("GET", `/deliveries/${channel.id}_9`), 404);
    expectProblem(await api("GET", `/deliveries/${channel.id}`), 404);
  });
});

describe("where a channel's name leads", () => {
  it.each([
    ["private", 422],
    ["nowhere", 422],
    ["broken", 503],
  ])("%s: nothing is written", async (network, status) => {
    const address = `https://hooks.${network}.example.net/x`;
    await expectUnwritten(async () => {
      const problem = expectProblem(await create({ config: { url: address } }), status);
      if (status === 422)
        expect(problem.errors).toEqual([{ field: "config.url", message: expect.stringContaining("public") }]);
    });
  });
});

it("a token that makes channels without end is told to wait, and nothing is written", async () => {
  const keys: string[] = [];
  const SUBSCRIPTIONS = { limit: async ({ key }: { key: string }) => ({ success: keys.push(key) <= 2 }) };
  const another = () => apiWith<Channel>({ SUBSCRIPTIONS }, "POST", "/channels", { body: { kind: "inbox" } });
  expectStatus(await another(), 201);
  expectStatus(await another(), 201);
  await expectUnwritten(async () => {
    const answer = await another();
    expectProblem(answer, 429);
    expect(answer.headers.get("retry-after")).toBe("60");
  });
  expect(new Set(keys)).toEqual(new Set(["admin"]));
});
