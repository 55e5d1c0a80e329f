/** The bindings of `wrangler.toml`, and the messages that cross them. */

export interface Env {
  DB: D1Database;
  QUEUE: Queue<QueueMessage>;
  MEDIA: R2Bucket;
  /** The files of `public/`. */
  ASSETS: Fetcher;
  DENIALS: RateLimit;
  SUBSCRIPTIONS: RateLimit;
  HUB: RateLimit;
  READERS: RateLimit;
  /** Cloudflare's e-mail binding, where `wrangler.toml` has one. */
  EMAIL?: SendEmail;
  /** Where readers reach this Worker, without a trailing slash. */
  KANFA_URL: string;
  /** Key over secrets at rest. Without it nothing runs; `npm start` makes one up. */
  KANFA_SECRET?: string;
  /** The key before it, while rows sealed under it remain. */
  KANFA_SECRET_PREVIOUS?: string;
  /** A token with every scope, for the first steps of an office. */
  KANFA_ADMIN_TOKEN?: string;
  /** `1` lets channels point at loopback and private addresses. Development only. */
  KANFA_ALLOW_PRIVATE_TARGETS?: string;
  /** JSON, kind → base URL: relays in front of platforms, or test doubles of them. */
  KANFA_API_BASES?: string;
  /** Who letters are from: `刊发 <news@example.cn>`. Without it none are sent. */
  KANFA_MAIL_FROM?: string;
  /** A key of Resend's API. Without it letters go through `EMAIL`. */
  KANFA_RESEND_KEY?: string;
}

/** "Send this channel's next replay." It carries no more than that: what is due is read from the rows. */
export interface ResendMessage {
  v: 1;
  resends: true;
  channel: number;
  /** As a {@link ShardMessage}'s. */
  at: number;
  made: number;
}

/** "Ask the callback of this request to the hub whether it means it." What is asked is read from the row. */
export interface HubMessage {
  v: 1;
  request: string;
  /** As a {@link ShardMessage}'s. */
  at: number;
  made: number;
}

/** "Do what this WeChat account has to do beside its pushes": the channel's id. What is due is read from the rows. */
export interface AccountMessage {
  v: 1;
  account: number;
  /** As a {@link ShardMessage}'s. */
  at: number;
  made: number;
}

export type QueueMessage = ShardMessage | ResendMessage | HubMessage | AccountMessage;

/** "Look after this shard." It carries no payload: what is due is read from the rows, so losing or doubling it is harmless. */
export interface ShardMessage {
  v: 1;
  shard: number;
  /** Business time when the message was made, epoch ms. */
  at: number;
  /** Wall clock when the message was made, epoch ms. A consumer's business now is `at` plus the time since. */
  made: number;
  /** Must equal the shard's ticket for this message's run to send a successor. */
  ticket: string;
}
