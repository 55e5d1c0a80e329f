import { cutText, fitSeveral, type Several, UTF16 } from "./cut.ts";
import { DISCORD } from "./dialects.ts";
import { markdownArticle } from "./markdown.ts";
import { oneLine, pictureUrl, type Piece, standing, type Summary } from "./piece.ts";

type Embed = {
  readonly title: string;
  readonly url: string;
  readonly description?: string;
  readonly footer?: { readonly text: string };
  readonly image?: { readonly url: string };
  readonly thumbnail?: { readonly url: string };
};
/** The body for a Discord webhook. `allowed_mentions` is what keeps it from calling anybody, whatever the text says. */
export type DiscordMessage = {
  readonly embeds: readonly Embed[];
  readonly allowed_mentions: { readonly parse: readonly [] };
};

/** UTF-16 units, and embeds (docs.discord.com, message object; discord-api-types). `total` is of all embeds together. */
const DISCORD_LIMITS = { content: 2000, title: 256, description: 4096, footer: 2048, total: 6000, embeds: 10 };

const message = (embeds: readonly Embed[]): DiscordMessage => ({ embeds, allowed_mentions: { parse: [] } });

// What would make a line a heading, a quote or an item of a list.
const BLOCK_MARK = /^\s*(?:[#>+=-]|\d{1,9}[.)])/gm;
const plainly = (text: string): string =>
  DISCORD.text(text).replaceAll(BLOCK_MARK, (mark) => mark.slice(0, -1) + DISCORD.mark(mark.slice(-1)));

// Cut after escaping is counted, before it is done: no escape loses its character.
const written = (text: string, limit: number): string => plainly(cutText(text, limit, (part) => plainly(part).length));

const footer = (line: string): { footer?: { text: string } } => {
  const text = cutText(line, 200);
  return text === "" ? {} : { footer: { text } };
};

/** An article as one embed. */
export function renderDiscord(piece: Piece): DiscordMessage {
  const picture = pictureUrl(piece.cover, piece.url);
  return message([
    {
      title: written(piece.title, DISCORD_LIMITS.title),
      url: piece.url,
      description: markdownArticle(piece, [], DISCORD, DISCORD_LIMITS.description, UTF16),
      ...footer(piece.standing),
      ...(picture !== null && { image: { url: picture } }),
    },
  ]);
}

const lengthOf = (embed: Embed): number =>
  embed.title.length + (embed.description?.length ?? 0) + (embed.footer?.text.length ?? 0);

/** Up to ten posts, an embed each. */
export function discordList(posts: readonly Summary[]): Several<DiscordMessage> {
  const embed = (post: Summary): Embed => {
    const picture = pictureUrl(post.cover, post.url);
    const description = written(oneLine(post.digest, ""), 350);
    return {
      title: written(oneLine(post.title), DISCORD_LIMITS.title),
      url: post.url,
      ...(description !== "" && { description }),
      ...footer(standing(post)),
      ...(picture !== null && { thumbnail: { url: picture } }),
    };
  };
  const fits = ({ embeds }: DiscordMessage): boolean =>
    embeds.reduce((total, each) => total + lengthOf(each), 0) <= DISCORD_LIMITS.total;
  return fitSeveral(posts, DISCORD_LIMITS.embeds, (some) => message(some.map(embed)), fits);
}

/** The body of a plain text for a Discord webhook. */
export type DiscordText = Pick<DiscordMessage, "allowed_mentions"> & { readonly content: string };

/** A plain text, at most 2,000 units. */
export const discordText = (text: string): DiscordText => ({
  content: written(text, DISCORD_LIMITS.content),
  allowed_mentions: { parse: [] },
});
