/**
 * Channels, a wire and a queue on the real statements and consumer, with everything outside under control: time is a
 * number, endpoints are functions, and any effect can fail or be the Worker's last.
 */
import type { AnyKind, Books } from "../../../../src/channels/kind.ts";
import { insertChannel, setChannelStatus } from "../../../../src/delivery/channel-store.ts";
import { consume } from "../../../../src/delivery/consumer.ts";
import type { DeliveryDeps } from "../../../../src/delivery/deps.ts";
import type { Filter } from "../../../../src/delivery/filter.ts";
import { credentialOf, hostOf } from "../../../../src/delivery/identity.ts";
import { sealConfig } from "../../../../src/delivery/secrets.ts";
import { wakeShard, wakeShards } from "../../../../src/delivery/store.ts";
import { sweep } from "../../../../src/delivery/sweep.ts";
import type { QueueMessage } from "../../../../src/env.ts";
import { Sqlite } from "./sqlite.ts";

/** Thrown by a Worker that was killed: nothing after it happens. */
class Crash extends Error {
  override readonly name = "Crash";
}

/** What goes wrong at the `at`th effect from here: the Worker dies or the call fails, before or after it took place. */
export interface Fault {
  at: number;
  what: "crash" | "error";
  side: "before" | "after";
}

export interface Received {
  uid: string;
  id: string;
  url: string;
  method: string;
  body: string;
  at: number;
}

const KEYS = { current: "a secret for tests only" };
const TABLES = [
  "wechat_sheet_posts",
  "wechat_sheets",
  "wechat_takedowns",
  "wechat_health",
  "wechat_told",
  "wechat_articles",
  "wechat_mass_sends",
  "wechat_finishes",
  "wechat_seen",
  "wechat_uploads",
  "wechat_tokens",
  "attempts",
  "deliveries",
  "channels",
  "shards",
  "credentials",
  "hosts",
  "wire",
  "posts",
  "alerts",
  "audit",
];

// One database for all offices of a file: making it costs more than a history.
let shared: Sqlite | undefined;

export class Office {
  readonly sqlite: Sqlite;
  /** Wall clock and business time, ms. */
  now: number;
  queue: { body: QueueMessage; due: number }[] = [];
  received: Received[] = [];
  endpoint: (request: Received) => Response | Promise<Response> = () => new Response("", { status: 200 });
  /** Called before a request is answered, whatever becomes of it. */
  onReceive: (request: Received) => void = () => {};
  effects: string[] = [];
  /** By kind. */
  readonly books: Record<string, Books> = {};
  readonly kinds: ReadonlyMap<string, AnyKind>;
  readonly deps: DeliveryDeps;
  #fault: Fault | null = null;
  #dead = false;

