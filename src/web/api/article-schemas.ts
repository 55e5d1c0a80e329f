/** The shapes of articles that come in, and of what is done to them. */
import { z } from "zod";
import { cleanText } from "../../articles/intake.ts";
import { mediaHash } from "../../articles/media.ts";
import { videoHash } from "../../articles/video.ts";
import { DECISIONS, GATES, KINDS, STATUSES } from "../../articles/types.ts";
import { THEME_NAMES } from "../../formats/index.ts";
import { BLOCKING_RULES } from "../../preflight/index.ts";
import { characters, date, line, link, moment, page, slug, sound, visible } from "./schemas.ts";

/** A title is a line for a screen: twice what WeChat shows of one. */
const TITLE_LIMIT = 64;
/** The largest text, bytes of UTF-8: a row of D1 holds 2 MB. */
const MARKDOWN_LIMIT = 1024 * 1024;

const markdown = sound
  .transform(cleanText)
  .refine((text) => visible(text) !== "", "must not be empty")
  .refine(
    (text) => new TextEncoder().encode(text).length <= MARKDOWN_LIMIT,
    `may have ${MARKDOWN_LIMIT} bytes at most`,
  );
const cover = z.union([z.string().refine((path) => mediaHash(path) !== null), link], {
  error: "must be the url of uploaded media, or an http or https address",
});

/** The longest captions, characters. */
const CAPTIONS_LIMIT = 20_000;

const file = z.union(
  [
    z.string().refine((path) => videoHash(path) !== null),
    link.refine((text) => /^https:/i.test(text), "must be an https address"),
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
  url: link,
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
export const articleQuery = z.strictObject({
  ...page,
  status: z.enum(STATUSES).optional(),
  publication: slug.optional(),
  column: slug.optional(),
  unit: slug.optional(),
  q: line(80).optional(),
});
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
