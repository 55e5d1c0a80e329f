import type { Cover, ThemeSettings } from "../formats/index.ts";

/** A post as it was written, for a kind that sets it itself. */
export interface Manuscript {
  markdown: string;
  /** Who made it: 记者, 编辑 … */
  credits: readonly { role: string; name: string }[];
  /** The picture that stands for it, as a path of the site or an http(s) address. */
  cover: Cover;
  /** What readers call its column and its unit. */
  column: string | null;
  unit: string | null;
  /** How its publication looks at WeChat. */
  theme: ThemeSettings;
}
