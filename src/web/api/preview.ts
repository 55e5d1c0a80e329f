import { Hono } from "hono";
import { requireArticle } from "../../articles/desk.ts";
import type { Article } from "../../articles/types.ts";
import {
  digestOf,
  type Doc,
  parseMarkdown,
  type Piece,
  pieceOf,
  renderDingtalk,
  renderDiscord,
  renderEmail,
  renderFeed,
  renderFeishu,
  renderSlack,
  renderTelegram,
  renderText,
  renderWeb,
  renderWecom,
  type ThemeName,
} from "../../formats/index.ts";
import { requirePublication } from "../../newsroom/publications.ts";
import { findNamed } from "../../newsroom/name-store.ts";
import { postOfArticle } from "../../wire/post-store.ts";
import type { App } from "../context.ts";
import { requireScope } from "./auth.ts";
import { readQuery } from "./body.ts";
import { operation } from "./operation.ts";
import * as schemas from "./article-schemas.ts";
import { wechatPreview } from "./wechat-preview.ts";

export const preview = new Hono<App>();

/** What is previewed. `absolute` gives the address of what the manuscript calls `/media/…`. */
type Draft = {
  readonly db: D1Database;
  readonly siteUrl: string;
  readonly article: Article;
  readonly doc: Doc;
  readonly absolute: (src: string) => string;
  readonly theme: ThemeName | undefined;
};
type Format = (typeof schemas.PREVIEW_FORMATS)[number];
type Preview = { readonly type: string; readonly render: (draft: Draft) => string | Promise<string> };

const html = (render: Preview["render"]): Preview => ({ type: "text/html", render });
const markdown = (render: (piece: Piece) => string): Preview => ({
  type: "text/markdown",
  render: async (draft) => render(await pieceFrom(draft)),
});
const json = (render: (piece: Piece) => unknown): Preview => ({
  type: "application/json",
  render: async (draft) => JSON.stringify(render(await pieceFrom(draft)), null, 2),
});

const FORMATS: Readonly<Record<Format, Preview>> = {
  web: html(({ doc, absolute, siteUrl }) => renderWeb(doc, { image: absolute, site: siteUrl })),
  wechat: html(({ db, article, theme, absolute }) => wechatPreview(db, article, theme, absolute)),
  feed: html(({ doc, siteUrl }) => renderFeed(doc, siteUrl)),
  email: html(letterOf),
  text: { type: "text/plain", render: ({ doc }) => renderText(doc) },
  telegram: json(renderTelegram),
  wecom: markdown((piece) => renderWecom(piece).markdown_v2.content),
  dingtalk: markdown((piece) => renderDingtalk(piece).markdown.text),
  feishu: json(renderFeishu),
  slack: json(renderSlack),
  discord: json(renderDiscord),
};

/** The HTML of a letter with this article: what its unsubscribe link will be, its sender knows. One query. */
async function letterOf({ db, siteUrl, article, doc }: Draft): Promise<string> {
  const { title, digest, cover, credits, source } = article;
  const { name } = await requirePublication(db, article.publication);
  const facts = credits.map((credit) => `${credit.role} ${credit.name}`);
  if (source) facts.push(`来源：${source.name}`);
  const letter = { title, digest: digest || digestOf(doc), facts, cover, url: `${siteUrl}/`, doc };
  return renderEmail(letter, { publication: name, site: siteUrl, unsubscribe: null }).html;
}

/** The article as a robot would be given it; before it is published the way to all of it is the front page. */
async function pieceFrom({ db, siteUrl, article, doc, absolute }: Draft): Promise<Piece> {
  const post = article.status === "published" ? await postOfArticle(db, article.uid) : null;
  const name = async (table: "columns" | "units", slug: string | null) =>
    slug === null ? null : ((await findNamed(db, table, slug))?.name ?? null);
  const summary = {
    title: article.title,
    digest: article.digest,
    url: post === null ? `${siteUrl}/` : `${siteUrl}/posts/${post}`,
    cover: article.cover === null ? null : absolute(article.cover),
    column: await name("columns", article.column),
    unit: await name("units", article.unit),
  };
  return pieceOf(summary, doc);
}

preview.get(
  "/articles/:id/preview",
  operation({
    summary: "The article as a medium shows it",
    tag: "articles",
    scope: "read",
    query: schemas.previewQuery,
    answer:
      "The rendered content itself: HTML, plain text, Markdown (`wecom`, `dingtalk`), or the JSON that the platform is sent.",
    answerType: [...new Set(Object.values(FORMATS).map(({ type }) => type))],
  }),
  async (c) => {
    requireScope(c, "read");
    const { format, theme } = readQuery(c, schemas.previewQuery);
    const { db, siteUrl } = c.get("deps");
    const article = await requireArticle(db, c.req.param("id"));
    const absolute = (src: string) => (src.startsWith("/") ? `${siteUrl}${src}` : src);
    const { type, render } = FORMATS[format];
    const doc = parseMarkdown(article.markdown);
    const body = await render({ db, siteUrl, article, doc, absolute, theme });
    // A rendered draft is shown as a document of its own, never with this origin's rights.
    c.header(
      "content-security-policy",
      "default-src 'none'; img-src http: https: 'self'; style-src 'unsafe-inline'; sandbox",
    );
    return c.body(body, 200, { "content-type": `${type}; charset=utf-8` });
  },
);
