/** What is answered to whom: the rules, and the platform's XML for it. */
import { cdata, element } from "../../formats/feeds/xml.ts";
import { cutText, utf8Length } from "../../formats/index.ts";
import { SECOND } from "../../platform/time.ts";
import { type AccountSettings, BUTTON_KEYS } from "./settings.ts";
import type { Envelope, Message } from "./message.ts";
import { plainWords } from "./words.ts";

/** What a message asks for. */
export type Wish =
  | { type: "nothing" }
  | { type: "text"; text: string }
  /** The latest edition's posts, after a greeting if there is one; `otherwise` if there are none. */
  | { type: "today"; greeting: string | null; otherwise: string }
  | { type: "search"; words: string; otherwise: string }
  /** A person; `text` is what the reader is told, null when the platform's 客服 gets the message. */
  | { type: "human"; text: string | null };

const NOTHING: Wish = { type: "nothing" };
const say = (text: string): Wish => (text === "" ? NOTHING : { type: "text", text });

const NO_POSTS = "今天的要闻还没有发布，请稍后再来。";

/**
 * What a message asks for under the settings. Exact words come first, since they were meant; then what asks for a person;
 * then words among others; then the search.
 */
export function wishOf(message: Message, settings: AccountSettings): Wish {
  switch (message.type) {
    case "subscribe":
      return settings.greeting_posts
        ? { type: "today", greeting: settings.greeting, otherwise: settings.greeting }
        : say(settings.greeting);
    case "click":
      return clicked(message.click, settings);
    case "text":
      return asked(message.text, settings);
    default:
      return NOTHING;
  }
}

const human = ({ human: { text } }: AccountSettings): Wish => ({ type: "human", text: text === "" ? null : text });

function clicked(key: string, settings: AccountSettings): Wish {
  if (key === BUTTON_KEYS.today) return { type: "today", greeting: null, otherwise: NO_POSTS };
  if (key === BUTTON_KEYS.human) return human(settings);
  const words = plainWords(key);
  return say(settings.replies.find((reply) => reply.words.some((word) => plainWords(word) === words))?.text ?? "");
}

function asked(text: string, settings: AccountSettings): Wish {
  const words = plainWords(text);
  const reply = (match: "exact" | "contains", fits: (word: string) => boolean) =>
    settings.replies.find((each) => each.match === match && each.words.some((word) => fits(plainWords(word))));
  const exact = reply("exact", (word) => word === words);
  if (exact) return say(exact.text);
  if (settings.human.words.some((word) => plainWords(word) === words)) return human(settings);
  const contained = reply("contains", (word) => word !== "" && words.includes(word));
  if (contained) return say(contained.text);
  return words === "" ? say(settings.fallback) : { type: "search", words: text, otherwise: settings.fallback };
}

/** A card of a `news` reply. Addresses are whole. */
export interface Card {
  title: string;
  digest: string;
  picture: string;
  url: string;
}

/** An answer to a message. */
export type Reply =
  | { type: "text"; text: string }
  | { type: "news"; cards: readonly Card[] }
  | { type: "transfer" }
  | { type: "none" };

/** How many bytes a text may have (one below 2048, of which the platform has been seen to take the last or not). */
export const TEXT_LIMIT = 2047;

/** How many cards a `news` reply may have: eight to an event, one to what a reader wrote (被动回复用户消息). */
export const CARDS = { event: 8, message: 1 } as const;

/** The reply as XML, from the one who was written to; null when there is nothing to say. `now` in ms. */
export function replyXml(reply: Reply, { from, to }: Envelope, now: number): string | null {
  if (reply.type === "none") return null;
  const [type, ...content] = contentOf(reply);
  return element(
    "xml",
    {},
    element("ToUserName", {}, cdata(from)),
    element("FromUserName", {}, cdata(to)),
    element("CreateTime", {}, String(Math.floor(now / SECOND))),
    element("MsgType", {}, cdata(type)),
    ...content,
  ).xml;
}

type Content = readonly [string, ...ReturnType<typeof element>[]];

function contentOf(reply: Exclude<Reply, { type: "none" }>): Content {
  switch (reply.type) {
    case "text":
      return ["text", element("Content", {}, cdata(cutText(reply.text, TEXT_LIMIT, utf8Length)))];
    case "transfer":
      return ["transfer_customer_service"];
    case "news":
      return [
        "news",
        element("ArticleCount", {}, String(reply.cards.length)),
        element(
          "Articles",
          {},
          ...reply.cards.map(({ title, digest, picture, url }) =>
            element(
              "item",
              {},
              element("Title", {}, cdata(title)),
              element("Description", {}, cdata(digest)),
              element("PicUrl", {}, cdata(picture)),
              element("Url", {}, cdata(url)),
            ),
          ),
        ),
      ];
  }
}
