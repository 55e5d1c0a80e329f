/**
 * How a letter looks, as inline styles. No colour of text or ground is set: each mail program draws its own, in light and
 * in dark. The few lines that have a colour are seen on both (3:1, WCAG 2.2, 1.4.11).
 */
import type { CalloutKind } from "../tokens.ts";

/** Points of the medium, in pixels: what mail programs of three decades agree on. */
export const WIDTH = 600;

const LINE = "#8a8a8a";
export const ACCENT = "#c8403a";

/** What everything inside inherits. */
export const ROOT =
  "font:16px/1.8 -apple-system,'PingFang SC','Microsoft YaHei',Arial,sans-serif;text-align:left;word-break:break-word";

export const BLOCK = "margin:0 0 16px";
export const SOFT = `${BLOCK};font-size:14px;opacity:.75`;
export const CREDIT = `${SOFT};text-align:right`;
export const CAPTION = `${SOFT};text-align:center;line-height:1.6`;
export const LIST = "margin:0 0 16px;padding:0 0 0 28px";
export const ITEM = "margin:0 0 6px";
export const RULE = `height:0;margin:24px 0;border:0;border-top:1px solid ${LINE}`;
export const IMAGE = "display:block;width:100%;height:auto;margin:0 0 8px;border:0";
export const CODE_IMAGE = "display:block;width:200px;height:auto;margin:0 auto 8px;border:0";
export const INLINE_IMAGE = "width:auto;max-width:100%;height:auto;vertical-align:middle;border:0";
export const CODE = "font-family:Consolas,Menlo,monospace;font-size:14px";
export const PRE = `${CODE};line-height:1.6;margin:0 0 14px;white-space:pre-wrap`;
export const TABLE = `margin:0 0 16px;border-collapse:collapse;border:1px solid ${LINE};font-size:14px;line-height:1.6`;
export const CELL = `padding:6px 8px;border:1px solid ${LINE}`;
export const TITLE = "margin:0 0 12px;font-size:24px;line-height:1.4";
export const TEASER = "margin:0 0 6px;font-size:18px;line-height:1.5";
export const SIGN = `margin:0 0 20px;padding:0 0 10px;border-bottom:2px solid ${ACCENT};font-weight:bold`;
export const BUTTON = `display:inline-block;padding:8px 24px;border:1px solid ${ACCENT};text-decoration:none`;
export const FOOT = `margin:24px 0 0;padding:12px 0 0;border-top:1px solid ${LINE};font-size:13px;opacity:.75`;

// Read by the lists of messages beside the subject, seen nowhere else. Outlook needs its own word for that.
export const UNSEEN = "display:none;max-height:0;overflow:hidden;mso-hide:all";

/** A heading by its level on the page. */
export const heading = (level: number): string =>
  `margin:24px 0 12px;font-size:${level === 2 ? 19 : 17}px;line-height:1.5`;

/** A box is a cell with a bar on its left: Outlook knows no padding of anything else. Its last block has a margin below. */
export const box = (bar: string): string => `padding:14px 0 0 14px;border-left:4px solid ${bar}`;

export const BARS: Readonly<Record<CalloutKind | "quote" | "code", string>> = {
  tip: "#2e8b57",
  warning: "#c77700",
  important: ACCENT,
  note: "#3f7fbf",
  quote: LINE,
  code: LINE,
};
