/**
 * The codecs that are WebAssembly: WebP and JPEG. Each use has an instance of its own, for WebAssembly's memory grows and
 * never shrinks, and one that a broken file ended is of no further use.
 */
import mozjpegDecoder from "@jsquash/jpeg/codec/dec/mozjpeg_dec.js";
import mozjpegDecoderWasm from "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm";
import mozjpegEncoder from "@jsquash/jpeg/codec/enc/mozjpeg_enc.js";
import mozjpegEncoderWasm from "@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm";
import { defaultOptions } from "@jsquash/jpeg/meta.js";
import webpDecoder from "@jsquash/webp/codec/dec/webp_dec.js";
import webpDecoderWasm from "@jsquash/webp/codec/dec/webp_dec.wasm";
import type { Extent, Pixels } from "./shrink.ts";

/** Looks at a picture's pixels (RGBA) while the decoder has them, and gives what it made of them. */
export type Look = (rgba: Uint8Array, size: Extent) => Pixels;

/** What of Emscripten's options is used. */
interface Options {
  noInitialRun: true;
  locateFile(name: string): string;
  printErr(): void;
  instantiateWasm(imports: WebAssembly.Imports, ready: (instance: WebAssembly.Instance) => void): WebAssembly.Exports;
}

const options = (wasm: WebAssembly.Module): Options => ({
  noInitialRun: true,
  locateFile: (name) => name,
  // Warnings of damaged files; what cannot be read is told by the result.
  printErr() {},
  instantiateWasm(imports, ready) {
    const instance = new WebAssembly.Instance(wasm, imports);
    ready(instance);
    return instance.exports;
  },
});

/** A module's own maker. The packages' types leave out what is used here. */
type Factory<T> = (options: Options) => Promise<T>;
type Decoder = { decode(bytes: Uint8Array, ...more: unknown[]): Pixels | null };
type Encoder = { encode(rgba: Uint8ClampedArray, width: number, height: number, options: object): Uint8Array };

/**
 * Decodes, and gives what `look` does. A decoder ends with `new ImageData(new Uint8ClampedArray(view), …)`: a second copy of
 * what may be half of an isolate's memory. It takes both names from the global object when it first needs them. So until
 * then, while nothing else can run, they stand for an array that is the view itself, and for an image that is looked at
 * in the decoder's own memory.
 */
async function decode(factory: unknown, wasm: WebAssembly.Module, bytes: Uint8Array, look: Look): Promise<Pixels> {
  const decoder = await (factory as Factory<Decoder>)(options(wasm));
  const scope = globalThis as Record<string, unknown>;
  const { ImageData, Uint8ClampedArray } = scope;
  const restore = () => Object.assign(scope, { ImageData, Uint8ClampedArray });
  try {
    Object.assign(scope, {
      Uint8ClampedArray: function (view: Uint8Array) {
        return view;
      },
      ImageData: function (view: Uint8Array, width: number, height: number) {
        restore();
        return look(view, { width, height });
      },
    });
    // JPEG's second argument: turning by Exif is done by `upright`, on the few pixels that are left.
    const pixels = factory === webpDecoder ? decoder.decode(bytes) : decoder.decode(bytes, false);
    if (!pixels) throw new Error("The decoder refused the file.");
    return pixels;
  } finally {
    restore();
  }
}

/** A JPEG's pixels, as they lie in the file. Throws when it cannot be decoded. */
export const decodeJpeg = (bytes: Uint8Array, look: Look): Promise<Pixels> =>
  decode(mozjpegDecoder, mozjpegDecoderWasm, bytes, look);

/** A still WebP's pixels. Throws when it cannot be decoded. */
export const decodeWebp = (bytes: Uint8Array, look: Look): Promise<Pixels> =>
  decode(webpDecoder, webpDecoderWasm, bytes, look);

/** The pixels as a JPEG of each quality (0 to 100) that is asked of it. */
export async function jpegEncoder(): Promise<(pixels: Pixels, quality: number) => Uint8Array<ArrayBuffer>> {
  const encoder = await (mozjpegEncoder as unknown as Factory<Encoder>)(options(mozjpegEncoderWasm));
  return ({ data, width, height }, quality) =>
    new Uint8Array(encoder.encode(data, width, height, { ...defaultOptions, quality }));
}
