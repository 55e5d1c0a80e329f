// Strict readers of the bodies that chat renderers give: as the platform would read them, throwing at anything over a
// limit, unknown, or able to call somebody; and the words that a person sees.
import type {
  DingtalkFeed,
  DingtalkMarkdown,
  DiscordMessage,
  Entity,
  FeishuCard,
  FeishuPost,
  SlackMessage,
  TelegramRich,
  WecomMarkdown,
  WecomNews,
} from "../../../src/formats/index.ts";
import { readCommonMark, readDiscordMarkdown } from "./read-markdown.ts";
import { imageMark, insist, nothing, type Seen } from "./seen.ts";

const bytes = (value: unknown): number =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value)).length;
const onlyKeys = (value: object, keys: readonly string[]): void => {
  for (const key of Object.keys(value)) insist(keys.includes(key), `unknown field ${key}`);
};
const wellFormed = (value: unknown): void =>
  insist(JSON.stringify(value).isWellFormed() && !/\\ud[89a-f]/i.test(JSON.stringify(value)), "half a surrogate pair");
const web = (url: string): string => {
  insist(/^https?:\/\/[^/\s]/.test(url) && URL.canParse(url), `address ${url}`);
  return url;
};
const picture = (url: string): string => {
  insist(url.startsWith("https://"), `picture ${url}`);
  return web(url);
};

export function readTelegram(text: string, entities: readonly Entity[], limit: number): Seen {
  insist(text.length >= 1 && text.length <= limit, `${text.length} units`);
  insist(text.trim() === text, "white space that Telegram would cut: offsets would move");
  insist(entities.length <= 100, `${entities.length} entities`);
  wellFormed(text);
  const seen = nothing();
  const silent = Array.from({ length: text.length }, () => false);
  const open: Entity[] = [];
  for (const entity of entities) {
    onlyKeys(entity, ["type", "offset", "length", "url", "language"]);
    const end = entity.offset + entity.length;
    insist(Number.isInteger(entity.offset) && entity.offset >= 0 && entity.length > 0, "offset");
    insist(end <= text.length, "an entity beyond the text");
    insist(text.slice(entity.offset, end).isWellFormed(), "an entity inside a surrogate pair");
    while (open.length > 0 && (open.at(-1)?.offset ?? 0) + (open.at(-1)?.length ?? 0) <= entity.offset) open.pop();
    for (const outer of open) {
      insist(end <= outer.offset + outer.length, `${entity.type} across ${outer.type}`);
      insist(!["code", "pre"].includes(outer.type), `${entity.type} in ${outer.type}`);
      const quote = outer.type.endsWith("blockquote");
      insist(!["code", "pre"].includes(entity.type) || quote, `${entity.type} in ${outer.type}`);
      insist(!(quote && entity.type.endsWith("blockquote")), "a quote in a quote");
      insist(outer.type !== entity.type, `${entity.type} twice`);
    }
    open.push(entity);
    if (entity.type === "text_link") seen.links.push(web(entity.url));
    if (["text_link", "code", "pre"].includes(entity.type)) silent.fill(true, entity.offset, end);
  }
  for (const { index } of text.matchAll(/(?<!\w)@\w/g)) insist(silent[index] === true, `a mention at ${index}`);
  return { ...seen, text };
}

type Rich = TelegramRich["rich_message"]["blocks"][number];
type RichText = Extract<Rich, { type: "paragraph" }>["text"];