  constructor(kinds: readonly AnyKind[], now: number) {
    shared ??= new Sqlite();
    this.sqlite = shared;
    this.now = now;
    this.kinds = new Map(kinds.map((kind) => [kind.name, kind]));
    for (const table of TABLES) this.sqlite.query(`DELETE FROM ${table}`);
    for (const row of FIXED) this.sqlite.query(row);
    this.deps = {
      db: this.sqlite.d1((name, work) => this.effect(name, work)),
      queue: {
        send: (body: QueueMessage, options?: QueueSendOptions) =>
          this.effect("queue.send", async () => this.#enqueue(body, options?.delaySeconds)),
        sendBatch: (messages: Iterable<{ body: QueueMessage }>) =>
          this.effect("queue.sendBatch", async () => {
            for (const { body } of messages) this.#enqueue(body);
          }),
      } as unknown as DeliveryDeps["queue"],
      fetch: (url, init) => this.effect("fetch", () => this.#answer(url, init)),
      wall: () => this.now,
      keys: KEYS,
      kindOf: (name) => this.kinds.get(name),
      siteUrl: "https://kanfa.test",
      allowPrivate: false,
      resolve: async () => ["93.184.216.34"],
      apiBases: {},
      mail: null,
      wechat: async () => Promise.reject(new Error("no kind of these histories calls WeChat")),
      runAccount: async () => {},
      books: this.books,
      officeKey: async () => Promise.reject(new Error("no kind of these histories needs one")),
    };
  }

  /** From now on: this goes wrong, once. */
  spoil(fault: Fault | null): void {
    this.#fault = fault;
    this.#dead = false;
    this.effects = [];
  }

  /** Something that the Worker does to the outside: it may go wrong as {@link spoil} says. */
  async effect<T>(name: string, work: () => Promise<T>): Promise<T> {
    if (this.#dead) throw new Crash(name);
    const n = this.effects.push(name) - 1;
    const fault = n === this.#fault?.at ? this.#fault : null;
    if (fault?.side === "before") this.#fail(fault);
    const result = await work();
    if (fault) this.#fail(fault);
    if (this.#dead) throw new Crash(name);
    return result;
  }

  #fail({ what }: Fault): never {
    if (what === "error") throw new Error("Network connection lost.");
    this.#dead = true;
    throw new Crash();
  }

  async #answer(url: string, init: RequestInit): Promise<Response> {
    const id = new Headers(init.headers).get("id") ?? "";
    const request = {
      uid: id.replace(/_\d+$/, ""),
      id,
      url,
      method: init.method ?? "POST",
      body: String(init.body ?? ""),
      at: this.now,
    };
    this.onReceive(request);
    this.received.push(request);
    return this.endpoint(request);
  }

  #enqueue(body: QueueMessage, delaySeconds = 0): void {
    this.queue.push({ body, due: this.now + delaySeconds * 1000 });
  }

  /** A new channel at the head of the wire, at `https://<host>/<uid>`. */
  async channel(
    uid: string,
    kind: string,
    more: {
      filter?: Filter;
      expiresAfter?: number;
      host?: string;
      token?: string;
      config?: Record<string, unknown>;
    } = {},
  ): Promise<void> {
    const { filter = {}, expiresAfter = 72 * 3_600_000, host = `${uid}.example.com`, token = "" } = more;
    const config = more.config ?? { url: `https://${host}/${uid}`, token };
    const made = this.kinds.get(kind)!;
    await this.deps.db.batch(
      insertChannel(
        this.deps.db,
        {
          uid,
          purpose: "news",
          origin: "office",
          kind,
          name: uid,
          config: await sealConfig(made, uid, config, KEYS),
          secret: null,
          filter,
          expiresAfter,
          host: hostOf(made, config),
          credential: await credentialOf(made, config, KEYS),
          endsAt: null,
        },
        this.now,
      ),
    );
  }

  /** Appends to the wire, as a release, a correction or a recall does, and wakes the shards. Gives the seq. */
  append(kind: "published" | "corrected" | "recalled", post?: number, column = 1): number {
    const seq = this.value<number>("SELECT coalesce(max(seq), 0) + 1 FROM wire");
    if (kind === "published")
      this.sqlite.query(
        `INSERT INTO posts (id, uid, article_id, publication_id, column_id, edition_id, position, hash, kind, title, digest, released_at)
         VALUES (?, ?, 1, 1, ?, 1, 1, 'h', 'original', 't', 'd', ?)`,
        seq,
        `post-${seq}`,
        column,
        this.now,
      );
    if (kind === "recalled") this.sqlite.query("UPDATE posts SET recalled_at = ? WHERE id = ?", this.now, post!);
    this.sqlite.query(
      "INSERT INTO wire (seq, kind, at, post_id) VALUES (?, ?, ?, ?)",
      seq,
      kind,
      this.now,
      post ?? seq,
    );
    this.#now(wakeShards(this.deps.db, this.now));
    return seq;
  }

  /** Pauses or resumes, as a person does. */
  status(uid: string, status: "active" | "paused"): void {
    const { id, shard } = this.rows<{ id: number; shard: number }>(
      "SELECT id, shard FROM channels WHERE uid = ?",
      uid,
    )[0]!;
    this.#now([setChannelStatus(this.deps.db, id, status, this.now), wakeShard(this.deps.db, shard, this.now)]);
  }

  /** Another filter, as a person sets it. */
  filter(uid: string, filter: Filter): void {
    this.sqlite.query(
      "UPDATE channels SET filter = ?2, due_at = min(due_at, ?3) WHERE uid = ?1",
      uid,
      JSON.stringify(filter),
      this.now,
    );
    this.#now([wakeShard(this.deps.db, this.#shardOf(uid), this.now)]);
  }

  #shardOf(uid: string): number {
    return this.value("SELECT shard FROM channels WHERE uid = ?", uid);
  }

