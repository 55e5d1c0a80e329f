/** What everybody sees: published pages, the account's list, and the pictures on the platform's own host. */
import { CDN } from "./material.ts";
import { type Account, escapeText, type Page, type World } from "./state.ts";

const html = (title: string, body: string, status = 200): Response =>
  new Response(
    `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
      `<title>${escapeText(title)}</title><style>img{max-width:100%;height:auto}</style><body style="max-width:677px;margin:0 auto;padding:0 16px">${body}</body></html>`,
    { status, headers: { "content-type": "text/html; charset=utf-8" } },
  );

const GONE = { deleted: "该内容已被发布者删除", banned: "此内容因违规无法查看" };

/** Addresses of pictures and articles of the platform's, as `base` serves them. */
const onBase = (content: string, base: string | null): string =>
  base === null
    ? content
    : content
        .replaceAll(new RegExp(`https?://${CDN}/`, "g"), `${base}/`)
        .replaceAll(/https?:\/\/mp\.weixin\.qq\.com\/s\//g, `${base}/s/`);

function article({ accounts }: World, page: Page, base: string | null): Response {
  if (page.gone !== null) return html(GONE[page.gone], `<p>${GONE[page.gone]}</p>`);
  const { title, author, content, thumb_media_id, content_source_url } = page.article;
  const cover = accounts.get(page.app_id)?.materials.get(thumb_media_id)?.url ?? "";
  const head = `<h1>${escapeText(title)}</h1><p class="author">${escapeText(author)}</p>`;
  const meta = `<meta property="og:image" content="${escapeText(onBase(cover, base))}">`;
  const source = content_source_url && `<p><a href="${escapeText(content_source_url)}">阅读原文</a></p>`;
  return html(title, `${meta}${head}<div id="js_content">${onBase(content, base)}</div>${source}`);
}

const listed = (page: Page): object => ({
  app_id: page.app_id,
  kind: page.kind,
  listed: page.listed,
  gone: page.gone,
  title: page.article.title,
  path: `/s/${page.id}`,
  at: page.at,
});

function list(world: World, request: Request, query: URLSearchParams): Response {
  const app_id = query.get("app_id");
  const pages = world.pages.filter((page) => app_id === null || page.app_id === app_id);
  if (!(request.headers.get("accept") ?? "").includes("text/html")) return Response.json(pages.map(listed));
  const rows = pages.map(
    ({ id, kind, gone, article: { title } }) =>
      `<li data-kind="${kind}"${gone ? ` data-gone="${gone}"` : ""}><a href="/s/${id}">${escapeText(title)}</a> ` +
      `${kind === "mass" ? "群发" : "发布"}</li>`,
  );
  return html("公众号文章", `<ol>${rows.join("")}</ol>`);
}

/** The answer to a GET that is none of the API's; `base` is where pages look for the CDN's pictures. */
export function publicAnswer(world: World, request: Request, base: string | null): Response | null {
  const { pathname, searchParams } = new URL(request.url);
  const image = world.images.get(pathname);
  if (image) return new Response(image.bytes, { headers: { "content-type": image.type } });
  if (pathname === "/public") return list(world, request, searchParams);
  if (!pathname.startsWith("/s/")) return null;
  const page = world.pages.find(({ id }) => pathname === `/s/${id}`);
  return page ? article(world, page, base) : html("链接错误", "<p>参数错误</p>", 404);
}

/** What a person did by hand with an account's pages, of which no event tells. */
export function removeByHand(account: Account, pages: readonly Page[], how: "deleted" | "banned"): void {
  for (const page of pages) if (page.app_id === account.app_id) page.gone ??= how;
}
