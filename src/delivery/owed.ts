/** What a channel is owed next: a plain function of its cursor, its filter, a slice of its log, and the time. */
import type { Alert } from "../alerts/store.ts";
import type { Entry } from "../wire/entry-store.ts";
import type { About, Filter, Today } from "./filter.ts";
import { admits, roomToday, waitUntil } from "./filter.ts";

/** An entry of a log, whichever it is: what the decisions need to know of it, and what it says. */
export interface Followed {
  seq: number;
  at: number;
  /** One push carries entries of one kind. */
  kind: string;
  /** Null where there is nothing to choose by: every channel takes it. */
  about: About | null;
  /** It has to wait, and what comes after it too. */
  stopped: boolean;
  /** Taken back since it was written: whoever lacks it never gets it. */
  withdrawn: boolean;
  /** The post that it corrects or recalls: only who was told of that is told of this. */
  amends: { post: number; releasedAt: number } | null;
  content: { log: "news"; entry: Entry } | { log: "alert"; alert: Alert };
}

export type Owed =
  /** Push these entries; the range ends at `to`. */
  | { type: "push"; to: number; entries: number[] }
  /** Nothing in reach for this channel: the cursor may move to `to`. */
  | { type: "skip"; to: number }
  /** These were for the channel and are stale for it: the ledger says so and the cursor moves to `to`. */
  | { type: "missed"; to: number; entries: number[] }
  /** The next entry's time has not come. */
  | { type: "wait"; until: number }
  /** The next entry's publication is stopped: wait, so that order holds. */
  | { type: "blocked" }
  /** The channel has caught up. */
  | { type: "nothing" };

/** Whether the channel was told of the post that an entry corrects or recalls. */
export type Knows = (postId: number) => boolean;

export interface Owing extends Today {
  cursor: number;
  filter: Filter;
  /** ms; an entry is stale from `at` + this. */
  expiresAfter: number;
  batch: number;
  /** Until when a new post of this time is gathered with others, beside what the filter says; null: no longer. */
  holds?: (at: number) => number | null;
}

/**
 * What to do for a channel, given the entries after its cursor. One push carries entries of one kind, in order, up to
 * `batch`. Passed over: what the filter refuses, posts beyond its maximum of the day, a post that was recalled before it
 * was sent, and a correction or recall of a post that the channel never got.
 */
export function owed(channel: Owing, slice: readonly Followed[], knows: Knows, now: number): Owed {
  const { cursor, filter } = channel;
  const batch = filter.mode === "each" ? 1 : channel.batch;
  const entries: number[] = [];
  const missed: number[] = [];
  let room = roomToday(filter, channel, now);
  let kind: string | null = null;
  let to = cursor;
  /** Why nothing goes out, if the first entry that would is not to. */
  let hindered: Owed = { type: "nothing" };
  for (const entry of slice) {
    if (entry.seq <= cursor) continue;
    // A gap means that the slice belongs to another cursor from here on.
    if (entry.seq !== to + 1) break;
    if (wanted(channel, entry, knows)) {
      const stale = entry.at + channel.expiresAfter <= now;
      if (stale ? entries.length > 0 : missed.length > 0) break;
      if (stale) missed.push(entry.seq);
      else if (entry.kind !== "published" || room > 0) {
        const held = entry.kind === "published" ? (channel.holds?.(entry.at) ?? null) : null;
        const until = held ?? waitUntil(filter, entry.at, now);
        if (entry.stopped || until !== null) {
          hindered = entry.stopped ? { type: "blocked" } : { type: "wait", until: until! };
          break;
        }
        if ((kind !== null && entry.kind !== kind) || entries.length === batch) break;
        kind = entry.kind;
        entries.push(entry.seq);
        if (kind === "published") room -= 1;
      }
    }
    to = entry.seq;
  }
  if (entries.length > 0) return { type: "push", to, entries };
  if (missed.length > 0) return { type: "missed", to, entries: missed };
  return to > cursor ? { type: "skip", to } : hindered;
}

function wanted(channel: { filter: Filter }, entry: Followed, knows: Knows): boolean {
  if (entry.about !== null && !admits(channel.filter, entry.about)) return false;
  return !entry.withdrawn && (entry.amends === null || knows(entry.amends.post));
}

/** Which entries of a frozen delivery may still be sent: not those of a post that was recalled since, nor the stale. */
export function sendable(entries: readonly Followed[], expiresAfter: number, now: number): Followed[] {
  return entries.filter((entry) => entry.at + expiresAfter > now && !entry.withdrawn);
}
