import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanLine, cleanText, refusal } from "../../../src/articles/intake.ts";

describe("refusal", () => {
  it.each([
    ["a NUL", "中\0文", /NUL/],
    ["only a NUL", "\0", /NUL/],
    ["a NUL at the end", "标题\0", /NUL/],
    ["a high surrogate at the end", "标题\ud83d", /surrogate/],
    ["a low surrogate at the start", "\ude00标题", /surrogate/],
    ["a high surrogate before text", "\ud83d标题", /surrogate/],
    ["two high surrogates", "\ud83d\ud83d\ude00", /surrogate/],
    ["a pair the wrong way round", "\ude00\ud83d", /surrogate/],
  ])("%s", (_, text, why) => {
    expect(refusal(text)).toMatch(why);
  });

  it.each(["", "化德县", "😀👨‍👩‍👧‍👦🇨🇳", "𠮷野家", "\ufffd", "a\u0001b", "\u202e", "\r\n\t"])("takes %j", (text) => {
    expect(refusal(text)).toBeNull();
  });

  it("refuses exactly what UTF-8 cannot carry, and NUL", () =>
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 0xd7f0, max: 0xe010 }), fc.integer({ min: 0, max: 0xffff })), {
          maxLength: 12,
        }),
        (units) => {
          const text = String.fromCharCode(...units);
          const carried =
            new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(new TextEncoder().encode(text)) === text;
          expect(refusal(text) === null).toBe(carried && !units.includes(0));
        },
      ),
      { numRuns: 2000 },
    ));
});

/** What must never be left in a text. */
function unwanted(character: string): boolean {
  const code = character.codePointAt(0)!;
  return (
    (code < 0x20 && code !== 0x09 && code !== 0x0a) ||
    (code >= 0x7f && code <= 0x9f) ||
    code === 0xfeff ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    code === 0x2028 ||
    code === 0x2029
  );
}

// Texts as they come: Chinese, what must go, what must stay, letters that compose.
const piece = fc.oneof(
  fc.constantFrom("党建", "，", "　", " ", "\t", "\n", "\r\n", "\r", "\u0001", "\u000b", "\u001b", "\u007f", "\u0085"),
  fc.constantFrom("\ufeff", "\u202e", "\u202a", "\u2066", "\u2069", "\u2028", "\u2029", "\u200d", "\u00ad", "\u00a0"),
  fc.constantFrom(
    "e\u0301",
    "\u0301",
    "e",
    "\u1100",
    "\u1161",
    "\u11a8",
    "Å",
    "\u2126",
    "\ufb1d",
    "\uf900",
    "😀",
    "\ud7a3",
  ),
  fc.string({ unit: "binary" }),
);
const text = fc
  .array(piece, { maxLength: 20 })
  .map((pieces) => pieces.join("").replaceAll("\0", ""))
  .filter((joined) => joined.isWellFormed());

describe("cleanText", () => {
  it.each([
    ["plain Chinese", "化德县党员干部“开讲啦”——第12期！", "化德县党员干部“开讲啦”——第12期！"],
    ["CRLF", "一\r\n二\r\n", "一\n二\n"],
    ["old Mac newlines", "一\r二", "一\n二"],
    ["a CR before CRLF", "一\r\r\n二", "一\n\n二"],
    ["line and paragraph separators", "一\u2028二\u2029三", "一\n二\n三"],
    ["a byte order mark", "\ufeff# 标题", "# 标题"],
    ["a byte order mark within", "标\ufeff题", "标题"],
    ["C0 controls", "a\u0001\u0008\u000b\u000c\u000e\u001fb", "ab"],
    ["C1 controls and DEL", "a\u007f\u0080\u0085\u009fb", "ab"],
    ["an escape sequence", "\u001b[31m红\u001b[0m", "[31m红[0m"],
    ["tab and newline stay", "a\tb\nc", "a\tb\nc"],
    ["bidi overrides", "a\u202egnp.exe\u202c b", "agnp.exe b"],
    ["bidi isolates", "\u2066a\u2067b\u2068c\u2069", "abc"],
    ["decomposed letters", "re\u0301sume\u0301", "résumé"],
    ["Hangul that composes", "\u1100\u1161\u11a8", "각"],
    ["a compatibility ideograph", "\uf900", "豈"],
    ["letters that compose once a control is gone", "e\u0001\u0301", "é"],
    ["full-width letters stay", "ＡＢ１２", "ＡＢ１２"],
    ["the full-width space stays", "　　段首", "　　段首"],
    ["emoji with joiners", "👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"],
  ])("%s", (_, given, expected) => {
    expect(cleanText(given)).toBe(expected);
  });

  it("cleaned twice is cleaned once", () =>
    fc.assert(
      fc.property(text, (given) => {
        const once = cleanText(given);
        expect(cleanText(once)).toBe(once);
      }),
      { numRuns: 1500 },
    ));

  it("leaves nothing unwanted, is NFC and well-formed", () =>
    fc.assert(
      fc.property(text, (given) => {
        const clean = cleanText(given);
        expect([...clean].filter(unwanted)).toEqual([]);
        expect(clean.normalize("NFC")).toBe(clean);
        expect(refusal(clean)).toBeNull();
      }),
      { numRuns: 1500 },
    ));

  it("takes nothing else away", () =>
    fc.assert(
      fc.property(text, (given) => {
        const kept = [...given.replaceAll(/\r\n?|\u2028|\u2029/g, "\n")].filter((ch) => !unwanted(ch)).join("");
        expect(cleanText(given).normalize("NFD")).toBe(kept.normalize("NFD"));
      }),
      { numRuns: 1500 },
    ));
});

describe("cleanLine", () => {
  it.each([
    ["newlines within", "一\n二\r\n三", "一 二 三"],
    ["spaces around", "  标题\t\n", "标题"],
    ["runs of white space", "a \t\u00a0　 b", "a b"],
    ["only white space", " 　\n\t", ""],
    ["empty", "", ""],
    ["a control between spaces", "a \u0001 b", "a b"],
    ["spaces under a byte order mark", "\ufeff 标题", "标题"],
  ])("%s", (_, given, expected) => {
    expect(cleanLine(given)).toBe(expected);
  });

  it("is one line without spaces at its ends, and the same when cleaned again", () =>
    fc.assert(
      fc.property(text, (given) => {
        const line = cleanLine(given);
        expect(line).not.toMatch(/[^\S ]| {2}|^ | $/);
        expect(cleanLine(line)).toBe(line);
        expect(cleanText(line)).toBe(line);
      }),
      { numRuns: 1500 },
    ));
});
