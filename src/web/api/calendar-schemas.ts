/** The shape of a change of the calendar. */
import { z } from "zod";
import { cleanText } from "../../articles/intake.ts";
import { characters, date, line, sound } from "./schemas.ts";

/** A notice is a page; this is ten. */
const NOTICE_LIMIT = 20_000;
const localDay = z
  .strictObject({
    date,
    working: z.boolean().optional(),
    note: line(200, 0).optional(),
    remove: z.literal(true).optional(),
  })
  .transform((sent, c) => {
    if (sent.remove === undefined && sent.working !== undefined)
      return { date: sent.date, working: sent.working, note: sent.note ?? "" };
    if (sent.remove !== undefined && sent.working === undefined && sent.note === undefined)
      return { date: sent.date, remove: sent.remove };
    c.addIssue({
      code: "custom",
      path: ["working"],
      message: sent.remove ? "is not sent with remove" : "is required, unless the day is removed",
    });
    return z.NEVER;
  });
export const calendarChange = z
  .strictObject({
    notice_text: sound
      .transform(cleanText)
      .refine((text) => text.trim() !== "", "must not be empty")
      .refine((text) => characters(text) <= NOTICE_LIMIT, `may have ${NOTICE_LIMIT} characters at most`)
      .optional(),
    notice: line(60).optional(),
    overrides: z.array(localDay).min(1).max(366).optional(),
    dry_run: z.boolean().default(false),
  })
  .superRefine((sent, c) => {
    if ((sent.notice_text === undefined) === (sent.overrides === undefined))
      c.addIssue({ code: "custom", path: ["notice_text"], message: "is sent, or `overrides` is: one of the two" });
    if (sent.notice !== undefined && sent.notice_text === undefined)
      c.addIssue({ code: "custom", path: ["notice"], message: "is the number of a notice_text" });
  });
