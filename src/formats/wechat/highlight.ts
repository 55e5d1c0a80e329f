import { escapeHtml } from "../html.ts";
import { KEYWORDS } from "./keywords.ts";

/** The colours of code, fixed beside the box that it stands in, so that no theme can make it unreadable. */
export const CODE = {
  ink: "#383a42",
  fill: "#f6f6f6",
  comment: "#686c75",
  string: "#3a7036",
  number: "#8a5700",
  keyword: "#a0268f",
  name: "#2d62c8",
} as const;

type Kind = "comment" | "string" | "number" | "keyword" | "name";
type Grammar = {
  /** What stands out, in named groups. Each alternative eats whatever it looked at, so that reading stays linear. */
  readonly pattern: RegExp;
  readonly keywords?: ReadonlySet<string>;
  readonly ignoreCase?: boolean;
  /** A word, or a string, before this character is a name: a key of JSON, a property of CSS. */
  readonly named?: string;
};

const C_COMMENT = String.raw`(?<comment>\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))`;
const STRINGS = String.raw`"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?`;
const NUMBER = String.raw`(?<number>\d[\w.]*)`;
// Whatever is not ASCII may stand in a name: Chinese ones do, and Unicode's classes would cost a start of a Worker dear.
const LETTER = String.raw`A-Za-z\u0080-\uffff`;
const WORD = String.raw`(?<word>[${LETTER}_$][${LETTER}\d_$]*)`;
const grammar = (...parts: string[]): RegExp => new RegExp(parts.join("|"), "g");

const script: Grammar = {
  pattern: grammar(C_COMMENT, `(?<string>${STRINGS}|\`(?:[^\`\\\\]|\\\\[\\s\\S])*\`?)`, NUMBER, WORD),
  keywords: KEYWORDS.script,
};
const python: Grammar = {
  pattern: grammar(
    String.raw`(?<comment>#[^\n]*)`,
    String.raw`(?<string>"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|${STRINGS})`,
    NUMBER,
    WORD,
  ),
  keywords: KEYWORDS.python,
};
const shell: Grammar = {
  pattern: grammar(
    String.raw`(?<comment>(?<![^\s;])#[^\n]*)`,
    String.raw`(?<string>"(?:[^"\\]|\\[\s\S])*"?|'[^']*'?)`,
    String.raw`(?<name>\$\{?\w+\}?)`,
    String.raw`(?<word>[${LETTER}\d_$-]+)`,
  ),
  keywords: KEYWORDS.shell,
};
const sql: Grammar = {
  pattern: grammar(
    String.raw`(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))`,
    String.raw`(?<string>'[^']*'?|"[^"]*"?)`,
    NUMBER,
    WORD,
  ),
  keywords: KEYWORDS.sql,
  ignoreCase: true,
};
const markup: Grammar = {
  pattern: grammar(
    String.raw`(?<comment><!--[\s\S]*?(?:-->|$))`,
    String.raw`(?<string>(?<==)(?:"[^"]*"?|'[^']*'?))`,
    String.raw`(?<keyword><[!?\/]?[${LETTER}][${LETTER}\d:_-]*|[\/?]?>)`,
    String.raw`(?<word>[${LETTER}][${LETTER}\d:_-]*)`,
  ),
  named: "=",
};
const css: Grammar = {
  pattern: grammar(
    String.raw`(?<comment>\/\*[\s\S]*?(?:\*\/|$))`,
    `(?<string>${STRINGS})`,
    String.raw`(?<number>#[\da-fA-F]+|\d[\w.%]*)`,
    String.raw`(?<word>[@${LETTER}_-][${LETTER}\d_-]*)`,
  ),
  named: ":",
};
const json: Grammar = {
  pattern: grammar(`(?<string>${STRINGS})`, String.raw`(?<number>-?\d[\w.+-]*)`, WORD),
  keywords: KEYWORDS.json,
  named: ":",
};

const LANGUAGES: Readonly<Record<string, Grammar>> = {
  ...Object.fromEntries(["js", "javascript", "jsx", "mjs", "ts", "typescript", "tsx"].map((name) => [name, script])),
  ...Object.fromEntries(["json", "json5", "jsonc"].map((name) => [name, json])),
  ...Object.fromEntries(["python", "py"].map((name) => [name, python])),
  ...Object.fromEntries(["sh", "bash", "shell", "zsh", "console"].map((name) => [name, shell])),
  ...Object.fromEntries(["html", "xml", "svg", "vue"].map((name) => [name, markup])),
  sql,
  css,
};

// Plain spaces and newlines in code are lost when the draft is saved in WeChat's editor (doocs/md issue 894).
const preserved = (text: string): string =>
  escapeHtml(text).replaceAll("\t", "    ").replaceAll(" ", "&nbsp;").replaceAll("\n", "<br>");

function comesBefore(text: string, at: number, character: string): boolean {
  let next = at;
  while (text[next] === " " || text[next] === "\t") next++;
  return text[next] === character;
}

function kindOf(groups: Record<string, string | undefined>, text: string, end: number, by: Grammar): Kind | null {
  const { word } = groups;
  if ((word !== undefined || groups["string"] !== undefined) && by.named && comesBefore(text, end, by.named))
    return "name";
  if (word !== undefined) return by.keywords?.has(by.ignoreCase ? word.toLowerCase() : word) ? "keyword" : null;
  for (const kind of ["comment", "string", "number", "keyword", "name"] as const)
    if (groups[kind] !== undefined) return kind;
  return null;
}

/**
 * Code as it stands in a `pre` of WeChat: every character kept, spaces and line breaks as WeChat keeps them, the usual
 * colours inline where the language (the first word after the fence) is one of a handful.
 */
export function highlight(code: string, language: string): string {
  const name = language.trim().split(/\s/, 1)[0]?.toLowerCase() ?? "";
  const by = Object.hasOwn(LANGUAGES, name) ? LANGUAGES[name] : undefined;
  if (by === undefined) return preserved(code);
  const pieces: string[] = [];
  let plainFrom = 0;
  for (const match of code.matchAll(by.pattern)) {
    const end = match.index + match[0].length;
    const kind = kindOf(match.groups ?? {}, code, end, by);
    if (kind === null) continue;
    pieces.push(preserved(code.slice(plainFrom, match.index)));
    pieces.push(`<span style="color:${CODE[kind]}">${preserved(match[0])}</span>`);
    plainFrom = end;
  }
  return pieces.join("") + preserved(code.slice(plainFrom));
}
