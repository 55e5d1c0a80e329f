import { mediaHash, mediaPath } from "../../articles/media.ts";
import { videoHash } from "../../articles/video.ts";
import { isMediaPublic } from "../../wire/post-store.ts";
import type { Ctx } from "../context.ts";
import { isNamed } from "./caching.ts";
import { partOf } from "./ranges.ts";

/** A picture never changes, but a recall takes it back: no copy outlives a day without asking. */
const PUBLIC = "public, max-age=86400, immutable";

/** `GET /media/:file`: a picture or video that a live post shows, or any to someone with a token. One query. */
export async function picture(c: Ctx): Promise<Response> {
  const { db, media } = c.get("deps");
  const hash = mediaHash(c.req.path) ?? videoHash(c.req.path);
  if (hash === null) return nothing(c);
  const open = await isMediaPublic(db, hash);
  if (!open && !c.get("actor")) return nothing(c);
  const etag = `"${hash}"`;
  const headers = { etag, "cache-control": open ? PUBLIC : "private, no-store" };
  if (isNamed(etag, c.req.header("if-none-match") ?? "")) return c.body(null, 304, headers);
  const range = videoHash(c.req.path) === null ? undefined : c.req.header("range");
  if (range !== undefined) return part(c, hash, range, headers);
  const object = await media.get(hash);
  const type = object?.httpMetadata?.contentType ?? "";
  // The ending is part of the address: only the type that was kept is served, and only types that have one.
  if (!object || mediaPath(hash, type) !== c.req.path) {
    await object?.body.cancel();
    return nothing(c);
  }
  return c.body(object.body, 200, {
    ...headers,
    ...(type.startsWith("video/") && { "accept-ranges": "bytes" }),
    "content-type": type,
    "content-length": String(object.size),
  });
}

/** A part of a video. */
async function part(c: Ctx, hash: string, range: string, headers: Record<string, string>): Promise<Response> {
  const { media } = c.get("deps");
  const kept = await media.head(hash);
  const type = kept?.httpMetadata?.contentType ?? "";
  if (!kept || mediaPath(hash, type) !== c.req.path) return nothing(c);
  const wanted = partOf(range, kept.size);
  if (wanted.type === "none") return c.body(null, 416, { ...headers, "content-range": `bytes */${kept.size}` });
  const { offset, length } = wanted.type === "part" ? wanted : { offset: 0, length: kept.size };
  const object = await media.get(hash, { range: { offset, length } });
  if (!object) return nothing(c);
  return c.body(object.body, wanted.type === "part" ? 206 : 200, {
    ...headers,
    "accept-ranges": "bytes",
    "content-type": type,
    "content-length": String(length),
    ...(wanted.type === "part" && { "content-range": `bytes ${offset}-${offset + length - 1}/${kept.size}` }),
  });
}

/** The same answer for a picture that is private and one that is not there. */
function nothing(c: Ctx): Response {
  return c.text("没有这张图片。", 404, { "cache-control": "no-store" });
}
