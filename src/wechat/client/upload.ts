/** A picture as the platform takes it, and what it answers: plain functions. */
import { secure } from "../../channels/wechat/calls.ts";
import type { Picture } from "../../channels/wechat/call.ts";
import type { Upload } from "./client-store.ts";

/** A picture's bytes, fit for the platform, or why there are none, in words for the office. */
export type LoadedPicture =
  | { type: "picture"; bytes: Uint8Array<ArrayBuffer>; mime: "image/jpeg" | "image/png"; hash: string }
  | { type: "missing"; why: string };

const ENDINGS = { "image/jpeg": "jpg", "image/png": "png" } as const;

/**
 * The form that a picture is uploaded in (RFC 7578), one file in the field `media`. The platform knows the type by the
 * name's ending (developers.weixin.qq.com, uploadimg and add_material).
 */
export function multipart({ bytes, mime, hash }: Extract<LoadedPicture, { type: "picture" }>): {
  contentType: string;
  body: Uint8Array<ArrayBuffer>;
} {
  // Nobody can make a picture that holds its own hash.
  const boundary = `kanfa-${hash}`;
  const name = `${hash.slice(0, 16)}.${ENDINGS[mime]}`;
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="media"; filename="${name}"\r\nContent-Type: ${mime}\r\n\r\n`;
  const encoder = new TextEncoder();
  const [before, after] = [encoder.encode(head), encoder.encode(`\r\n--${boundary}--\r\n`)];
  const body = new Uint8Array(before.length + bytes.length + after.length);
  body.set(before);
  body.set(bytes, before.length);
  body.set(after, before.length + bytes.length);
  return { contentType: `multipart/form-data; boundary=${boundary}`, body };
}

/** The platform's answer to an upload, null when something is missing in it. Its addresses begin with `http:`; its host has both. */
export function uploadIn(use: Picture["use"], answer: Readonly<Record<string, unknown>>): Upload | null {
  const { url, media_id: mediaId } = answer;
  if (typeof url !== "string" || !URL.canParse(url)) return null;
  if (use === "body") return { url: secure(url) };
  return typeof mediaId === "string" && mediaId !== "" ? { url: secure(url), media_id: mediaId } : null;
}
