/** What the simulated platform keeps, and the one way in which it refuses. Only what Node and workerd both have. */
import { MESSAGES } from "./codes.ts";
import type { Faults } from "./faults.ts";

/** A certified 公众号, a 服务号, or a 公众号 that is not certified (which publishes and sends nothing by API). */
export type AccountType = "certified" | "service" | "uncertified";

export interface Limit {
  day: number;
  minute: number;
}

/** An account as a test sets it up. */
export interface Setup {
  app_id: string;
  secret: string;
  type: AccountType;
  /** Addresses that may ask for tokens; null: the whitelist is off. */
  whitelist: readonly string[] | null;
  /** Whether the whitelist is looked at in every call: the platform's pages contradict one another. */
  whitelist_for: "tokens" | "all";
  /** 服务器配置. */
  callback: { url: string; token: string; aes_key: string | null } | null;
  /** Mass sends to all followers. */
  mass: { day: number; month: number };
  /** Calls of a path, where they differ from `LIMITS`. */
  limits: Readonly<Record<string, Limit>>;
  /** Whether the account has the right to comments. */
  comments: boolean;
  /** API 群发保护: a send to all waits for the administrator. */
  protected: boolean;
  /** The code with which every token call is refused: 40243, 50004, 50007, 89503, 89506, 89507 … */
  token_trouble: number | null;
  followers: number;
  /** Who came and who left on a date of Beijing's, for the data cube. */
  numbers: Readonly<Record<string, { new_user: number; cancel_user: number }>>;
  /** Images that the library holds at most. */
  library: number;
  /** How long publishing and sending take, ms. */
  delay: number;
}

export interface Article {
  article_type: "news" | "newspic";
  title: string;
  author: string;
  digest: string;
  content: string;
  content_source_url: string;
  thumb_media_id: string;
  need_open_comment: number;
  only_fans_can_comment: number;
  [other: string]: unknown;
}

export interface Draft {
  media_id: string;
  articles: Article[];
  create_time: number;
  update_time: number;
}

interface Material {
  media_id: string;
  type: "image" | "thumb";
  name: string;
  url: string;
  hash: string;
  update_time: number;
}

/** An article as everybody can read it. */
export interface Page {
  id: string;
  app_id: string;
  kind: "mass" | "publish";
  /** Whether the account's own list shows it: only what was sent to all. */
  listed: boolean;
  article: Article;
  /** ms. */
  at: number;
  gone: "deleted" | "banned" | null;
  reads: number;
}

/** `freepublish/get`'s publish_status: 0 done, 1 running, 2 originality, 3 failed, 4 review, 5 all deleted, 6 all banned. */
export interface Publication {
  publish_id: string;
  msg_data_id: number;
  media_id: string;
  article_id: string;
  status: number;
  fail_idx: readonly number[];
  pages: Page[];
  update_time: number;
}

export interface MassSend {
  msg_id: number;
  msg_data_id: number;
  clientmsgid: string | null;
  media_id: string;
  to_all: boolean;
  by: "api" | "hand";
  status: "WAITING" | "SENDING" | "SEND_SUCCESS" | "SEND_FAIL" | "DELETE";
  pages: Page[];
  /** ms, of the call. */
  at: number;
  /** Goes on, when the administrator has confirmed; null if nobody is waited for. */
  confirmed: ((yes: boolean) => void) | null;
}

interface Token {
  app_id: string;
  kind: "stable" | "plain";
  expires: number;
  /** When it was superseded; it is valid until then. */
  until: number;
}

export interface Account extends Setup {
  stable: string | null;
  plain: string | null;
  /** Times of the forced refreshes. */
  forced: number[];
  drafts: Map<string, Draft>;
  materials: Map<string, Material>;
  publications: Publication[];
  sends: MassSend[];
  menu: object | null;
  /** When each follower who wrote did so last, and how many answers he got since. */
  talks: Map<string, { at: number; answers: number }>;
  /** Calls by `path day` and `path minute`. */
  calls: Map<string, number>;
  /** Times at which quotas were cleared. */
  cleared: { all: number[]; one: number[] };
}

/** A call that was made, and what it changed. */
export interface Entry {
  at: number;
  app_id: string;
  path: string;
  /** The body's first characters, or the picture's hash. */
  summary: string;
  errcode: number;
  effects: Effect[];
}
export interface Effect {
  kind: "token" | "upload" | "draft" | "publish" | "mass" | "delete" | "preview" | "message";
  /** Which: media_id, publish_id, msg_id, the content hash of an upload. */
  of: string;
}

/** An event or message on its way to the account's callback. */
export interface Outgoing {
  app_id: string;
  event: string;
  fields: string;
  due: number;
  last: boolean;
}

export interface World {
  readonly now: () => number;
  readonly accounts: Map<string, Account>;
  readonly tokens: Map<string, Token>;
  readonly images: Map<string, { bytes: Uint8Array<ArrayBuffer>; type: string }>;
  readonly pages: Page[];
  readonly timers: { at: number; act: (at: number) => void }[];
  readonly outbox: Outgoing[];
  readonly log: Entry[];
  readonly rids: Map<string, { app_id: string; at: number; request: object }>;
  readonly faults: Faults;
  count: number;
}

/** One call, as a handler gets it. The handler is synchronous: a call happens as a whole, or not at all. */
export interface Call {
  world: World;
  account: Account;
  now: number;
  query: URLSearchParams;
  body: Record<string, unknown>;
  file: Upload | null;
  effect: (kind: Effect["kind"], of: string) => void;
}

export interface Upload {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
  hash: string;
}

type Handler = (call: Call) => object;
/** Path → what it does, and the method that it takes. */
export type Handlers = Readonly<Record<string, { method: "GET" | "POST"; handle: Handler }>>;

export const post = (handle: Handler): Handlers[string] => ({ method: "POST", handle });
export const get = (handle: Handler): Handlers[string] => ({ method: "GET", handle });

/** The platform refuses: it answers with the code, in HTTP 200. */
export class Refusal extends Error {
  readonly errcode: number;
  /** Further members of the answer. */
  readonly extra: object;

  constructor(errcode: number, message = MESSAGES[errcode] ?? "unknown error", extra: object = {}) {
    super(message);
    this.errcode = errcode;
    this.extra = extra;
  }
}

/** The next id of the world's: a number that goes up. */
export const nextId = (world: World): number => ++world.count;

/** An id as the platform's look: letters that say nothing, `length` of them, never the same. */
export function letters(world: World, length: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  let seed = (nextId(world) * 2_654_435_761) >>> 0;
  let text = world.count.toString(36);
  while (text.length < length) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    text = alphabet[seed >>> 26]! + text;
  }
  return text;
}

export const OK = { errcode: 0, errmsg: "ok" };

/** `act` at `at`, by the simulator's clock. */
export const later = (world: World, at: number, act: (at: number) => void): void => void world.timers.push({ at, act });

/** Whole seconds, as the platform tells times. */
export const seconds = (ms: number): number => Math.floor(ms / 1000);

/** Beijing's date, `YYYY-MM-DD`: the platform's quotas are its days' and months'. */
export const beijingDay = (ms: number): string => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10);

/** Code points: the platform's 字. */
export const points = (text: string): number => [...text].length;

export const escapeText = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
