/** The ready-to-post pack: what a person copies into an outlet's form. A plain function of the post. */
import type { Content, Credit } from "../articles/types.ts";
import type { Outlet } from "../newsroom/types.ts";
import { OUTLET_RULES } from "./outlets.ts";

/** What a pack is made of. Addresses of ours are paths. */
export interface Material extends Pick<Content, "title" | "digest" | "credits" | "cover" | "source"> {
  file: string | null;
  captions: string | null;
  /** Names of the column and the series, as readers know them. */
  topics: readonly string[];
}

interface Pack {
  title: string;
  /** Plain text with credits and hashtags, ready to paste. */
  description: string;
  hashtags: string[];
  /** Who made it and where it comes from, in one line. */
  credits: string;
  cover: string | null;
  file: string | null;
  captions: string | null;
  /** What the person should look at before posting, in Chinese: they read it on the task. */
  warnings: string[];
}

const graphemes = new Intl.Segmenter("zh", { granularity: "grapheme" });

/** The start of a text, at most `max` UTF-16 units, never ending inside a character as a reader sees it. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    if (index + segment.length > max) break;
    end = index + segment.length;
  }
  return text.slice(0, end).trimEnd();
}

const ELLIPSIS = "…";

function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  return max < ELLIPSIS.length ? "" : cut(text, max - ELLIPSIS.length) + ELLIPSIS;
}

/** A name as a hashtag, or null when nothing of it can be one: a platform ends a hashtag at the first mark or space. */
export function hashtag(name: string): string | null {
  const word = name.replaceAll(/[^\p{L}\p{N}\p{M}_]/gu, "");
  return word === "" ? null : `#${word}`;
}

/** A title within the marks that an outlet takes: a separator becomes a space, other marks go. */
function within(marks: RegExp, title: string): string {
  return Array.from(title, (ch) => {
    if (/[\p{L}\p{N}\p{M}]/u.test(ch) || marks.test(ch)) return ch;
    return /[,，、；;｜|—\-·\s]/u.test(ch) ? " " : "";
  })
    .join("")
    .replaceAll(/ +/g, " ")
    .trim();
}

function creditLine(credits: readonly Credit[], source: Content["source"]): string {
  const names = new Map<string, string[]>();
  for (const { role, name } of credits) names.set(role, [...(names.get(role) ?? []), name]);
  const parts = [...names].map(([role, who]) => `${role}：${who.join("、")}`);
  return [...parts, ...(source ? [`来源：${source.name}`] : [])].join("　");
}

/** The pack of a post for one outlet. Credits and hashtags are never cut away for the sake of the text. */
export function packOf(outlet: Outlet, material: Material, siteUrl: string): Pack {
  const rules = OUTLET_RULES[outlet];
  const warnings: string[] = [];

  const plain = rules.titleMarks === null ? material.title : within(rules.titleMarks, material.title);
  const title = cut(plain, rules.titleMax);
  if (title.length < plain.length)
    warnings.push(`标题超过${rules.name}的 ${rules.titleMax} 字，已截短，请核对是否通顺。`);
  if (title.length < rules.titleMin) warnings.push(`标题不足${rules.name}要求的 ${rules.titleMin} 字，请补充。`);

  const hashtags = [...new Set(material.topics.flatMap((name) => hashtag(name) ?? []))].slice(0, rules.hashtagsMax);
  const credits = creditLine(material.credits, material.source);
  // Half of the room at most: twenty long names must not leave the description without words.
  const tail = [shorten(credits, rules.descriptionMax / 2), hashtags.join(" ")].filter(Boolean).join("\n");
  const room = rules.descriptionMax - (tail === "" ? 0 : tail.length + 1);
  const text = shorten(material.digest, room);
  if (text !== material.digest) warnings.push(`描述超过${rules.name}的 ${rules.descriptionMax} 字，已截短。`);

  if (material.file === null) warnings.push("没有视频文件：请向供稿单位索取。");
  if (material.cover === null) warnings.push("没有封面：请从视频中截取。");
  if (material.captions === null) warnings.push("没有字幕文本。");

  const address = (src: string | null) => (src?.startsWith("/") ? `${siteUrl}${src}` : src);
  return {
    title,
    description: [text, tail].filter(Boolean).join("\n"),
    hashtags,
    credits,
    cover: address(material.cover),
    file: address(material.file),
    captions: material.captions,
    warnings,
  };
}
