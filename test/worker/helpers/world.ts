/**
 * A small office with everything outside it under control: time is a number, the queue a list, the endpoints functions,
 * and any effect (a D1 call, a queue send, a fetch) can be made to fail before or after it happens.
 */
import { env } from "cloudflare:workers";
import { insertArticle, insertRevision, moveArticle } from "../../../src/articles/store.ts";
import { contentHash } from "../../../src/articles/intake.ts";
import type { Content, Handling } from "../../../src/articles/types.ts";
import { consume } from "../../../src/delivery/consumer.ts";
import { kindOf } from "../../../src/channels/index.ts";
import type { AnyKind, Reply } from "../../../src/channels/kind.ts";
import type { DeliveryDeps } from "../../../src/delivery/deps.ts";
import type { Letter } from "../../../src/delivery/mail.ts";
import { officeKeys } from "../../../src/delivery/office-keys.ts";
import { createChannel } from "../../../src/delivery/subscriptions.ts";
import type { Filter } from "../../../src/delivery/filter.ts";
import type { QueueMessage } from "../../../src/env.ts";
import type { PublicationSettings } from "../../../src/newsroom/publication-store.ts";
import { insertPublication } from "../../../src/newsroom/publication-store.ts";
import { newStamp } from "../../../src/platform/ids.ts";
import { tick } from "../../../src/tick.ts";
import { wechatClient } from "../../../src/wechat/client/client.ts";
import { runAccount } from "../../../src/wechat/takedowns/lane.ts";
import { saved } from "./saved.ts";

/** Monday 23 November 2026, a working day. */
export const DATE = "2026-11-23";
export const at = (time: string, date = DATE): number => Date.parse(`${date}T${time}:00+08:00`);

const KEYS = { current: "a secret for tests only" };

const ACTOR = { name: "test", role: null, scopes: [] };

/** Thrown by a crashed Worker: nothing after it happens. */
export class Crash extends Error {
  override readonly name = "Crash";
}

/** One thing that the Worker did to the world. */
interface Effect {
  name: string;
}

/** Counts effects, and kills the Worker at one of them. */
export class Line {
  readonly effects: Effect[] = [];
  #crashAt: number | null = null;
  #side: "before" | "after" = "before";
  #dead = false;
  queries = 0;
  rowsRead = 0;
  rowsWritten = 0;

  /** From now on: dies at effect number `n` (from 0), before or after it took place. */
  crash(n: number, side: "before" | "after"): void {
    this.effects.length = 0;
    this.#crashAt = n;
    this.#side = side;
    this.#dead = false;
  }

  /** The Worker starts again and nothing else goes wrong. */
  restart(): void {
    this.#crashAt = null;
    this.#dead = false;
  }

  resetCounts(): void {
    this.queries = 0;
    this.rowsRead = 0;
    this.rowsWritten = 0;
    this.effects.length = 0;
  }

