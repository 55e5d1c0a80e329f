/** The site over posts that are made at will, and what its pages cost. */
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { requireArticle } from "../../../src/articles/desk.ts";
import type { Content } from "../../../src/articles/types.ts";
import { depsOf } from "../../../src/deps.ts";
import type { Actor } from "../../../src/newsroom/types.ts";
import type { App } from "../../../src/web/context.ts";
import { site } from "../../../src/web/site/index.tsx";
import { correctArticle, recallArticle } from "../../../src/wire/amend.ts";
import { at, Line, watched } from "./world.ts";

export const SITE = "https://kanfa.test";
export const EDITOR: Actor = { name: "person:editor", role: "editor", scopes: ["read"] };
const TABLES =
  "inbox post_media wire posts picks slots editions revisions articles media columns units publications audit";

export const line = new Line();
export const deps = { ...depsOf(env), db: watched(env.DB, line) };
/** Who asks. */
export const visitor: { actor: Actor | null } = { actor: null };

const app = new Hono<App>();
app.use(async (c, next) => {
  c.set("deps", deps);
  c.set("now", at("20:00"));
  c.set("actor", visitor.actor);
  await next();
});
app.route("/", site);

/** What a reader gets, and how many queries it cost. */
export async function get(path: string, headers: Record<string, string> = {}, method = "GET") {
  line.resetCounts();
  const response = await app.request(path, { headers, method });
  // Not text(): workerd warns about pictures.
  const text = new TextDecoder().decode(await response.arrayBuffer());
  return { status: response.status, text, headers: response.headers, queries: line.queries };
}

/** A post as the release makes it, with everything it refers to. Gives its public id, which is its article's too. */
export async function publish(
  post: Partial<Content> & {
    publication?: string;
    column?: string;
    unit?: string;
    date?: string;
    position?: number;
    time?: string;
    media?: string[];
  } = {},
): Promise<string> {
  const { publication = "daily", column = null, unit = null, date = "2026-11-23", media = [] } = post;
  const { kind = "original", title = "标题", digest = "摘要", markdown = "正文。" } = post;
  const meta = JSON.stringify({ credits: post.credits ?? [], cover: post.cover ?? null, source: post.source ?? null });
  const { results } = await env.DB.prepare(`SELECT coalesce(max(seq), 0) + 1 AS seq FROM wire`).all<{ seq: number }>();
  const { seq } = results[0]!;
  const uid = `00000000-0000-7000-8000-${String(seq).padStart(12, "0")}`;
  const released = at(post.time ?? "08:30", date);
  const place = [publication, column, unit];
  const ids = `(SELECT id FROM publications WHERE slug = ?1), (SELECT id FROM columns WHERE slug = ?2), (SELECT id FROM units WHERE slug = ?3)`;
  const run = (sql: string, ...args: unknown[]) => env.DB.prepare(sql).bind(...args);
  await env.DB.batch([
    run(
      `INSERT INTO publications (slug, name, medium, time_zone, quota, plan_at, release_times, stages, due_at, rev, created_at, updated_at)
       VALUES (?, '刊名-' || ?1, 'article', 'Asia/Shanghai', 15, '07:00', '[]', '[]', 0, 1, 0, 0) ON CONFLICT DO NOTHING`,
      publication,
    ),
    run(
      `INSERT INTO columns (slug, name, created_at) SELECT ?1, '专栏-' || ?1, 0 WHERE ?1 IS NOT NULL ON CONFLICT DO NOTHING`,
      column,
    ),
    run(
      `INSERT INTO units (slug, name, kind, created_at) SELECT ?1, '单位-' || ?1, 'section', 0 WHERE ?1 IS NOT NULL ON CONFLICT DO NOTHING`,
      unit,
    ),
    run(
      `INSERT INTO editions (publication_id, date, quota, shortfall, provisional, plan_rev, planned_at)
       SELECT id, ?2, 15, 0, 0, 1, 0 FROM publications WHERE slug = ?1 ON CONFLICT DO NOTHING`,
      publication,
      date,
    ),
    run(
      `INSERT INTO articles (id, uid, publication_id, column_id, unit_id, author, kind, status, hash, title, digest, important, priority, evergreen,
         rev, created_at, updated_at)
       SELECT ?4, ?5, ${ids}, 'x', ?6, 'published', 'h', ?7, ?8, 0, 0, 0, 1, 0, 0`,
      ...place,
      seq,
      uid,
      kind,
      title,
      digest,
    ),
    run(
      `INSERT INTO revisions (article_id, hash, title, digest, markdown, meta, media, saved_by, saved_at) VALUES (?, 'h', ?, ?, ?, ?, ?, 'x', 0)`,
      seq,
      title,
      digest,
      markdown,
      meta,
      JSON.stringify(media),
    ),
    run(
      `INSERT INTO posts (id, uid, article_id, publication_id, column_id, unit_id, edition_id, position, hash, kind, title, digest, released_at)
       SELECT ?4, ?5, ?4, ${ids}, (SELECT e.id FROM editions e JOIN publications p ON p.id = e.publication_id WHERE p.slug = ?1 AND e.date = ?6),
         ?7, 'h', ?8, ?9, ?10, ?11`,
      ...place,
      seq,
      uid,
      date,
      post.position ?? seq,
      kind,
      title,
      digest,
      released,
    ),
    run(`INSERT INTO wire (seq, kind, at, post_id) VALUES (?1, 'published', ?2, ?1)`, seq, released),
    run(`INSERT INTO post_media (hash, post_id) SELECT value, ?2 FROM json_each(?1)`, JSON.stringify(media), seq),
  ]);
  return uid;
}

export async function recall(uid: string): Promise<void> {
  await recallArticle(deps.desk, await requireArticle(env.DB, uid), "内容有误", EDITOR, at("16:00"));
}

export async function correct(uid: string, change: Partial<Content>): Promise<void> {
  const article = await requireArticle(env.DB, uid);
  await correctArticle(deps.desk, article, { ...article, ...change }, "数字有误", EDITOR, at("16:00"));
}

export const HOSTILE = {
  title: `<script>alert(1)</script> & "引号" ]]> \u0001\u000B结束`,
  digest: `<img src=x onerror=alert(2)> ]]>`,
  markdown: [
    "<script>alert(3)</script>",
    '<img src="x" onerror="alert(4)"> [点我](javascript:alert(5)) ![图](data:text/html,x)',
    "数组 `a[b[0]]>1`，]]> 和 \u0008 控制字符",
  ].join("\n\n"),
  credits: [{ role: "记者", name: "<b>甲</b>" }],
  source: { name: "<i>源</i>", url: "javascript:alert(6)" },
};

/** An office without posts, asked by a stranger. */
export async function empty(): Promise<void> {
  visitor.actor = null;
  await env.DB.batch(TABLES.split(" ").map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
}
