import { Hono } from "hono";
import { createArticle, editArticle, removeArticle, requireArticle } from "../../articles/desk.ts";
import { listReviews, listRevisions } from "../../articles/record-store.ts";
import { listArticles } from "../../articles/store.ts";
import type { Article } from "../../articles/types.ts";
import { requirePublication } from "../../newsroom/publications.ts";
import { findNamed } from "../../newsroom/name-store.ts";
import { invalid } from "../../platform/problem.ts";
import { postOfArticle } from "../../wire/post-store.ts";
import type { App, Ctx } from "../context.ts";
import { changedFields, checkTogether, contentAndHandling, placeOf } from "./article-fields.ts";
import * as schemas from "./article-schemas.ts";
import { articleSummary, articleView, revisionView } from "./article-view.ts";
import { requireScope } from "./auth.ts";
import { ifMatch, readJson, readQuery } from "./body.ts";
import { idFor } from "./idempotency.ts";
import { operation } from "./operation.ts";
import { pageOf, positionOf } from "./paging.ts";
import { clearToChange } from "./preflight.ts";
import { pageQuery } from "./schemas.ts";

export const articles = new Hono<App>();
const tag = "articles";

/** The answer that shows an article, with its revision as ETag. */
export async function showArticle(
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
    const { content, handling } = contentAndHandling(fields);
    checkTogether(content, handling, publication);
    const place = await placeOf(c, publication, fields);
    return showArticle(
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
  return showArticle(c, await requireArticle(c.get("deps").db, c.req.param("id")));
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
    const { content, handling } = contentAndHandling(changedFields(article, patch));
    checkTogether(content, handling, publication);
    const place = await placeOf(c, publication, {
      column: patch.column === undefined ? article.column : patch.column,
      unit: patch.unit === undefined ? article.unit : patch.unit,
    });
    const accepted = await clearToChange(c, article, publication, content, acknowledge);
    const changed = { content, handling, place };
    return showArticle(c, await editArticle(desk, article, publication, changed, rev, actor, c.get("now"), accepted));
  },
);

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
