/**
 * One Markdown tree, many formats. Each renderer constructs its output from tags of its own, so nothing has to be
 * sanitised after it. Read `tree.ts`, `containers.ts` and `chinese.ts` (how a manuscript is read), `tokens.ts`, `render.ts`
 * (what media with nesting share; those in HTML also `hypertext.ts`) and `flat.ts` (what media without share), then a
 * format.
 */
export { joinLines } from "./chinese.ts";
export { type Cover, coverOf, PREBUILT } from "./cover.ts";
export { digestOf } from "./digest.ts";
export { decodeEntities } from "./entities.ts";
export { type EmailArticle, type EmailFrame, type Letter, renderEmail } from "./email/letter.ts";
export { renderEmailDigest } from "./email/digest.ts";
export { renderFeed } from "./feed.ts";
export { escapeHtml, safeUrl } from "./html.ts";
export { type Block, flatten, imageWords } from "./flat.ts";
export { imageSources } from "./images.ts";
export { runText } from "./runs.ts";
export { readerText, renderText } from "./text.ts";
export { type Doc, parseMarkdown } from "./tree.ts";
export { renderWeb } from "./web.ts";
export { issueOf, renderWechat, themeImages, type WechatOptions } from "./wechat/render.ts";
export {
  CAPTIONS,
  COLUMN_HEADS,
  DEFAULT_THEME,
  HEADINGS,
  QUOTES,
  RULES,
  type Theme,
  themeOf,
  type ThemeSettings,
} from "./wechat/theme.ts";
export { refuseTheme } from "./wechat/check.ts";
export { WECHAT_LIMITS } from "./wechat/limits.ts";
export { THEME_NAMES, type ThemeName, THEMES } from "./wechat/themes.ts";
export * from "./chat/index.ts";
