/** What the fields of a request make of an article, and what no single field can tell. */
import type { z } from "zod";
import { fits } from "../../articles/states.ts";
import type { Place } from "../../articles/store.ts";
import type { Article, Content, Handling } from "../../articles/types.ts";
import { digestOf, parseMarkdown } from "../../formats/index.ts";
import { findNamed } from "../../newsroom/name-store.ts";
import type { Publication } from "../../newsroom/types.ts";
import { invalid } from "../../platform/problem.ts";
import type { Ctx } from "../context.ts";
import type { articlePatch, newArticle } from "./article-schemas.ts";

/** Internal ids of what the request named. Throws a 422 problem that names the field. */
export async function placeOf(
  c: Ctx,
  publication: Publication,
  named: { column: string | null; unit: string | null },
): Promise<Place> {
  const find = async (table: "columns" | "units", field: "column" | "unit") => {
    const slug = named[field];
    if (slug === null) return null;
    const found = await findNamed(c.get("deps").db, table, slug);
    if (!found) throw invalid(field, `there is no ${field} “${slug}”`);
    return found.id;
  };
  return {
    publicationId: publication.id,
    columnId: await find("columns", "column"),
    unitId: await find("units", "unit"),
  };
}

/** What no single field can tell. Throws a 422 problem that names the field at fault. */
export function checkTogether(content: Content, handling: Handling, publication: Publication): void {
  if (!fits(content.kind, publication.medium))
    throw invalid("kind", `“${content.kind}” does not fit the publication's medium “${publication.medium}”`);
  for (const field of ["file", "captions"] as const)
    if (content.kind !== "video" && content[field]) throw invalid(field, "is for a video only");
  if (content.kind === "reprint" && content.source === null)
    throw invalid("source", "is required for a reprint: name, url");
  if (handling.expiresAt !== null && handling.embargoUntil !== null && handling.expiresAt <= handling.embargoUntil)
    throw invalid("expires_at", "must come after embargo_until");
}

type Fields = z.output<typeof newArticle>;

/** The content and the handling that an article's fields make; a missing digest is taken from the text. */
export function contentAndHandling(fields: Omit<Fields, "publication">): { content: Content; handling: Handling } {
  const { kind, title, markdown, credits, cover, source, file, captions } = fields;
  return {
    content: {
      kind,
      title,
      markdown,
      credits,
      cover,
      source,
      digest: fields.digest ?? automaticDigest(markdown),
      file,
      captions,
    },
    handling: {
      important: fields.important,
      priority: fields.priority,
      eventAt: fields.event_at,
      embargoUntil: fields.embargo_until,
      expiresAt: fields.expires_at,
      mustRunOn: fields.must_run_on,
      evergreen: fields.evergreen,
    },
  };
}

/** The members of a patch that were sent. */
function defined<T extends object>(patch: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** An article's fields after a patch. A digest that was taken from the text follows the text. */
export function changedFields(
  article: Article,
  patch: Partial<z.output<typeof articlePatch>>,
): Omit<Fields, "publication"> {
  const fields = { ...fieldsOf(article), ...defined(patch) };
  if (
    patch.markdown !== undefined &&
    patch.digest === undefined &&
    article.digest === automaticDigest(article.markdown)
  )
    fields.digest = automaticDigest(fields.markdown);
  return fields;
}

const automaticDigest = (markdown: string): string => digestOf(parseMarkdown(markdown));

/** An article's fields as a request would have sent them. */
function fieldsOf(article: Article): Omit<Fields, "publication"> {
  return {
    ...article,
    file: article.file ?? null,
    captions: article.captions ?? null,
    event_at: article.eventAt,
    embargo_until: article.embargoUntil,
    expires_at: article.expiresAt,
    must_run_on: article.mustRunOn,
  };
}
