/** The shapes of channels that come in. */
import { z } from "zod";
import { KIND_NAMES, OFFERED_KINDS } from "../../channels/index.ts";
import { ORIGINS, PURPOSES } from "../../delivery/types.ts";
import { HOUR } from "../../platform/time.ts";
import { ENTRY_KINDS } from "../../wire/entry-store.ts";
import { line, pageQuery, slug, timeOfDay, zone } from "./schemas.ts";

const some = z.array(slug).max(100);
/** What a reader chooses from: nothing chosen means all. */
export const choice = { publications: some.optional(), columns: some.optional() };

/** How many digests a day may have: more of them are no digests. */
const DIGESTS = 12;
const filter = z
  .strictObject({
    publications: some.optional(),
    columns: some.optional(),
    units: some.optional(),
    kinds: z.array(z.enum(ENTRY_KINDS)).max(ENTRY_KINDS.length).optional(),
    originals_only: z.boolean().optional(),
    /** Local times between which nothing is sent; over midnight if `to` is the earlier one. */
    quiet: z.strictObject({ from: timeOfDay, to: timeOfDay }).optional(),
    /** As many a push as the kind likes, one a push, or what there is at the times of `digest_at`. */
    mode: z.enum(["batch", "each", "digest"]).optional(),
    digest_at: z.array(timeOfDay).min(1).max(DIGESTS).optional(),
    /** New posts beyond this number on one local date are passed over; corrections and recalls always go. */
    daily_max: z.int().min(1).max(1000).optional(),
    /** Of these times and dates; Asia/Shanghai without one. */
    time_zone: zone.optional(),
  })
  .superRefine(({ quiet, mode, digest_at: times }, c) => {
    if (quiet && quiet.from === quiet.to)
      c.addIssue({ code: "custom", path: ["quiet", "to"], message: "must differ from `from`" });
    if ((mode === "digest") !== (times !== undefined))
      c.addIssue({ code: "custom", path: ["digest_at"], message: "is for the mode “digest”, which needs it" });
    if (times && new Set(times).size < times.length)
      c.addIssue({ code: "custom", path: ["digest_at"], message: "names a time twice" });
  });

const expiry = z
  .number()
  .min(0.25)
  .max(24 * 30)
  .transform((hours) => Math.round(hours * HOUR));

export const newChannel = z.strictObject({
  kind: z.enum(OFFERED_KINDS as [string, ...string[]]),
  /** `news` follows the wire, `alert` what the office has to know. */
  purpose: z.enum(PURPOSES).default("news"),
  /** Without one it is called after its kind. */
  name: line(80).optional(),
  config: z.record(z.string(), z.unknown()).default({}),
  filter: filter.default({}),
  expires_after_hours: expiry.optional(),
});

export const channelPatch = z
  .strictObject({ name: line(80), config: z.record(z.string(), z.unknown()), filter, expires_after_hours: expiry })
  .partial();

/** Channels that subscribers made themselves are listed when asked for: they are many, and no person's to look after. */
export const channelQuery = pageQuery.extend({
  origin: z.enum([...ORIGINS, "all"]).optional(),
  kind: z.enum(KIND_NAMES as [string, ...string[]]).optional(),
});
