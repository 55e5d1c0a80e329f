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
  if (!wide.test(mask)) return mask;
  return mask.replace(rangeSign, "+").replace(delimiterRun, (all, before: string, run: string, after: string) => {
    const intoPunctuation = punctuation.test(after);
    if (punctuation.test(before) === intoPunctuation) return all;
    if (!wideOrShared.test(before) && !wideOrShared.test(after)) return all;
    return (intoPunctuation ? "+" : "a").repeat(before.length) + run;
  });
}

// marked asks this about the text itself, not the mask; `previous` is empty where a run opens whatever follows.
function previousInMask(source: string, mask: string, previous: string): string {
  return previous !== "" && mask[mask.length - source.length - 1] === "+" ? "+" : previous;
}

/**
 * What marked 18 needs to read Chinese: emphasis and strikethrough beside full-width punctuation and quotes, and bare
 * addresses that end where Chinese begins. Text without CJK characters is read as marked reads it.
 */
export const chinese: MarkedExtension = {
  hooks: { emStrongMask: maskForChinese },
  tokenizer: {
    emStrong(source, mask, previous = "") {
      return Tokenizer.prototype.emStrong.call(this, source, mask, previousInMask(source, mask, previous));
    },
    del(source, mask, previous = "") {
      if (source.startsWith("~") && mask[mask.length - source.length] !== "~") return undefined;
      return Tokenizer.prototype.del.call(this, source, mask, previousInMask(source, mask, previous));
    },
    url(source) {
      const end = source.search(addressEnd);
      return Tokenizer.prototype.url.call(this, end < 0 ? source : source.slice(0, end));
    },
  },
};

const throughTags = "(?:<[^<>]*>)*";
const lineBreakInChinese = new RegExp(
  `(?<=[${WIDE}]${throughTags})\\n+(?=${throughTags}[${WIDE}${SHARED}])` +
    `|(?<=[${WIDE}${SHARED}]${throughTags})\\n+(?=${throughTags}[${WIDE}])`,
  "gu",
);

/**
 * One line of text or of HTML: a line break between two Chinese characters (tags between them do not count) is nothing,
 * any other is a space, as CSS Text 3 (4.1.3) has it and not every reader does.
 */
export function joinLines(text: string): string {
  return text.includes("\n") ? text.replace(lineBreakInChinese, "").replaceAll(/\n+/g, " ") : text;
}
