/** The shape of a theme as it comes in; whether it can be read is `refuseTheme`'s to say. */
import { z } from "zod";
import {
  CAPTIONS,
  COLUMN_HEADS,
  HEADINGS,
  QUOTES,
  RULES,
  THEME_NAMES,
  type ThemeSettings,
} from "../../formats/index.ts";

/** The longest opening or closing block, characters of Markdown: every article carries it within WeChat's 20 000. */
export const BLOCK_LIMIT = 2000;

const colour = z
  .string()
  .regex(/^#[0-9a-f]{6}$/i, "must be a colour such as #b3251e")
  .transform((hex) => hex.toLowerCase());

/** A theme: `base`, and what is changed of it. `block` and `name` clean and limit texts as the caller's texts are. */
export const themeSchema = (block: z.ZodType<string>, name: z.ZodType<string>): z.ZodType<ThemeSettings, unknown> => {
  const callout = z.strictObject({ ink: colour, fill: colour.nullable() });
  return z
    .strictObject({
      accent: colour,
      ink: colour,
      muted: colour,
      line: colour,
      tint: colour.nullable(),
      paper: colour.nullable(),
      size: z.number().min(14).max(20),
      leading: z.number().min(1.4).max(2.4),
      spacing: z.number().min(0).max(2),
      indent: z.boolean(),
      serif: z.boolean(),
      heading: z.enum(HEADINGS),
      quote: z.enum(QUOTES),
      rule: z.enum(RULES),
      caption: z.enum(CAPTIONS),
      column: z.enum(COLUMN_HEADS),
      callouts: z.strictObject({ tip: callout, warning: callout, important: callout, note: callout }).partial(),
      opening: block,
      closing: block,
      roles: z.array(name).max(10),
    })
    .partial()
    .extend({ base: z.enum(THEME_NAMES) });
};
