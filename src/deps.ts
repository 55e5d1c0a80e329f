/** The composition root: rooms get what they need from here, and only the Worker's entry points call it. */
import type { Content } from "./articles/types.ts";
import { mediaHash } from "./articles/media.ts";
import { videoHash } from "./articles/video.ts";
import { readApiBases } from "./delivery/bases.ts";
import { bindingMailer, type Mailer, RESEND_BASE, resendMailer } from "./delivery/mail.ts";
import { officeKeys } from "./delivery/office-keys.ts";
import { dnsOverHttps, DOH_BASE, type Resolve } from "./delivery/resolve.ts";
import type { Fetch } from "./delivery/send.ts";
import { wakeShards } from "./delivery/store.ts";
import { joined, unpick } from "./editions/plan-store.ts";
import { kindOf } from "./channels/index.ts";
import type { Env } from "./env.ts";
import { imageSources, parseMarkdown } from "./formats/index.ts";
import { correctHandovers, recallHandovers } from "./handover/store.ts";
import type { Deps } from "./web/context.ts";
import { writeAddresses } from "./wechat/books/article-store.ts";
import { accountBooks } from "./wechat/books/books.ts";
import { wechatClient } from "./wechat/client/client.ts";
import { runAccount } from "./wechat/takedowns/lane.ts";
import { pictureLoader } from "./wechat/pictures/pictures.ts";
import { lookAtSheets } from "./wechat/sheets/sheet-looks.ts";
import { recallAtAccounts } from "./wechat/takedowns/takedown-store.ts";

const outward: Fetch = (url, init) => fetch(url, init);
const wall = () => Date.now();

// One for the isolate, so that it remembers between messages what it looked up.
let resolver: { base: string; resolve: Resolve } | null = null;
function resolverAt(base: string): Resolve {
  if (resolver?.base !== base) resolver = { base, resolve: dnsOverHttps(outward, wall, base) };
  return resolver.resolve;
}

/** Everything that the Worker's handlers use, from its bindings. Throws without KANFA_SECRET: no key, no secrets. */
export function depsOf(env: Env): Deps {
  const siteUrl = env.KANFA_URL.replace(/\/+$/, "");
  if (!env.KANFA_SECRET)
    throw new Error("KANFA_SECRET is not set: run `wrangler secret put KANFA_SECRET` with 32 random bytes or more.");
  const db = env.DB;
  const apiBases = readApiBases(env.KANFA_API_BASES);
  const keys = { current: env.KANFA_SECRET, previous: env.KANFA_SECRET_PREVIOUS };
  const outside = {
    siteUrl,
    fetch: outward,
    allowPrivate: env.KANFA_ALLOW_PRIVATE_TARGETS === "1",
    resolve: resolverAt(apiBases["doh"] ?? DOH_BASE),
  };
  const loadPicture = pictureLoader({ ...outside, media: env.MEDIA, assets: env.ASSETS });
  const deps: Deps = {
    db,
    queue: env.QUEUE,
    ...outside,
    wall,
    keys,
    kindOf,
    officeKey: officeKeys(db, keys, wall),
    mail: mailerOf(env, apiBases["email"]),
    apiBases,
    wechat: wechatClient({ db, fetch: outward, wall, keys, apiBases, loadPicture }),
    books: { wechat: accountBooks({ db, wall }) },
    runAccount: (message, now) => runAccount(deps, message, now),
    wechatFinished: (database, channelId, finish, guard, now) => [
      ...lookAtSheets(database, channelId, finish, guard, now),
      ...writeAddresses(database, channelId, finish, guard),
    ],
    media: env.MEDIA,
    desk: {
      db,
      planner: { unpick, joined },
      mediaOf,
      wake: (now) => wakeShards(db, now),
      handovers: { corrected: correctHandovers, recalled: recallHandovers },
      accounts: { recalled: recallAtAccounts },
    },
    adminToken: env.KANFA_ADMIN_TOKEN || undefined,
    denials: env.DENIALS,
    subscriptions: env.SUBSCRIPTIONS,
    hub: env.HUB,
    readers: env.READERS,
  };
  return deps;
}

/** Resend if there is a key for it, else the binding, if there is one. */
function mailerOf(env: Env, base = RESEND_BASE): Mailer | null {
  const from = env.KANFA_MAIL_FROM;
  if (!from) return null;
  if (env.KANFA_RESEND_KEY) return resendMailer(outward, { key: env.KANFA_RESEND_KEY, from, base });
  return env.EMAIL ? bindingMailer(env.EMAIL, from) : null;
}

/** The pictures of ours that a text and its cover show, and the video of ours, by hash. */
function mediaOf(content: Content): string[] {
  const sources = [...imageSources(parseMarkdown(content.markdown)), ...(content.cover ? [content.cover] : [])];
  const video = content.file ? videoHash(content.file) : null;
  return [...new Set([...sources.flatMap((src) => mediaHash(src) ?? []), ...(video ? [video] : [])])];
}
