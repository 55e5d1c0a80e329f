/**
 * PNG, row by row (w3.org/TR/png-3): a long picture of a thousand by twenty thousand pixels never lies whole in memory.
 * Only one that is interlaced must.
 */
import { type Extent, type Pixels, shrink, Shrinker } from "./shrink.ts";

/** What the chunks before the pixels say. */
interface Header extends Extent {
  /** Bits of a sample: 1, 2, 4, 8 or 16. */
  depth: number;
  colour: Colour;
  interlaced: boolean;
}

/** A file's chunks as far as they bear on its pixels. */
interface Png extends Header {
  /** RGB triples. */
  palette: Uint8Array;
  /** Opacity of the palette's entries, or the one colour that is transparent. */
  transparency: Uint8Array | null;
  /** The compressed pixels. */
  data: Uint8Array<ArrayBuffer>[];
}

const GREY = 0;
const RGB = 2;
const INDEXED = 3;
const GREY_ALPHA = 4;
const RGBA = 6;
const CHANNELS = { [GREY]: 1, [RGB]: 3, [INDEXED]: 1, [GREY_ALPHA]: 2, [RGBA]: 4 } as const;
type Colour = keyof typeof CHANNELS;

/** Adam7's passes: first column and row, and the steps between them. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Whether a PNG's rows are stored in passes. */
export const isInterlaced = (bytes: Uint8Array): boolean => bytes[28] !== 0;

function read(bytes: Uint8Array<ArrayBuffer>): Png {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [depth, colour] = [bytes[24]!, bytes[25]!];
  if (![1, 2, 4, 8, 16].includes(depth) || !(colour in CHANNELS)) throw new Error("no such kind of pixels");
  const png: Png = {
    width: view.getUint32(16),
    height: view.getUint32(20),
    depth,
    colour: colour as Colour,
    interlaced: isInterlaced(bytes),
    palette: new Uint8Array(0),
    transparency: null,
    data: [],
  };
  for (let at = 8; at + 8 <= bytes.length;) {
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const content = bytes.subarray(at + 8, at + 8 + view.getUint32(at));
    if (name === "PLTE") png.palette = content;
    if (name === "tRNS") png.transparency = content;
    if (name === "IDAT") png.data.push(content);
    at += content.length + 12;
  }
  return png;
}

/** Reads exact amounts of what `pieces` inflate to. */
class Inflated {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #piece = new Uint8Array(0);

  constructor(pieces: readonly Uint8Array<ArrayBuffer>[]) {
    const stream = new Blob([...pieces]).stream().pipeThrough(new DecompressionStream("deflate"));
    this.#reader = stream.getReader();
  }

  /** Fills `row`. Throws when the data ends before. */
  async fill(row: Uint8Array): Promise<void> {
    for (let filled = 0; filled < row.length;) {
      if (this.#piece.length === 0) {
        const { done, value } = await this.#reader.read();
        if (done) throw new Error("the pixels end too early");
        this.#piece = value as Uint8Array<ArrayBuffer>;
        continue;
      }
      const part = this.#piece.subarray(0, row.length - filled);
      row.set(part, filled);
      filled += part.length;
      this.#piece = this.#piece.subarray(part.length);
    }
  }

