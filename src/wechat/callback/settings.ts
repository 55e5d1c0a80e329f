/** What an account answers its readers by, and the menu under its conversation: a person's settings. */
import { utf8Length } from "../../formats/index.ts";
import { plainWords } from "./words.ts";

/** An answer of the office's own to what a reader writes. */
interface KeywordReply {
  words: string[];
  /** Whether a reader writes one of the words and no more, or among others. */
  match: "exact" | "contains";
  text: string;
}

/** A button at the end of a menu: what it says to us, or where it leads. */
type Leaf = { type: "click"; name: string; key: string } | { type: "view"; name: string; url: string };
export type Button = Leaf | { type: "menu"; name: string; buttons: Leaf[] };

export interface AccountSettings {
  /** What a new follower is told; nothing if it is empty. */
  greeting: string;
  /** Whether the greeting is a card before those of the latest edition. */
  greeting_posts: boolean;
  replies: KeywordReply[];
  /** What asks for a person. With a text the reader is told that; without one the platform's 客服 gets the message. */
  human: { words: string[]; text: string };
  /** What is said when nothing fits; nothing if it is empty. */
  fallback: string;
  menu: Button[];
}

/** What an account answers before anyone has set anything. */
export const DEFAULT_SETTINGS: AccountSettings = {
  greeting: "感谢关注！回复关键词可以查找文章，回复“人工”可以联系我们。",
  greeting_posts: false,
  replies: [],
  human: { words: ["人工"], text: "" },
  fallback: "没有找到相关的文章，换个词试试吧。",
  menu: [],
};

/** What a menu's button may say to us beside the office's own words. */
export const BUTTON_KEYS = { today: "today", human: "human" } as const;

/** The platform's limits (developers.weixin.qq.com, 自定义菜单 › 创建接口); lengths in bytes. */
export const MENU = { buttons: 3, leaves: 5, name: 16, leafName: 60, key: 128, url: 1024 } as const;

interface Fault {
  field: string;
  message: string;
}

/** What of a menu the platform would refuse, or would do nothing. Fields are paths such as `menu.0.buttons.1.name`. */
export function refuseMenu(settings: AccountSettings): Fault[] {
  const known = new Set<string>([
    ...Object.values(BUTTON_KEYS),
    ...settings.replies.flatMap(({ words }) => words.map(plainWords)),
  ]);
  const leaf = (button: Leaf, field: string, nameLimit: number): Fault[] => [
    ...over(`${field}.name`, button.name, nameLimit),
    ...(button.type === "click"
      ? [
          ...over(`${field}.key`, button.key, MENU.key),
          ...(known.has(button.key) || known.has(plainWords(button.key))
            ? []
            : [{ field: `${field}.key`, message: "must be today, human or a word of one of the replies" }]),
        ]
      : over(`${field}.url`, button.url, MENU.url)),
  ];
  return settings.menu.flatMap((button, i) => {
    const field = `menu.${i}`;
    if (button.type !== "menu") return leaf(button, field, MENU.name);
    return [
      ...over(`${field}.name`, button.name, MENU.name),
      ...button.buttons.flatMap((each, j) => leaf(each, `${field}.buttons.${j}`, MENU.leafName)),
    ];
  });
}

const over = (field: string, text: string, limit: number): Fault[] =>
  utf8Length(text) > limit
    ? [{ field, message: `may have ${limit} bytes at most: ${Math.floor(limit / 3)} 汉字` }]
    : [];

/** The menu as `/cgi-bin/menu/create` takes it. */
export function menuBody(menu: readonly Button[]): object {
  const leaf = ({ type, name, ...rest }: Leaf): object => ({ type, name, ...rest });
  return {
    button: menu.map((button) =>
      button.type === "menu" ? { name: button.name, sub_button: button.buttons.map(leaf) } : leaf(button),
    ),
  };
}
