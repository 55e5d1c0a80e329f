/** The frame of every page. Nothing from another host; a script only where a page says so. */
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { SITE_NAME } from "../../formats/feeds/index.ts";
import type { Cover } from "../../formats/index.ts";
import type { Ctx } from "../context.ts";

interface Page {
  title: string;
  description: string;
  /** The page's own path and query; null for one that is not to be found again. */
  path: string | null;
  /** Whose feeds belong to the page: a name and the path before `/feed.xml`. All posts' unless said. */
  feeds?: { name: string; path: string };
  /** What a shared link to an article shows. */
  /** Whether the page has the button for notifications. */
  scripted?: true;
  article?: { publishedAt: string; image: { url: string; size: Cover["size"] } };
  children: Child;
}

const FEEDS = [
  ["application/rss+xml", "feed.xml", "RSS"],
  ["application/atom+xml", "atom.xml", "Atom"],
  ["application/feed+json", "feed.json", "JSON Feed"],
] as const;

function Head({ page, siteUrl }: { page: Page; siteUrl: string }) {
  const feeds = page.feeds ?? { name: SITE_NAME, path: "" };
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{page.title === SITE_NAME ? SITE_NAME : `${page.title} - ${SITE_NAME}`}</title>
      <meta name="description" content={page.description} />
      {page.path === null ? (
        <meta name="robots" content="noindex" />
      ) : (
        <link rel="canonical" href={`${siteUrl}${page.path}`} />
      )}
      {page.article && (
        <>
          <meta property="og:type" content="article" />
          <meta property="og:title" content={page.title} />
          <meta property="og:description" content={page.description} />
          <meta property="og:url" content={`${siteUrl}${page.path}`} />
          <meta property="article:published_time" content={page.article.publishedAt} />
          <meta property="og:image" content={page.article.image.url} />
          {page.article.image.size && (
            <>
              <meta property="og:image:width" content={String(page.article.image.size.width)} />
              <meta property="og:image:height" content={String(page.article.image.size.height)} />
            </>
          )}
        </>
      )}
      {FEEDS.map(([type, file, label]) => (
        <link rel="alternate" type={type} title={`${feeds.name} ${label}`} href={`${feeds.path}/${file}`} />
      ))}
      <link rel="icon" type="image/svg+xml" href="/icon.svg" />
      <link rel="stylesheet" href="/site.css" />
      {page.scripted && <script type="module" src="/push.js" />}
    </head>
  );
}

function Layout({ page, siteUrl }: { page: Page; siteUrl: string }) {
  const feeds = page.feeds ?? { name: SITE_NAME, path: "" };
  return (
    <html lang="zh-CN">
      <Head page={page} siteUrl={siteUrl} />
      <body>
        <a class="skip" href="#main">
          跳到正文
        </a>
        <header class="masthead">
          <div class="frame">
            <a class="name" href="/">
              {SITE_NAME}
            </a>
            <nav aria-label="站点">
              <ul>
                <li>
                  <a href="/">首页</a>
                </li>
                <li>
                  <a href="/columns">专栏</a>
                </li>
                <li>
                  <a href="/subscribe">订阅</a>
                </li>
              </ul>
            </nav>
          </div>
        </header>
        <main id="main" class="frame" tabindex={-1}>
          {page.children}
        </main>
        <footer class="colophon">
          <div class="frame">
            <p id="feeds">
              订阅“{feeds.name}”：
              {FEEDS.map(([, file, label]) => (
                <a href={`${feeds.path}/${file}`}>{label}</a>
              ))}
            </p>
            <p>
              <a href="/inbox">演示收件箱</a>
            </p>
          </div>
        </footer>
      </body>
    </html>
  );
}

/** The page as an answer. */
export function respond(c: Ctx, page: Page, status: ContentfulStatusCode = 200): Response | Promise<Response> {
  return c.html(`<!doctype html>${(<Layout page={page} siteUrl={c.get("deps").siteUrl} />).toString()}`, status);
}
