import { escapeHtml } from "../html.ts";
import type { CalloutKind } from "../tokens.ts";
import { CODE } from "./highlight.ts";
import type { Theme } from "./theme.ts";

// An article's page gives its content a sheet of its own (`.rich_media_content`): justified text, no margin on `p`, frames
// and padding on table cells, images as wide as the column at most. It also takes weight and size off headings. What it
// says is not said again here: WeChat counts every character.
//
// Dark mode is WeChat's: its script (wechatjs/mp-darkmode) reads inline `color`, `background` and `border`, and moves each
// to where it can be read. So every background has its text colour beside it, boxes are backgrounds and not images or
// gradients, borders are mid tones that show on white and on #191919, nothing is pure black or white but letters on the
// accent, and no `!important` stands in the script's way.

type Declaration = string | false;
const open = (tag: string, ...declarations: readonly Declaration[]): string => {
  let style = "";
  for (const declaration of declarations)
    if (declaration !== false && declaration !== "") style += style === "" ? declaration : `;${declaration}`;
  return style === "" ? `<${tag}>` : `<${tag} style="${escapeHtml(style)}">`;
};
const short = (size: number): string => String(Number(size.toFixed(2))).replace(/^(-?)0\./, "$1.");
const em = (size: number): string => `${short(size)}em`;
const px = (size: number): string => `${short(size)}px`;
const hex = (colour: string): string => colour.replace(/^#(.)\1(.)\2(.)\3$/i, "#$1$2$3");

/** How wide an article is on an ordinary phone, CSS pixels: 390 less the page's margins. */
const PHONE = 358;

/** The opening tags of everything that an article in this theme consists of. Nothing of a theme can leave its attribute. */
export function stylesOf(theme: Theme): Styles {
  const styles = known.get(theme) ?? write(theme);
  known.set(theme, styles);
  return styles;
}

// A notice of three sentences is rendered in about the time that its theme's tags take to write.
const known = new WeakMap<Theme, Styles>();

function write(theme: Theme) {
  const accent = `color:${hex(theme.accent)}`;
  const ink = `color:${hex(theme.ink)}`;
  const muted = `color:${hex(theme.muted)}`;
  const line = `1px solid ${hex(theme.line)}`;
  const flat: Declaration = theme.indent && "text-indent:0";
  const box = `padding:${theme.indent ? ".8em" : ".1em"} 1em`;
  const filled: Declaration[] = theme.tint === null ? [] : [`background:${hex(theme.tint)}`, ink];
  const bold = "font-weight:700";

  // Where paragraphs have no gap the others need their own.
  const gap: Declaration = theme.indent && "margin:1em 0";

  const heading = (level: number): string => {
    if (level > 3) return open(`h${level}`, gap, bold, flat);
    if (level === 3) return open("h3", gap, accent, bold, flat);
    const shape: Record<Theme["heading"], Declaration[]> = {
      bar: ["padding-left:.5em", "border-left:4px solid"],
      centred: ["text-align:center"],
      underlined: ["padding-bottom:.3em", "border-bottom:1px solid"],
      numbered: [],
      plain: [],
    };
    return open(
      "h2",
      theme.indent ? "margin:2em 0 1em" : "margin-top:2em",
      ...shape[theme.heading],
      accent,
      "font-size:1.2em",
      bold,
      flat,
    );
  };
  const quotes: Record<Theme["quote"], Declaration[]> = {
    // The page draws the bar; the gaps are those of the paragraphs inside.
    bar: [gap, `border-color:${hex(theme.accent)}`],
    tint: ["margin:1.5em 0", box, theme.tint === null ? `border:${line}` : "border:0", ...filled],
    lines: ["margin:1.5em 0", box, `border:solid ${hex(theme.line)}`, "border-width:1px 0"],
  };
  const rules: Record<Theme["rule"], string> = {
    line: open("hr", "margin:2em 0", "border:0", `border-top:${line}`),
    short: open("hr", "margin:2em auto", "width:30%", "border:0", `border-top:${line}`),
    stars: `${open("p", "margin:1.5em 0", muted, "text-align:center", flat)}＊　＊　＊</p>`,
  };
  const chip = (colour: string, ...more: Declaration[]): string =>
    open("span", "padding:.2em .5em", `background:${hex(colour)}`, "color:#fff", "font-size:.8em", ...more);
  const callout = (kind: CalloutKind) => {
    const { ink: own, fill } = theme.callouts[kind];
    const frame = fill === null ? `border:1px solid ${hex(own)}` : `border-left:3px solid ${hex(own)}`;
    const back = fill === null ? [] : [`background:${hex(fill)}`, ink];
    return {
      open: open("section", "margin:1.5em 0", box, frame, ...back),
      title: open("p", theme.indent ? "margin-bottom:.4em" : "margin:1em 0 .5em", `color:${hex(own)}`, bold, flat),
      chip: chip(own),
    };
  };
  const card = (...more: Declaration[]): string =>
    open("section", "margin:1.5em 0", `border:${line}`, "font-size:.9em", flat, ...more);

  const headings = [2, 3, 4, 5, 6].map(heading);
  return {
    root: open(
      "section",
      theme.paper !== null && `padding:1em;background:${hex(theme.paper)}`,
      ink,
      theme.serif && "font-family:Songti SC,Noto Serif CJK SC,serif",
      `font-size:${px(theme.size)}`,
      `line-height:${theme.leading}`,
      theme.spacing > 0 && `letter-spacing:${px(theme.spacing)}`,
      theme.indent && "text-indent:2em",
    ),
    paragraph: open("p", !theme.indent && "margin:1em 0"),
    heading: (level: number): string => headings[level - 2] ?? "",
    numbered: theme.heading === "numbered",
    number: chip(theme.accent, "margin-right:.5em"),
    // 一、 leaves half of its last character empty.
    ownNumber: chip(theme.accent, "margin-right:.4em", "padding-right:0"),
    strike: open("span", "text-decoration:line-through"),
    code: open("span", "padding:0 .2em", `background:${CODE.fill}`, `color:${CODE.ink}`, "font-family:monospace"),
    pre: open(
      "pre",
      "margin:1em 0",
      "padding:.8em",
      `background:${CODE.fill}`,
      `color:${CODE.ink}`,
      "font-size:.85em",
      "line-height:1.5",
      "white-space:pre-wrap",
      "word-break:break-all",
      "text-align:left",
      flat,
    ),
    credit: open("p", "margin:1em 0", muted, "font-size:.9em", "text-align:right", flat),
    figure: open("figure", "margin:1.5em 0", "text-align:center", flat),
    caption: open(
      "figcaption",
      "margin-top:.5em",
      muted,
      "font-size:.85em",
      theme.caption === "left" && "text-align:left",
    ),
    quote: open("blockquote", ...quotes[theme.quote]),
    rule: rules[theme.rule],
    callouts: {
      tip: callout("tip"),
      warning: callout("warning"),
      important: callout("important"),
      note: callout("note"),
    } satisfies Record<CalloutKind, unknown>,
    verse: open("section", "margin:2em 0", "line-height:2", "text-align:center", flat),
    stanza: open("p", "margin:1em 0"),
    video: card("text-align:left"),
    videoWords: open("p", "padding:.6em .8em"),
    videoChip: chip(theme.accent),
    qrcode: card("padding:1.2em", "text-align:center"),
    list: (hang: number, apart: boolean): string =>
      open("section", apart && "margin:1em 0", `padding-left:${em(hang)}`, `text-indent:${em(-hang)}`),
    unhung: open("section", `text-indent:${theme.indent ? "2em" : "0"}`),
    table: (crowded: boolean, align: string): string =>
      open(
        "table",
        "margin:1em 0",
        "table-layout:fixed",
        `font-size:${crowded ? ".75em" : ".9em"}`,
        crowded && "line-height:1.4",
        align !== "left" && `text-align:${align}`,
        flat,
      ),
    tableHead: open("tr", accent),
    /** What a phone's line has room for in a table's ordinary letters, 字. */
    tableRoom: (PHONE - (theme.paper === null ? 0 : 2 * theme.size)) / (0.9 * theme.size),
    cell: (tag: "th" | "td", ...declarations: readonly Declaration[]): string => open(tag, ...declarations),
    notes: open("section", "margin-top:2em", muted, "font-size:.85em", "text-align:left", flat),
    column: columnHead(theme, accent, muted, line, flat),
    opening: open("section", "margin-bottom:1.5em", muted, "font-size:.9em", flat),
    closing: open("section", "margin-top:2em", muted, "font-size:.9em", "text-align:center", flat),
  };
}

export type Styles = ReturnType<typeof write>;

/** 专栏题头: the column's name, and what stands beside or below it where articles are numbered. */
function columnHead(theme: Theme, accent: string, muted: string, line: string, flat: Declaration) {
  const frame = (...more: Declaration[]): string => open("section", "margin-bottom:1.5em", ...more, flat);
  switch (theme.column) {
    case "band":
      return {
        open: `${frame(`border-bottom:2px solid ${hex(theme.accent)}`, "line-height:1.4")}<p>`,
        name: open(
          "span",
          "display:inline-block",
          "padding:.4em 1em",
          `background:${hex(theme.accent)}`,
          "color:#fff",
          "font-weight:700",
          "letter-spacing:.1em",
        ),
        issue: open("span", "margin-left:.8em", accent, "font-size:.9em"),
        close: "</p></section>",
      };
    case "centred":
      return {
        open: `${frame("padding:.6em 0", `border:double ${hex(theme.accent)}`, "border-width:3px 0", "text-align:center")}<p>`,
        name: open("span", accent, "font-size:1.3em", "font-weight:700", "letter-spacing:.3em"),
        issue: `<br>${open("span", muted, "font-size:.85em")}`,
        close: "</p></section>",
      };
    case "label":
      return {
        open: `${frame("padding-bottom:.5em", `border-bottom:${line}`, "font-size:.9em")}<p>`,
        name: open("span", accent, "font-weight:700", "letter-spacing:.1em"),
        issue: open("span", "margin-left:.8em", muted),
        close: "</p></section>",
      };
  }
}
