/** The shapes that come in. Texts are refused or cleaned here; nothing behind this has to doubt them again. */
import { z } from "zod";
import { cleanLine, cleanText, refusal } from "../../articles/intake.ts";
import { mediaHash } from "../../articles/media.ts";
import { videoHash } from "../../articles/video.ts";
import { DECISIONS, GATES, KINDS, STATUSES } from "../../articles/types.ts";
import { refuseExpression } from "../../editions/slots.ts";
import { TERM_KINDS, TERM_SEVERITIES } from "../../newsroom/term-store.ts";
import { MEDIUMS, OUTLETS, ROLES, SCOPES, STAGES, UNIT_KINDS } from "../../newsroom/types.ts";
import { WEEKDAYS } from "../../newsroom/ladder-settings.ts";
import { THEME_NAMES } from "../../formats/index.ts";
import { BLOCKING_RULES } from "../../preflight/index.ts";
import { isZone } from "../../platform/time.ts";
import { BLOCK_LIMIT, themeSchema } from "./theme-schema.ts";

/** A title is a line for a screen: twice what WeChat shows of one. */
export const TITLE_LIMIT = 64;
/** The largest text, bytes of UTF-8: a row of D1 holds 2 MB. */
export const MARKDOWN_LIMIT = 1024 * 1024;

/** A notice is a page; this is ten. */
const NOTICE_LIMIT = 20_000;

/** A text that can be stored and shown. */
export const sound = z.string().superRefine((text, c) => {
  const why = refusal(text);
  if (why) c.addIssue({ code: "custom", message: why });
});

const characters = (text: string): number => [...text].length;

/** The text without white space and what has no shape of its own, such as zero-width joiners: what is left can be seen. */
const visible = (text: string): string => text.replaceAll(/[\s\p{Default_Ignorable_Code_Point}]/gu, "");

/** One line of at most `max` characters (code points), cleaned. */
export const line = (max: number, min = 1) =>
  sound
    .transform(cleanLine)
    .refine((text) => characters(visible(text)) >= min, `must have ${min} characters at least`)
    .refine((text) => characters(text) <= max, `may have ${max} characters at most`);

const markdown = sound
  .transform(cleanText)
  .refine((text) => visible(text) !== "", "must not be empty")
  .refine(
    (text) => new TextEncoder().encode(text).length <= MARKDOWN_LIMIT,
    `may have ${MARKDOWN_LIMIT} bytes at most`,
  );

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
const webUrl = z
  .url({ protocol: /^https?$/, error: "must be an http or https address" })
  .max(2048)
  .refine(
    (text) => refusal(text) === null && cleanText(text) === text.normalize("NFC"),
    "must not contain control characters or half a surrogate pair",
  );
/** An address outside; which hosts may be named depends on what it is for. */
export const link = webUrl;
/** What a person adds in a line, or nothing. */
export const remark = line(200, 0);
const cover = z.union([z.string().refine((path) => mediaHash(path) !== null), webUrl], {
  error: "must be the url of uploaded media, or an http or https address",
});

/** The longest captions, characters. */
export const CAPTIONS_LIMIT = 20_000;

const file = z.union(
  [
    z.string().refine((path) => videoHash(path) !== null),
    webUrl.refine((text) => /^https:/i.test(text), "must be an https address"),
  ],
  { error: "must be the url of an uploaded video, or an https address" },
);
const captions = sound
  .transform((text) => cleanText(text).trim())
  .refine((text) => text !== "", "must not be empty; send null for none")
  .refine((text) => characters(text) <= CAPTIONS_LIMIT, `may have ${CAPTIONS_LIMIT} characters at most`);

const credit = z.strictObject({ role: line(20), name: line(40) });
const source = z.strictObject({
  name: line(80),
  url: webUrl,
  published_at: z.iso.datetime({ offset: true }).optional(),
});

const content = {
  title: line(TITLE_LIMIT),
  digest: line(256, 0),
  markdown,
  credits: z.array(credit).max(20),
  cover: cover.nullable(),
  source: source.nullable(),
  file: file.nullable(),
  captions: captions.nullable(),
};

const handling = {
  column: slug.nullable(),
  unit: slug.nullable(),
  important: z.boolean(),
  priority: z.int().min(0).max(3),
  event_at: moment.nullable(),
  embargo_until: moment.nullable(),
  expires_at: moment.nullable(),
  must_run_on: date.nullable(),
  evergreen: z.boolean(),
};

