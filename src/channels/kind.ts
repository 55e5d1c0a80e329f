/**
 * What a channel kind is: a description and pure functions. Everything that touches the world (fetch, deadlines, caps,
 * signing time, secrets, redaction) is in `delivery/`, so adding a kind never touches retry code. There are two shapes:
 * {@link Kind} says all in one request, {@link StepsKind} takes several calls and waits.
 */
import type { z } from "zod";
import type { FeedItem } from "../formats/feeds/index.ts";
import type { Manuscript } from "./manuscript.ts";

/** A wire entry as a channel composes it. */
export interface Item {
  seq: number;
  kind: "published" | "corrected" | "recalled";
  /** ISO 8601. */
  at: string;
  /** What readers are told of a correction or recall. */
  note: string;
  post: {
    id: string;
    title: string;
    digest: string;
    url: string;
    column: string | null;
    unit: string | null;
    publication: string;
    /** The address of the picture that stands for it, 2.35:1 if it can be chosen; missing once the post is recalled. */
    cover?: string;
  };
  /** What readers call its publication. */
  publicationName: string;
  /** The post's text, rendered at the first call; only for kinds whose {@link Kind.wants} is `text`. */
  text(): { markdown: string; html: string };
  /** The post as feeds carry it; made and offered as {@link Item.text}. */
  feed(): FeedItem;
  /** The post as it was written, for kinds that set it themselves; offered as {@link Item.text}. */
  manuscript(): Manuscript;
}

/** Something that the office has to know, as a channel of purpose `alert` composes it. */
export interface AlertItem {
  seq: number;
  /** ISO 8601. */
  at: string;
  /** `edition.short`, `delivery.gone` … */
  kind: string;
  title: string;
  /** Lines of plain text. */
  body: string;
  /** `<kind>:<public id>` of what it is about. */
  subject: string;
}

/** A letter to one mailbox. Who sends it, and through whom, is the office's setting. */
export interface Mail {
  to: string;
  /** One line. */
  subject: string;
  text: string;
  html?: string;
  /** The link by which the receiver ends it, without the token that delivery puts behind its last occurrence. */
  leave?: string;
}

/** What to send: an address, headers and a body. `sign` asks delivery to add a signature made at the time of sending. */
export interface Outgoing {
  /**
   * `inbox` is the office's own demo inbox, `mail` its mail provider (the body is a {@link Mail} as JSON), `wechat` the
   * platform's API with the account's token (the body is a `WechatCall` as JSON); everything else goes over HTTP.
   */
  transport: "http" | "inbox" | "mail" | "wechat";
  url: string;
  /** POST unless it says otherwise. */
  method?: "GET" | "POST" | "PUT" | "DELETE";
  headers: Record<string, string>;
  body: string | Uint8Array<ArrayBuffer>;
  sign?: "standard-webhooks" | "vapid";
}

/** What came of it. */
export type Reply =
  | { type: "response"; status: number; headers: Record<string, string>; body: string }
  /** No answer within the deadline. The request may have been understood. */
  | { type: "timeout" }
  /** The connection failed. Whether the request arrived cannot be known. */
  | { type: "network"; why: string }
  /** Our own guard refused the address: nothing was sent. */
  | { type: "refused"; why: string };

/** A kind's judgement of a reply. `after` is how many ms to wait at least. */
export type Verdict =
  | { type: "accepted"; why: string }
  /**
   * Not now. `throttled` is for 429 and their like: the endpoint is in good health and asks for room, so it counts
   * neither as a failure nor as one of the tries of a message.
   */
  | { type: "retry"; why: string; after?: number | undefined; throttled?: true }
  /** The message itself is at fault: repeating it gives the same answer. */
  | { type: "rejected"; why: string }
  /** The endpoint is closed for good. */
  | { type: "gone"; why: string }
  /** Sent, and no answer that says what became of it: what follows is the kind's {@link Description.unknown}. */
  | { type: "unknown"; why: string; after?: number | undefined }
  /** The endpoint lives elsewhere now: these members of the config are replaced and the message is sent there at once. */
  | { type: "moved"; why: string; patch: Record<string, unknown> };

/** What both shapes say of themselves. */
export interface Description<Config = unknown> {
  name: string;
  /** What a person fills in. Also the form and the API's schema. */
  config: z.ZodType<Config>;
  /** Members of the config that are sealed at rest and masked everywhere. */
  secrets: readonly string[];
  /** How a secret member is shown, where people may know some of it; as dots without one. */
  mask?(member: string, value: string): string;
  /** The member that is an address: shown as its origin only, checked by the target guard. */
  address: string | null;
  /** The signature that delivery makes for its requests, with a secret made for the channel; null: none. */
  signs: ((config: Config) => "v1" | "v1a") | null;
  limits: {
    /** How many entries one push carries at most. */
    batch: number;
    /** How many entries after its cursor it looks for them among, where the usual 20 are too few. */
    reach?: number;
    /** How long one call may take, ms. */
    deadline: number;
    /**
     * The least time between two pushes, ms: of one channel, and of all channels that the platform counts as one (see
     * {@link Description.credential}). A channel that waits for it spends no attempt.
     */
    pace?: { channel?: number; credential?: number };
  };
  /** Until when (ms) a new post that was released at `at` is gathered with others before it goes out; null: no longer. */
  holds?(config: Config, at: number, now: number): number | null;
  /** How many entries one push of this config carries, where that is fewer than `limits.batch`. */
  batch?(config: Config): number;
  /** What the platform counts by, where several channels can share it: a robot's key, a bot's token. */
  credential?(config: Config): string;
  /** What follows when a call was made and its answer never came: the same again under the same id, or leave it at that and tell the office. */
  unknown: "resend" | "leave";
  /** The only hosts of its platform. Undefined: a channel may name any public one. */
  hosts?: readonly string[];
  /** Its subscribers make, renew and end their channels themselves: no person makes, changes or tests one. */
  selfService?: true;
  /** Whether composing needs the posts' texts or their summaries only. */
  wants(config: Config): "summary" | "text";
}

