import { DAY } from "../platform/time.ts";

/** How long the ledger keeps accepted deliveries. What failed stays. */
export const RETENTION = 30 * DAY;

const CHANNEL_STATUSES = ["active", "paused", "held", "gone"] as const;
export type ChannelStatus = (typeof CHANNEL_STATUSES)[number];

const OUTCOMES = ["sending", "pending", "accepted", "retry", "rejected", "gone", "expired", "unknown"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What a channel is for: readers' news, or what the office has to know itself. It names the log that the channel follows. */
export const PURPOSES = ["news", "alert"] as const;
export type Purpose = (typeof PURPOSES)[number];

/** Whose a channel is: the office made it, or its reader, on the site or through the hub. */
export const ORIGINS = ["office", "reader"] as const;
export type Origin = (typeof ORIGINS)[number];
