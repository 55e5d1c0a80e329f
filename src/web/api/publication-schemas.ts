/** The shape of a publication's settings that come in. */
import { z } from "zod";
import { cleanText } from "../../articles/intake.ts";
import { refuseExpression } from "../../editions/slots.ts";
import { MEDIUMS, OUTLETS, STAGES } from "../../newsroom/types.ts";
import { WEEKDAYS } from "../../newsroom/ladder-settings.ts";
import { characters, line, slug, sound, timeOfDay, zone } from "./schemas.ts";
import { BLOCK_LIMIT, themeSchema } from "./theme-schema.ts";

const cron = z.string().superRefine((expression, c) => {
  const why = refuseExpression(expression);
  if (why) c.addIssue({ code: "custom", message: why });
});

const QUOTA_LIMIT = 200;
export const posts = z.int().min(0).max(QUOTA_LIMIT);
const caps = z.record(slug, posts).refine((caps) => Object.keys(caps).length <= 200, "may name 200 at most");
const days = z.number().min(0);

/** How the ladder chooses: each member is optional in a request, and null where that means "no limit". */
const ladder = {
  rest_quota: posts,
  maximum: z.int().min(0).max(1000).nullable(),
  column_cap: posts.nullable(),
  unit_cap: posts.nullable(),
  column_caps: caps,
  unit_caps: caps,
  column_minimums: z
    .array(
      z.strictObject({
        column: slug,
        minimum: z.int().min(1).max(QUOTA_LIMIT),
        weekday: z.enum(WEEKDAYS).optional(),
      }),
    )
    .max(100),
  credit_days: days.max(30),
  credits: z.strictObject({ priority: days.max(10), commissioned: days.max(30), fresh: days.max(30) }),
  cool_down_days: z.int().min(1).max(3650),
  reprint_share: z.number().min(0).max(1).nullable(),
  slot_counts: z.array(posts).max(24).nullable(),
  lead: z.union([z.enum(["first", "important"]), z.strictObject({ column: slug })], {
    error: "must be “first”, “important” or {column}",
  }),
  old_days: z.int().min(1).max(365),
};

const block = sound
  .transform(cleanText)
  .refine((text) => characters(text) <= BLOCK_LIMIT, `may have ${BLOCK_LIMIT} characters at most`);

export const publicationSettings = z
  .strictObject({
    name: line(40),
    medium: z.enum(MEDIUMS),
    time_zone: zone,
    quota: posts,
    plan_at: timeOfDay,
    release_times: z.array(cron).min(1).max(24),
    stages: z
      .array(z.enum(STAGES))
      .max(STAGES.length)
      .refine((list) => new Set(list).size === list.length, "names a stage twice"),
    warn_at: z
      .array(timeOfDay)
      .max(12)
      .refine((list) => new Set(list).size === list.length, "names a time twice"),
    outlets: z
      .array(z.enum(OUTLETS))
      .max(OUTLETS.length)
      .refine((list) => new Set(list).size === list.length, "names an outlet twice"),
    ...ladder,
    theme: themeSchema(block, line(20)),
  })
  .partial();
