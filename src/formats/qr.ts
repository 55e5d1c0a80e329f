import { encode } from "uqr";

// What version 10 holds at correction level M, in bytes (ISO/IEC 18004, table 7): 57 modules a side, as much as a phone
// reads from a page or a print a few centimetres wide.
const LARGEST_VERSION = 10;
const LONGEST = 213;

// The white frame that readers of codes need (ISO/IEC 18004, 6.3.8), in modules.
const QUIET = 4;

/**
 * A code to scan that leads to `address` (absolute, any scheme): which modules are dark, row by row, with the white frame.
 * Null for what is no address, or too long to be scanned with ease. Written in ASCII: what code readers make of other
 * bytes differs.
 */
function qrModules(address: string): readonly (readonly boolean[])[] | null {
  if (!URL.canParse(address)) return null;
  const ascii = new URL(address).href;
  if (ascii.length > LONGEST) return null;
  return encode(ascii, { ecc: "M", boostEcc: true, border: QUIET, maxVersion: LARGEST_VERSION }).data;
}

function pathOf(rows: readonly (readonly boolean[])[]): string {
  return rows
    .flatMap((row, y) =>
      [
        ...row
          .map((dark) => (dark ? "#" : "."))
          .join("")
          .matchAll(/#+/g),
      ].map(({ index, 0: { length } }) => `M${index} ${y}h${length}v1h-${length}z`),
    )
    .join("");
}

/** {@link qrModules} as an SVG of one path, dark on nothing: a page has to keep white behind it. */
export function qrSvg(address: string): string | null {
  const rows = qrModules(address);
  if (rows === null) return null;
  const size = rows.length;
  return `<svg viewBox="0 0 ${size} ${size}" width="200" height="200" role="img" aria-label="二维码"><path d="${pathOf(rows)}"></path></svg>`;
}
