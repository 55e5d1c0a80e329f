/** The shapes of what is asked of an edition. */
import { z } from "zod";
import { posts } from "./publication-schemas.ts";
import { date, line, moment } from "./schemas.ts";

export const plan = z
  .strictObject({
    dry_run: z.boolean().default(false),
    digest: z.string().optional(),
    /** With dry_run: this working day and those after it. */
    days: z.int().min(1).max(10).default(1),
    /** With dry_run: other settings, or articles left out. */
    what_if: z
      .strictObject({
        quota: posts,
        maximum: z.int().min(0).max(1000).nullable(),
        column_cap: posts.nullable(),
        unit_cap: posts.nullable(),
        without: z.array(z.string().max(64)).max(100),
        articles: z
          .array(
            z.strictObject({
              id: z.string().max(64),
              must_run_on: date.nullable().optional(),
              expires_at: moment.nullable().optional(),
              embargo_until: moment.nullable().optional(),
              ahead_days: z.number().min(-30).max(30).optional(),
            }),
          )
          .max(100),
      })
      .partial()
      .optional(),
  })
  .superRefine((sent, c) => {
    if (sent.dry_run) return;
    if (sent.days > 1) c.addIssue({ code: "custom", path: ["days"], message: "is for a dry_run" });
    if (sent.what_if) c.addIssue({ code: "custom", path: ["what_if"], message: "is for a dry_run" });
  });

export const pickAct = z.strictObject({
  op: z.enum(["pin", "swap", "move", "drop", "hold", "add"]),
  article_id: z.string().max(64),
  position: z.int().min(1).max(1000).optional(),
  /** A release time of the edition. */
  slot: moment.optional(),
  reason: line(200),
  digest: z.string().optional(),
});
