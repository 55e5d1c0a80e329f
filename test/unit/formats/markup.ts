// A strict reader of the HTML that our renderers may write: anything else in it throws.

export type Element = { readonly tag: string; readonly attributes: Readonly<Record<string, string>> };
export type Page = { readonly elements: readonly Element[]; readonly text: string };
type Rules = Readonly<Record<string, readonly string[]>>;

const VOID = new Set(["br", "hr", "img", "input", "meta"]);
const LINES = new Set(["p", "h2", "h3", "h4", "h5", "h6", "figcaption", "th", "td"]);
const INLINE = new Set("strong em del a br img code span sup small input svg path".split(" "));
const REFERENCES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  nbsp: "\u00a0",
};

function characters(html: string): string {
  if (/[<>]/.test(html)) throw new Error(`bare angle bracket in ${JSON.stringify(html)}`);
  return html.replace(/&([^;&]*)(;?)/g, (all, name: string, end: string) => {
    const character = end && REFERENCES[name];
    if (!character) throw new Error(`bare ampersand: ${all.slice(0, 40)}`);
    return character;
  });
}

function attributesOf(source: string, tag: string, allowed: readonly string[]): Record<string, string> {
  const attributes: Record<string, string> = {};
  const rest = source.replace(/ ([a-zA-Z-]+)(?:="([^"<>]*)")?/g, (_, name: string, value = "") => {
    if (!allowed.includes(name)) throw new Error(`attribute ${name} on ${tag}`);
    if (name in attributes) throw new Error(`attribute ${name} twice on ${tag}`);
    attributes[name] = characters(value);
    return "";
  });
  if (rest !== "") throw new Error(`unreadable attributes on ${tag}: ${rest}`);
  return attributes;
}

/** Reads well-formed HTML of the allowed tags and attributes; throws at the first thing that is not. `lines` hold no blocks. */
export function readMarkup(html: string, allowed: Rules, lines: ReadonlySet<string> = LINES): Page {
  const elements: Element[] = [];
  const open: string[] = [];
  let text = "";
  let at = 0;
  for (const match of html.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:[^<>"]|"[^"<>]*")*)>/g)) {
    text += characters(html.slice(at, match.index));
    at = match.index + match[0].length;
    const [, slash, tag = "", rest = ""] = match;
    if (slash) {
      if (open.pop() !== tag) throw new Error(`</${tag}> closes nothing`);
      continue;
    }
    const rules = allowed[tag];
    if (rules === undefined) throw new Error(`tag ${tag}`);
    if (!INLINE.has(tag) && open.some((outer) => lines.has(outer) || INLINE.has(outer)) && open.at(-1) !== "pre")
      throw new Error(`${tag} inside a line of text`);
    if (tag === "a" && open.includes("a")) throw new Error("a link inside a link");
    elements.push({ tag, attributes: attributesOf(rest, tag, rules) });
    if (!VOID.has(tag)) open.push(tag);
  }
  text += characters(html.slice(at));
  if (open.length > 0) throw new Error(`not closed: ${open.join(" ")}`);
  return { elements, text };
}

const rules = (tags: string, ...attributes: string[]): Rules =>
  Object.fromEntries(tags.split(" ").map((tag) => [tag, attributes]));

const WORDS = rules("strong em del br sup small code");
const HEADINGS = "h2 h3 h4 h5 h6";

export const WEB: Rules = {
  ...WORDS,
  ...rules(`${HEADINGS} ul blockquote hr figcaption table thead tbody tr`),
  ...rules("p figure", "class"),
  aside: ["class", "role"],
  div: ["class", "role", "aria-label", "tabindex"],
  section: ["class", "aria-label"],
  pre: ["tabindex"],
  ol: ["start"],
  li: ["id"],
  input: ["type", "disabled", "checked", "aria-label"],
  th: ["scope", "align"],
  td: ["align"],
  a: ["href", "rel", "id", "class", "aria-label"],
  img: ["src", "alt", "loading"],
  svg: ["viewBox", "width", "height", "role", "aria-label"],
  path: ["d"],
};

export const FEED: Rules = {
  ...WORDS,
  ...rules(`${HEADINGS} p figure ul li pre blockquote hr figcaption table thead tbody tr`),
  ...rules("th td", "align"),
  ol: ["start"],
  a: ["href"],
  img: ["src", "alt"],
};

