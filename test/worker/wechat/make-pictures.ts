/** Pictures for tests, made of numbers. */
import mozjpegDecoder from "@jsquash/jpeg/decode.js";
import { init as initJpegDecoder } from "@jsquash/jpeg/decode.js";
import mozjpegDecoderWasm from "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm";
import encodeJpegPixels, { init as initJpegEncoder } from "@jsquash/jpeg/encode.js";
import mozjpegEncoderWasm from "@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm";
import webpEncoder from "@jsquash/webp/codec/enc/webp_enc.js";
import webpEncoderWasm from "@jsquash/webp/codec/enc/webp_enc.wasm";
import { defaultOptions as webpOptions } from "@jsquash/webp/meta.js";
import { GifWriter } from "omggif";

interface Raw {
  data: Uint8ClampedArray<ArrayBuffer>;
  width: number;
  height: number;
}
type Colour = readonly [number, number, number, number];
export const RED: Colour = [255, 0, 0, 255];
export const BLUE: Colour = [0, 0, 255, 255];
export const CLEAR: Colour = [0, 0, 0, 0];

/** A picture whose left half has one colour, its right half another. */
export function halves(width: number, height: number, left: Colour, right: Colour): Raw {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) data.set(i % width < width / 2 ? left : right, i * 4);
  return { data, width, height };
}

/** A picture that nothing compresses. */
export function noise(width: number, height: number): Raw {
  const data = new Uint8ClampedArray(width * height * 4);
  let state = 1;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    data[i] = i % 4 === 3 ? 255 : state >>> 24;
  }
  return { data, width, height };
}

const concat = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};
const uint32 = (value: number) => new Uint8Array([value >>> 24, value >>> 16, value >>> 8, value]);
const ascii = (text: string) => new TextEncoder().encode(text);

/** A PNG chunk. Nobody here looks at its checksum. */
const chunk = (name: string, content: Uint8Array) =>
  concat(uint32(content.length), ascii(name), content, new Uint8Array(4));

export interface PngKind {
  depth?: number;
  colour?: number;
  interlaced?: boolean;
  extra?: readonly [string, Uint8Array][];
}

/** A PNG of rows as they are stored, each with its filter before it. */
export async function pngOf(
  size: { width: number; height: number },
  rows: Uint8Array<ArrayBuffer>,
  { depth = 8, colour = 6, interlaced = false, extra = [] }: PngKind = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"));
  const data = new Uint8Array(await new Response(stream).arrayBuffer());
  // In two pieces, as writers of large files do.
  const half = data.length >> 1;
  return concat(
    new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", concat(uint32(size.width), uint32(size.height), new Uint8Array([depth, colour, 0, 0, +interlaced]))),
    ...extra.map(([name, content]) => chunk(name, content)),
    chunk("IDAT", data.subarray(0, half)),
    chunk("IDAT", data.subarray(half)),
    chunk("IEND", new Uint8Array(0)),
  );
}

/** An RGBA PNG. Its rows take the filters in turn. */
export function png(raw: Raw): Promise<Uint8Array<ArrayBuffer>> {
  const length = raw.width * 4;
  const rows = new Uint8Array((length + 1) * raw.height);
  const at = (x: number, y: number) => (x < 0 || y < 0 ? 0 : raw.data[y * length + x]!);
  for (let y = 0; y < raw.height; y++) {
    const start = y * (length + 1);
    const filter = y % 5;
    rows[start] = filter;
    for (let x = 0; x < length; x++) {
      const [a, b, c] = [at(x - 4, y), at(x, y - 1), at(x - 4, y - 1)];
      const p = a + b - c;
      const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
      const guess = [0, a, b, (a + b) >> 1, pa <= pb && pa <= pc ? a : pb <= pc ? b : c][filter]!;
      rows[start + 1 + x] = at(x, y) - guess;
    }
  }
  return pngOf(raw, rows);
}

const started = (wasm: WebAssembly.Module) => ({
  noInitialRun: true,
  locateFile: (name: string) => name,
  instantiateWasm(imports: WebAssembly.Imports, ready: (instance: never) => void) {
    const instance = new WebAssembly.Instance(wasm, imports);
    ready(instance as never);
    return instance.exports;
  },
});

export async function jpeg(raw: Raw, options: { quality?: number; progressive?: boolean } = {}) {
  await initJpegEncoder(mozjpegEncoderWasm);
  return new Uint8Array(await encodeJpegPixels(raw as never, { quality: 90, ...options }));
}

/** A JPEG of which Exif says that it lies on its side. */
export async function turnedJpeg(raw: Raw, orientation: number, options: { quality?: number } = {}) {
  const bytes = await jpeg(raw, options);
  const exif = concat(
    ascii("Exif\0\0MM\0*"),
    uint32(8),
    new Uint8Array([0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]),
    uint32(0),
  );
  return concat(bytes.subarray(0, 2), new Uint8Array([0xff, 0xe1, 0, exif.length + 2]), exif, bytes.subarray(2));
}

export async function webp(raw: Raw, options: { quality?: number; lossless?: number; method?: number } = {}) {
  const encoder = await webpEncoder(started(webpEncoderWasm) as never);
  return new Uint8Array(encoder.encode(raw.data, raw.width, raw.height, { ...webpOptions, ...options })!);
}

/** A moving WebP of still ones. */
export function movingWebp(size: { width: number; height: number }, frames: readonly Uint8Array[]) {
  const le = (value: number, bytes: number) => Uint8Array.from({ length: bytes }, (_, i) => value >>> (8 * i));
  const riff = (name: string, content: Uint8Array) => concat(ascii(name), le(content.length, 4), content);
  const extent = concat(le(size.width - 1, 3), le(size.height - 1, 3));
  return riff(
    "RIFF",
    concat(
      ascii("WEBP"),
      riff("VP8X", concat(le(0x02, 4), extent)),
      riff("ANIM", le(0, 6)),
      ...frames.map((frame) => riff("ANMF", concat(le(0, 6), extent, le(100, 3), le(0, 1), frame.subarray(12)))),
    ),
  );
}

/** A moving GIF of up to four frames, each of one colour. */
export function movingGif(width: number, height: number, colours: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(width * height * colours.length * 2 + 2000);
  const palette = Array.from({ length: 4 }, (_, i) => colours[i] ?? 0);
  const gif = new GifWriter(bytes, width, height, { palette, loop: 0 });
  for (const index of colours.keys())
    gif.addFrame(
      0,
      0,
      width,
      height,
      Array.from({ length: width * height }, () => index),
    );
  return bytes.slice(0, gif.end());
}

/** What a JPEG shows, by a decoder that the Worker's own code has no part in starting. */
export async function seen(bytes: Uint8Array<ArrayBuffer>) {
  await initJpegDecoder(mozjpegDecoderWasm);
  const { data, width, height } = await mozjpegDecoder(bytes.buffer as ArrayBuffer);
  const at = (x: number, y: number) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)];
  return { width, height, at };
}
