/**
 * Videos of ours: MP4, known by its bytes, named by its content hash like a picture. A video does not fit into a Worker's
 * memory (128 MB), so it is streamed: hashed while it goes to R2 under a passing key, then moved to its hash. R2 has no
 * rename, so the move is a second streamed write. Whatever is over the limit is linked by an https address instead.
 */
import type { Actor } from "../newsroom/types.ts";
import { Problem } from "../platform/problem.ts";
import type { MediaRow } from "./record-store.ts";
import { insertMedia } from "./record-store.ts";

/** Just under the 100 MB that Cloudflare takes as a request on its Free and Pro plans. */
export const VIDEO_LIMIT = 95 * 1024 * 1024;

/** Where uploads are until their hash is known. A Worker that dies leaves one behind: give the prefix a lifecycle rule. */
const INCOMING = "incoming/";

const TYPE = "video/mp4";
/** The least that an `ftyp` box needs to tell its brand. */
const HEAD = 12;
/** Brands of MP4 as cameras, phones and editing tools write it. AVIF and HEIC are pictures with the same kind of box. */
const BRANDS = new Set(["isom", "iso2", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "M4V ", "MSNV", "dash"]);

/** Whether the first bytes are those of an MP4: an `ftyp` box of a brand that players know. */
export function isMp4(bytes: Uint8Array): boolean {
  if (bytes.length < HEAD) return false;
  const text = String.fromCharCode(...bytes.subarray(4, HEAD));
  return text.startsWith("ftyp") && BRANDS.has(text.slice(4));
}

const PATH = /^\/media\/([0-9a-f]{64})\.mp4$/;

/** The hash in the path of a video of ours, or null for any other address. */
export function videoHash(src: string): string | null {
  return PATH.exec(src)?.[1] ?? null;
}

const refusal = (status: 400 | 413 | 415, title: string, detail: string, message: string): Problem =>
  new Problem(status, title, detail, { errors: [{ field: "(body)", message }] });

/** Reads until there are {@link HEAD} bytes, or no more. */
async function readHead(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array> {
  let head = new Uint8Array();
  while (head.length < HEAD) {
    const { done, value } = await reader.read();
    if (done) break;
    const longer = new Uint8Array(head.length + value.length);
    longer.set(head);
    longer.set(value, head.length);
    head = longer;
  }
  return head;
}

/** Sends a body of `size` bytes to R2 under `key`, one chunk in memory at a time, and gives its SHA-256. */
async function store(
  media: R2Bucket,
  key: string,
  head: Uint8Array,
  rest: ReadableStreamDefaultReader<Uint8Array>,
  size: number,
): Promise<string> {
  const digest = new crypto.DigestStream("SHA-256");
  const hashed = digest.getWriter();
  // R2 takes a stream only if it knows its length.
  const fixed = new FixedLengthStream(size);
  const sent = fixed.writable.getWriter();
  const stored = media.put(key, fixed.readable, { httpMetadata: { contentType: TYPE } });
  // Looked at below; until then its failure must not count as unhandled.
  stored.catch(() => {});
  try {
    let length = 0;
    for (let chunk: Uint8Array | undefined = head; chunk; chunk = (await rest.read()).value) {
      length += chunk.length;
      if (length > size) break;
      await hashed.write(chunk);
      await sent.write(chunk);
    }
    if (length !== size)
      throw refusal(400, "Malformed body", "The body is not as long as Content-Length says.", "is not complete");
    await Promise.all([hashed.close(), sent.close(), stored]);
    return new Uint8Array(await digest.digest).toHex();
  } catch (error) {
    digest.digest.catch(() => {});
    await Promise.allSettled([rest.cancel(error), hashed.abort(error), sent.abort(error), stored]);
    await media.delete(key);
    throw error;
  }
}

/**
 * Keeps a video in R2 under its hash and notes it. The same bytes again change nothing.
 * Throws 413 over {@link VIDEO_LIMIT}, 415 for anything but MP4, 400 for a body that is not `size` bytes long.
 */
export async function keepVideo(
  deps: { db: D1Database; media: R2Bucket },
  upload: { body: ReadableStream<Uint8Array>; size: number; id: string },
  actor: Actor,
  now: number,
): Promise<MediaRow> {
  const { db, media } = deps;
  if (upload.size > VIDEO_LIMIT)
    throw refusal(
      413,
      "Too large",
      `A video may have ${VIDEO_LIMIT} bytes at most; keep a larger one elsewhere and give its https address as “file”.`,
      `over ${VIDEO_LIMIT} bytes`,
    );
  const reader = upload.body.getReader();
  const head = await readHead(reader);
  if (!isMp4(head)) {
    await reader.cancel();
    throw refusal(415, "Unsupported media type", "The first bytes are not those of an MP4 video.", "not an MP4 video");
  }
  const key = `${INCOMING}${upload.id}`;
  const hash = await store(media, key, head, reader, upload.size);
  if (!(await media.head(hash))) {
    const incoming = await media.get(key);
    if (!incoming) throw new Error(`The upload ${key} is gone from R2.`);
    await media.put(hash, incoming.body, { httpMetadata: { contentType: TYPE } });
  }
  await media.delete(key);
  const kept = { hash, type: TYPE, size: upload.size, width: null, height: null };
  await insertMedia(db, kept, actor.name, now).run();
  return kept;
}
