/** A small client of the HTTP API, and looks behind it: what a request wrote, and a database that something happens to. */
import { env, exports } from "cloudflare:workers";
import { expect } from "vitest";
import type { Env } from "../../../src/env.ts";
import { app } from "../../../src/web/app.tsx";

export const ADMIN = "test-admin-token";
export const ORIGIN = "https://kanfa.test";

interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: { field: string; message: string }[];
}

export interface Article {
  id: string;
  rev: number;
  status: string;
  publication: string;
  kind: string;
  title: string;
  digest: string;
  markdown: string;
  column: string | null;
  unit: string | null;
  credits: { role: string; name: string }[];
  cover: string | null;
  cover_image: { from: string; wide: string; square: string; pic_crop_1_1: string | null };
  source: { name: string; url: string; published_at?: string } | null;
  important: boolean;
  priority: number;
  event_at: string | null;
  embargo_until: string | null;
  expires_at: string | null;
  must_run_on: string | null;
  evergreen: boolean;
  hash: string;
  created_at: string;
  updated_at: string;
  url?: string;
}

export interface Page<Item> {
  items: Item[];
  next: string | null;
}

/** An answer, read whole. */
export interface Answer<Body> {
  status: number;
  headers: Headers;
  text: string;
  json: Body;
}

export interface Options {
  /** An object is sent as JSON; a text, bytes or a stream as it is. */
  body?: unknown;
  /** Null sends no token. */
  token?: string | null;
  headers?: Record<string, string>;
}

function requestOf(method: string, path: string, options: Options): Request {
  const { body, token = ADMIN, headers = {} } = options;
  const raw = typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;
  return new Request(`${ORIGIN}${path}`, {
    method,
    headers: { ...(token !== null && { authorization: `Bearer ${token}` }), ...headers },
    ...(body !== undefined && { body: raw ? (body as BodyInit) : JSON.stringify(body) }),
  });
}

async function answerOf<Body>(response: Response): Promise<Answer<Body>> {
  const text = await response.text();
  const json = /\bjson\b/.test(response.headers.get("content-type") ?? "")
    ? (JSON.parse(text) as Body)
    : (null as Body);
  return { status: response.status, headers: response.headers, text, json };
}

/** Calls the Worker as the outside does. `path` starts with a slash and lies under `/api` unless it says otherwise. */
export async function api<Body = Record<string, unknown>>(
  method: string,
  path: string,
  options: Options = {},
): Promise<Answer<Body>> {
  return answerOf<Body>(await exports.default.fetch(requestOf(method, `/api${path}`, options)));
}

/** Calls the same application with other bindings: a database that fails, a missing secret. */
export async function apiWith<Body = Record<string, unknown>>(
  bindings: Partial<Env>,
  method: string,
  path: string,
  options: Options = {},
): Promise<Answer<Body>> {
  return answerOf<Body>(await app.fetch(requestOf(method, `/api${path}`, options), { ...env, ...bindings }));
}

/** The answer, if its status is the expected one; the failure shows what was answered instead. */
export function expectStatus<Body>(answer: Answer<Body>, status: number): Body {
  expect(`${answer.status} ${answer.status === status ? "" : answer.text.slice(0, 300)}`.trim()).toBe(String(status));
  return answer.json;
}

/** Expects a problem document (RFC 9457) of this status that names `field`, if one is given. */
export function expectProblem(answer: Answer<unknown>, status: number | readonly number[], field?: string): Problem {
  const problem = answer.json as Problem;
  const seen = `${answer.status} ${answer.text.slice(0, 300)}`;
  expect([status].flat(), seen).toContain(answer.status);
  expect(answer.headers.get("content-type"), seen).toBe("application/problem+json");
  expect(answer.headers.get("x-content-type-options"), seen).toBe("nosniff");
  expect(problem, seen).toMatchObject({
    type: expect.any(String),
    title: expect.stringMatching(/./),
    status: answer.status,
    detail: expect.stringMatching(/./),
  });
  for (const error of problem.errors ?? [])
    expect(error, seen).toEqual({ field: expect.any(String), message: expect.stringMatching(/./) });
  if (field !== undefined)
    expect(
      (problem.errors ?? []).map((error) => error.field),
      seen,
    ).toContain(field);
  return problem;
}