const kind = z.enum(KINDS);

export const newArticle = z.strictObject({
  publication: slug,
  kind: kind.default("original"),
  title: content.title,
  markdown: content.markdown,
  digest: content.digest.optional(),
  credits: content.credits.default([]),
  cover: content.cover.default(null),
  source: content.source.default(null),
  file: content.file.default(null),
  captions: content.captions.default(null),
  column: handling.column.default(null),
  unit: handling.unit.default(null),
  important: handling.important.default(false),
  priority: handling.priority.default(0),
  event_at: handling.event_at.default(null),
  embargo_until: handling.embargo_until.default(null),
  expires_at: handling.expires_at.default(null),
  must_run_on: handling.must_run_on.default(null),
  evergreen: handling.evergreen.default(false),
});

/** Rules whose findings in this text the caller accepts. */
const acknowledge = z.array(z.enum(BLOCKING_RULES)).max(BLOCKING_RULES.length);

export const submission = z.strictObject({ acknowledge: acknowledge.default([]) });

export const articlePatch = z.strictObject({ kind, ...content, ...handling, acknowledge }).partial();

export const correction = z.strictObject({ ...content, note: line(200, 0).default(""), acknowledge }).partial();
export const recall = z.strictObject({ note: line(200, 0).default("") });

export const review = z.strictObject({
  decision: z.enum(DECISIONS),
  gates: z.array(z.enum(GATES)).max(GATES.length).default([]),
  note: z.preprocess((value) => value ?? "", line(2000, 0)),
  hash: z.string().optional(),
});

const cron = z.string().superRefine((expression, c) => {
  const why = refuseExpression(expression);
  if (why) c.addIssue({ code: "custom", message: why });
});

/** The IANA name of a time zone that the runtime knows. */
export const zone = z.string().refine(isZone, "is not a time zone, such as Asia/Shanghai");
/** `HH:MM`. */
export const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of day, HH:MM");

const QUOTA_LIMIT = 200;
const posts = z.int().min(0).max(QUOTA_LIMIT);
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

export const stop = z.strictObject({ reason: line(200) });
export const nothing = z.strictObject({});

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

export const newColumn = z.strictObject({ id: slug, name: line(40) });
export const newUnit = z.strictObject({ id: slug, name: line(40), kind: z.enum(UNIT_KINDS) });
export const newPerson = z.strictObject({
  id: slug,
  name: line(40),
  role: z.enum(ROLES),
  unit: slug.nullable().default(null),
});
export const newToken = z.strictObject({
  name: line(80),
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
  person: slug.nullable().default(null),
});

const term = {
  text: line(60),
  kind: z.enum(TERM_KINDS),
  /** The right form. */
  write_as: line(60).nullable(),
  /** Without one: error for what is forbidden, warning for what is preferred otherwise. */
  severity: z.enum(TERM_SEVERITIES),
  note: line(200, 0),
};
export const newTerm = z.strictObject({
  ...term,
  write_as: term.write_as.default(null),
  severity: term.severity.optional(),
  note: term.note.default(""),
});
export const termPatch = z.strictObject(term).partial();

export const page = {
  cursor: z.string().max(40).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
};
export const pageQuery = z.strictObject(page);
export const articleQuery = z.strictObject({
  ...page,
  status: z.enum(STATUSES).optional(),
  publication: slug.optional(),
  column: slug.optional(),
  unit: slug.optional(),
  q: line(80).optional(),
});
export const wireQuery = z.strictObject({ after: z.coerce.number().int().min(0).default(0), limit: page.limit });
/** What `preview.ts` can show an article as. */
export const PREVIEW_FORMATS = [
  "web",
  "wechat",
  "text",
  "feed",
  "email",
  "telegram",
  "wecom",
  "dingtalk",
  "feishu",
  "slack",
  "discord",
] as const;
export const previewQuery = z
  .strictObject({
    format: z.enum(PREVIEW_FORMATS).default("web"),
    theme: z.enum(THEME_NAMES).optional(),
  })
  .refine(({ format, theme }) => theme === undefined || format === "wechat", {
    path: ["theme"],
    message: "is for the format wechat",
  });