/** A kind whose push is one request. */
export interface Kind<Config = unknown, Payload = unknown> extends Description<Config> {
  /** Channels whose configs give the same word share one composed payload. */
  variant(config: Config): string;
  compose(items: readonly Item[], config: Config): Payload;
  /** The same for the office's own alerts: a channel carries the one or the other, by its purpose. */
  composeAlerts(items: readonly AlertItem[], config: Config): Payload;
  /** `now` is business time; `wall` is the clock at the time of sending, for signatures. Both epoch ms. */
  request(
    payload: Payload,
    config: Config,
    context: { id: string; now: number; wall: number },
  ): Outgoing | Promise<Outgoing>;
  judge(reply: Reply): Verdict;
}

/**
 * What a step is told: the reply to the call that its state was stored for; what the books say (`told`); `lost` if that call was begun and the Worker
 * died before an answer was recorded (it may have been made: look up what became of it); null if there was no call,
 * because the run begins, a wait is over, or a failed run is tried again.
 */
export type Answer = Reply | { type: "told"; value: unknown } | { type: "lost" } | null;

/** What a run of steps does next. The state is JSON and is stored before anything is done about it. */
export type Step<State> =
  | { type: "request"; state: State; outgoing: Outgoing }
  /**
   * A look into the kind's own books, or an entry in them: see {@link Books}. It may be repeated, and the state is not
   * stored for it.
   */
  | { type: "ask"; state: State; question: unknown }
  /** Nothing until then (business time, ms); nobody waits meanwhile, and the next step may be asked for earlier. */
  | { type: "wait"; state: State; until: number }
  /** The end; if the verdict asks for another try, that goes on from `state`, or begins anew without one. */
  | { type: "done"; verdict: Verdict; state?: State };

/** What a step may know beside its state. */
export interface StepContext<Config> {
  id: string;
  /** Business time, ms. */
  now: number;
  wall: number;
  config: Config;
  /** The push's posts as they are now, without those that were recalled meanwhile. */
  items(): readonly Item[];
  /** Whether the publication of one of them is stopped: only kinds that ask for it see that ({@link StepsKind.followsStopped}). */
  stopped: boolean;
}

/**
 * A kind whose push is several calls with waits in between: an upload, a draft, a publication that is looked after until
 * it is through. It carries news only. A step must make the same call as before for the same state and answer.
 */
export interface StepsKind<Config = unknown, State = unknown> extends Description<Config> {
  /** How many calls one push may take in all, those that are made again included; beyond that it has failed. */
  most: number;
  /** Whether the stored state is sealed, for states that hold a token. */
  sealed: boolean;
  /** What was begun goes on while its publication is stopped: the kind itself sends nothing more then, and learns what became of what it has sent. */
  followsStopped?: true;
  /** What its books are told when a push is given up in this state: what it carried went stale, or it used up its calls. */
  givenUp?(state: State, context: StepContext<Config>): readonly unknown[];
  begin(items: readonly Item[], config: Config): State;
  next(state: State, answer: Answer, context: StepContext<Config>): Step<State> | Promise<Step<State>>;
}

/** A push of several calls, as its books know it. */
export interface Pushing {
  /** The channel's internal and its public id. */
  channel: number;
  uid: string;
  config: unknown;
  /** Constant over retries. */
  id: string;
  /** Business time, ms. */
  now: number;
}

/**
 * What a kind of several calls keeps in tables of its own: what it asks them is read or written at once. The same question
 * of the same push may come twice and must change nothing the second time.
 */
export type Books = (pushing: Pushing, question: unknown) => Promise<unknown>;

/** Any kind, whichever its shape. */
export type AnyKind = Kind | StepsKind;

/** Whether a kind takes several calls. */
export const takesSteps = (kind: AnyKind): kind is StepsKind => "begin" in kind;

/** How many entries one push of a channel of this kind and config carries at most. */
export const batchOf = (kind: AnyKind, config: unknown): number =>
  Math.min(kind.limits.batch, kind.batch?.(config) ?? kind.limits.batch);

/** The words for a reply that is not a response, shared by all kinds that go over HTTP. */
export function judgeFailure(reply: Exclude<Reply, { type: "response" }>): Verdict {
  switch (reply.type) {
    // Svix's rule: whoever was too slow once gets a minute of rest.
    case "timeout":
      return { type: "unknown", why: "no answer within the deadline", after: 60_000 };
    case "network":
      return { type: "unknown", why: reply.why };
    case "refused":
      return { type: "retry", why: reply.why };
  }
}
