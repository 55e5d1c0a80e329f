/**
 * zhlint's engine (0.8.2) with options for Chinese official copy. Its parser and rules are taken by their paths: the entry
 * also brings a second Markdown parser and a file reader, four times the size, and we hand it plain lines.
 */
import join from "zhlint/lib/join.js";
import { parse, toMutableResult, travel } from "zhlint/lib/parser/index.js";
import generateHandlers from "zhlint/lib/rules/index.js";

// What the default preset does and official copy must not have: spaces between Chinese and digits or Latin (“15 条”),
// half-width brackets, spaces between Chinese removed (headlines and credits use them: “推进会召开 全面部署”, “记者 云娜”),
// `～`, `／` and `●` unified to half-width forms or a middle dot.
const RULES = {
  fullwidthPunctuation: "，。：；？！（）“”‘’",
  unifiedPunctuation: { default: false, "“": ["「"], "”": ["」"], "‘": ["『"], "’": ["』"], "…": ["⋯"] },
  noSpaceBeforePauseOrStop: true,
  noSpaceAfterFullwidthPauseOrStop: true,
  noSpaceInsideQuotation: true,
  noSpaceInsideBracket: true,
  skipAbbrs: ["Mr.", "Mrs.", "Dr.", "Jr.", "Sr.", "vs.", "etc.", "i.e.", "e.g.", "a.k.a.", "No."],
  skipPureWestern: true,
};

const handlers = generateHandlers(RULES);

// The engine leaves marks alone that follow another half-width one: “增长12.5%,其中”.
const AFTER_SIGN = /(?<=[%‰℃°])[,;:?!](?=[\p{Script=Han}“‘《（])/gu;
const FULL: Readonly<Record<string, string>> = { ",": "，", ";": "；", ":": "：", "?": "？", "!": "！" };

/** One line with its punctuation set right; the line itself where the engine fails. */
export function proofread(line: string): string {
  try {
    const { tokens } = toMutableResult(parse(line), RULES);
    for (const handler of handlers) travel(tokens, handler);
    return join(tokens).replace(AFTER_SIGN, (mark) => FULL[mark] ?? mark);
  } catch {
    return line;
  }
}