export function readRich({ rich_message }: TelegramRich): Seen {
  onlyKeys(rich_message, ["blocks", "skip_entity_detection"]);
  insist(rich_message.skip_entity_detection, "entities are looked for");
  const seen = nothing();
  let blocks = 0;
  const text = (rich: RichText, level: number): void => {
    insist(level <= 16, "too deep");
    if (typeof rich === "string") seen.text += rich;
    else if ("type" in rich) {
      insist(["bold", "italic", "strikethrough", "code", "url"].includes(rich.type), rich.type);
      if (rich.type === "url") seen.links.push(web(rich.url));
      text(rich.text, level + 1);
    } else for (const part of rich) text(part, level + 1);
  };
  const read = (block: Rich, level: number): void => {
    blocks++;
    insist(level <= 16, "too deep");
    switch (block.type) {
      case "paragraph":
      case "heading":
      case "pre":
        text(block.text, level + 1);
        break;
      case "divider":
        seen.text += "———";
        break;
      case "photo":
        onlyKeys(block.photo, ["type", "media"]);
        seen.images.push(picture(block.photo.media));
        break;
      case "blockquote":
        insist(block.blocks.length > 0, "an empty quote");
        for (const inner of block.blocks) read(inner, level + 1);
        break;
      case "table":
        for (const row of block.cells) {
          blocks++;
          insist(row.length <= 20, "columns");
          for (const cell of row) text(cell.text, level + 1);
        }
    }
    seen.text += "\n";
  };
  for (const block of rich_message.blocks) read(block, 1);
  insist(blocks <= 500 && seen.images.length <= 50 && [...seen.text].length <= 32_768 + blocks, "over a limit");
  wellFormed(rich_message);
  return seen;
}

export function readWecom(body: WecomMarkdown): Seen {
  onlyKeys(body, ["msgtype", "markdown_v2"]);
  const { content } = body.markdown_v2;
  insist(bytes(content) <= 4096, `${bytes(content)} bytes`);
  insist(!content.includes("<@"), "a mention");
  wellFormed(body);
  return readCommonMark(content, { images: true, tables: true, code: true, breaks: false });
}

export function readNews({ msgtype, news }: WecomNews): Seen {
  insist(msgtype === "news" && news.articles.length >= 1 && news.articles.length <= 8, "articles");
  const seen = nothing();
  for (const { title, description, url, picurl } of news.articles) {
    insist(title !== "" && bytes(title) <= 128 && bytes(description) <= 512, "bytes");
    seen.links.push(web(url));
    if (picurl !== undefined) seen.images.push(picture(picurl));
    seen.text += `${title}\n`;
  }
  wellFormed(news);
  return seen;
}

export function readDingtalk(body: DingtalkMarkdown): Seen {
  onlyKeys(body, ["msgtype", "markdown"]);
  insist(bytes(body) <= 20_000 && body.markdown.title !== "", "body");
  wellFormed(body);
  return readCommonMark(body.markdown.text, { images: true, tables: false, code: false, breaks: false });
}

export function readFeed({ msgtype, feedCard }: DingtalkFeed): Seen {
  insist(msgtype === "feedCard" && feedCard.links.length >= 1 && bytes(feedCard) <= 20_000, "links");
  const seen = nothing();
  for (const { title, messageURL, picURL } of feedCard.links) {
    insist(title !== "", "title");
    seen.links.push(web(messageURL));
    if (picURL !== "") seen.images.push(picture(picURL));
    seen.text += `${title}\n`;
  }
  return seen;
}

/** An article's title is the card's; `title` too is seen. */
export function readFeishu(body: FeishuCard): Seen {
  onlyKeys(body, ["msg_type", "card"]);
  insist(bytes(body) <= 19_900, `${bytes(body)} bytes`);
  wellFormed(body);
  const seen = nothing();
  const { header, body: card } = body.card;
  onlyKeys(body.card, ["schema", "header", "body"]);
  seen.text += `${header.title.content}\n${header.subtitle?.content ?? ""}\n`;
  insist(header.title.content !== "", "title");
  let elements = 0;
  let tables = 0;
  for (const element of card.elements) {
    elements++;
    switch (element.tag) {
      case "markdown": {
        insist(!/<(?!br>)/.test(element.content), "a tag");
        insist(!/:[A-Za-z_]+:/.test(element.content.replaceAll(/\]\([^)]*\)/g, "")), "an emoji's name");
        const inner = readCommonMark(element.content, { images: false, tables: false, code: true, breaks: true });
        seen.text += inner.text;
        seen.links.push(...inner.links);
        break;
      }
      case "div":
        insist(element.text.tag === "plain_text", element.text.tag);
        elements++;
        seen.text += element.text.content;
        break;
      case "hr":
        seen.text += "———";
        break;
      case "table": {
        tables++;
        elements += element.columns.length;
        insist(element.columns.length <= 50 && element.page_size >= 1 && element.page_size <= 10, "table");
        for (const column of element.columns) seen.text += column.display_name;
        for (const row of element.rows) for (const { name } of element.columns) seen.text += row[name] ?? "";
        break;
      }
      case "button":
        onlyKeys(element, ["tag", "type", "text", "behaviors"]);
        elements++;
        seen.links.push(web(element.behaviors[0].default_url));
        seen.text += element.text.content;
        break;
      default:
        throw new Error(`tag ${JSON.stringify(element)}`);
    }
  }
  insist(elements <= 200 && tables <= 5, `${elements} elements, ${tables} tables`);
  return seen;
}

