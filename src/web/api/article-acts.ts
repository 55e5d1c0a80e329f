/** What is done to an article beside changing it: submit, review, withdraw, correct, recall. */
import { Hono } from "hono";
import { requireArticle, reviewArticle, submitArticle, withdrawArticle } from "../../articles/desk.ts";
import { requirePublication } from "../../newsroom/publications.ts";
import { correctArticle, recallArticle } from "../../wire/amend.ts";
import type { App } from "../context.ts";
import { changedFields, checkTogether, contentAndHandling } from "./article-fields.ts";
import * as schemas from "./article-schemas.ts";
import { showArticle } from "./articles.ts";
import { requireScope } from "./auth.ts";
import { readJson } from "./body.ts";
import { operation } from "./operation.ts";
import { clearToChange, clearToSubmit, preflightView } from "./preflight.ts";
import { nothing } from "./schemas.ts";

export const articleActs = new Hono<App>();
const tag = "articles";

articleActs.post(
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
    return showArticle(c, submitted, 200, { preflight: preflightView(result) });
  },
);

articleActs.post(
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
    return showArticle(
      c,
      await reviewArticle(desk, article, publication, review, actor, c.get("now"), c.get("since")),
      201,
    );
  },
);

articleActs.post(
  "/articles/:id/withdraw",
  operation({ summary: "Take back before publication", tag, scope: "articles:write", body: nothing }),
  async (c) => {
    const actor = requireScope(c, "articles:write");
    const { desk, db } = c.get("deps");
    await readJson(c, nothing);
    return showArticle(
      c,
      await withdrawArticle(desk, await requireArticle(db, c.req.param("id")), actor, c.get("now")),
    );
  },
);

articleActs.post(
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
    const { content, handling } = contentAndHandling(changedFields(article, patch));
    checkTogether(content, handling, publication);
    const accepted = await clearToChange(c, article, publication, content, acknowledge);
    return showArticle(c, await correctArticle(desk, article, content, note, actor, c.get("now"), accepted));
  },
);

articleActs.post(
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
    return showArticle(
      c,
      await recallArticle(desk, await requireArticle(db, c.req.param("id")), note, actor, c.get("now")),
    );
  },
);