/** The blocks of a letter, where a cell is a box for blocks. */
export const EMAIL: Rules = {
  ...rules("strong em del br sup small tr"),
  ...rules(`${HEADINGS} p ul li pre code hr`, "style"),
  ...rules("th td", "style", "align"),
  ol: ["style", "start"],
  a: ["href"],
  img: ["src", "alt", "width", "style"],
  table: ["role", "width", "cellpadding", "cellspacing", "border", "style"],
};
export const EMAIL_LINES: ReadonlySet<string> = new Set([...LINES].filter((tag) => tag !== "td" && tag !== "th"));

/** A whole letter: its frame adds a few tags, and the two comments that Outlook reads. */
export function readLetter(html: string): Page {
  const column = /<!--\[if mso\]>(?:<table role="presentation"[^<>]*><tr><td>|<\/td><\/tr><\/table>)<!\[endif\]-->\n/g;
  if (html.match(column)?.length !== 2) throw new Error("not the two comments for Outlook");
  const start = "<!doctype html>\n";
  if (!html.startsWith(start)) throw new Error("no doctype");
  const frame: Rules = {
    ...EMAIL,
    ...rules("head title"),
    ...rules("h1 body div", "style"),
    a: ["href", "style"],
    html: ["lang"],
    meta: ["charset", "name", "content"],
    td: ["style", "align", "valign", "width"],
  };
  return readMarkup(html.slice(start.length).replaceAll(column, ""), frame, EMAIL_LINES);
}

const WECHAT: Rules = {
  ...Object.fromEntries(["section", "p", "h2", "h3", "h4", "h5", "h6", "span", "hr"].map((tag) => [tag, ["style"]])),
  ...Object.fromEntries(
    ["blockquote", "pre", "table", "tr", "th", "td", "figure", "figcaption"].map((tag) => [tag, ["style"]]),
  ),
  ...Object.fromEntries(["code", "strong", "em", "br", "sup"].map((tag) => [tag, []])),
  a: ["href"],
  img: ["src", "alt", "style"],
};

const COLOUR = "#[0-9a-f]{3}(?:[0-9a-f]{3})?";
const LENGTH = String.raw`-?(?:\d+|\d*\.\d+)(?:em|px|%)?`;
const LENGTHS = `${LENGTH}(?: (?:${LENGTH}|auto)){0,3}`;
const BORDER = `0|(?:${LENGTH} )?(?:solid|double)(?: ${COLOUR})?`;

/** What a style at WeChat may say: these properties, each with values of this shape. */
const STYLES: Readonly<Record<string, string>> = {
  color: COLOUR,
  background: COLOUR,
  border: BORDER,
  "border-left": BORDER,
  "border-top": BORDER,
  "border-bottom": BORDER,
  "border-color": COLOUR,
  "border-width": LENGTHS,
  display: "inline-block",
  "font-family": "monospace|Songti SC,Noto Serif CJK SC,serif",
  "font-size": LENGTH,
  "font-weight": "700",
  "letter-spacing": LENGTH,
  "line-height": LENGTH,
  margin: LENGTHS,
  "margin-top": LENGTH,
  "margin-bottom": LENGTH,
  "margin-left": LENGTH,
  "margin-right": LENGTH,
  padding: LENGTHS,
  "padding-left": LENGTH,
  "padding-right": LENGTH,
  "padding-top": LENGTH,
  "padding-bottom": LENGTH,
  "table-layout": "fixed",
  "text-align": "left|center|right",
  "text-decoration": "line-through",
  "text-indent": LENGTH,
  "white-space": "pre-wrap",
  width: LENGTH,
  "word-break": "break-all",
};

/** Throws at a declaration that a style at WeChat may not have: another property, an odd value, the same property twice. */
export function readStyle(style: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const declaration of style.split(";")) {
    const [, property = "", value = ""] = /^([a-z-]+):(.+)$/.exec(declaration) ?? [];
    const allowed = Object.hasOwn(STYLES, property) ? STYLES[property] : undefined;
    if (allowed === undefined || !new RegExp(`^(?:${allowed})$`).test(value) || found.has(property))
      throw new Error(`style ${JSON.stringify(declaration)} in ${style}`);
    found.set(property, value);
  }
  return found;
}

/** Reads a WeChat article: our tags and attributes, and styles of the shapes above. */
export function readWechat(html: string): Page {
  const page = readMarkup(html, WECHAT);
  for (const { attributes } of page.elements) if (attributes["style"] !== undefined) readStyle(attributes["style"]);
  return page;
}