const TABLES = [
  "publications",
  "columns",
  "units",
  "people",
  "terms",
  "tokens",
  "audit",
  "requests",
  "articles",
  "revisions",
  "reviews",
  "media",
  "editions",
  "slots",
  "picks",
  "posts",
  "wire",
  "post_media",
  "handovers",
  "shards",
  "channels",
  "deliveries",
  "hub_requests",
  "calendar_days",
  "calendar_years",
] as const;

/** How many rows each table holds, and how often what has a revision was changed. */
export async function ledger(): Promise<Record<string, number>> {
  const found = await env.DB.prepare(
    `SELECT ${TABLES.map((table) => `(SELECT count(*) FROM ${table}) AS ${table}`).join(", ")},
       (SELECT total(rev) FROM articles) AS article_revs, (SELECT total(rev) FROM publications) AS publication_revs,
       (SELECT total(rev) FROM channels) AS channel_revs, (SELECT total(plan_rev) FROM editions) AS edition_revs,
       (SELECT count(*) FROM tokens WHERE revoked_at IS NULL) AS live_tokens`,
  ).first<Record<string, number>>();
  return found!;
}

/** Runs `act` and expects that nothing was written by it. */
export async function expectUnwritten<T>(act: () => Promise<T>): Promise<T> {
  const before = await ledger();
  const result = await act();
  expect(await ledger()).toEqual(before);
  return result;
}

/** The audit rows about a subject, in order. */
export async function auditOf(subject: string): Promise<{ actor: string; action: string }[]> {
  const found = await env.DB.prepare(`SELECT actor, action FROM audit WHERE subject = ? ORDER BY id`)
    .bind(subject)
    .all<{ actor: string; action: string }>();
  return found.results;
}

/** Every item of a list, page by page. */
export async function walk<Item>(
  path: string,
  limit: number,
  token = ADMIN,
): Promise<{ items: Item[]; pages: number }> {
  const items: Item[] = [];
  let next: string | null = null;
  let pages = 0;
  do {
    const join = path.includes("?") ? "&" : "?";
    const cursor: string = next === null ? "" : `&cursor=${encodeURIComponent(next)}`;
    const page: Page<Item> = expectStatus(
      await api<Page<Item>>("GET", `${path}${join}limit=${limit}${cursor}`, { token }),
      200,
    );
    expect(page.items.length).toBeLessThanOrEqual(limit);
    items.push(...page.items);
    next = page.next;
    pages += 1;
    if (pages > 100) throw new Error(`${path} does not end`);
  } while (next !== null);
  return { items, pages };
}

/** Makes a publication; without stages a submitted article queues at once. */
export async function makePublication(id: string, settings: Record<string, unknown> = {}): Promise<void> {
  expectStatus(await api("PUT", `/publications/${id}`, { body: { name: `刊 ${id}`, ...settings } }), 201);
}

/** Makes a token. With `role` it belongs to a new person of that role. */
export async function makeToken(name: string, scopes: readonly string[], role?: string): Promise<string> {
  if (role !== undefined)
    expectStatus(await api("POST", "/people", { body: { id: name, name: `人员 ${name}`, role } }), 201);
  const made = expectStatus(
    await api<{ token: string }>("POST", "/tokens", {
      body: { name, scopes, ...(role !== undefined && { person: name }) },
    }),
    201,
  );
  return made.token;
}

/** The smallest article there is. */
export const ARTICLE = { publication: "daily", title: "长顺镇擂台比武", markdown: "各村支部书记登台述职。" } as const;

/** Makes a draft. */
export async function makeArticle(fields: Record<string, unknown> = {}, token = ADMIN): Promise<Article> {
  return expectStatus(await api<Article>("POST", "/articles", { body: { ...ARTICLE, ...fields }, token }), 201);
}

/** The article as it is now. */
export async function readArticle(id: string): Promise<Article> {
  return expectStatus(await api<Article>("GET", `/articles/${id}`), 200);
}

/** The database, with `meddle` run once right before its first `batch`: what another request does in between. */
export function meddled(meddle: () => Promise<unknown>): D1Database {
  let done = false;
  return wrapped(env.DB, async (batch) => {
    if (!done) {
      done = true;
      await meddle();
    }
    return batch();
  });
}

/** The database, with its batches in the hands of `around`. */
export function wrapped(db: D1Database, around: (batch: () => Promise<D1Result[]>) => Promise<D1Result[]>): D1Database {
  return new Proxy(db, {
    get(target, name) {
      if (name === "batch") return (statements: D1PreparedStatement[]) => around(() => target.batch(statements));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
