/** One cover as an HTML page of exactly its size. */
import type { Design } from "./designs.ts";
import { lozenges } from "./designs.ts";

export interface Lettering {
  /** In large letters: a column's name, or a publication's. */
  name: string;
  /** Small, below; empty for none. */
  small: string;
  /** The name's lines, where a person has broken it: no dictionary knows every name. */
  lines?: readonly string[] | undefined;
}

const words = new Intl.Segmenter("zh", { granularity: "word" });

/**
 * A name on one line or two. A wide cover has four characters on a line, a square one two: it is shown small, so its
 * letters are large. Two lines break between words, as near to the middle as they allow:
 * five characters as two and three.
 */
export function linesOf(name: string, wide: boolean): string[] {
  const letters = [...name];
  if (letters.length <= (wide ? 4 : 3)) return [name];
  const middle = name.length / 2;
  const breaks = [...words.segment(name)].map(({ index }) => index);
  // A line of one character, or a quarter of the name, is no line.
  const fair = breaks.filter((index) => Math.min(index, name.length - index) > Math.max(1, name.length / 4));
  const at =
    fair.toSorted(
      (a, b) => Math.abs(a - middle) - Math.abs(b - middle) || (letters.length % 2 === 0 ? b - a : a - b),
    )[0] ?? Math.ceil(middle);
  return [name.slice(0, at).trim(), name.slice(at).trim()];
}

// Parts of a cover's shorter side: the height of a letter at most, and the width that lettering may take.
const LETTERS = 0.27;
const SAFE = 0.82;

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/**
 * The page of a cover. All lettering is within the square in the middle, so that a wide cover that is cropped to a square
 * still says what it says. The script shrinks letters until they fit into it.
 */
export function coverPage(design: Design, lettering: Lettering, w: number, h: number): string {
  const { name, small, lines = linesOf(name, w > h) } = lettering;
  const safe = Math.min(w, h);
  const size = Math.round(safe * LETTERS);
  const frame = Math.round(safe * 0.035);
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><style>
* { margin: 0; box-sizing: border-box; }
body { position: relative; width: ${w}px; height: ${h}px; overflow: hidden; background: ${design.paper}; color: ${design.ink};
  font-family: "Noto Serif CJK SC"; font-weight: 700; text-rendering: geometricPrecision; }
svg { position: absolute; inset: 0; }
main { position: absolute; inset: 0; display: flex; flex-direction: column; align-items: center; justify-content: center;
  padding-bottom: ${Math.round(safe * 0.11)}px; }
h1 { font-size: ${size}px; line-height: 1.18; text-align: center; white-space: nowrap; letter-spacing: .06em; margin-right: -.06em; }
h1 span { display: block; }
p { display: flex; align-items: center; gap: ${Math.round(safe * 0.03)}px; margin-top: ${Math.round(safe * 0.045)}px; color: ${design.fine};
  font: 700 ${Math.round(safe * 0.058)}px "Noto Sans CJK SC"; letter-spacing: .18em; white-space: nowrap; }
p::before, p::after { content: ""; width: ${Math.round(safe * 0.07)}px; border-top: 1.5px solid; opacity: .8; }
p span { margin-right: -.18em; }
</style><body><svg width="${w}" height="${h}" viewBox="0 0 ${w} ${h}">${design.ornament(w, h)}${name === "" ? lozenges(w, h, design.fine) : ""}
<rect x="${frame}" y="${frame}" width="${w - 2 * frame}" height="${h - 2 * frame}" fill="none" stroke="${design.fine}" stroke-opacity=".55" stroke-width="1.5"/></svg>
<main><h1>${lines.map((line) => `<span>${escape(line)}</span>`).join("")}</h1>${small === "" ? "" : `<p><span>${escape(small)}</span></p>`}</main>
<script>{
  const title = document.querySelector("h1");
  let size = ${size};
  while (title.offsetWidth > ${safe * SAFE} || title.offsetHeight > ${safe * 0.53}) title.style.fontSize = --size + "px";
}</script></body></html>`;
}
