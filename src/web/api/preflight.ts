/** 预检 over HTTP: what the linter says of an article, and what a person has to accept before it goes on. */
import { Hono } from "hono";
import { requireArticle } from "../../articles/desk.ts";
import { contentHash } from "../../articles/intake.ts";
import { mediaHash } from "../../articles/media.ts";
import { readFacts } from "../../articles/proof-store.ts";
import type { Article, Content } from "../../articles/types.ts";
import type { Proposal } from "../../editions/proposal.ts";
import { requirePublication } from "../../newsroom/publications.ts";
import type { Publication } from "../../newsroom/types.ts";
import type { Finding, Input, Preflight } from "../../preflight/index.ts";
import { blocking, BLOCKING_RULES, preflight as look, preflightBlocking } from "../../preflight/index.ts";
import { inputFrom, matcherOf, mediaFacts } from "../../preflight/input.ts";
import { Problem } from "../../platform/problem.ts";
import type { App, Ctx } from "../context.ts";
import { requireScope } from "./auth.ts";
import { operation } from "./operation.ts";

export const preflight = new Hono<App>();

/** A finding as the API shows it; `blocking` if it keeps the article from going on until someone accepts it. */
function findingView(finding: Finding) {
  const { key: _, ...shown } = finding;
  return { ...shown, ...(blocking([finding]).length > 0 && { blocking: true }) };
}

export const preflightView = ({ findings, meter }: Preflight) => ({ findings: findings.map(findingView), meter });

interface Looked {
  input: Input;
  /** Keys of what was accepted in this very text. */
  acknowledged: readonly string[];
}

/** Reads what the linter needs for this text of the article: one batch. */
async function inputOf(c: Ctx, article: Article, content: Content, hash: string, zone: string): Promise<Looked> {
  const { db, desk } = c.get("deps");
  const facts = await readFacts(db, article.id, hash, desk.mediaOf(content));
  const media = mediaFacts(facts.media, mediaHash);
  const at = article.eventAt ?? article.createdAt;
  const input = inputFrom(content, { at, zone, media, terms: matcherOf(facts.terms) });
  return { input, acknowledged: facts.acknowledged };
}

/** Proofreading is for the looks of a person: its engine is loaded when the first of them comes, not with the Worker. */
async function lookAll(input: Input): Promise<Preflight> {
  const { proofread } = await import("../../preflight/zhlint.ts");
  return look({ ...input, proofread });
}

type Rule = (typeof BLOCKING_RULES)[number];

/**
 * The keys to note as accepted. Throws a 422 problem that names each finding which blocks, and which nobody has accepted
 * in this text and the request does not accept either.
 */
function accept(findings: readonly Finding[], acknowledged: readonly string[], rules: readonly Rule[]): string[] {
  const fresh = blocking(findings).filter(({ key }) => !acknowledged.includes(key ?? ""));
  const open = fresh.filter(({ rule }) => !(rules as readonly string[]).includes(rule));
  if (open.length > 0) {
    const named = JSON.stringify([...new Set(open.map(({ rule }) => rule))]);
    throw new Problem(
      422,
      "Must not go out",
      `${open[0]!.message} Change the text, or send {"acknowledge": ${named}} if it is meant to go out like this.`,
      {
        errors: open.map(({ place, message }) => ({
          field: place.field === "author" ? "credits" : place.field,
          message:
            "line" in place ? `第 ${place.line} 行第 ${place.column} 列（${place.excerpt}）：${message}` : message,
        })),
      },
    );
  }
  return fresh.length === 0 ? [] : [...new Set(blocking(findings).flatMap(({ key }) => key ?? []))];
}

/** The look at a text that is submitted. Throws as {@link accept} does. */
export async function clearToSubmit(
  c: Ctx,
  article: Article,
  publication: Publication,
  rules: readonly Rule[],
): Promise<{ result: Preflight; accepted: string[] }> {
  const { input, acknowledged } = await inputOf(c, article, article, article.hash, publication.timeZone);
  const result = await lookAll(input);
  return { result, accepted: accept(result.findings, acknowledged, rules) };
}

/**
 * The look at a changed text that nobody has to submit any more: it may go out as it is. Only what blocks is looked for.
 * Throws as {@link accept} does.
 */
export async function clearToChange(
  c: Ctx,
  article: Article,
  publication: Publication,
  content: Content,
  rules: readonly Rule[],
): Promise<string[]> {
  if (article.status === "draft" || article.status === "returned" || article.status === "withdrawn") return [];
  const hash = await contentHash(content);
  if (hash === article.hash) return [];
  const { input, acknowledged } = await inputOf(c, article, content, hash, publication.timeZone);
  return accept(preflightBlocking(input), acknowledged, rules);
}

/** The articles of an edition that have not gone out, by internal id. */
export function waitingArticles({ planned, added }: Proposal): number[] {
  const waiting = (planned?.picks ?? []).filter(({ seq }) => seq === null);
  return [...waiting, ...added].map(({ articleId }) => articleId);
}

/** An edition as it is shown, each pick that waits with its findings. */
export function withFindings<View extends { picks: { article_id: string }[] }>(
  view: View,
  { planned, added }: Proposal,
  found: ReadonlyMap<number, Finding[]>,
) {
  const ids = new Map([...(planned?.picks ?? []), ...added].map(({ uid, articleId }) => [uid, articleId]));
  return {
    ...view,
    picks: view.picks.map((pick) => {
      const findings = found.get(ids.get(pick.article_id) ?? 0);
      return { ...pick, ...(findings && { findings: findings.map(findingView) }) };
    }),
  };
}

preflight.get(
  "/articles/:id/preflight",
  operation({
    summary: "What the linter says of an article",
    tag: "articles",
    scope: "read",
    answer: "`findings` in reading order, and the `meter` of WeChat's room.",
  }),
  async (c) => {
    requireScope(c, "read");
    const { db } = c.get("deps");
    const article = await requireArticle(db, c.req.param("id"));
    const publication = await requirePublication(db, article.publication);
    const { input } = await inputOf(c, article, article, article.hash, publication.timeZone);
    return c.json(preflightView(await lookAll(input)));
  },
);
