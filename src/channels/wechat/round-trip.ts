/**
 * Whether a draft holds what was put into it. The platform takes out what it does not like without saying so (links,
 * pictures of other hosts, styles of a kind), so the draft is read back before readers get it.
 */
import { decodeEntities } from "../../formats/index.ts";
import type { DraftArticle } from "./articles.ts";

/** What a reader would miss. */
interface Body {
  text: string;
  /** `href` and words of each link. */
  links: string[];
  pictures: string[];
  /** How often each tag that gives structure opens. */
  tags: Map<string, number>;
  /** How many elements bear a style. */
  styled: number;
}

const STRUCTURE: Readonly<Record<string, string>> = {
  p: "段落",
  section: "版块",
  h1: "标题",
  h2: "标题",
  h3: "标题",
  h4: "标题",
  h5: "标题",
  h6: "标题",
  blockquote: "引用",
  pre: "代码块",
  table: "表格",
  tr: "表格行",
  td: "表格单元格",
  th: "表格单元格",
  strong: "加粗",
  em: "强调",
};

const ATTRIBUTE = /([a-z-]+)="([^"]*)"/g;

function attributes(text: string): Map<string, string> {
  return new Map([...text.matchAll(ATTRIBUTE)].map(([, name = "", value = ""]) => [name, decodeEntities(value)]));
}

/** A picture's address without what the platform hangs on it (`?wx_fmt=jpeg`), and without its scheme. */
const address = (src: string): string => src.replace(/^https?:/, "").replace(/[?#].*$/s, "");

/** What of an article's HTML a reader would miss. */
function bodyOf(html: string): Body {
  const body: Body = { text: "", links: [], pictures: [], tags: new Map(), styled: 0 };
  let link: { href: string; from: number } | null = null;
  let at = 0;
  for (const match of html.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:\s[^>]*)?)>/g)) {
    const [whole, close, name = "", rest = ""] = match;
    body.text += decodeEntities(html.slice(at, match.index));
    at = match.index + whole.length;
    if (close === "/") {
      if (name === "a" && link) {
        body.links.push(`${link.href} ${flat(body.text.slice(link.from))}`);
        link = null;
      }
      continue;
    }
    const has = attributes(rest);
    if (has.has("style")) body.styled += 1;
    if (name in STRUCTURE) body.tags.set(name, (body.tags.get(name) ?? 0) + 1);
    if (name === "a") link = { href: has.get("href") ?? "", from: body.text.length };
    if (name === "img") body.pictures.push(address(has.get("src") ?? has.get("data-src") ?? ""));
  }
  body.text = flat(body.text + decodeEntities(html.slice(at)));
  return body;
}

/** Words without the spaces that writers of HTML add and drop. */
const flat = (text: string): string => text.replaceAll(/[\s\u00A0\u200B]+/gu, "");

/** What `got` lacks of `sent`, each as often as it is missing. */
function missing(sent: readonly string[], got: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const each of got) left.set(each, (left.get(each) ?? 0) + 1);
  return sent.filter((each) => {
    const n = left.get(each) ?? 0;
    left.set(each, n - 1);
    return n <= 0;
  });
}

/** Where two texts part, for a person to look at. */
function parting(sent: string, got: string): string {
  let i = 0;
  while (i < sent.length && sent[i] === got[i]) i++;
  return sent.slice(Math.max(0, i - 6), i + 14);
}

function losses(sent: string, got: string): string | null {
  if (sent === got) return null;
  const [before, after] = [bodyOf(sent), bodyOf(got)];
  if (before.text !== after.text) return `正文在“${parting(before.text, after.text)}”附近与送出的不同`;
  const [picture] = missing(before.pictures, after.pictures);
  if (picture !== undefined) return `图片被去掉：${picture}`;
  const [link] = missing(before.links, after.links);
  if (link !== undefined) return `链接被去掉：${link}`;
  for (const [tag, n] of before.tags)
    if ((after.tags.get(tag) ?? 0) < n) return `${STRUCTURE[tag]!}少了 ${n - (after.tags.get(tag) ?? 0)} 处`;
  if (after.styled < before.styled) return `样式少了 ${before.styled - after.styled} 处`;
  return null;
}

/** An article as draft/get gives it back. */
type Kept = Partial<Record<string, unknown>>;

/**
 * What an article lost in the draft, in words; null if a reader misses nothing. The platform keeps the digest of an article
 * that stands `alone` only (developers.weixin.qq.com, draft/add).
 */
export function lossOf(sent: DraftArticle, kept: Kept, alone: boolean): string | null {
  const text = (name: string): string => (typeof kept[name] === "string" ? kept[name] : "");
  if (text("title") !== sent.title) return `标题变成了“${text("title")}”`;
  if (text("author") !== sent.author) return `作者变成了“${text("author")}”`;
  if (alone && sent.digest !== "" && text("digest") !== sent.digest) return `摘要变成了“${text("digest")}”`;
  if (text("content_source_url") !== sent.content_source_url) return "阅读原文的链接被去掉";
  return losses(sent.content, text("content"));
}