  async effect<T>(name: string, work: () => Promise<T>): Promise<T> {
    if (this.#dead) throw new Crash(name);
    const n = this.effects.push({ name }) - 1;
    if (n === this.#crashAt && this.#side === "before") this.#die(name);
    const result = await work();
    if (n === this.#crashAt) this.#die(name);
    if (this.#dead) throw new Crash(name);
    return result;
  }

  #die(name: string): never {
    this.#dead = true;
    throw new Crash(name);
  }

  count(meta: D1Meta & Record<string, unknown>): void {
    this.queries += 1;
    this.rowsRead += meta.rows_read;
    this.rowsWritten += meta.rows_written;
  }
}

const SQL = Symbol("sql");

/** D1 as the Worker sees it, every call an effect on `line`. */
export function watched(db: D1Database, line: Line): D1Database {
  const statement = (inner: D1PreparedStatement, sql: string): D1PreparedStatement =>
    new Proxy(inner, {
      get(target, key) {
        if (key === SQL) return { inner, sql };
        if (key === "bind") return (...args: unknown[]) => statement(target.bind(...args), sql);
        if (key === "all" || key === "run")
          return () =>
            line.effect(sql, async () => {
              const result = await target[key]();
              line.count(result.meta);
              return result;
            });
        if (key === "first" || key === "raw") throw new Error(`the rooms use all() and run(), not ${key}()`);
        return Reflect.get(target, key) as unknown;
      },
    });
  return new Proxy(db, {
    get(target, key) {
      if (key === "prepare")
        return (sql: string) =>
          statement(target.prepare(sql), sql.slice(0, 200).trim().replaceAll(/\s+/g, " ").slice(0, 60));
      if (key === "batch")
        return (statements: D1PreparedStatement[]) => {
          const parts = statements.map(
            (s) => (s as unknown as { [SQL]: { inner: D1PreparedStatement; sql: string } })[SQL],
          );
          return line.effect(`batch: ${parts[0]!.sql}`, async () => {
            const results = await target.batch(parts.map((part) => part.inner));
            for (const result of results) line.count(result.meta);
            return results;
          });
        };
      throw new Error(`not used: ${String(key)}`);
    },
  });
}

/** A request that an endpoint received. */
export interface Received {
  url: string;
  id: string;
  headers: Headers;
  body: string;
  /** The body as it was sent, where that was bytes. */
  bytes: Uint8Array<ArrayBuffer> | null;
}

type Endpoint = (request: Received) => Response | Promise<Response>;

const TABLES = [
  "wechat_takedowns",
  "wechat_sheet_posts",
  "wechat_sheets",
  "wechat_articles",
  "wechat_finishes",
  "attempts",
  "resends",
  "deliveries",
  "channels",
  "shards",
  "credentials",
  "hosts",
  "inbox",
  "hub_requests",
  "confirmations",
  "alerts",
  "warnings",
  "arrivals",
  "post_media",
  "wire",
  "handovers",
  "posts",
  "picks",
  "drops",
  "unit_months",
  "slots",
  "editions",
  "reviews",
  "revisions",
  "articles",
  "tokens",
  "people",
  "terms",
  "columns",
  "units",
  "publications",
  "calendar_days",
  "calendar_years",
  "audit",
  "requests",
];

export class World {
  readonly line = new Line();
  readonly db = env.DB;
  /** Messages waiting in the queue, with the wall time at which each arrives. */
  queue: { body: QueueMessage; due: number }[] = [];
  received: Received[] = [];
  /** Letters that the mail provider was handed. */
  letters: (Letter & { id: string })[] = [];
  /** Wall clock, ms. */
  wall = at("06:00");
  endpoint: Endpoint = () => new Response("ok");
  /** Kinds beside the built-in ones, by name. */
  kinds = new Map<string, AnyKind>();
  mailbox: (letter: Letter) => Reply = () => ({ type: "response", status: 200, headers: {}, body: "" });
  /** Lose what is sent to the queue. */
  losesMessages = false;

  readonly deps: DeliveryDeps = {
    db: watched(env.DB, this.line),
    queue: {
      send: (body, options) =>
        this.line.effect("queue.send", async () => this.#enqueue([{ body, delay: options?.delaySeconds ?? 0 }])),
      sendBatch: (messages) =>
        this.line.effect("queue.sendBatch", async () =>
          this.#enqueue([...messages].map(({ body }) => ({ body, delay: 0 }))),
        ),
    } as DeliveryDeps["queue"],
    fetch: (url, init) =>
      this.line.effect("fetch", async () => {
        const headers = new Headers(init.headers);
        const bytes = init.body instanceof Uint8Array ? (init.body as Uint8Array<ArrayBuffer>) : null;
        const body = bytes ? new TextDecoder().decode(bytes) : String(init.body);
        const request = { url, id: headers.get("webhook-id") ?? "", headers, body, bytes };
        this.received.push(request);
        return this.endpoint(request);
      }),
    wall: () => this.wall,
    kindOf: (name) => this.kinds.get(name) ?? kindOf(name),
    keys: KEYS,
    siteUrl: "https://kanfa.test",
    allowPrivate: false,
    resolve: async () => ["93.184.216.34"],
    apiBases: {},
    wechat: (account, call) => {
      const loadPicture = async () => ({ type: "missing", why: "no picture in this world" }) as const;
      return wechatClient({ ...this.deps, loadPicture })(account, call);
    },
    books: {},
    runAccount: (message, now) => runAccount(this.deps, message, now),
    officeKey: officeKeys(watched(env.DB, this.line), KEYS, () => this.wall),
    mail: (letter, id) =>
      this.line.effect("mail", async () => {
        this.letters.push({ ...letter, id });
        return this.mailbox(letter);
      }),
  };

  async #enqueue(messages: { body: QueueMessage; delay: number }[]): Promise<never> {
    if (!this.losesMessages)
      for (const { body, delay } of messages) this.queue.push({ body, due: this.wall + delay * 1000 });
    return undefined as never;
  }

  /** An empty office. */
  async wipe(): Promise<void> {
    await this.db.batch([
      ...TABLES.map((table) => this.db.prepare(`DELETE FROM ${table}`)),
      this.db.prepare(
        `UPDATE office SET rev = 1, last_tick_at = NULL, last_tick_wall = NULL, latest_tick_at = NULL, chores_at = 0, calendar_warned_on = NULL`,
      ),
    ]);
    this.endpoint = () => new Response("ok");
    this.mailbox = () => ({ type: "response", status: 200, headers: {}, body: "" });
    this.#begin();
  }

  /** Remembers the office as it is; the answer brings it back, early in the morning and with nothing under way. */
  async save(): Promise<() => Promise<void>> {
    const restore = await saved(this.db);
    return async () => {
      await restore();
      this.#begin();
    };
  }

  #begin(): void {
    this.queue = [];
    this.received = [];
    this.letters = [];
    this.wall = at("06:00");
    this.losesMessages = false;
    this.line.restart();
    this.line.resetCounts();
  }

  async publication(settings: Partial<PublicationSettings> = {}): Promise<number> {
    const p: PublicationSettings = {
      slug: "daily",
      name: "化德党建",
      medium: "article",
      timeZone: "Asia/Shanghai",
      quota: 15,
      planAt: "07:00",
      releaseTimes: ["30 8 * * *", "0 15 * * *"],
      stages: [],
      ...settings,
    };
    await insertPublication(this.db, p, 0).run();
    const found = await this.db
      .prepare(`SELECT id FROM publications WHERE slug = ?`)
      .bind(p.slug)
      .first<{ id: number }>();
    return found!.id;
  }

  /** A queued article; gives its public id. */
  async article(publicationId: number, n: number, handling: Partial<Handling> = {}): Promise<string> {
    const uid = `article-${publicationId}-${n}`;
    const content: Content = {
      kind: "original",
      title: `稿件 ${n}`,
      digest: `摘要 ${n}`,
      markdown: `第 ${n} 篇的**正文。**`,
      credits: [],
      cover: null,
      source: null,
    };
    const whole: Handling = {
      important: false,
      priority: 0,
      eventAt: null,
      embargoUntil: null,
      expiresAt: null,
      mustRunOn: null,
      evergreen: false,
      ...handling,
    };
    const hash = await contentHash(content);
    const stamp = newStamp();
    const place = { publicationId, columnId: null, unitId: null };
    await this.db.batch([
      insertArticle(this.db, { uid, hash, author: "test", content, handling: whole, place, stamp }, 0),
      insertRevision(this.db, uid, { hash, content, media: [], savedBy: "test", stamp }, 0),
    ]);
    const { id } = (await this.db.prepare(`SELECT id FROM articles WHERE uid = ?`).bind(uid).first<{ id: number }>())!;
    await moveArticle(
      this.db,
      { id, rev: 1, stamp: newStamp() },
      { status: "queued", stage: 0, queueKey: n },
      whole,
      0,
    ).run();
    return uid;
  }

  async articles(publicationId: number, count: number, from = 1): Promise<void> {
    for (let n = from; n < from + count; n++) await this.article(publicationId, n);
  }

  /** A webhook channel; gives its public id. */
  async webhook(n: number, filter: Filter = {}, payload: "thin" | "full" = "thin"): Promise<string> {
    const uid = `channel-${n}`;
    await createChannel(
      { ...this.deps, db: this.db },
      {
        uid,
        kind: "webhook",
        name: uid,
        config: { url: `https://hook-${n}.example.com/in`, payload },
        filter,
        expiresAfter: 72 * 3_600_000,
      },
      ACTOR,
      0,
    );
    return uid;
  }

  /** A channel of purpose `alert`, a webhook at `alerts-<n>`; gives its public id. */
  async alertChannel(n: number): Promise<string> {
    const uid = `alerts-${n}`;
    await createChannel(
      { ...this.deps, db: this.db },
      {
        uid,
        purpose: "alert",
        kind: "webhook",
        name: uid,
        config: { url: `https://alerts-${n}.example.com/in` },
        filter: {},
        expiresAfter: 72 * 3_600_000,
      },
      ACTOR,
      0,
    );
    return uid;
  }

  /** One tick. The wall clock is wherever the test put it. */
  tick(business: number): Promise<void> {
    return tick(this.deps, business);
  }

  /** Handles the messages that have arrived, until none has: the queue at its best. */
  async drain(limit = 500): Promise<void> {
    for (let i = 0; i < limit; i++) {
      const next = this.queue.findIndex((message) => message.due <= this.wall);
      if (next < 0) return;
      const [message] = this.queue.splice(next, 1);
      await this.handle(message!.body);
    }
    throw new Error(`the queue is not empty after ${limit} messages`);
  }

  /** Hands one message to the consumer; a retried one comes back after its delay. */
  async handle(body: QueueMessage): Promise<void> {
    let back: number | null = null;
    await consume(this.deps, [
      { id: "m", body, ack: () => {}, retry: (options) => void (back = (options?.delaySeconds ?? 0) * 1000) },
    ]);
    if (back !== null) this.queue.push({ body, due: this.wall + back });
  }

  /** Ticks and drains until nobody is behind, as the minutes pass. */
  async recover(business: number, minutes = 30): Promise<void> {
    this.line.restart();
    for (let i = 0; i < minutes; i++) {
      this.wall += 60_000;
      await this.tick(business + i * 60_000);
      await this.drain();
    }
  }

  async all<Row>(sql: string, ...args: unknown[]): Promise<Row[]> {
    return (
      await this.db
        .prepare(sql)
        .bind(...args)
        .all<Row>()
    ).results;
  }

  async one<T>(sql: string, ...args: unknown[]): Promise<T> {
    return Object.values((await this.all<Record<string, T>>(sql, ...args))[0]!)[0]!;
  }
}
