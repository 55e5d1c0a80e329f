/** The account's menu (developers.weixin.qq.com, 自定义菜单). */
import { certified } from "./publish.ts";
import { type Call, get, type Handlers, OK, post, Refusal } from "./state.ts";

const BUTTONS = 3;
const SUB_BUTTONS = 5;
const NAME = 16;
const SUB_NAME = 60;
const KEY = 128;
const URL_SIZE = 1024;

const KEYED = new Set(["click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_weixin", "location_select"]);
const ARTICLES = new Set(["article_id", "article_view_limited"]);

const bytes = (text: unknown): number => new TextEncoder().encode(typeof text === "string" ? text : "").length;
const named = (button: Record<string, unknown>, most: number, errcode: number): void => {
  const size = bytes(button["name"]);
  if (size === 0 || size > most) throw new Refusal(errcode);
};

/** A button that does something; `codes` are what is said of its type, key and address. */
function acts(call: Call, button: Record<string, unknown>, codes: readonly [number, number, number]): void {
  const type = String(button["type"] ?? "");
  const [badType, badKey, badUrl] = codes;
  if (KEYED.has(type)) {
    const size = bytes(button["key"]);
    if (size === 0 || size > KEY) throw new Refusal(badKey);
  } else if (type === "view") {
    const url = String(button["url"] ?? "");
    if (!/^https?:\/\//.test(url) || bytes(url) > URL_SIZE) throw new Refusal(badUrl);
  } else if (ARTICLES.has(type)) {
    const { publications } = call.account;
    if (!publications.some(({ article_id }) => article_id === button["article_id"])) throw new Refusal(53600);
  } else throw new Refusal(badType);
}

const listOf = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? (value as Record<string, unknown>[]) : [];

function create(call: Call): object {
  const { account, body } = call;
  certified(account);
  const buttons = listOf(body["button"]);
  if (buttons.length < 1 || buttons.length > BUTTONS) throw new Refusal(40016);
  for (const button of buttons) {
    named(button, NAME, 40018);
    const subs = listOf(button["sub_button"]);
    if (subs.length > SUB_BUTTONS) throw new Refusal(40023);
    if (subs.length === 0) acts(call, button, [40017, 40019, 40020]);
    for (const sub of subs) {
      named(sub, SUB_NAME, 40025);
      acts(call, sub, [40024, 40026, 40027]);
    }
  }
  account.menu = { button: buttons };
  return OK;
}

export const menuHandlers: Handlers = {
  "/cgi-bin/menu/create": post(create),
  "/cgi-bin/menu/get": get(({ account }) => {
    certified(account);
    if (account.menu === null) throw new Refusal(46003);
    return { menu: account.menu };
  }),
  "/cgi-bin/menu/delete": get(({ account }) => {
    certified(account);
    account.menu = null;
    return OK;
  }),
};
