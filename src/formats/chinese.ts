import { type MarkedExtension, Tokenizer } from "marked";

// U+3000 is not among them: it is white space to Markdown, and ends a word and an address anyway.
const WIDE =
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Bopomofo}" +
  "\\u3001-\\u303f\\ufe10-\\ufe1f\\ufe30-\\ufe6f\\uff01-\\uff65\\uffe0-\\uffe6";
// Full-width in Chinese, half-width in English: the same code points serve both.
const SHARED = "“”‘’…—·";

const wide = new RegExp(`[${WIDE}]`, "u");
const wideOrShared = new RegExp(`[${WIDE}${SHARED}]`, "u");
const addressEnd = new RegExp(`[\\s<${WIDE}${SHARED}]`, "u");
const punctuation = /[\p{P}\p{S}]/u;

const mark = /[*~]/;
const addressStart = /^[A-Za-z\d._+-]/;
// In the mask: like any other symbol, and not what marked itself masks.
const RANGE = "=";
const rangeSign = /(?<=[^\s~])~(?=[^\s~])/g;
const delimiterRun = /([^\s*~])([*~]+)(?=([^\s*~]))/gu;

/**
 * Emphasis marks beside Chinese. CommonMark (6.2) decides by the characters on its two sides whether a run of `*` opens or
 * closes, and in `坚持**“项目为王”**理念`, which has no spaces, lets neither run do its work. marked looks for marks in a
 * mask of the text; in it, beside Chinese, the character before a run is made the same sort (letter or punctuation) as the
 * one after it, so that the run can open and close. A single `~` inside Chinese text is a range (`3~5月，7~9月`), not
 * strikethrough. The mask keeps its length; text without Chinese stays as it was.
 */
function maskForChinese(mask: string): string {
  if (!mark.test(mask) || !wide.test(mask)) return mask;
  const ranged = mask.includes("~") ? mask.replace(rangeSign, RANGE) : mask;
  const runs: RegExpExecArray[] = [];
  for (let run = delimiterRun.exec(ranged); run !== null; run = delimiterRun.exec(ranged)) runs.push(run);
  let settledFrom = ranged.length;
  let masked = "";
  let settled = "";
  // From the right: a single character between two runs, as in `**甲**。~~乙~~`, is first settled for the second, so that
  // the first meets it as it will be.
  for (let at = runs.length - 1; at >= 0; at--) {
    const { index, 1: before = "", 2: run = "", 3: after = "" } = runs[at]!;
    if (!wideOrShared.test(before) && !wideOrShared.test(after)) continue;
    const intoPunctuation = punctuation.test(index + before.length + run.length === settledFrom ? settled : after);
    if (punctuation.test(before) === intoPunctuation) continue;
    settled = intoPunctuation ? "+" : "a";
    masked = settled.repeat(before.length) + ranged.slice(index + before.length, settledFrom) + masked;
    settledFrom = index;
  }
  return ranged.slice(0, settledFrom) + masked;
}

// marked asks this about the text itself, not the mask, and gives half of an emoji for the whole; `previous` is empty where
// a run opens whatever follows.
function previousInMask(source: string, mask: string, previous: string): string {
  if (previous === "") return "";
  const at = mask.length - source.length;
  if (mask[at - 1] === "+" || mask[at - 1] === RANGE) return "+";
  return /[\udc00-\udfff]/.test(previous) ? mask.slice(at - 2, at) : previous;
}

/** Bare addresses that end where Chinese begins. */
export const addresses: MarkedExtension = {
  tokenizer: {
    url(source) {
      if (!addressStart.test(source)) return undefined;
      const end = source.search(addressEnd);
      return Tokenizer.prototype.url.call(this, end < 0 ? source : source.slice(0, end));
    },
  },
};

/**
 * What marked 18 needs to read Chinese besides `addresses`: emphasis and strikethrough next to full-width punctuation and
 * quotes. Text without CJK characters is read as marked reads it.
 */
export const marks: MarkedExtension = {
  hooks: { emStrongMask: maskForChinese },
  tokenizer: {
    emStrong(source, mask, previous = "") {
      return Tokenizer.prototype.emStrong.call(this, source, mask, previousInMask(source, mask, previous));
    },
    del(source, mask, previous = "") {
      if (source.startsWith("~") && mask[mask.length - source.length] === RANGE) return undefined;
      return Tokenizer.prototype.del.call(this, source, mask, previousInMask(source, mask, previous));
    },
  },
};

const throughTags = "(?:<[^<>]*>)*";
const lineBreakInChinese = new RegExp(
  `(?<=[${WIDE}]${throughTags})\\n+(?=${throughTags}[${WIDE}${SHARED}])` +
    `|(?<=[${WIDE}${SHARED}]${throughTags})\\n+(?=${throughTags}[${WIDE}])`,
  "gu",
);

/** Whether a line break between these two characters is nothing (`joinLines`). */
export const breakVanishes = (before: string, after: string): boolean =>
  (wide.test(before) && wideOrShared.test(after)) || (wideOrShared.test(before) && wide.test(after));

/**
 * One line of text or of HTML: a line break between two Chinese characters (tags between them do not count) is nothing,
 * any other is a space, as CSS Text 3 (4.1.3) has it and not every reader does.
 */
export function joinLines(text: string): string {
  return text.includes("\n") ? text.replace(lineBreakInChinese, "").replaceAll(/\n+/g, " ") : text;
}