export function readPost(body: FeishuPost): Seen {
  onlyKeys(body, ["msg_type", "content"]);
  insist(bytes(body) <= 19_900, `${bytes(body)} bytes`);
  wellFormed(body);
  const { title, content } = body.content.post.zh_cn;
  const seen = { ...nothing(), text: `${title}\n` };
  for (const line of content) {
    insist(line.length > 0, "an empty line");
    for (const tag of line) {
      insist(tag.tag === "text" || tag.tag === "a", "tag");
      onlyKeys(tag, tag.tag === "a" ? ["tag", "text", "href"] : ["tag", "text"]);
      if (tag.tag === "a") seen.links.push(web(tag.href));
      seen.text += tag.text;
    }
    seen.text += "\n";
  }
  return seen;
}

export function readSlack({ text, blocks }: SlackMessage): Seen {
  insist(!/[<>]|&(?!amp;|lt;|gt;)/.test(text), `markup in the fallback: ${text}`);
  insist(text !== "" && blocks.length <= 50, `${blocks.length} blocks`);
  insist(JSON.stringify(blocks).length <= 12_000, "too long");
  wellFormed(blocks);
  const seen = nothing();
  for (const block of blocks) {
    switch (block.type) {
      case "header":
        insist(block.text.text.length >= 1 && block.text.text.length <= 150 && !block.text.emoji, "header");
        seen.text += block.text.text;
        break;
      case "context":
        for (const element of block.elements) seen.text += element.text;
        break;
      case "divider":
        seen.text += "———";
        break;
      case "image":
        insist(block.image_url.length <= 3000 && block.alt_text !== "" && block.alt_text.length <= 2000, "image");
        seen.images.push(picture(block.image_url));
        seen.text += imageMark(block.alt_text === "［图］" ? "" : block.alt_text);
        break;
      case "rich_text":
        insist(block.elements.length > 0, "an empty rich text");
        for (const { type, elements } of block.elements) {
          insist(/^rich_text_(?:section|quote|preformatted)$/.test(type) && elements.length > 0, type);
          for (const element of elements) {
            insist(element.type === "text" || element.type === "link", element.type);
            onlyKeys(element, ["type", "text", "style", "url"]);
            insist(element.text !== "", "an empty text");
            if (element.type === "link") seen.links.push(web(element.url));
            seen.text += element.text;
          }
        }
        break;
      default:
        throw new Error(`block ${JSON.stringify(block)}`);
    }
    seen.text += "\n";
  }
  return seen;
}

export function readDiscord({ embeds, allowed_mentions }: DiscordMessage): Seen {
  insist(allowed_mentions.parse.length === 0, "mentions are allowed");
  insist(embeds.length >= 1 && embeds.length <= 10, "embeds");
  wellFormed(embeds);
  const seen = nothing();
  let total = 0;
  for (const embed of embeds) {
    onlyKeys(embed, ["title", "url", "description", "footer", "image", "thumbnail"]);
    const { title, url, description = "", footer, image, thumbnail } = embed;
    insist(title.length >= 1 && title.length <= 256 && description.length <= 4096, "length");
    insist(embed.description === undefined || description !== "", "an empty description");
    insist((footer?.text.length ?? 0) <= 2048, "footer");
    total += title.length + description.length + (footer?.text.length ?? 0);
    for (const { url } of [image, thumbnail].filter((each) => each !== undefined)) seen.images.push(picture(url));
    const [head, body] = [readDiscordMarkdown(title), readDiscordMarkdown(description)];
    insist(head.links.length === 0, "a link in a title");
    seen.links.push(web(url), ...body.links);
    seen.text += `${head.text}\n${footer?.text ?? ""}\n${body.text}`;
  }
  insist(total <= 6000, `${total} in all`);
  return seen;
}
