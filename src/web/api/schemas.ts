/** What the shapes that come in are made of, and those that many calls share. Texts are refused or cleaned here; nothing behind this has to doubt them again. */
import { z } from "zod";
import { cleanLine, cleanText, refusal } from "../../articles/intake.ts";
import { isZone } from "../../platform/time.ts";

/** A text that can be stored and shown. */
export const sound = z.string().superRefine((text, c) => {
  const why = refusal(text);
  if (why) c.addIssue({ code: "custom", message: why });
});

/** Code points: what a limit in characters counts. */
export const characters = (text: string): number => [...text].length;

/** The text without white space and what has no shape of its own, such as zero-width joiners: what is left can be seen. */
export const visible = (text: string): string => text.replaceAll(/[\s\p{Default_Ignorable_Code_Point}]/gu, "");

/** One line of at most `max` characters (code points), cleaned. */
export const line = (max: number, min = 1) =>
  sound
    .transform(cleanLine)
    .refine((text) => characters(visible(text)) >= min, `must have ${min} characters at least`)
    .refine((text) => characters(text) <= max, `may have ${max} characters at most`);

/** The public id of something a person named: it stands in addresses. */
export const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, "must be 1 to 64 of a-z, 0-9 and -, not at the ends");

// 0026 for 2026 is a typing error, and no calendar of ours reaches that far.
const FIRST_YEAR = 1000;
/** A time with its zone. */
export const moment = z.iso
  .datetime({ offset: true, error: "must be ISO 8601 with a zone, such as 2026-11-23T08:30:00+08:00" })
  .transform((text) => Date.parse(text))
  .refine((ms) => ms >= Date.UTC(FIRST_YEAR) && ms < Date.UTC(10_000), `must lie in the years ${FIRST_YEAR} to 9999`);
export const date = z.iso
  .date({ error: "must be a date, YYYY-MM-DD" })
  .refine((text) => Number(text.slice(0, 4)) >= FIRST_YEAR, `must lie in the years ${FIRST_YEAR} to 9999`);
/** An address outside; which hosts may be named depends on what it is for. */
export const link = z
  .url({ protocol: /^https?$/, error: "must be an http or https address" })
  .max(2048)
  .refine(
    (text) => refusal(text) === null && cleanText(text) === text.normalize("NFC"),
    "must not contain control characters or half a surrogate pair",
  );
/** What a person adds in a line, or nothing. */
export const remark = line(200, 0);

/** The IANA name of a time zone that the runtime knows. */
export const zone = z.string().refine(isZone, "is not a time zone, such as Asia/Shanghai");
/** `HH:MM`. */
export const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of day, HH:MM");

/** What asks for a reason and nothing else. */
export const stop = z.strictObject({ reason: line(200) });
export const nothing = z.strictObject({});

export const page = {
  cursor: z.string().max(40).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
};
export const pageQuery = z.strictObject(page);
export const wireQuery = z.strictObject({ after: z.coerce.number().int().min(0).default(0), limit: page.limit });
