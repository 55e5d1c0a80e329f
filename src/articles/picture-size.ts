/**
 * How large a picture is, from the headers of its bytes. Libraries that do this know twenty formats, walk a file byte by
 * byte when it is damaged, and throw; this reads the four that are taken, looks at no byte twice, and never throws.
 */

/** Pixels, as the picture is shown: a photograph that its camera turned is measured after turning. */
interface PictureSize {
  width: number;
  height: number;
}

const ascii = (view: DataView, at: number, text: string): boolean =>
  at + text.length <= view.byteLength && [...text].every((ch, i) => view.getUint8(at + i) === ch.charCodeAt(0));

/** Frame headers SOF0 … SOF15; C4, C8 and CC are tables and an extension (ITU T.81, B.1.1.3). */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/** Markers that stand alone: TEM and RST0 … RST7, SOI. */
const standsAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/** The orientation that an Exif block says (the body of an APP1 segment, `from` to `to`): 1 to 8, 1 if it says nothing. */
function orientationIn(view: DataView, from: number, to: number): number {
  if (!ascii(view, from, "Exif\0\0") || from + 14 > to) return 1;
  const tiff = from + 6;
  const little = ascii(view, tiff, "II");
  if (!little && !ascii(view, tiff, "MM")) return 1;
  const directory = tiff + view.getUint32(tiff + 4, little);
  if (directory + 2 > to) return 1;
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + i * 12;
    if (entry + 12 > to) return 1;
    // Tag 274, Orientation (Exif 2.32, 4.6.4).
    if (view.getUint16(entry, little) !== 274) continue;
    const orientation = view.getUint16(entry + 8, little);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  }
  return 1;
}

/** What a JPEG's segments say of its pixels. Sizes are of the pixels as they are stored. */
interface JpegFrame extends PictureSize {
  /** 1 to 8, as Exif has it; from 5 on width and height are exchanged when it is shown. */
  orientation: number;
  /** Whether all of the picture is refined in turns, so that a decoder must hold all of it. */
  progressive: boolean;
  /** Samples stored for each pixel, of all components: 1 of a grey picture, 1.5 to 3 of a coloured one. */
  samples: number;
}

/** Of a frame header's components (three bytes each from `at`: id, sampling, table) the samples for each pixel. */
function samplesPerPixel(view: DataView, at: number, to: number): number {
  const areas: number[] = [];
  for (; at + 3 <= to; at += 3) areas.push((view.getUint8(at + 1) >> 4) * (view.getUint8(at + 1) & 15));
  return areas.reduce((sum, area) => sum + area, 0) / Math.max(1, ...areas);
}

/** A JPEG's frame, or null: cut off before it, or damaged. */
export function jpegFrame(bytes: Uint8Array): JpegFrame | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let orientation = 1;
  for (let at = 2; at + 4 <= view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    // Fill bytes may stand before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (standsAlone(marker)) {
      at += 2;
      continue;
    }
    const length = view.getUint16(at + 2);
    const end = at + 2 + length;
    if (length < 2 || end > view.byteLength) return null;
    if (isFrame(marker)) {
      if (length < 8) return null;
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      // SOF2, 6, 10 and 14 are the progressive ones (ITU T.81, table B.1).
      const progressive = marker % 4 === 2;
      return { width, height, orientation, progressive, samples: samplesPerPixel(view, at + 10, end) };
    }
    if (marker === 0xe1 && orientation === 1) orientation = orientationIn(view, at + 4, end);
    at = end;
  }
  return null;
}

function jpeg(view: DataView): PictureSize | null {
  const frame = jpegFrame(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  if (!frame) return null;
  const { width, height, orientation } = frame;
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

function png(view: DataView): PictureSize | null {
  if (view.byteLength < 24 || !ascii(view, 12, "IHDR")) return null;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

function gif(view: DataView): PictureSize | null {
  return view.byteLength < 10 ? null : { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** The three forms of WebP: lossy, lossless, and extended (developers.google.com/speed/webp/docs/riff_container). */
function webp(view: DataView): PictureSize | null {
  if (view.byteLength < 30) return null;
  const uint24 = (at: number) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
  if (ascii(view, 12, "VP8X")) return { width: uint24(24) + 1, height: uint24(27) + 1 };
  if (ascii(view, 12, "VP8L") && view.getUint8(20) === 0x2f) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (ascii(view, 12, "VP8 ") && ascii(view, 23, "\x9d\x01\x2a"))
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  return null;
}

const READERS: Readonly<Record<string, (view: DataView) => PictureSize | null>> = {
  "image/jpeg": jpeg,
  "image/png": png,
  "image/gif": gif,
  "image/webp": webp,
};

/** The size of a picture of that type, or null: cut off, damaged, without any extent, or of another type. */
export function pictureSize(bytes: Uint8Array, type: string): PictureSize | null {
  const size = READERS[type]?.(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)) ?? null;
  return size && size.width > 0 && size.height > 0 ? size : null;
}