  /** Past every effect: what people do is not what is tried here. */
  #now(statements: D1PreparedStatement[]): void {
    for (const { parts } of statements as unknown as { parts: { sql: string; args: (string | number | null)[] } }[])
      this.sqlite.query(parts.sql, ...parts.args);
  }

  /** The tick's part in delivery. */
  async tick(): Promise<void> {
    await sweep(this.deps, this.now);
  }

  /** Hands one message to the consumer; a retried one comes back after its delay. */
  async handle(body: QueueMessage): Promise<void> {
    await consume(this.deps, [
      { id: "m", body, ack: () => {}, retry: (options) => this.#enqueue(body, options?.delaySeconds) },
    ]);
  }

  /** Handles the messages that have arrived, until none has. Gives how many it took. */
  async drain(): Promise<number> {
    for (let runs = 0; runs < 1000; runs++) {
      const next = this.queue.findIndex(({ due }) => due <= this.now);
      if (next < 0) return runs;
      await this.handle(this.queue.splice(next, 1)[0]!.body);
    }
    throw new Error("the queue does not come to rest");
  }

  /** Lets time pass from one due moment to the next until nobody has anything to do. Gives how many moments it took. */
  async settle(moments = 400): Promise<number> {
    for (let i = 0; i < moments; i++) {
      await this.tick();
      await this.drain();
      const due = [
        this.value<number | null>("SELECT min(due_at) FROM shards"),
        ...this.queue.map((message) => message.due),
      ].filter((at) => at !== null);
      if (due.length === 0) return i;
      // The tick comes each minute, and a message that was lost is missed after its grace.
      this.now = Math.max(this.now + 60_000, Math.min(...due));
    }
    throw new Error(
      `still busy after ${moments} moments: ${JSON.stringify(this.rows("SELECT uid, cursor, due_at, tries, status FROM channels"))}`,
    );
  }

  rows<Row>(sql: string, ...args: (string | number | null)[]): Row[] {
    return this.sqlite.query<Row>(sql, ...args);
  }

  value<T>(sql: string, ...args: (string | number | null)[]): T {
    return Object.values(this.rows<Record<string, T>>(sql, ...args)[0]!)[0]!;
  }
}

/** What posts refer to. */
const FIXED = [
  `INSERT OR IGNORE INTO publications (id, slug, name, medium, time_zone, quota, plan_at, release_times, stages, due_at, rev, created_at, updated_at)
   VALUES (1, 'daily', '日报', 'article', 'Asia/Shanghai', 1, '07:00', '[]', '[]', 0, 1, 0, 0)`,
  `INSERT OR IGNORE INTO articles (id, uid, publication_id, author, kind, status, hash, title, digest, important, priority, evergreen, rev,
     created_at, updated_at) VALUES (1, 'a', 1, 't', 'original', 'published', 'h', 't', 'd', 0, 0, 0, 1, 0, 0)`,
  `INSERT OR IGNORE INTO revisions (article_id, hash, title, digest, markdown, meta, media, saved_by, saved_at)
   VALUES (1, 'h', 't', 'd', '正文', '{"credits":[],"cover":null,"source":null}', '[]', 't', 0)`,
  `INSERT OR IGNORE INTO editions (id, publication_id, date, quota, shortfall, provisional, plan_rev, planned_at)
   VALUES (1, 1, '2026-11-23', 1, 0, 0, 1, 0)`,
  `INSERT OR IGNORE INTO columns (id, slug, name, created_at) VALUES (1, 'a', '甲', 0), (2, 'b', '乙', 0)`,
];
