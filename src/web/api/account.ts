/** What an Official Account answers its readers by, and its menu. */
import { Hono } from "hono";
import { z } from "zod";
import { cleanText } from "../../articles/intake.ts";
import { utf8Length } from "../../formats/index.ts";
import type { Channel } from "../../delivery/open-channel.ts";
import { requireChannel } from "../../delivery/open-channel.ts";
import { conflict } from "../../platform/problem.ts";
import { isoOrNull } from "../../platform/time.ts";
import { TEXT_LIMIT } from "../../wechat/callback/replies.ts";
import { plainWords } from "../../wechat/callback/words.ts";
import { saveSettings } from "../../wechat/callback/menu.ts";
import { MENU } from "../../wechat/callback/settings.ts";
import { readSettings, type StoredSettings } from "../../wechat/callback/settings-store.ts";
import type { App, Ctx } from "../context.ts";
import { requireScope } from "./auth.ts";
import { ifMatch, readJson } from "./body.ts";
import { operation } from "./operation.ts";
import { line, link, sound } from "./schemas.ts";

export const account = new Hono<App>();
const tag = "channels";

/** A text that the platform shows whole. */
const message = sound
  .transform((text) => cleanText(text).trim())
  .refine((text) => utf8Length(text) <= TEXT_LIMIT, `may have ${TEXT_LIMIT} bytes at most: 682 汉字`);
const word = line(30).refine((text) => plainWords(text) !== "", "must have more than punctuation");
const words = z.array(word).max(20);

const leaves = [
  z.strictObject({ type: z.literal("click"), name: line(60), key: line(128) }),
  z.strictObject({ type: z.literal("view"), name: line(60), url: link }),
] as const;
const button = z.discriminatedUnion("type", [
  ...leaves,
  z.strictObject({
    type: z.literal("menu"),
    name: line(60),
    buttons: z
      .array(z.discriminatedUnion("type", [...leaves]))
      .min(1)
      .max(MENU.leaves),
  }),
]);

const settings = z.strictObject({
  /** What a new follower is told; empty for nothing. */
  greeting: message,
  /** The greeting as the first of up to eight cards, the others the latest edition's. */
  greeting_posts: z.boolean().default(false),
  replies: z
    .array(
      z.strictObject({
        words: words.min(1),
        match: z.enum(["exact", "contains"]).default("exact"),
        text: message.refine((text) => text !== "", "must not be empty"),
      }),
    )
    .max(200),
  /** `text` empty: the platform's 客服 gets the message. */
  human: z.strictObject({ words, text: message }),
  /** What is said when nothing fits; empty for nothing. */
  fallback: message,
  menu: z.array(button).max(MENU.buttons),
});

/** Threat: the settings of something else. Throws 404, 409 for a channel of another kind. */
export async function requireAccount(c: Ctx): Promise<Channel> {
  const channel = await requireChannel(c.get("deps"), c.req.param("id") ?? "");
  if (channel.kind !== "wechat") throw conflict("Only a channel of kind “wechat” is an account that answers readers.");
  return channel;
}

function show(c: Ctx, { settings, rev, pushedAt, pushError }: StoredSettings): Response {
  c.header("etag", `"${rev}"`);
  const { greeting, greeting_posts, replies, human, fallback, menu } = settings;
  const menu_state = { pushed_at: isoOrNull(pushedAt), error: pushError };
  return c.json({ rev, greeting, greeting_posts, replies, human, fallback, menu, menu_state });
}

account.get(
  "/channels/:id/account",
  operation({
    summary: "What an Official Account answers its readers, and its menu",
    tag,
    scope: "channels",
    answer: "The settings, and in `menu_state` whether the platform has this menu.",
  }),
  async (c) => {
    requireScope(c, "channels");
    const { id } = await requireAccount(c);
    return show(c, await readSettings(c.get("deps").db, id));
  },
);

account.put(
  "/channels/:id/account",
  operation({
    summary: "Set what an Official Account answers; a changed menu goes to the platform at once",
    tag,
    scope: "channels",
    body: settings,
    ifMatch: true,
    answer: "The settings as saved; `menu_state.error` says why the platform did not take the menu.",
  }),
  async (c) => {
    const actor = requireScope(c, "channels");
    const rev = ifMatch(c);
    const wanted = await readJson(c, settings);
    const channel = await requireAccount(c);
    return show(c, await saveSettings(c.get("deps"), channel, wanted, rev, actor, c.get("now")));
  },
);
