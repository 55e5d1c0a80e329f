/**
 * The logs that channels follow. Which one is data: a channel's purpose names it, and everything else in this room works
 * on entries as they are described here. A shard holds channels of one purpose, so that a run reads one log.
 */
import type { Alert } from "../alerts/store.ts";
import { HEAD as ALERTS_HEAD, readAlertSlices } from "../alerts/store.ts";
import type { Entry } from "../wire/entry-store.ts";
import { HEAD as WIRE_HEAD } from "../wire/store.ts";
import { readSlices } from "../wire/entry-store.ts";
import type { Followed } from "./owed.ts";
import type { Purpose } from "./types.ts";

interface Log {
  /** The seq of its last entry, in SQL. */
  head: string;
  /** The next `window` entries after each cursor, in order; posts with their text if `withText`. One query. */
  read(db: D1Database, cursors: readonly number[], window: number, withText: boolean): Promise<Followed[]>;
}

export const LOGS: Record<Purpose, Log> = {
  news: {
    head: WIRE_HEAD,
    read: async (db, cursors, window, withText) =>
      (await readSlices(db, cursors, window, withText)).map((entry) => followEntry(entry)),
  },
  alert: {
    head: ALERTS_HEAD,
    read: async (db, cursors, window) =>
      (await readAlertSlices(db, cursors, window)).map((alert) => followAlert(alert)),
  },
};

/** The head of the log that `purpose` (an SQL expression) names, in SQL. Only that log's head is read. */
export const headOf = (purpose: string): string =>
  `CASE ${purpose} ${Object.entries(LOGS)
    .map(([name, log]) => `WHEN '${name}' THEN ${log.head}`)
    .join(" ")} END`;

/** A wire entry as delivery follows it. */
export function followEntry(entry: Entry): Followed {
  const { seq, at, kind, stopped, postId, releasedAt } = entry;
  return {
    seq,
    at,
    kind,
    about: entry,
    stopped,
    withdrawn: kind !== "recalled" && entry.recalled,
    amends: kind === "published" ? null : { post: postId, releasedAt },
    content: { log: "news", entry },
  };
}

/** An alert as delivery follows it: everyone gets all of them, whatever their kind, and nothing takes one back. */
export function followAlert(alert: Alert): Followed {
  const { seq, at } = alert;
  return {
    seq,
    at,
    kind: "alert",
    about: null,
    stopped: false,
    withdrawn: false,
    amends: null,
    content: { log: "alert", alert },
  };
}
