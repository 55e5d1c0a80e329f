/** What chat kinds share: how posts, corrections and recalls are listed, and how alerts read. */
import {
  cutText,
  oneLine,
  parseMarkdown,
  type Piece,
  pieceOf,
  type Several,
  type Summary,
  utf8Length,
} from "../formats/index.ts";
import type { AlertItem, Item } from "./kind.ts";

/** `digest`: titles, digests and links, several posts a message. `full`: as much of the text as fits, one post a message. */
export const STYLES = ["digest", "full"] as const;
/** One of {@link STYLES}. */
type Style = (typeof STYLES)[number];

const WORDS = {
  published: { label: "", headline: "新推文" },
  corrected: { label: "【更正】", headline: "更正" },
  recalled: { label: "【撤回】", headline: "撤回" },
} as const;
/** What is said of a recall without a note. */
const RECALLED = "这篇推文已撤回，请勿转发。";

/** What the entries of a push are, for a title above them: `新推文 8 篇`. A push carries entries of one kind. */
export function headlineOf(items: readonly Item[]): string {
  const { headline } = WORDS[items[0]?.kind ?? "published"];
  return items.length === 1 ? headline : `${headline} ${items.length} 篇`;
}

/**
 * How a list tells of an entry. A correction is told by its note, a recall by its note and nothing else of the post but
 * its title and link. Without `labelled` the title bears no 【更正】 or 【撤回】, for lists whose headline says it.
 */
export function summaryOf({ kind, note, post }: Item, labelled = true): Summary {
  const title = `${labelled ? WORDS[kind].label : ""}${oneLine(post.title)}`;
  if (kind === "recalled") return { title, digest: note || RECALLED, url: post.url, cover: null };
  const digest = kind === "corrected" && note ? note : post.digest;
  return { title, digest, url: post.url, cover: post.cover ?? null };
}

/** The post of an entry with its text, a correction's note first. Not for recalls, which have no text. */
export function pieceOfItem(item: Item): Piece {
  const { title, url, cover } = summaryOf(item);
  const piece = pieceOf({ title, digest: item.post.digest, url, cover }, parseMarkdown(item.text().markdown));
  if (item.kind !== "corrected" || !item.note) return piece;
  const note = {
    kind: "text",
    role: "paragraph",
    quotes: 1,
    indent: 0,
    marker: "",
    runs: [{ text: item.note }],
  } as const;
  return { ...piece, blocks: [note, ...piece.blocks] };
}

/** The entry whose text a push of this style shows, or null when it is a list: of several, or of recalls. */
export function shownWhole(items: readonly Item[], style: Style): Item | null {
  const [item] = items;
  return style === "full" && item && items.length === 1 && item.kind !== "recalled" ? item : null;
}

const shorter =
  (title: number, digest: number, cover: boolean) =>
  (post: Summary): Summary => ({
    ...post,
    title: cutText(post.title, title),
    digest: digest === 0 ? "" : cutText(post.digest, digest),
    cover: cover ? post.cover : null,
  });
const SHORTER = [shorter(200, 300, true), shorter(200, 120, true), shorter(120, 40, true), shorter(60, 0, false)];

/**
 * One message of all these posts. If they do not fit, digests get shorter, and at last covers are left out: a post that
 * was left out would never be sent. Throws for a batch whose titles alone are too much, which is a kind's own mistake.
 */
export function messageOfAll<Message>(
  posts: readonly Summary[],
  render: (posts: readonly Summary[]) => Several<Message>,
): Message {
  for (const shorten of SHORTER) {
    const { message, count } = render(posts.map(shorten));
    if (count === posts.length) return message;
  }
  throw new RangeError(`${posts.length} posts do not fit into one message.`);
}

/** Alerts as plain text, a title and its lines each; when they are too long together, each is cut to its share. */
export function alertText(
  items: readonly AlertItem[],
  limit: number,
  cost: (text: string) => number = utf8Length,
): string {
  const texts = items.map(({ title, body }) => `${oneLine(title)}\n${body.trim()}`.trim());
  const whole = texts.join("\n\n");
  if (cost(whole) <= limit) return whole;
  const share = Math.floor(limit / texts.length) - 2;
  return texts.map((text) => cutText(text, share, cost)).join("\n\n");
}
