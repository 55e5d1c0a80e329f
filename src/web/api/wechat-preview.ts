import type { Article } from "../../articles/types.ts";
import { issueOf, parseMarkdown, renderWechat, type ThemeName, themeOf } from "../../formats/index.ts";
import { requirePublication } from "../../newsroom/publications.ts";
import { findNamed } from "../../newsroom/name-store.ts";
import { wechatPage } from "./wechat-page.ts";

/**
 * An article as WeChat shows it, in its publication's theme or in another of ours (with the publication's own opening and
 * closing blocks), on a page like WeChat's. `images` gives an image's address for this preview.
 */
export async function wechatPreview(
  db: D1Database,
  article: Article,
  override: ThemeName | undefined,
  images: (src: string) => string | null,
): Promise<string> {
  const publication = await requirePublication(db, article.publication);
  const { opening, closing, roles } = publication.theme;
  const settings = override === undefined ? publication.theme : { base: override, opening, closing, roles };
  const column = article.column === null ? null : await findNamed(db, "columns", article.column);
  const body = renderWechat(parseMarkdown(article.markdown), {
    images,
    theme: themeOf(settings),
    column: column && { name: column.name, issue: issueOf(article.title) },
    credits: article.credits,
  });
  return wechatPage(article.title, body);
}
