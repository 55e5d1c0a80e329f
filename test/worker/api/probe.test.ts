import { env, exports } from "cloudflare:workers";
import { it, expect } from "vitest";

const LOG: string[] = [];
const T = { authorization: "Bearer test-admin-token" };
async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const res = await exports.default.fetch(`https://kanfa.test/api${path}`, {
    method,
    headers: { ...T, ...headers },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await res.text();
  LOG.push([method, path, res.status, text.slice(0, 260)].join(" "));
  return { status: res.status, text, headers: res.headers };
}
it("probes", async () => {
  expect(1).toBe(1);
  await call("PUT", "/publications/daily", { name: "日报" });
  await call("PUT", "/publications/%20", { name: "日报" });
  await call("GET", "/editions/daily/9999-12-31");
  await call("GET", "/editions/daily/0001-01-01");
  await call("GET", "/editions/daily/0000-01-03");
  await call("GET", "/editions/daily/1899-01-03");
  await call("GET", "/articles/%00");
  await call("GET", "/articles/%ff");
  await call("GET", "/articles/%ED%A0%80");
  await call("GET", "/articles/a%2Fb");
  await call("POST", "/articles", { publication: "daily", title: "\u200b", markdown: "a", event_at: "0050-01-01T00:00:00Z", embargo_until: "0000-01-01T00:00:00+23:59" });
  await call("POST", "/articles", { publication: "daily", title: "t", markdown: "a", cover: "https://a.cn/\ud800", source: { name: "x", url: "https://a.cn/\u0000\n" } });
  await call("POST", "/articles", { publication: "daily", title: "t", markdown: '"'.repeat(600_000) }, { "idempotency-key": "quotes" });
  await call("POST", "/articles", { publication: "daily", title: "t", markdown: '党'.repeat(340_000) }, { "idempotency-key": "dang" });
  await call("POST", "/articles", '{"publication":"daily","title":"t","markdown":"a","__proto__":{"a":1}}');
  await call("POST", "/articles", '{"publication":"daily","title":"t","markdown":"a","constructor":{"a":1}}');
  await call("POST", "/articles", { publication: "daily", title: "t", markdown: "a", priority: 1e400 });
  for (const zone of ["+08:00", "utc", "GMT+8", "asia/shanghai", "Etc/GMT-8", "CST6CDT", "PRC"]) {
    await call("PUT", "/publications/z" + Math.random().toString(36).slice(2), { name: "x", time_zone: zone });
  }
  const list = JSON.parse((await call("GET", "/publications")).text).items;
  for (const p of list) await call("GET", `/editions/${p.id}/2026-11-23`);
  for (const cron of ["* * * * *", "0 0 30 2 *", "0 0 L * *", "0 0 ? * ?", "0 0 15W * *", "*/0 * * * *", "0 8 * * MON#", "0 8 * * l", "0-0 8 * * *", "0 8 1-31/40 * *", "0 8 , * *", "0 8 * * *,", "+0 8 * * *"]) {
    const id = "c" + Math.random().toString(36).slice(2);
    const r = await call("PUT", "/publications/" + id, { name: "x", release_times: [cron] });
    if (r.status === 201) await call("GET", `/editions/${id}/2026-11-23`);
  }
  await call("DELETE", "/tokens/nope");
  LOG.push(await env.DB.prepare("SELECT * FROM audit WHERE action LIKE 'token%'").all().then((r) => JSON.stringify(r.results)));
  await call("GET", "/openapi.json");
  await call("GET", "/docs");
  await call("GET", "/articles?limit=&");
  await call("GET", "/articles?limit=1e1");
  await call("GET", "/wire?after=9007199254740993");
  await call("GET", "/articles?publication=none");
  await Promise.all([1, 2, 3].map(() => call("PUT", "/publications/race", { name: "x" })));
  throw new Error(LOG.join("\n"));
});
