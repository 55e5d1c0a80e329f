/** What a channel is owed next: a plain function of its cursor, its filter and a slice of its log. */
import type { Alert } from "../alerts/store.ts";
import type { Entry, EntryKind } from "../wire/store.ts";

/** Which entries a channel takes. An empty or missing list means all. */
export interface Filter {
  publications?: string[] | undefined;
  columns?: string[] | undefined;
  units?: string[] | undefined;
  kinds?: EntryKind[] | undefined;
  originals_only?: boolean | undefined;
}

/** What a filter looks at. */
type About = Pick<Entry, "publication" | "column" | "unit" | "kind" | "original">;

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

const listed = (list: string[] | undefined, value: string | null): boolean =>
  !list || list.length === 0 || (value !== null && list.includes(value));

/** Whether a filter lets an entry through. */
export function admits(filter: Filter, entry: About): boolean {
  return (
    listed(filter.publications, entry.publication) &&
    listed(filter.columns, entry.column) &&
    listed(filter.units, entry.unit) &&
    listed(filter.kinds, entry.kind) &&
    (!filter.originals_only || entry.original)
  );
}

/** A delivery that was begun and has not ended: its range and entries are frozen. */
export interface OpenDelivery {
  to: number;
  entries: number[];
  n: number;
}

export type Owed =
  /** Push these entries; the range ends at `to`. */
  | { type: "push"; to: number; entries: number[] }
  /** Nothing in reach for this channel: the cursor may move to `to`. */
  | { type: "skip"; to: number }
  /** The next entry's publication is stopped: wait, so that order holds. */
  | { type: "blocked" }
  /** The channel has caught up. */
  | { type: "nothing" };

/** How the channel was told of the post that an entry corrects or recalls. */
export type Knows = (postId: number) => boolean;

/**
 * What to do for a channel, given the entries after its cursor. One push carries entries of one kind, in order, up to
 * `batch`. Passed over: what the filter refuses, what is stale (`at` + `expiresAfter` ≤ now), a post that was recalled
 * before it was sent, and a correction or recall of a post that the channel never got.
 */
export function owed(
  channel: { cursor: number; filter: Filter; expiresAfter: number; batch: number },
  slice: readonly Followed[],
  knows: Knows,
  now: number,
): Owed {
  const entries: number[] = [];
  let kind: string | null = null;
  let to = channel.cursor;
  for (const entry of slice) {
    if (entry.seq <= channel.cursor) continue;
    // A gap means that the slice belongs to another cursor from here on.
    if (entry.seq !== to + 1) break;
    if (wanted(channel, entry, knows, now)) {
      if (entry.stopped)
        return entries.length > 0
          ? { type: "push", to, entries }
          : to > channel.cursor
            ? { type: "skip", to }
            : { type: "blocked" };
      if ((kind !== null && entry.kind !== kind) || entries.length === channel.batch) break;
      kind = entry.kind;
      entries.push(entry.seq);
    }
    to = entry.seq;
  }
  if (entries.length > 0) return { type: "push", to, entries };
  return to > channel.cursor ? { type: "skip", to } : { type: "nothing" };
}

function wanted(
  channel: { filter: Filter; expiresAfter: number },
  entry: Followed,
  knows: Knows,
  now: number,
): boolean {
  if (entry.about !== null && !admits(channel.filter, entry.about)) return false;
  if (entry.withdrawn || entry.at + channel.expiresAfter <= now) return false;
  return entry.amends === null || knows(entry.amends.post);
}

/** Which entries of a frozen delivery may still be sent: not those of a post that was recalled since, nor the stale. */
export function sendable(entries: readonly Followed[], expiresAfter: number, now: number): Followed[] {
  return entries.filter((entry) => entry.at + expiresAfter > now && !entry.withdrawn);
}
