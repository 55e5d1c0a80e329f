import { safeUrl } from "../html.ts";
import { imageOf, linkUrl } from "../render.ts";
import { parseMarkdown, walkDoc } from "../tree.ts";
import { type Theme, themeOf, type ThemeSettings } from "./theme.ts";

/** What body text needs to be read by people with weak sight, WCAG 2.2, 1.4.3. */
export const LEAST_CONTRAST = 4.5;

const PAGE = "#ffffff";

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The contrast of two `#rrggbb` colours, 1 (none) to 21. */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Which letters stand on what, by the field to change. */
function lettersOf(theme: Theme): [field: string, letters: string, on: string, place: string][] {
  const paper = theme.paper ?? PAGE;
  const page = theme.paper === null ? "white" : "the paper";
  return [
    ["ink", theme.ink, paper, page],
    ["muted", theme.muted, paper, page],
    ["accent", theme.accent, paper, page],
    ["accent", theme.accent, PAGE, "white letters"],
    ...(theme.tint === null ? [] : [["tint", theme.tint, theme.ink, "the ink"] as [string, string, string, string]]),
    ...Object.entries(theme.callouts).flatMap(([kind, { ink, fill }]): [string, string, string, string][] => [
      [`callouts.${kind}.ink`, ink, fill ?? paper, fill === null ? page : "its fill"],
      [`callouts.${kind}.ink`, ink, PAGE, "white letters"],
      ...(fill === null
        ? []
        : [[`callouts.${kind}.fill`, fill, theme.ink, "the ink"] as [string, string, string, string]]),
    ]),
  ];
}

function refuseMarkdown(field: "opening" | "closing", markdown: string): { field: string; message: string }[] {
  const errors: { field: string; message: string }[] = [];
  walkDoc(parseMarkdown(markdown), (token) => {
    if (token.type === "image" && safeUrl(imageOf(token).src, "image") === null)
      errors.push({ field, message: `the image “${imageOf(token).src}” is no http, https or /path address` });
    if (token.type === "link" && linkUrl(token) === null)
      errors.push({ field, message: `the link “${token.href}” is no http, https, mailto, tel or /path address` });
  });
  return errors;
}

/**
 * Everything that keeps a theme from being read, by its fields: letters that stand out from what they stand on by less
 * than 4.5 : 1, images and links in its blocks that lead nowhere. Shapes and ranges were checked before. Empty: it can be
 * used.
 */
export function refuseTheme(settings: ThemeSettings): { field: string; message: string }[] {
  const theme = themeOf(settings);
  const found = new Map<string, string>();
  for (const [field, letters, on, place] of lettersOf(theme)) {
    const ratio = contrast(letters, on);
    if (ratio >= LEAST_CONTRAST || found.has(field)) continue;
    const shown = Math.floor(ratio * 10) / 10;
    found.set(field, `is ${letters}: its contrast to ${place} is ${shown} : 1, and has to be ${LEAST_CONTRAST} : 1`);
  }
  return [
    ...[...found].map(([field, message]) => ({ field, message })),
    ...refuseMarkdown("opening", theme.opening),
    ...refuseMarkdown("closing", theme.closing),
  ];
}
