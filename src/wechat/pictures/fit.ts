/** What becomes of a picture's bytes so that WeChat takes them. */
import { sniff } from "../../articles/media.ts";
import { jpegFrame, pictureSize } from "../../articles/picture-size.ts";
import { WECHAT_LIMITS } from "../../formats/index.ts";
import { isInterlaced } from "./png.ts";
import type { Extent, Pixels } from "./shrink.ts";
import { fitting, shrink, upright } from "./shrink.ts";
import { stillWebp } from "./webp.ts";

/** Bytes that a decoder may take. An isolate has 128 MB, of which the Worker, other requests and the encoder need theirs. */
const ROOM = 80 * 1024 * 1024;
/** More pixels take too long, however little room they need. */
const MOST_PIXELS = 50_000_000;
/** From good to passable; after the last the picture is made smaller. */
const QUALITIES = [85, 70];
const SMALLER = 0.7;

type Fitted =
  | { type: "picture"; bytes: Uint8Array<ArrayBuffer>; mime: "image/jpeg" | "image/png" }
  | { type: "missing"; why: string };

const missing = (why: string): Fitted => ({ type: "missing", why });

export const BROKEN = "图片文件损坏或不完整，打不开。请重新导出后上传到素材库。";
const FOREIGN = "不是 JPEG、PNG、GIF 或 WebP 图片。请转换格式后上传到素材库。";
const LARGE = ({ width, height }: Extent) =>
  `图片有 ${width}×${height} 像素，太大，转换不了。请缩小到宽 1600 像素以内后重新上传。`;

/** The last place of two bytes, or -1. */
function lastPair(bytes: Uint8Array, a: number, b: number): number {
  for (let i = bytes.lastIndexOf(b); i > 0; i = bytes.lastIndexOf(b, i - 1)) if (bytes[i - 1] === a) return i - 1;
  return -1;
}

/**
 * Whether a JPEG or PNG goes on to its end. What a camera appends may follow, so a JPEG's end (EOI) must come after its
 * last scan (SOS): a thumbnail in the header has an end of its own.
 */
function isWhole(bytes: Uint8Array, type: string): boolean {
  if (type === "image/jpeg") return lastPair(bytes, 0xff, 0xd9) > lastPair(bytes, 0xff, 0xda);
  const tail = String.fromCharCode(...bytes.subarray(-4096));
  return tail.includes("IEND");
}

/** A way to decode a picture, and the bytes that it needs. */
interface Plan {
  size: Extent;
  room: number;
  decode(): Promise<Pixels>;
}

const look = (rgba: Uint8Array, size: Extent): Pixels => shrink(rgba, size, fitting(size));

// The codecs are loaded when the first picture needs them: other requests start without them.
const PLANS: Readonly<Record<string, (bytes: Uint8Array<ArrayBuffer>, size: Extent) => Plan | null>> = {
  "image/jpeg": (bytes, size) => {
    const frame = jpegFrame(bytes);
    if (!frame) return null;
    const pixels = frame.width * frame.height;
    return {
      size,
      // RGBA; a progressive picture's coefficients, two bytes each, are held whole.
      room: pixels * (4 + (frame.progressive ? frame.samples * 2 : 0)) + bytes.length,
      decode: async () => upright(await (await import("./codecs.ts")).decodeJpeg(bytes, look), frame.orientation),
    };
  },
  "image/webp": (bytes) => {
    const still = stillWebp(bytes);
    const size = still && pictureSize(still.bytes, "image/webp");
    return size
      ? {
          size,
          // RGBA and opacity; without loss the decoder has a copy of its own.
          room: size.width * size.height * (still.lossless ? 8 : 5) + still.bytes.length,
          decode: async () => (await import("./codecs.ts")).decodeWebp(still.bytes, look),
        }
      : null;
  },
  "image/png": (bytes, size) => ({
    size,
    room: isInterlaced(bytes) ? size.width * size.height * 4 : 0,
    decode: async () => (await import("./png.ts")).decodePng(bytes, fitting),
  }),
  "image/gif": (bytes, size) => ({
    size,
    // The indices.
    room: size.width * size.height,
    decode: async () => (await import("./gif.ts")).decodeGif(bytes, size, fitting),
  }),
};

/** The pixels as a JPEG of less than `limit` bytes: of less quality, and then smaller, until it is. Throws if nothing is. */
async function encode(pixels: Pixels, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const jpeg = await (await import("./codecs.ts")).jpegEncoder();
  for (;;) {
    for (const quality of QUALITIES) {
      const bytes = jpeg(pixels, quality);
      if (bytes.length < limit) return bytes;
    }
    if (pixels.width * pixels.height === 1) throw new Error("no picture is that small");
    const smaller = { width: Math.ceil(pixels.width * SMALLER), height: Math.ceil(pixels.height * SMALLER) };
    pixels = shrink(pixels.data, pixels, smaller);
  }
}

/**
 * The picture as WeChat takes it: a JPEG or PNG of less than `limit` bytes as it is, byte for byte; any other as a JPEG, of
 * a moving one the first frame, of a transparent one what shows on white, upright. Never throws: what cannot be read, or
 * would not fit into memory, is missing, with words for the editor. A WebP of 12 megapixels takes 1.2 s in workerd on a
 * 2-core cloud machine: 0.7 s to decode and shrink it, 0.5 s to encode.
 */
export async function fitPicture(bytes: Uint8Array<ArrayBuffer>, limit = WECHAT_LIMITS.picture): Promise<Fitted> {
  const type = sniff(bytes);
  if (type === null) return missing(FOREIGN);
  const size = pictureSize(bytes, type);
  const mime = type === "image/jpeg" || type === "image/png" ? type : null;
  if (!size || (mime && !isWhole(bytes, mime))) return missing(BROKEN);
  if (mime && bytes.length < limit) return { type: "picture", bytes, mime };
  const plan = PLANS[type]?.(bytes, size);
  if (!plan) return missing(BROKEN);
  if (plan.size.width * plan.size.height > MOST_PIXELS || plan.room + bytes.length > ROOM)
    return missing(LARGE(plan.size));
  try {
    return { type: "picture", bytes: await encode(await plan.decode(), limit), mime: "image/jpeg" };
  } catch {
    return missing(BROKEN);
  }
}
