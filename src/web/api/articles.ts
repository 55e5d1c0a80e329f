import { Hono } from "hono";
import type { z } from "zod";
import {
  createArticle,
  editArticle,
  removeArticle,
  requireArticle,
  reviewArticle,
  submitArticle,
  withdrawArticle,
} from "../../articles/desk.ts";
import { keepMedia, mediaPath } from "../../articles/media.ts";
import { fits } from "../../articles/states.ts";
import type { Place } from "../../articles/store.ts";
import { listReviews, listRevisions } from "../../articles/record-store.ts";
import { listArticles } from "../../articles/store.ts";
import type { Article, Content, Handling } from "../../articles/types.ts";
import { digestOf, parseMarkdown } from "../../formats/index.ts";
import { requirePublication } from "../../newsroom/publications.ts";
import { findNamed } from "../../newsroom/name-store.ts";
import type { Publication } from "../../newsroom/types.ts";
import { invalid, Problem } from "../../platform/problem.ts";
import { correctArticle, recallArticle } from "../../wire/amend.ts";
import { postOfArticle } from "../../wire/post-store.ts";
import type { App, Ctx } from "../context.ts";
import { requireScope } from "./auth.ts";
import { bodyOf, ifMatch, readJson, readQuery } from "./body.ts";
import { articleSummary, articleView, revisionView } from "./article-view.ts";
import { idFor } from "./idempotency.ts";
import { operation } from "./operation.ts";
import { pageOf, positionOf } from "./paging.ts";
import { clearToChange, clearToSubmit, preflightView } from "./preflight.ts";
import * as schemas from "./article-schemas.ts";
import { nothing, pageQuery } from "./schemas.ts";
import { isVideoUpload, receiveVideo } from "./upload.ts";

export const articles = new Hono<App>();
const tag = "articles";

/** The answer that shows an article, with its revision as ETag. */
async function show(
  c: Ctx,
  article: Article,
  status: 200 | 201 = 200,
  more: Record<string, unknown> = {},
): Promise<Response> {
  const { db, siteUrl } = c.get("deps");
  const post = article.status === "published" ? await postOfArticle(db, article.uid) : null;
  c.header("etag", `"${article.rev}"`);
  if (status === 201) c.header("location", `/api/articles/${article.uid}`);
  return c.json({ ...articleView(article, post && `${siteUrl}/posts/${post}`), ...more }, status);
}

