import { GifReader } from "omggif";
import type { Look } from "./codecs.ts";
import type { Pixels } from "./shrink.ts";

/** A GIF's first frame, on the whole of its area. Throws when it cannot be decoded. */
export function decodeGif(bytes: Uint8Array, look: Look): Pixels {
  const gif = new GifReader(bytes);
  const rgba = new Uint8Array(gif.width * gif.height * 4);
  gif.decodeAndBlitFrameRGBA(0, rgba);
  return look(rgba, gif);
}
