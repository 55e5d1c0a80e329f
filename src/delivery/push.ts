/** One push: compose, sign, send. What is pure is in the kinds; what touches the world is here. */
import type { AlertItem, Description, Item, Kind, Mail, Outgoing, Reply } from "../channels/kind.ts";
import type { Manuscript } from "../channels/manuscript.ts";
import type { WechatCall } from "../channels/wechat/call.ts";
import { coverOf, parseMarkdown, renderFeed, type ThemeSettings } from "../formats/index.ts";
import type { FeedItem } from "../formats/feeds/index.ts";
import { absolute } from "../platform/address.ts";
import { iso } from "../platform/time.ts";
import type { Alert } from "../alerts/store.ts";
import { feedItemOf } from "../wire/feed-item.ts";
import type { Entry } from "../wire/entry-store.ts";
import type { Followed } from "./owed.ts";
import { openSigners, type Signing } from "./secrets.ts";
import type { DeliveryDeps } from "./deps.ts";
import { addressed } from "./leave.ts";
import { sendHttp } from "./send.ts";
import { signatureHeaders } from "./signing.ts";
import { insertInbox } from "./ledger-store.ts";
import { rebased } from "./bases.ts";
import { judgeTarget } from "./target.ts";
import { vapid } from "./vapid.ts";

/** The id of a delivery, constant over retries: where the channel's cursor stood when it was begun. */
export const deliveryId = (channelUid: string, from: number): string => `${channelUid}_${from}`;

/** Composes each payload once a run, however many channels get it, and renders each text once. */
export class Composer {
  readonly #siteUrl: string;
  readonly #texts = new Map<number, { markdown: string; html: string }>();
  readonly #feedItems = new Map<number, FeedItem>();
  readonly #payloads = new Map<string, unknown>();

  constructor(siteUrl: string) {
    this.#siteUrl = siteUrl;
  }

  /** The payload of a kind for these entries and a config's variant. */
  payload(kind: Kind, config: unknown, entries: readonly Followed[]): unknown {
    const key = `${kind.name}|${kind.variant(config)}|${entries.map((entry) => entry.seq).join()}`;
    if (!this.#payloads.has(key)) this.#payloads.set(key, this.#compose(kind, config, entries));
    return this.#payloads.get(key);
  }

  /** A push is of one log: posts and alerts never travel together. */
  #compose(kind: Kind, config: unknown, entries: readonly Followed[]): unknown {
    const alerts = entries.flatMap(({ content }) => (content.log === "alert" ? alertItem(content.alert) : []));
    if (alerts.length > 0) return kind.composeAlerts(alerts, config);
    return kind.compose(this.items(entries), config);
  }

