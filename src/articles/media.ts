/** Pictures (videos: `video.ts`): what they are is told by their bytes, what they are called by their content hash. */
import { sha256 } from "../platform/crypto.ts";
import { Problem } from "../platform/problem.ts";
import type { Actor } from "../newsroom/types.ts";
import type { MediaRow } from "./record-store.ts";
import type { MediaFacts } from "./types.ts";
import { pictureSize } from "./picture-size.ts";
import { insertMedia } from "./record-store.ts";

/** WeChat takes material pictures up to 10 MB; nothing larger is of use downstream. */
export const MEDIA_LIMIT = 10 * 1024 * 1024;

const ENDINGS = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/gif": "gif",
  "image/webp": "webp",
  "video/mp4": "mp4",
} as const;
type MediaType = keyof typeof ENDINGS;

/** The picture type that the first bytes tell, or null. SVG is text that can carry script: never a picture here. */
export function sniff(bytes: Uint8Array): MediaType | null {
  const starts = (...signature: number[]) => signature.every((byte, i) => bytes[i] === byte);
  const ascii = (from: number, text: string) => [...text].every((ch, i) => bytes[from + i] === ch.charCodeAt(0));
  if (starts(0xff, 0xd8, 0xff)) return "image/jpeg";
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "image/png";
  if (ascii(0, "GIF87a") || ascii(0, "GIF89a")) return "image/gif";
  if (ascii(0, "RIFF") && ascii(8, "WEBP")) return "image/webp";
  return null;
}

/** The path of a picture or video on the site: `/media/<hash>.<ending>`. */
export function mediaPath(hash: string, type: string): string {
  return `/media/${hash}.${ENDINGS[type as MediaType] ?? "bin"}`;
}

const PATH = /^\/media\/([0-9a-f]{64})\.(?:jpg|png|gif|webp)$/;

/** The hash in a path of {@link mediaPath}, or null for any other address. */
export function mediaHash(src: string): string | null {
  return PATH.exec(src)?.[1] ?? null;
}

/** The pictures that `PICTURES` of the store gives as JSON. */
export function picturesOf(json: string): MediaFacts[] {
  const rows = JSON.parse(json) as [string, string, number | null, number | null][];
  return rows.map(([hash, type, width, height]) => ({ src: mediaPath(hash, type), type, width, height }));
}

/**
 * Keeps a picture in R2 under its hash and notes it. The same bytes again change nothing. R2 first: a note without bytes
 * would be a broken picture, bytes without a note are only unused.
 * Throws 413 over {@link MEDIA_LIMIT}, 415 for anything but JPEG, PNG, GIF and WebP.
 */
export async function keepMedia(
  deps: { db: D1Database; media: R2Bucket },
  bytes: Uint8Array<ArrayBuffer>,
  actor: Actor,
  now: number,
): Promise<MediaRow> {
  if (bytes.length > MEDIA_LIMIT)
    throw new Problem(
      413,
      "Too large",
      `A picture may have ${MEDIA_LIMIT} bytes at most; this one has ${bytes.length}.`,
      {
        errors: [{ field: "(body)", message: `over ${MEDIA_LIMIT} bytes` }],
      },
    );
  const type = sniff(bytes);
  if (!type)
    throw new Problem(
      415,
      "Unsupported media type",
      "The first bytes are not those of a JPEG, PNG, GIF or WebP picture.",
      {
        errors: [{ field: "(body)", message: "not a JPEG, PNG, GIF or WebP picture" }],
      },
    );
  const { width = null, height = null } = pictureSize(bytes, type) ?? {};
  const kept = { hash: await sha256(bytes), type, size: bytes.length, width, height };
  await deps.media.put(kept.hash, bytes, { httpMetadata: { contentType: type } });
  await insertMedia(deps.db, kept, actor.name, now).run();
  return kept;
}
