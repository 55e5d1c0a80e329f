// Strict readers of the Markdown that chat platforms take: CommonMark as marked reads it (WeCom, DingTalk, Feishu: what
// they know of it and more), and Discord's own. What we never write, lists and raw HTML above all, throws.
import { Marked, type Token, type Tokens } from "marked";
import { decodeEntities } from "../../../src/formats/index.ts";
import { imageMark, insist, nothing, type Seen } from "./seen.ts";

const marked = new Marked({ gfm: true });
type Allowed = { images: boolean; tables: boolean; code: boolean; breaks: boolean };

export function readCommonMark(source: string, allowed: Allowed): Seen {
  const seen = nothing();
  const read = (tokens: readonly Token[]): void => {
    for (const token of tokens) one(token);
  };
  const one = (token: Token): void => {
    switch (token.type) {
      case "paragraph":
      case "heading":
      case "blockquote":
      case "strong":
      case "em":
      case "del":
        read(token.tokens ?? []);
        if (!["strong", "em", "del"].includes(token.type)) seen.text += "\n";
        return;
      case "text":
        if ("tokens" in token && token.tokens) read(token.tokens);
        else seen.text += decodeEntities((token as Tokens.Text).text);
        return;
      case "space":
      case "br":
        seen.text += "\n";
        return;
      case "hr":
        seen.text += "———";
        return;
      case "codespan":
        insist(allowed.code, `code: ${token.raw}`);
        seen.text += (token as Tokens.Codespan).text;
        return;
      case "code":
        insist(allowed.code && token["codeBlockStyle"] !== "indented", `code block: ${token.raw}`);
        seen.text += `${(token as Tokens.Code).text}\n`;
        return;
      case "link": {
        const link = token as Tokens.Link;
        if (link.raw.startsWith("[")) {
          insist(link.title === null || link.title === undefined, `title of a link: ${link.raw}`);
          seen.links.push(link.href);
          read(link.tokens);
        } else {
          insist(!link.raw.startsWith("<"), `address in brackets: ${link.raw}`);
          seen.text += link.raw;
        }
        return;
      }
      case "image": {
        const image = token as Tokens.Image;
        insist(allowed.images, `image: ${image.raw}`);
        seen.images.push(image.href);
        seen.text += imageMark(decodeEntities(image.text));
        return;
      }
      case "table": {
        insist(allowed.tables, `table: ${token.raw}`);
        const { header, rows } = token as Tokens.Table;
        for (const cell of [header, ...rows].flat()) {
          read(cell.tokens);
          seen.text += " ";
        }
        return;
      }
      case "html":
        insist(allowed.breaks && token.raw === "<br>", `HTML: ${token.raw}`);
        seen.text += "\n";
        return;
      default:
        throw new Error(`${token.type}: ${token.raw}`);
    }
  };
  read(marked.lexer(source));
  return seen;
}

const INLINE: readonly [RegExp, (match: RegExpExecArray, seen: Seen) => void][] = [
  [/^\\([^0-9A-Za-z\s])/, (match, seen) => void (seen.text += match[1])],
  [
    /^<(https?:\/\/[^ <>]+)>/,
    ([, url = ""], seen) => {
      seen.links.push(url);
      seen.text += url;
    },
  ],
  [
    /^\[((?:\\.|[^\\\]])*)\]\((https?:\/\/[^\s()]+)\)/,
    ([, label = "", url = ""], seen) => {
      seen.links.push(url);
      inline(label, seen);
    },
  ],
  [/^`([^`\n]+)`(?!`)/, (match, seen) => void (seen.text += match[1])],
  [/^\*\*((?:\\.|[^\\*])+)\*\*(?!\*)/, ([, inner = ""], seen) => inline(inner, seen)],
  [/^~~((?:\\.|[^\\~])+)~~/, ([, inner = ""], seen) => inline(inner, seen)],
  [/^\*(?=\S)((?:\\.|[^\\*])+)\*(?!\*)/, ([, inner = ""], seen) => inline(inner, seen)],
  // The scheme that starts an address is read before its colon: an escaped one starts none.
  [/^[0-9A-Za-z]+(?!:\/\/)|^[^0-9A-Za-z\\<[\]`*~_|@]/, ([text], seen) => void (seen.text += text)],
];

function inline(source: string, seen: Seen): void {
  let rest = source;
  while (rest !== "") {
    const found = INLINE.map(([rule, read]) => [rule.exec(rest), read] as const).find(([match]) => match !== null);
    insist(found !== undefined && found[0] !== null, `syntax of Discord: ${JSON.stringify(rest.slice(0, 40))}`);
    found[1](found[0], seen);
    rest = rest.slice(found[0][0].length);
  }
}

export function readDiscordMarkdown(source: string): Seen {
  const seen = nothing();
  const codes: string[] = [];
  const text = source.replaceAll(
    /^(> )?```[\w+#.-]*\n([\s\S]*?)\n(?:> )?```$/gm,
    (_, quote: string | undefined, code: string) => {
      codes.push(quote === undefined ? code : code.replaceAll(/^> /gm, ""));
      return `\ufdd0${codes.length - 1}\ufdd0`;
    },
  );
  for (const line of text.split("\n")) {
    const code = /^(?:> )?\ufdd0(\d+)\ufdd0$/.exec(line);
    if (code) {
      seen.text += codes[Number(code[1])];
      continue;
    }
    const inner = line.replace(/^>(?: |$)/, "").replace(/^#{1,3} (?=\S)/, "");
    insist(!/^\s*(?:#{1,3} |>|>>>|[-*+] |\d+[.)] |-#)/.test(inner), `a block mark: ${JSON.stringify(line)}`);
    inline(inner, seen);
    seen.text += "\n";
  }
  return seen;
}