  /** The posts among these entries, as kinds compose them. */
  items(entries: readonly Followed[]): Item[] {
    return entries.flatMap(({ content }) => (content.log === "news" ? this.#item(content.entry) : []));
  }

  #item(entry: Entry): Item {
    const { seq, kind, note, uid, title, digest, column, unit, publication } = entry;
    return {
      seq,
      kind,
      at: iso(entry.at, entry.timeZone),
      note,
      post: {
        id: uid,
        title,
        digest,
        url: `${this.#siteUrl}/posts/${uid}`,
        column,
        unit,
        publication,
        // A recall takes the pictures back.
        ...(!entry.recalled && { cover: absolute(coverOf(entry, entry.pictures).wide, this.#siteUrl) }),
      },
      publicationName: entry.publicationName,
      text: () => this.#text(entry),
      feed: () => this.#feedItem(entry),
      manuscript: () => manuscriptOf(entry),
    };
  }

  #feedItem(entry: Entry): FeedItem {
    let item = this.#feedItems.get(entry.seq);
    if (!item) {
      const { markdown, meta } = entry;
      if (markdown === null || meta === null) throw new Error(`Entry ${entry.seq} was read without its text.`);
      item = feedItemOf({ ...entry, markdown, meta }, this.#siteUrl);
      this.#feedItems.set(entry.seq, item);
    }
    return item;
  }

  #text(entry: Entry): { markdown: string; html: string } {
    let text = this.#texts.get(entry.seq);
    if (!text) {
      const markdown = entry.markdown ?? "";
      text = { markdown, html: renderFeed(parseMarkdown(markdown), this.#siteUrl) };
      this.#texts.set(entry.seq, text);
    }
    return text;
  }
}

function manuscriptOf(entry: Entry): Manuscript {
  const { markdown, meta, theme, columnName: column, unitName: unit } = entry;
  if (markdown === null || meta === null || theme === null)
    throw new Error(`Entry ${entry.seq} was read without its text.`);
  const { credits = [] } = JSON.parse(meta) as Partial<Pick<Manuscript, "credits">>;
  const cover = coverOf(entry, entry.pictures);
  return { markdown, credits, cover, column, unit, theme: JSON.parse(theme) as ThemeSettings };
}

const alertItem = ({ at, ...alert }: Alert): AlertItem => ({ ...alert, at: iso(at) });

/** One channel's fault must not stop its shard: the key may be back by the next try. */
const NO_KEY: Reply = { type: "refused", why: "not sent: the office's own key cannot be opened" };

const NO_SECRET: Reply = { type: "refused", why: "not sent: the channel's signing secret cannot be opened; rotate it" };

/** Sends a composed payload to one channel under the delivery's id. Never throws for the endpoint's sake. */
export async function push(
  deps: DeliveryDeps,
  channel: { id: number; uid: string; kind: Kind; config: unknown } & Signing,
  id: string,
  payload: unknown,
  now: number,
): Promise<Reply> {
  const { kind, config } = channel;
  return call(deps, channel, id, await kind.request(payload, config, { id, now, wall: deps.wall() }), now);
}

/** Makes one call for a channel under the delivery's id: asks the guard, signs, sends. Never throws for the endpoint's sake. */
export async function call(
  deps: DeliveryDeps,
  channel: { id: number; uid: string; kind: Description; config: unknown } & Signing,
  id: string,
  outgoing: Outgoing,
  now: number,
): Promise<Reply> {
  const { kind } = channel;
  if (outgoing.transport === "inbox") return keep(deps, outgoing, channel.uid, id, now);
  if (outgoing.transport === "mail") return post(deps, outgoing, channel.uid, id);
  if (outgoing.transport === "wechat") {
    const account = { id: channel.id, uid: channel.uid, config: channel.config as Record<string, unknown> };
    return deps.wechat(account, JSON.parse(textOf(outgoing)) as WechatCall);
  }
  const headers = { ...outgoing.headers };
  // A push service reads its own address in the signature, whatever relay stands before it.
  if (outgoing.sign === "vapid") {
    const key = await deps.officeKey("push").catch(() => null);
    if (key === null) return NO_KEY;
    headers["authorization"] = await vapid(key, outgoing.url, deps.siteUrl, deps.wall());
  }
  const base = deps.apiBases[kind.name];
  if (base === undefined) {
    const rules = { own: [new URL(deps.siteUrl).hostname], allowPrivate: deps.allowPrivate, hosts: kind.hosts };
    const target = await judgeTarget(outgoing.url, rules, deps.resolve);
    if (target.type !== "allowed") return { type: "refused", why: `not sent: the address ${target.why}` };
  }
  const url = base === undefined ? outgoing.url : rebased(outgoing.url, base);
  if (outgoing.sign === "standard-webhooks") {
    const at = deps.wall();
    const secrets = await openSigners(channel, at, deps.keys).catch(() => null);
    if (secrets === null) return NO_SECRET;
    Object.assign(headers, await signatureHeaders(secrets, { id, at, body: textOf(outgoing) }));
  }
  return sendHttp(deps.fetch, { ...outgoing, url, headers }, kind.limits.deadline);
}

const textOf = ({ body }: Outgoing): string => (typeof body === "string" ? body : new TextDecoder().decode(body));

/** A letter goes through the office's mail provider, with the receiver's own link to leave. */
async function post(deps: DeliveryDeps, outgoing: Outgoing, channel: string, id: string): Promise<Reply> {
  if (deps.mail === null) return { type: "refused", why: "not sent: no mail provider is set (KANFA_MAIL_FROM)" };
  const letter = await addressed(deps.officeKey, JSON.parse(textOf(outgoing)) as Mail, channel).catch(() => null);
  return letter === null ? NO_KEY : deps.mail(letter, id);
}

/** The demo inbox is a table of ours. */
async function keep(
  deps: DeliveryDeps,
  outgoing: Outgoing,
  channel: string,
  delivery: string,
  now: number,
): Promise<Reply> {
  await insertInbox(deps.db, { delivery, channel, body: textOf(outgoing) }, now).run();
  return { type: "response", status: 200, headers: {}, body: "" };
}
