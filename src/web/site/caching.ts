/**
 * Readers ask again and again, and mostly nothing has happened: one query on the version of the wire answers them.
 * What a page shows depends on the wire and the office's names alone, never on who asks or when.
 */
import type { Next } from "hono";
import { createMiddleware } from "hono/factory";
import { readFeedVersion, readVersion } from "../../wire/post-store.ts";
import type { App, Ctx } from "../context.ts";

/** Raise it when the same posts give other pages or feeds than before: without it, caches would keep the old ones. */
const LOOK = 4;

const CACHE_CONTROL = "public, max-age=60";

const etagOf = (version: string): string => `"${version}-${LOOK}"`;

/**
 * Whether an `If-None-Match` names the ETag. Weakly compared, as RFC 9110 (13.1.2) asks: Cloudflare marks an ETag as weak
 * when it compresses. `*` never matches, since whether there is a page at all is not known yet.
 */
export function isNamed(etag: string, ifNoneMatch: string): boolean {
  return ifNoneMatch.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}

/**
 * Whether the reader's copy is the current one. The date must be the very one that was sent, as nginx has it by default:
 * entries bear business time, which may be earlier than what came before.
 */
function isCurrent(c: Ctx, etag: string, lastModified: string | null): boolean {
  const ifNoneMatch = c.req.header("if-none-match");
  if (ifNoneMatch !== undefined) return isNamed(etag, ifNoneMatch);
  return lastModified !== null && c.req.header("if-modified-since") === lastModified;
}

async function answer(c: Ctx, next: Next, etag: string, lastModified: string | null): Promise<Response | void> {
  const validators = { etag, ...(lastModified !== null && { "last-modified": lastModified }) };
  if (isCurrent(c, etag, lastModified)) return c.body(null, 304, { ...validators, "cache-control": CACHE_CONTROL });
  await next();
  if (c.res.status >= 500) return;
  c.res.headers.set("cache-control", CACHE_CONTROL);
  if (c.res.ok) for (const [name, value] of Object.entries(validators)) c.res.headers.set(name, value);
}

/** Gives a page its ETag, or a 304 to whoever has it already: one query either way. */
export const cachedPage = createMiddleware<App>(async (c, next) =>
  answer(c, next, etagOf(await readVersion(c.get("deps").db)), null),
);

/** As {@link cachedPage}, with a `Last-Modified` besides, which many feed readers know better. */
export const cachedFeed = createMiddleware<App>(async (c, next) => {
  const { version, changedAt } = await readFeedVersion(c.get("deps").db);
  return answer(c, next, etagOf(version), changedAt === null ? null : new Date(changedAt).toUTCString());
});
