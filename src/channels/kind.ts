/**
 * What a channel kind is: a description and pure functions. Everything that touches the world (fetch, deadlines, caps,
 * signing time, secrets, redaction) is in `delivery/`, so adding a kind never touches retry code.
 */
import type { z } from "zod";

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
  };
  /** The post's text, rendered at the first call; only for kinds whose {@link Kind.wants} is `text`. */
  text(): { markdown: string; html: string };
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

/** What to send: an address, headers and a body. `sign` asks delivery to add a signature made at the time of sending. */
export interface Outgoing {
  /** `inbox` is the office's own demo inbox; everything else goes over HTTP. */
  transport: "http" | "inbox";
  url: string;
  headers: Record<string, string>;
  body: string;
  sign?: "standard-webhooks";
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
  | { type: "retry"; why: string; after?: number | undefined }
  /** The message itself is at fault: repeating it gives the same answer. */
  | { type: "rejected"; why: string }
  /** The endpoint is closed for good. */
  | { type: "gone"; why: string }
  /** Sent, and no answer that says what became of it. */
  | { type: "unknown"; why: string; after?: number | undefined };

export interface Kind<Config = unknown, Payload = unknown> {
  name: string;
  /** What a person fills in. Also the form and the API's schema. */
  config: z.ZodType<Config>;
  /** Members of the config that are sealed at rest and masked everywhere. */
  secrets: readonly string[];
  /** The member that is an address: shown as its origin only, checked by the target guard. */
  address: string | null;
  /** Whether a signing secret (`whsec_…`) is made for the channel. */
  signs: boolean;
  /** The only hosts of its platform. Undefined: a channel may name any public one. */
  hosts?: readonly string[];
  limits: {
    /** How many entries one push carries at most. */
    batch: number;
    /** How long one push may take, ms. */
    deadline: number;
  };
  /** Whether composing needs the posts' texts or their summaries only. */
  wants(config: Config): "summary" | "text";
  /** Channels whose configs give the same word share one composed payload. */
  variant(config: Config): string;
  compose(items: readonly Item[], config: Config): Payload;
  /** The same for the office's own alerts: a channel carries the one or the other, by its purpose. */
  composeAlerts(items: readonly AlertItem[], config: Config): Payload;
  request(payload: Payload, config: Config, context: { id: string; now: number }): Outgoing;
  judge(reply: Reply): Verdict;
}

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
