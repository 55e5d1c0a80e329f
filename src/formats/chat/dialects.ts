import { replacer } from "../replacer.ts";
import { type Dialect, markdownLink } from "./markdown.ts";

const FULL_WIDTH: Readonly<Record<string, string>> = Object.fromEntries(
  [..."*`~[]<|\\_&!#>-+=.):"].map((character) => [character, String.fromCharCode(character.charCodeAt(0) + 0xfee0)]),
);

const fullWidthMark = (character: string): string => FULL_WIDTH[character] ?? character;

// An underscore within a word is no emphasis, an ampersand that no `;` follows no reference; `!` before a link of ours would
// make it an image.
const SYNTAX = /[*`~[\]<|\\]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|&(?=#|[A-Za-z][A-Za-z0-9]*(?:;|$))|!$/;

/**
 * Full-width forms of characters that would be syntax: for platforms that document no escape. A backslash or a reference
 * would be seen there by somebody; a full-width form is read as the character wherever Chinese is.
 */
const fullWidth = replacer(SYNTAX, fullWidthMark);

const fenceable = (code: string, refused: RegExp): boolean => code.trim() !== "" && !refused.test(code);

// `markdown_v2` calls nobody; clients that are too old for it show the text as it is, and plain texts know `<@userid>`.
const uncalled = (code: string): string => code.replaceAll("<@", "＜@");

/**
 * WeCom's markdown_v2 (developer.work.weixin.qq.com/document/path/99110): it has tables, images, code and quotes, which
 * `markdown` has not, and neither mentions nor colours, which `markdown` has. It documents no escape and no strikethrough:
 * where `~~` is not known it is seen, which still says that the words no longer hold.
 */
export const WECOM: Dialect = {
  text: fullWidth,
  mark: fullWidthMark,
  link: markdownLink,
  code: (literal) => (fenceable(literal, /[`\\]/) ? `\`${uncalled(literal)}\`` : null),
  fence: (literal) => `\`\`\`\n${uncalled(literal).replaceAll("```", "｀｀｀")}\n\`\`\``,
  images: true,
  tables: true,
  rule: "---",
  lineEnd: "  \n",
  headings: 6,
};

/**
 * DingTalk's Markdown (open.dingtalk.com, 自定义机器人): headings, quotes, bold, italics, links, images. Neither code nor
 * tables nor escapes are documented, and `<font>` is read. Mentions need the `at` object, which we never send.
 */
export const DINGTALK: Dialect = {
  ...WECOM,
  code: () => null,
  fence: () => null,
  tables: false,
};

const entity = (character: string): string => `&#${character.charCodeAt(0)};`;

/**
 * Feishu's card Markdown (open.feishu.cn, 富文本组件 JSON 2.0): all of CommonMark, tags such as `<at>`, `:EMOJI:`. Characters
 * are escaped as `&#60;`, which is documented. Whether tags within code are read is not: code is a component of its own,
 * and in a line only what cannot be a tag. Images need a key of an upload: they are links.
 * Addresses in the text are kept from becoming links: one would take what follows it along, escapes included.
 */
export const FEISHU: Dialect = {
  text: replacer(/[&<>*_~`[\]|\\$@]|:(?=[A-Za-z_]|\/\/)|(?<=www)\.|!$/i, entity),
  mark: entity,
  link: markdownLink,
  code: (literal) => (fenceable(literal, /[`\\<>&:$]/) ? `\`${literal}\`` : null),
  fence: () => null,
  images: false,
  tables: false,
  rule: "---",
  lineEnd: "<br>",
  headings: 6,
};

const isAddress = (words: string, url: string): boolean =>
  /^https?:\/\/[^\s<>]+$/.test(words) && URL.canParse(words) && new URL(words).href === url;

/**
 * Discord's Markdown: `\` escapes any punctuation. An address as a link's label would keep the link from being one, so it
 * is `<address>`. No rules, no tables, no images, headings of three levels.
 */
export const DISCORD: Dialect = {
  text: replacer(/[\\*_~`|<[\]@]|:(?=\/\/)/, (character) => `\\${character}`),
  mark: (character) => `\\${character}`,
  link: (label, url, words) => (isAddress(words, url) ? `<${words}>` : markdownLink(label, url)),
  code: (literal) => (fenceable(literal, /`/) ? `\`${literal}\`` : null),
  fence: (literal, language) => (literal.includes("```") ? null : `\`\`\`${language}\n${literal}\n\`\`\``),
  images: false,
  tables: false,
  rule: "———",
  lineEnd: "\n",
  headings: 3,
};
