/** What the platform asks of an article before it takes it into a draft (developers.weixin.qq.com, 新增草稿). */
import { sanitize } from "./sanitize.ts";
import { type Account, type Article, points, Refusal } from "./state.ts";

const TITLE = 32;
const AUTHOR = 16;
const DIGEST = 128;
const CONTENT = 20_000;
const CONTENT_BYTES = 1024 * 1024;
const URL_BYTES = 1024;
const OWN_DIGEST = 54;
const NEWSPIC_CONTENT = 1_000;

const bytes = (text: string): number => new TextEncoder().encode(text).length;
const words = (value: unknown): string => {
  if (value !== undefined && value !== null && typeof value !== "string") throw new Refusal(47001);
  return value ?? "";
};
const flag = (value: unknown): number => (value === 1 || value === "1" ? 1 : 0);
const CROP = /^(?:[01](?:\.\d{1,6})?_){3}[01](?:\.\d{1,6})?$/;

function sourceUrl(url: string): string {
  if (bytes(url) > URL_BYTES) throw new Refusal(45005);
  if (url !== "" && !/^https?:\/\/[^\s/]+/.test(url)) throw new Refusal(41039);
  return url;
}

function newspicImages(account: Account, info: unknown): unknown {
  const list = (info as { image_list?: { image_media_id?: unknown }[] } | undefined)?.image_list;
  if (!Array.isArray(list) || list.length < 1 || list.length > 20) throw new Refusal(40035);
  for (const { image_media_id } of list) if (!account.materials.has(String(image_media_id))) throw new Refusal(40007);
  return info;
}

/** The text that the platform takes for a digest where there is none. */
const ownDigest = (content: string): string => {
  const text = content.replaceAll(/<[^>]*>/g, "").replaceAll("&nbsp;", " ");
  return [...text.trim()].slice(0, OWN_DIGEST).join("");
};

/** An article as it will be stored; `alone` says whether it is the draft's only one, which alone has a digest. */
export function acceptArticle(account: Account, given: unknown, alone: boolean): Article {
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw new Refusal(47001);
  const article = given as Record<string, unknown>;
  const newspic = article["article_type"] === "newspic";
  const title = words(article["title"]);
  const author = words(article["author"]);
  const digest = words(article["digest"]);
  const content = words(article["content"]);
  const thumb_media_id = words(article["thumb_media_id"]);
  if (title.trim() === "") throw new Refusal(40035);
  if (points(title) > TITLE) throw new Refusal(45003);
  if (points(author) > AUTHOR) throw new Refusal(45110);
  if (points(digest) > DIGEST) throw new Refusal(45004);
  if (content === "" && !newspic) throw new Refusal(44004);
  if (newspic && points(content) > NEWSPIC_CONTENT) throw new Refusal(45166);
  if (points(content) >= CONTENT || bytes(content) >= CONTENT_BYTES) throw new Refusal(45002);
  if (!newspic && !account.materials.has(thumb_media_id)) throw new Refusal(40007);
  if (flag(article["need_open_comment"]) === 1 && !account.comments) throw new Refusal(88000);
  const crops = ["pic_crop_235_1", "pic_crop_1_1"].filter((name) => article[name] !== undefined);
  for (const name of crops) if (!CROP.test(words(article[name]))) throw new Refusal(40035);
  const stored = newspic ? content.replaceAll(/<[^>]*>/g, "") : sanitize(content).html;
  return {
    article_type: newspic ? "newspic" : "news",
    title,
    author,
    digest: alone ? digest || ownDigest(stored) : "",
    content: stored,
    content_source_url: sourceUrl(words(article["content_source_url"])),
    thumb_media_id,
    need_open_comment: flag(article["need_open_comment"]),
    only_fans_can_comment: flag(article["only_fans_can_comment"]),
    ...Object.fromEntries(crops.map((name) => [name, article[name]])),
    ...(newspic && { image_info: newspicImages(account, article["image_info"]) }),
  };
}
