import { escapeHtml } from "../html.ts";
import { imageSources } from "../images.ts";
import { renderBlocks } from "../render.ts";
import { type Doc, parseMarkdown } from "../tree.ts";
import { type Gathered, wechatFormat } from "./blocks.ts";
import { noteList } from "./notes.ts";
import { type Styles, stylesOf } from "./styles.ts";
import { DEFAULT_THEME, type Theme, themeOf } from "./theme.ts";

// What WeChat keeps of an article's HTML was learnt from other publishers' code and from the field, not from an official
// list: doocs/md `clipboard.ts`, caol64/wenyan-core `wechatPostRender`, doocs/md issues 894 and 480.

export type WechatOptions = {
  /** The address that WeChat gave an image of the manuscript, or null: WeChat drops the images of other hosts. */
  readonly images: (src: string) => string | null;
  /** Government red without one. */
  readonly theme?: Theme;
  /** The column whose head the article gets, and which one of its series it is (第12期). */
  readonly column?: { readonly name: string; readonly issue: string | null } | null;
  /** Who made it: the names for the roles that the theme closes with. */
  readonly credits?: readonly { readonly role: string; readonly name: string }[];
};

/** Which of its column's series an article is, as its title says (第12期, 第三讲), or null. */
export const issueOf = (title: string): string | null =>
  /第\s?[\d〇零一二三四五六七八九十百]{1,5}\s?[期辑讲](?=$|[\s\p{P}|｜])/u.exec(title)?.[0] ?? null;

// A first or last node that is no line of text may lose its style when the draft is stored: an empty line takes the loss.
const GUARD = '<p style="font-size:0;line-height:0">&nbsp;</p>';
const USUAL = themeOf(DEFAULT_THEME);
const TAIL = "<p><br></p><p><br></p>";

function columnHead({ column }: WechatOptions, { column: style }: Styles): string {
  if (!column) return "";
  const issue = column.issue && `${style.issue}${escapeHtml(column.issue)}</span>`;
  return `${style.open}${style.name}${escapeHtml(column.name)}</span>${issue ?? ""}${style.close}`;
}

/** The roles with names, but for those that the text itself names in a line of credit. */
function roleLine({ credits = [] }: WechatOptions, roles: readonly string[], named: readonly string[]): string {
  if (credits.length === 0) return "";
  const people = roles.flatMap((role) => {
    const names = credits.filter((credit) => credit.role === role).map(({ name }) => escapeHtml(name));
    const said = names.every((name) => named.some((line) => line.includes(escapeHtml(role)) && line.includes(name)));
    return said ? [] : [`${escapeHtml(role)}：${names.join("、")}`];
  });
  return people.length === 0 ? "" : `<p>${people.join("　")}</p>`;
}

const part = (markdown: string): Doc | null => (markdown.trim() === "" ? null : parseMarkdown(markdown));

/** The images of a theme's opening and closing blocks: they have to be at WeChat as those of the article have. */
export function themeImages({ opening, closing }: Theme): string[] {
  return [...new Set([opening, closing].flatMap((markdown) => imageSources(parseMarkdown(markdown))))];
}

/**
 * A manuscript as the body of a WeChat article: one `section` whose style the rest inherits, inline styles only where
 * they differ, only tags that WeChat keeps. Lists are paragraphs; links elsewhere become numbered notes at the end; an
 * image without a WeChat address leaves its caption in italics. WeChat counts every character of it, tags too: fewer
 * than 20 000 are its documented limit (developers.weixin.qq.com, draft/add).
 */
export function renderWechat(doc: Doc, options: WechatOptions): string {
  const { theme = USUAL } = options;
  const styles = stylesOf(theme);
  const gathered: Gathered = { notes: new Map(), credits: [] };
  const blocksOf = (of: Doc): string => {
    const format = wechatFormat(of, styles, options.images, gathered);
    const blocks = renderBlocks(of.tokens, format).join("");
    for (const note of of.notes) format.noteRef(note);
    return blocks;
  };
  const opening = part(theme.opening);
  const closing = part(theme.closing);
  const before = opening ? `${styles.opening}${blocksOf(opening)}</section>` : "";
  const body = before + columnHead(options, styles) + blocksOf(doc);
  const roles = roleLine(options, theme.roles, gathered.credits);
  const after = roles + (closing ? blocksOf(closing) : "");
  const end = noteList(gathered.notes, styles.notes) + (after && `${styles.closing}${after}</section>`);
  return `${styles.root}${/^<(?:p |p>|h\d)/.test(body) ? "" : GUARD}${body}${end}${TAIL}</section>`;
}
