/** The first frame of a GIF (w3.org/Graphics/GIF/spec-gif89a.txt). Damage ends it; no input makes it go on for long. */
import { type Extent, type Pixels, Shrinker } from "./shrink.ts";

const EXTENSION = 0x21;
const GRAPHIC_CONTROL = 0xf9;
const IMAGE = 0x2c;
/** Codes have twelve bits at the most. */
const CODES = 4096;

interface Frame extends Extent {
  left: number;
  top: number;
  interlaced: boolean;
  /** RGB triples. */
  palette: Uint8Array;
  /** The palette's entry that is not painted, or -1. */
  transparent: number;
  /** Of a code's root, and the codes. */
  bits: number;
  data: Uint8Array;
}

const broken = (): never => {
  throw new Error("a damaged GIF");
};

/** The content of the sub-blocks at `at`, and what follows them. */
function subBlocks(bytes: Uint8Array, at: number): { data: Uint8Array; end: number } {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const length = bytes[at] ?? broken();
    at++;
    if (length === 0) break;
    parts.push(bytes.subarray(at, at + length));
    size += length;
    at += length;
  }
  const data = new Uint8Array(size);
  let filled = 0;
  for (const part of parts) {
    data.set(part, filled);
    filled += part.length;
  }
  return { data, end: at };
}

function firstFrame(bytes: Uint8Array): Frame {
  const uint16 = (at: number) => bytes[at]! | (bytes[at + 1]! << 8);
  /** The palette that a packed field tells of, if it does. */
  const paletteAt = (at: number, packed: number) =>
    packed & 0x80 ? bytes.subarray(at, at + 3 * 2 ** ((packed & 7) + 1)) : null;
  const common = paletteAt(13, bytes[10] ?? 0);
  let transparent = -1;
  for (let at = 13 + (common?.length ?? 0); ;) {
    const kind = bytes[at];
    if (kind === EXTENSION) {
      const { data, end } = subBlocks(bytes, at + 2);
      if (bytes[at + 1] === GRAPHIC_CONTROL && data.length >= 4) transparent = data[0]! & 1 ? data[3]! : -1;
      at = end;
      continue;
    }
    if (kind !== IMAGE || at + 11 > bytes.length) return broken();
    const packed = bytes[at + 9]!;
    const own = paletteAt(at + 10, packed);
    const start = at + 10 + (own?.length ?? 0);
    return {
      left: uint16(at + 1),
      top: uint16(at + 3),
      width: uint16(at + 5),
      height: uint16(at + 7),
      interlaced: (packed & 0x40) !== 0,
      palette: own ?? common ?? broken(),
      transparent,
      bits: bytes[start] ?? broken(),
      data: subBlocks(bytes, start + 1).data,
    };
  }
}

/** The frame's indices (appendix F of the specification: LZW with codes of growing length). */
function indicesOf({ width, height, bits, data }: Frame): Uint8Array {
  if (bits < 1 || bits > 8) broken();
  const out = new Uint8Array(width * height);
  const clear = 1 << bits;
  // Of each code: the code before its last index, that index, and how many it stands for.
  const before = new Uint16Array(CODES);
  const last = Uint8Array.from({ length: CODES }, (_, code) => (code < clear ? code : 0));
  const length = new Uint32Array(CODES).fill(1);
  let [free, size, previous] = [clear + 2, bits + 1, -1];
  let [filled, window, held] = [0, 0, 0];
  for (let at = 0; filled < out.length;) {
    while (held < size) {
      if (at >= data.length) broken();
      window |= data[at++]! << held;
      held += 8;
    }
    const code = window & ((1 << size) - 1);
    window >>>= size;
    held -= size;
    if (code === clear) {
      [free, size, previous] = [clear + 2, bits + 1, -1];
      continue;
    }
    if (code === clear + 1 || code > free || (code === free && previous < 0)) broken();
    // A code that is only being made stands for the one before it and that one's first index.
    const made = code === free;
    const known = made ? previous : code;
    const end = filled + length[known]!;
    let each = known;
    for (let i = end - 1; i >= filled; i--) {
      out[i] = last[each]!;
      each = before[each]!;
    }
    const first = out[filled]!;
    if (made) out[end] = first;
    filled = made ? end + 1 : end;
    if (previous >= 0 && free < CODES) {
      before[free] = previous;
      last[free] = first;
      length[free] = length[previous]! + 1;
      free++;
      if (free === 1 << size && size < 12) size++;
    }
    previous = code;
  }
  return out;
}

/** In which order an interlaced frame's rows are stored: first row and step of each pass. */
const PASSES = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
] as const;

function orderOf({ height, interlaced }: Frame): Uint16Array {
  const order = new Uint16Array(height);
  let stored = 0;
  for (const [first, step] of interlaced ? PASSES : [[0, 1] as const])
    for (let y = first; y < height; y += step) order[y] = stored++;
  return order;
}

/** A GIF's first frame, at the size that `fit` gives for the whole picture's. Throws when it cannot be decoded. */
export function decodeGif(bytes: Uint8Array, size: Extent, fit: (size: Extent) => Extent): Pixels {
  const frame = firstFrame(bytes);
  const { left, top, width, height, palette, transparent } = frame;
  if (left + width > size.width || top + height > size.height) broken();
  const indices = indicesOf(frame);
  const order = orderOf(frame);
  const shrinker = new Shrinker(size, fit(size));
  const row = new Uint8Array(size.width * 4);
  for (let y = 0; y < size.height; y++) {
    row.fill(0);
    if (y >= top && y < top + height)
      for (let x = 0, from = order[y - top]! * width; x < width; x++) {
        const index = indices[from + x]!;
        if (index === transparent) continue;
        for (let c = 0; c < 3; c++) row[(left + x) * 4 + c] = palette[index * 3 + c] ?? 0;
        row[(left + x) * 4 + 3] = 255;
      }
    shrinker.row(row);
  }
  return shrinker.done();
}
