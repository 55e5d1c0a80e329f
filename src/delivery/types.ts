import { DAY } from "../platform/time.ts";

/** How long the ledger keeps accepted deliveries. What failed stays. */
export const RETENTION = 30 * DAY;

export const CHANNEL_STATUSES = ["active", "paused", "held", "gone"] as const;
export type ChannelStatus = (typeof CHANNEL_STATUSES)[number];

export const OUTCOMES = ["sending", "pending", "accepted", "retry", "rejected", "gone", "expired", "unknown"] as const;
export type Outcome = (typeof OUTCOMES)[number];
