import type { CalloutKind } from "../tokens.ts";
import { type ThemeName, THEMES } from "./themes.ts";

export const HEADINGS = ["bar", "centred", "underlined", "numbered", "plain"] as const;
export const QUOTES = ["bar", "tint", "lines"] as const;
export const RULES = ["line", "short", "stars"] as const;
export const CAPTIONS = ["left", "centre"] as const;
export const COLUMN_HEADS = ["band", "centred", "label"] as const;

/** A callout's colours: its mark and border, and what its box is filled with (null: nothing, it has a frame instead). */
type CalloutColours = { readonly ink: string; readonly fill: string | null };

/** What a publication's articles look like in WeChat. Colours are `#rrggbb`. */
export type Theme = {
  /** Headings, bars, chips. White letters stand on it too. */
  readonly accent: string;
  readonly ink: string;
  /** Captions, credits, notes. */
  readonly muted: string;
  /** Thin lines. */
  readonly line: string;
  /** What quotes and table heads are filled with; null leaves them unfilled. */
  readonly tint: string | null;
  /** What the whole article stands on; null is WeChat's own page, white or dark as its reader has it. */
  readonly paper: string | null;
  /** CSS pixels. */
  readonly size: number;
  /** Line height, as a multiple of the size. */
  readonly leading: number;
  /** Between letters, CSS pixels. */
  readonly spacing: number;
  /** Two 字 of indent at each paragraph, and no gap between paragraphs, as newspapers and official documents have. */
  readonly indent: boolean;
  /** 宋体, where the phone has one. */
  readonly serif: boolean;
  readonly heading: (typeof HEADINGS)[number];
  readonly quote: (typeof QUOTES)[number];
  readonly rule: (typeof RULES)[number];
  readonly caption: (typeof CAPTIONS)[number];
  readonly column: (typeof COLUMN_HEADS)[number];
  readonly callouts: Readonly<Record<CalloutKind, CalloutColours>>;
  /** 栏目头 and the end of each article: Markdown, read as a manuscript is. */
  readonly opening: string;
  readonly closing: string;
  /** The roles whose names stand at the end (编辑：王芳, 校对：李四), in this order, where the article has them. */
  readonly roles: readonly string[];
};

/** A publication's theme as it is kept: one of ours, and what is changed of it. */
export type ThemeSettings = { readonly base: ThemeName } & {
  readonly [Field in Exclude<keyof Theme, "callouts">]?: Theme[Field] | undefined;
} & { readonly callouts?: { readonly [Kind in CalloutKind]?: CalloutColours | undefined } | undefined };

export const DEFAULT_THEME: ThemeSettings = { base: "red" };

/** The theme that the settings come to. */
export function themeOf({ base, callouts, ...own }: ThemeSettings): Theme {
  const { theme } = THEMES[base];
  const changed = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return { ...theme, ...changed, callouts: { ...theme.callouts, ...(callouts as Partial<Theme["callouts"]>) } };
}