/** Internal ids of what the request named. Throws a 422 problem that names the field. */
async function placeOf(
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
function checkTogether(content: Content, handling: Handling, publication: Publication): void {
  if (!fits(content.kind, publication.medium))
    throw invalid("kind", `“${content.kind}” does not fit the publication's medium “${publication.medium}”`);
  for (const field of ["file", "captions"] as const)
    if (content.kind !== "video" && content[field]) throw invalid(field, "is for a video only");
  if (content.kind === "reprint" && content.source === null)
    throw invalid("source", "is required for a reprint: name, url");
  if (handling.expiresAt !== null && handling.embargoUntil !== null && handling.expiresAt <= handling.embargoUntil)
    throw invalid("expires_at", "must come after embargo_until");
}

type Fields = z.output<typeof schemas.newArticle>;

/** The content and the handling that an article's fields make; a missing digest is taken from the text. */
function split(fields: Omit<Fields, "publication">): { content: Content; handling: Handling } {
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

articles.post(
  "/articles",
  operation({
    summary: "Create a draft",
    tag,
    scope: "articles:write",
    body: schemas.newArticle,
    status: 201,
    answer: "The article.",
  }),
  async (c) => {
    const actor = requireScope(c, "articles:write");
    const { desk, db } = c.get("deps");
    const fields = await readJson(c, schemas.newArticle);
    const publication = await requirePublication(db, fields.publication).catch(() => {
      throw invalid("publication", `there is no publication “${fields.publication}”`);
    });
    const { content, handling } = split(fields);
    checkTogether(content, handling, publication);
    const place = await placeOf(c, publication, fields);
    return show(
      c,
      await createArticle(desk, { uid: await idFor(c), content, handling, place }, actor, c.get("now")),
      201,
    );
  },
);

articles.get(
  "/articles",
  operation({ summary: "List articles, newest first", tag, scope: "read", query: schemas.articleQuery }),
  async (c) => {
    requireScope(c, "read");
    const { db } = c.get("deps");
    const query = readQuery(c, schemas.articleQuery);
    // A name that nothing bears matches nothing: -1 is no id.
    const idOf = async (table: "columns" | "units", slug: string | undefined) =>
      slug === undefined ? undefined : ((await findNamed(db, table, slug))?.id ?? -1);
    const publication = query.publication === undefined ? undefined : await requirePublication(db, query.publication);
    const found = await listArticles(
      db,
      {
        status: query.status,
        publicationId: publication?.id,
        columnId: await idOf("columns", query.column),
        unitId: await idOf("units", query.unit),
        q: query.q,
      },
      positionOf(query.cursor, Number.MAX_SAFE_INTEGER),
      query.limit + 1,
    );
    return c.json(pageOf(found, query.limit, (article) => article.id, articleSummary));
  },
);

articles.get("/articles/:id", operation({ summary: "Read an article", tag, scope: "read" }), async (c) => {
  requireScope(c, "read");
  return show(c, await requireArticle(c.get("deps").db, c.req.param("id")));
});

articles.patch(
  "/articles/:id",
  operation({ summary: "Change an article", tag, scope: "articles:write", body: schemas.articlePatch, ifMatch: true }),
  async (c) => {
    const actor = requireScope(c, "articles:write");
    const { desk, db } = c.get("deps");
    const rev = ifMatch(c);
    const { acknowledge = [], ...patch } = await readJson(c, schemas.articlePatch);
    const article = await requireArticle(db, c.req.param("id"));
    const publication = await requirePublication(db, article.publication);
    const { content, handling } = split(changedFields(article, patch));
    checkTogether(content, handling, publication);
    const place = await placeOf(c, publication, {
      column: patch.column === undefined ? article.column : patch.column,
      unit: patch.unit === undefined ? article.unit : patch.unit,
    });
    const accepted = await clearToChange(c, article, publication, content, acknowledge);
    const changed = { content, handling, place };
    return show(c, await editArticle(desk, article, publication, changed, rev, actor, c.get("now"), accepted));
  },
);

/** The members of a patch that were sent. */
function defined<T extends object>(patch: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** An article's fields after a patch. A digest that was taken from the text follows the text. */
function changedFields(
  article: Article,
  patch: Partial<z.output<typeof schemas.articlePatch>>,
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

articles.delete(
  "/articles/:id",
  operation({
    summary: "Delete a draft",
    tag,
    scope: "articles:write",
    ifMatch: true,
    status: 204,
    answer: "It is gone.",
  }),
  async (c) => {
    const actor = requireScope(c, "articles:write");
    const rev = ifMatch(c);
    const { desk, db } = c.get("deps");
    await removeArticle(desk, await requireArticle(db, c.req.param("id")), rev, actor, c.get("now"));
    return c.body(null, 204);
  },
);

articles.get(
  "/articles/:id/revisions",
  operation({
    summary: "An article's texts and their reviews, newest first",
    tag,
    scope: "read",
    query: pageQuery,
  }),
  async (c) => {
    requireScope(c, "read");
    const { db } = c.get("deps");
    const { cursor, limit } = readQuery(c, pageQuery);
    const article = await requireArticle(db, c.req.param("id"));
    const revisions = await listRevisions(db, article.id, positionOf(cursor, Number.MAX_SAFE_INTEGER), limit + 1);
    const reviews = await listReviews(db, article.id);
    return c.json(
      pageOf(
        revisions,
        limit,
        (revision) => revision.position,
        (revision) => revisionView(revision, reviews, article.hash),
      ),
    );
  },
);

articles.post(
  "/articles/:id/submit",
  operation({
    summary: "Submit for review, or to the queue",
    tag,
    scope: "articles:write",
    body: schemas.submission,
    answer: "The article, with `preflight`: what the linter says of it.",
  }),
  async (c) => {
    const actor = requireScope(c, "articles:write");
    const { desk, db } = c.get("deps");
    const { acknowledge } = await readJson(c, schemas.submission);
    const article = await requireArticle(db, c.req.param("id"));
    const publication = await requirePublication(db, article.publication);
    const { result, accepted } = await clearToSubmit(c, article, publication, acknowledge);
    const submitted = await submitArticle(desk, article, publication, actor, c.get("now"), accepted);
    return show(c, submitted, 200, { preflight: preflightView(result) });
  },
);

articles.post(
  "/articles/:id/reviews",
  operation({
    summary: "Decide at the current review stage",
    tag,
    scope: "review",
    body: schemas.review,
    status: 201,
    answer: "The article.",
  }),
  async (c) => {
    const actor = requireScope(c, "review");
    const { desk, db } = c.get("deps");
    const review = await readJson(c, schemas.review);
    const article = await requireArticle(db, c.req.param("id"));
    const publication = await requirePublication(db, article.publication);
    return show(c, await reviewArticle(desk, article, publication, review, actor, c.get("now"), c.get("since")), 201);
  },
);

articles.post(
  "/articles/:id/withdraw",
  operation({ summary: "Take back before publication", tag, scope: "articles:write", body: nothing }),
  async (c) => {
    const actor = requireScope(c, "articles:write");
    const { desk, db } = c.get("deps");
    await readJson(c, nothing);
    return show(c, await withdrawArticle(desk, await requireArticle(db, c.req.param("id")), actor, c.get("now")));
  },
);

articles.post(
  "/articles/:id/correct",
  operation({
    summary: "Correct a published article; every channel is told",
    tag,
    scope: "editions",
    body: schemas.correction,
  }),
  async (c) => {
    const actor = requireScope(c, "editions");
    const { desk, db } = c.get("deps");
    const { note = "", acknowledge = [], ...patch } = await readJson(c, schemas.correction);
    const article = await requireArticle(db, c.req.param("id"));
    const publication = await requirePublication(db, article.publication);
    const { content, handling } = split(changedFields(article, patch));
    checkTogether(content, handling, publication);
    const accepted = await clearToChange(c, article, publication, content, acknowledge);
    return show(c, await correctArticle(desk, article, content, note, actor, c.get("now"), accepted));
  },
);

articles.post(
  "/articles/:id/recall",
  operation({
    summary: "Recall a published article; every channel is told",
    tag,
    scope: "editions",
    body: schemas.recall,
  }),
  async (c) => {
    const actor = requireScope(c, "editions");
    const { desk, db } = c.get("deps");
    const { note } = await readJson(c, schemas.recall);
    return show(c, await recallArticle(desk, await requireArticle(db, c.req.param("id")), note, actor, c.get("now")));
  },
);

articles.post(
  "/media",
  operation({
    summary: "Upload a picture, or a video sent as video/mp4",
    tag: "media",
    scope: "articles:write",
    upload: "*/*",
    status: 201,
    answer: "The address of what was uploaded.",
  }),
  async (c) => {
    const actor = requireScope(c, "articles:write");
    const { db, media } = c.get("deps");
    if (isVideoUpload(c)) {
      const kept = await receiveVideo(c, actor);
      c.header("location", kept.url);
      return c.json(kept, 201);
    }
    const bytes = await bodyOf(c);
    if (bytes.length === 0)
      throw new Problem(422, "Invalid request", "The body is empty: send the picture's bytes.", {
        errors: [{ field: "(body)", message: "is empty" }],
      });
    const kept = await keepMedia({ db, media }, bytes, actor, c.get("now"));
    const url = mediaPath(kept.hash, kept.type);
    c.header("location", url);
    return c.json({ hash: kept.hash, type: kept.type, size: kept.size, url }, 201);
  },
);
