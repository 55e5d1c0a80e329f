/** Rows of pixels in, a smaller picture without transparency out: each pixel is the mean of what it covers. */

/** In pixels. */
export interface Extent {
  width: number;
  height: number;
}

/** Opaque pixels, RGBA, row by row. */
export interface Pixels extends Extent {
  data: Uint8ClampedArray<ArrayBuffer>;
}

/**
 * WeChat shows a text's pictures at most 1080 pixels wide; what is kept beyond that is for whoever enlarges them. Of a
 * very long picture the area counts: each of its pixels costs the encoder about ten bytes.
 */
export const WIDEST = 1600;
const MOST_PIXELS = 6_000_000;

/** The size that a picture of this one is shrunk to, in its proportions; its own if it is small enough. */
export function fitting({ width, height }: Extent): Extent {
  const scale = Math.min(1, WIDEST / width, Math.sqrt(MOST_PIXELS / (width * height)));
  return { width: Math.max(1, Math.floor(width * scale)), height: Math.max(1, Math.floor(height * scale)) };
}

/** Where each of `from` pixels goes among `to`: to `first`, with `share` of its weight, the rest to the next. */
function spread(from: number, to: number): { first: Uint32Array; share: Float32Array; weight: number } {
  const weight = to / from;
  const first = new Uint32Array(from);
  const share = new Float32Array(from);
  for (let i = 0; i < from; i++) {
    const begin = i * weight;
    first[i] = Math.min(to - 1, Math.floor(begin));
    share[i] = Math.min(1, (first[i]! + 1 - begin) / weight);
  }
  return { first, share, weight };
}

/**
 * Takes a picture's rows from the top and keeps no more of them than the picture that comes of them. What is transparent
 * lies on white, as on WeChat's page. `to` is no larger than the picture in either direction.
 */
export class Shrinker {
  readonly #from: Extent;
  readonly #to: Extent;
  readonly #columns;
  readonly #rows;
  readonly #line: Float32Array;
  /** The sums of the row under way, and what has come of the next. */
  #sums: Float32Array;
  #next: Float32Array;
  #taken = 0;
  readonly #data: Uint8ClampedArray<ArrayBuffer>;

  constructor(from: Extent, to: Extent) {
    this.#from = from;
    this.#to = to;
    this.#columns = spread(from.width, to.width);
    this.#rows = spread(from.height, to.height);
    // One pixel more than a row has: the last column's remainder, which is nothing, goes there.
    const length = (to.width + 1) * 3;
    this.#line = new Float32Array(length);
    this.#sums = new Float32Array(length);
    this.#next = new Float32Array(length);
    this.#data = new Uint8ClampedArray(to.width * to.height * 4).fill(255);
  }

  /** The next row, RGBA; `at` is where it begins. */
  row(rgba: Uint8Array | Uint8ClampedArray, at = 0): void {
    const line = this.#across(rgba, at);
    const y = this.#taken++;
    const [sums, next, weight] = [this.#sums, this.#next, this.#rows.weight];
    const here = this.#rows.share[y]! * weight;
    const below = weight - here;
    for (let i = 0; i < line.length; i++) {
      sums[i]! += line[i]! * here;
      next[i]! += line[i]! * below;
    }
    const target = this.#rows.first[y]!;
    const following = y + 1 < this.#from.height ? this.#rows.first[y + 1]! : this.#to.height;
    if (following === target) return;
    for (let x = 0, at = target * this.#to.width * 4; x < this.#to.width; x++, at += 4) {
      this.#data[at] = sums[x * 3]!;
      this.#data[at + 1] = sums[x * 3 + 1]!;
      this.#data[at + 2] = sums[x * 3 + 2]!;
    }
    [this.#sums, this.#next] = [next, sums.fill(0)];
  }

  #across(rgba: Uint8Array | Uint8ClampedArray, at: number): Float32Array {
    const line = this.#line.fill(0);
    const { first, share, weight } = this.#columns;
    for (let x = 0; x < this.#from.width; x++, at += 4) {
      const alpha = rgba[at + 3]! / 255;
      const white = 255 * (1 - alpha);
      const to = first[x]! * 3;
      const here = share[x]! * weight;
      const beyond = weight - here;
      for (let c = 0; c < 3; c++) {
        const value = rgba[at + c]! * alpha + white;
        line[to + c]! += value * here;
        line[to + 3 + c]! += value * beyond;
      }
    }
    return line;
  }

  /** The picture. Throws while rows are missing. */
  done(): Pixels {
    if (this.#taken < this.#from.height) throw new Error(`${this.#taken} rows of ${this.#from.height}`);
    return { data: this.#data, width: this.#to.width, height: this.#to.height };
  }
}

/** All rows of one block of pixels. */
export function shrink(rgba: Uint8Array | Uint8ClampedArray, from: Extent, to: Extent): Pixels {
  const shrinker = new Shrinker(from, to);
  for (let y = 0; y < from.height; y++) shrinker.row(rgba, y * from.width * 4);
  return shrinker.done();
}

/** How Exif's orientation (1 to 8) is undone: whether x and y are exchanged, then which of the result's axes are mirrored. */
const TURNS = [
  [false, false, false],
  [false, true, false],
  [false, true, true],
  [false, false, true],
  [true, false, false],
  [true, true, false],
  [true, true, true],
  [true, false, true],
] as const;

/** The picture as it is to be seen, when its bytes lie as `orientation` says (Exif 2.32, 4.6.4: tag 274). */
export function upright(pixels: Pixels, orientation: number): Pixels {
  const [exchanged, mirroredX, mirroredY] = TURNS[orientation - 1] ?? TURNS[0];
  if (!exchanged && !mirroredX && !mirroredY) return pixels;
  const [width, height] = exchanged ? [pixels.height, pixels.width] : [pixels.width, pixels.height];
  const from = new Uint32Array(pixels.data.buffer);
  const to = new Uint32Array(from.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [a, b] = [mirroredX ? width - 1 - x : x, mirroredY ? height - 1 - y : y];
      to[y * width + x] = from[exchanged ? a * pixels.width + b : b * pixels.width + a]!;
    }
  return { data: new Uint8ClampedArray(to.buffer), width, height };
}