  async end(): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** Undoes a row's filter in place; `step` is the distance in bytes to the pixel before. */
function unfilter(filter: number, row: Uint8Array, above: Uint8Array, step: number): void {
  if (filter > 4) throw new Error("no such filter");
  if (filter === 0) return;
  for (let i = 0; i < row.length; i++) {
    const left = i < step ? 0 : row[i - step]!;
    const up = above[i]!;
    if (filter === 1) row[i]! += left;
    else if (filter === 2) row[i]! += up;
    else if (filter === 3) row[i]! += (left + up) >> 1;
    else row[i]! += paeth(left, up, i < step ? 0 : above[i - step]!);
  }
}

/** How a row's samples become eight bits each. Indices stay what they are. */
function samplesOf({ depth, colour }: Header): (row: Uint8Array, count: number) => Uint8Array {
  if (depth === 8) return (row) => row;
  if (depth === 16) return (row, count) => Uint8Array.from({ length: count }, (_, i) => row[i * 2]!);
  const most = (1 << depth) - 1;
  const scale = colour === INDEXED ? 1 : 255 / most;
  return (row, count) =>
    Uint8Array.from({ length: count }, (_, i) => {
      const bit = i * depth;
      return ((row[bit >> 3]! >> (8 - depth - (bit & 7))) & most) * scale;
    });
}

/** How eight-bit samples become RGBA. */
function painter(png: Png): (samples: Uint8Array, width: number, rgba: Uint8Array) => void {
  const { colour, palette, transparency } = png;
  if (colour === INDEXED)
    return (samples, width, rgba) => {
      for (let x = 0; x < width; x++) {
        const entry = samples[x]!;
        for (let c = 0; c < 3; c++) rgba[x * 4 + c] = palette[entry * 3 + c] ?? 0;
        rgba[x * 4 + 3] = transparency?.[entry] ?? 255;
      }
    };
  const channels = CHANNELS[colour];
  const colours = channels < 3 ? 1 : 3;
  const hasAlpha = colour === GREY_ALPHA || colour === RGBA;
  // The transparent colour is written in sixteen bits a sample, whatever the depth.
  const raw = Uint8Array.from({ length: colours }, (_, c) => transparency?.[png.depth === 16 ? c * 2 : c * 2 + 1] ?? 0);
  const key =
    hasAlpha || !transparency ? null : png.depth < 8 ? raw.map((v) => (v * 255) / ((1 << png.depth) - 1)) : raw;
  return (samples, width, rgba) => {
    for (let x = 0, at = 0; x < width; x++, at += channels) {
      rgba[x * 4] = samples[at]!;
      rgba[x * 4 + 1] = samples[colours === 1 ? at : at + 1]!;
      rgba[x * 4 + 2] = samples[colours === 1 ? at : at + 2]!;
      const isKey = key !== null && key.every((value, c) => value === samples[at + c]);
      rgba[x * 4 + 3] = hasAlpha ? samples[at + colours]! : isKey ? 0 : 255;
    }
  };
}

/** A PNG's pixels at the size that `fit` gives for its own. Throws when it cannot be decoded. */
export async function decodePng(bytes: Uint8Array<ArrayBuffer>, fit: (size: Extent) => Extent): Promise<Pixels> {
  const png = read(bytes);
  const { width, height, depth, interlaced } = png;
  const bits = depth * CHANNELS[png.colour];
  const [samples, paint] = [samplesOf(png), painter(png)];
  const inflated = new Inflated(png.data);

  /** Each row of a picture of this size, painted; `each` must be done with it when it returns. */
  async function rows(size: Extent, each: (rgba: Uint8Array, y: number) => void): Promise<void> {
    const length = Math.ceil((size.width * bits) / 8);
    let [line, above] = [new Uint8Array(length + 1), new Uint8Array(length + 1)];
    const rgba = new Uint8Array(size.width * 4);
    for (let y = 0; y < size.height; y++) {
      await inflated.fill(line);
      const row = line.subarray(1);
      unfilter(line[0]!, row, above.subarray(1), Math.max(1, bits >> 3));
      paint(samples(row, size.width * CHANNELS[png.colour]), size.width, rgba);
      each(rgba, y);
      [line, above] = [above, line];
    }
  }

  try {
    if (!interlaced) {
      const shrinker = new Shrinker(png, fit(png));
      await rows(png, (rgba) => shrinker.row(rgba));
      return shrinker.done();
    }
    const whole = new Uint32Array(width * height);
    for (const [left, top, across, down] of PASSES) {
      const size = { width: Math.ceil((width - left) / across), height: Math.ceil((height - top) / down) };
      if (size.width <= 0 || size.height <= 0) continue;
      await rows(size, (rgba, y) => {
        const pixels = new Uint32Array(rgba.buffer);
        for (let x = 0; x < size.width; x++) whole[(top + y * down) * width + left + x * across] = pixels[x]!;
      });
    }
    return shrink(new Uint8Array(whole.buffer), png, fit(png));
  } finally {
    await inflated.end();
  }
}
