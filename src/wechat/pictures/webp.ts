/** What is to be known of a WebP file before it is decoded (developers.google.com/speed/webp/docs/riff_container). */

/** A picture without movement, and whether it is stored without loss, which costs its decoder twice the memory. */
interface StillWebp {
  bytes: Uint8Array<ArrayBuffer>;
  lossless: boolean;
}

const ANIMATION = 0x02;
const ALPHA = 0x10;
/** Place, size, duration and flags of a frame, before its own chunks. */
const FRAME_HEADER = 16;

interface Chunk {
  name: string;
  /** Where its header begins, its content, and what follows. */
  at: number;
  from: number;
  to: number;
}

function* chunks(bytes: Uint8Array, at: number, end: number): Generator<Chunk, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  while (at + 8 <= end) {
    const name = String.fromCharCode(...bytes.subarray(at, at + 4));
    const from = at + 8;
    const to = from + view.getUint32(at + 4, true);
    if (to > end) return;
    yield { name, at, from, to };
    at = to + (to % 2);
  }
}

const isLossless = (bytes: Uint8Array, at: number, end: number): boolean =>
  chunks(bytes, at, end).some(({ name }) => name === "VP8L");

/** The file itself if it is still, else its first frame as a file of its own; null without a whole frame. */
export function stillWebp(bytes: Uint8Array<ArrayBuffer>): StillWebp | null {
  const isAnimated = String.fromCharCode(...bytes.subarray(12, 16)) === "VP8X" && (bytes[20]! & ANIMATION) !== 0;
  if (!isAnimated) return { bytes, lossless: isLossless(bytes, 12, bytes.length) };
  const frame = chunks(bytes, 12, bytes.length).find(({ name }) => name === "ANMF");
  if (!frame || frame.to - frame.from <= FRAME_HEADER) return null;
  const content = frame.from + FRAME_HEADER;
  const still = new Uint8Array(30 + frame.to - content);
  const view = new DataView(still.buffer);
  const name = (at: number, text: string) => still.set(new TextEncoder().encode(text), at);
  name(0, "RIFF");
  view.setUint32(4, still.length - 8, true);
  name(8, "WEBPVP8X");
  view.setUint32(16, 10, true);
  still[20] = ALPHA;
  // The frame's own size is the file's.
  still.set(bytes.subarray(frame.from + 6, frame.from + 12), 24);
  still.set(bytes.subarray(content, frame.to), 30);
  return { bytes: still, lossless: isLossless(bytes, content, frame.to) };
}
