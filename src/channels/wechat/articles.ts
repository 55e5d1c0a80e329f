/** A post as an article of a draft (developers.weixin.qq.com, draft/add). */
import { type DigestEntry, digestListing } from "./digest-article.ts";
import {
  cutText,
  type Doc,
  imageSources,
  issueOf,
  parseMarkdown,
  PREBUILT,
  renderWechat,
  safeUrl,
  themeImages,
  themeOf,
  WECHAT_LIMITS,
} from "../../formats/index.ts";
import type { Item } from "../kind.ts";
import type { AccountConfig } from "./account.ts";
import type { Picture } from "./call.ts";

/** One of `articles` in draft/add. */
export interface DraftArticle {
  article_type: "news";
  title: string;
  author: string;
  digest: string;
  content: string;
  content_source_url: string;
  thumb_media_id: string;
  need_open_comment: 0 | 1;
  only_fans_can_comment: 0 | 1;
  pic_crop_235_1?: string;
  pic_crop_1_1?: string;
}

/** What the account calls a picture; null when it cannot be had, undefined before it was asked for. */
type Uploaded = Readonly<Record<string, string | null>>;

/** A picture's key in {@link Uploaded}. */
const pictureKey = ({ use, src }: Picture): string => `${use} ${src}`;

/** The picture of a key. */
export function pictureOf(key: string): Picture {
  const [use = "body"] = key.split(" ", 1);
  return { use: use === "cover" ? "cover" : "body", src: key.slice(use.length + 1) };
}

/** What stands for an article whose own cover cannot be had. */
const PLAIN = PREBUILT.plain.wide.path;

/** What an article says of itself beside its text. */
interface Head {
  doc: Doc;
  cover: string;
  crops: { pic_crop_235_1: string; pic_crop_1_1: string } | null;
}

function headOf(item: Item): Head {
  const { markdown, cover } = item.manuscript();
  return { doc: parseMarkdown(markdown), cover: cover.wide, crops: cover.crops };
}

const codePoints = (text: string): number => [...text].length;
const within = (text: string, limit: number): string => cutText(text, limit, codePoints);

/** The pictures that an article needs at the account, the cover first; the plain cover once its own is known to be lost. */
export function picturesFor(item: Item, uploaded: Uploaded): string[] {
  const { doc, cover } = headOf(item);
  const sources = [...imageSources(doc), ...themeImages(themeOf(item.manuscript().theme))];
  const body = sources.filter((src) => safeUrl(src, "image") !== null).map((src) => pictureKey({ use: "body", src }));
  const own = pictureKey({ use: "cover", src: cover });
  return [own, ...(uploaded[own] === null ? [pictureKey({ use: "cover", src: PLAIN })] : []), ...body];
}

/** What stands as an article's author: the first role of the credits that speaks of writing, else `otherwise`. */
export function authorIn(credits: readonly { role: string; name: string }[], otherwise: string): string {
  for (const role of ["作者", "记者", "通讯员", "撰稿", "文"]) {
    const names = credits.filter((credit) => credit.role === role).map(({ name }) => name);
    if (names.length > 0) return within(names.join(" "), WECHAT_LIMITS.author);
  }
  return within(otherwise, WECHAT_LIMITS.author);
}

/** A title as the platform takes it. */
export const titleWithin = (title: string): string => within(title, WECHAT_LIMITS.title);

/** Who made it; where nobody is named its unit, else its publication. */
function authorOf(item: Item): string {
  const { credits, unit } = item.manuscript();
  return authorIn(credits, unit ?? item.publicationName);
}

const comments = ({ comments: who }: AccountConfig) =>
  ({ need_open_comment: who === "off" ? 0 : 1, only_fans_can_comment: who === "followers" ? 1 : 0 }) as const;

/** Which cover an article has at the account, and how it is cropped: the plain one in place of one that is lost. */
function coverAt(cover: string, uploaded: Uploaded): { media: string; own: boolean } {
  const own = uploaded[pictureKey({ use: "cover", src: cover })];
  return own
    ? { media: own, own: true }
    : { media: uploaded[pictureKey({ use: "cover", src: PLAIN })] ?? "", own: false };
}

/** A post as the platform gets it. Its pictures are uploaded by now; one that is lost leaves its caption. */
export function articleOf(item: Item, config: AccountConfig, uploaded: Uploaded): DraftArticle {
  const { doc, cover, crops } = headOf(item);
  const { theme, column, credits } = item.manuscript();
  const at = coverAt(cover, uploaded);
  return {
    article_type: "news",
    title: titleWithin(item.post.title),
    author: authorOf(item),
    digest: within(item.post.digest, WECHAT_LIMITS.digest),
    content: renderWechat(doc, {
      images: (src) => uploaded[pictureKey({ use: "body", src })] ?? null,
      theme: themeOf(theme),
      column: column === null ? null : { name: column, issue: issueOf(item.post.title) },
      credits,
    }),
    content_source_url: item.post.url,
    thumb_media_id: at.media,
    ...comments(config),
    ...(at.own && crops),
  };
}

/** Why the platform would not take an article, in words; null if nothing speaks against it. */
export function unfit({ content }: DraftArticle, config: AccountConfig, lost: readonly string[]): string | null {
  const { characters, bytes } = WECHAT_LIMITS;
  if (content.length >= characters) return `排版后 ${content.length} 个字符，微信要求少于 ${characters} 个；请压缩正文`;
  const size = new TextEncoder().encode(content).length;
  if (size >= bytes) return `排版后 ${size} 字节，微信要求小于 1 MB；请压缩正文`;
  if (config.on_lost_picture === "refuse" && lost.length > 0) return `图片取不到：${lost.join("、")}；请换图后更正`;
  return null;
}

/** The body pictures of an article that cannot be had. */
export function lostPictures(item: Item, uploaded: Uploaded): string[] {
  const keys = picturesFor(item, uploaded).filter((key) => pictureOf(key).use === "body");
  return keys.filter((key) => uploaded[key] === null).map((key) => pictureOf(key).src);
}

/** The article that lists the posts of the day's other bundles, in the look of the lead's publication. */
export function digestArticle(
  lead: Item,
  others: readonly DigestEntry[],
  config: AccountConfig,
  uploaded: Uploaded,
): DraftArticle {
  const { title, digest, markdown } = digestListing(others, lead.at);
  return {
    article_type: "news",
    title,
    author: within(lead.publicationName, WECHAT_LIMITS.author),
    digest: within(digest, WECHAT_LIMITS.digest),
    content: renderWechat(parseMarkdown(markdown), {
      images: () => null,
      theme: { ...themeOf(lead.manuscript().theme), opening: "", closing: "" },
      credits: [],
    }),
    content_source_url: "",
    thumb_media_id: uploaded[pictureKey({ use: "cover", src: PLAIN })] ?? "",
    ...comments(config),
  };
}

/** The picture that the digest article needs. */
export const DIGEST_PICTURE = pictureKey({ use: "cover", src: PLAIN });
