/** Videos come as a stream: which way a body takes must be known before it is read, so a video says so in its header. */
import { mediaPath } from "../../articles/media.ts";
import { keepVideo } from "../../articles/video.ts";
import type { Actor } from "../../newsroom/types.ts";
import { newId } from "../../platform/ids.ts";
import { Problem } from "../../platform/problem.ts";
import type { Ctx } from "../context.ts";

/** Whether the request uploads a video: `Content-Type: video/…`. Its bytes are judged all the same. */
export function isVideoUpload(c: Ctx): boolean {
  return c.req.path === "/api/media" && /^video\//i.test(c.req.header("content-type") ?? "");
}

/** Takes the video in, and gives what the answer shows. Throws 411 without a length, 413, 415 and 400 as `keepVideo`. */
export async function receiveVideo(c: Ctx, actor: Actor) {
  const { db, media } = c.get("deps");
  const length = c.req.header("content-length");
  const body = c.req.raw.body as ReadableStream<Uint8Array> | null;
  if (length === undefined || !/^\d{1,15}$/.test(length) || !body)
    throw new Problem(411, "Length required", "A video is streamed: send its length as Content-Length.", {
      errors: [{ field: "Content-Length", message: "is missing" }],
    });
  const upload = { body, size: Number(length), id: newId(c.get("now")) };
  const { hash, type, size } = await keepVideo({ db, media }, upload, actor, c.get("now"));
  return { hash, type, size, url: mediaPath(hash, type) };
}
