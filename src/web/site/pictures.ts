import { mediaHash, mediaPath } from "../../articles/media.ts";
import { isMediaPublic } from "../../wire/store.ts";
import type { Ctx } from "../context.ts";
import { isNamed } from "./caching.ts";

/** A picture never changes, but a recall takes it back: no copy outlives a day without asking. */
const PUBLIC = "public, max-age=86400, immutable";

/** `GET /media/:file`: a picture that a live post shows, or any to someone with a token. One query. */
export async function picture(c: Ctx): Promise<Response> {
  const { db, media } = c.get("deps");
  const hash = mediaHash(c.req.path);
  if (hash === null) return nothing(c);
  const open = await isMediaPublic(db, hash);
  if (!open && !c.get("actor")) return nothing(c);
  const etag = `"${hash}"`;
  const headers = { etag, "cache-control": open ? PUBLIC : "private, no-store" };
  if (isNamed(etag, c.req.header("if-none-match") ?? "")) return c.body(null, 304, headers);
  const object = await media.get(hash);
  const type = object?.httpMetadata?.contentType ?? "";
  // The ending is part of the address: only the type that was kept is served, and only types that have one.
  if (!object || mediaPath(hash, type) !== c.req.path) return nothing(c);
  return c.body(object.body, 200, { ...headers, "content-type": type, "content-length": String(object.size) });
}

/** The same answer for a picture that is private and one that is not there. */
function nothing(c: Ctx): Response {
  return c.text("没有这张图片。", 404, { "cache-control": "no-store" });
}
