import { describe, expect, it } from "vitest";
import { refuseTheme, THEME_NAMES, themeOf, type ThemeSettings } from "../../../src/formats/index.ts";
import { contrast } from "../../../src/formats/wechat/check.ts";

describe("contrast is WCAG's", () => {
  it.each([
    ["#000000", "#ffffff", 21],
    ["#ffffff", "#ffffff", 1],
    ["#777777", "#ffffff", 4.48],
    ["#767676", "#ffffff", 4.54],
    ["#ffffff", "#0000ff", 8.59],
  ])("%s on %s", (one, other, ratio) => {
    expect(contrast(one, other)).toBeCloseTo(ratio, 2);
    expect(contrast(other, one)).toBeCloseTo(ratio, 2);
  });
});

it.each(THEME_NAMES)("%s can be read, and says of itself that it can", (base) =>
  expect(refuseTheme({ base })).toEqual([]),
);

it("dark's letters stand out from WeChat's dark page too, without its help", () => {
  const theme = themeOf({ base: "dark" });
  expect([theme.tint, theme.paper, ...Object.values(theme.callouts).map(({ fill }) => fill)]).toEqual(
    Array(6).fill(null),
  );
  for (const colour of [theme.accent, theme.muted, theme.line, ...Object.values(theme.callouts).map(({ ink }) => ink)])
    expect(contrast(colour, "#191919"), colour).toBeGreaterThanOrEqual(3);
});

describe("what cannot be read is refused, by its field", () => {
  it.each<[string, Omit<ThemeSettings, "base">, string[]]>([
    ["pale letters", { ink: "#999999" }, ["ink", "callouts.tip.fill"]],
    ["pale captions", { muted: "#aaaaaa" }, ["muted"]],
    ["a pale accent, which headings and white letters on it need", { accent: "#e8a33d" }, ["accent"]],
    ["paper as dark as the letters", { paper: "#555555" }, ["ink", "muted", "accent"]],
    ["a dark tint", { tint: "#777777" }, ["tint"]],
    ["a callout's pale mark", { callouts: { tip: { ink: "#88cc99", fill: null } } }, ["callouts.tip.ink"]],
    ["a callout's dark box", { callouts: { note: { ink: "#000000", fill: "#888888" } } }, ["callouts.note.fill"]],
    ["an image that is none", { closing: "![](javascript:x)" }, ["closing"]],
    ["an image in the text", { opening: "![](data:image/png;base64,AA)" }, ["opening"]],
    ["a link that leads nowhere", { opening: "[x](vbscript:y)" }, ["opening"]],
  ])("%s", (_, own, fields) => {
    const errors = refuseTheme({ base: "red", ...own });
    const found = new Set(errors.map(({ field }) => field));
    for (const field of fields) expect([...found], JSON.stringify(errors)).toContain(field);
    if (fields.length === 1) expect([...found]).toEqual(fields);
  });

  it("with words that say how much is missing", () => {
    const [error] = refuseTheme({ base: "red", muted: "#aaaaaa" });
    expect(error?.message).toBe("is #aaaaaa: its contrast to white is 2.3 : 1, and has to be 4.5 : 1");
  });
});

it("what is fine is not refused", () => {
  const closing = "::: 二维码 关注\n![](/media/a.png)\n:::\n\n[网站](https://a.cn) <a@b.cn>";
  expect(refuseTheme({ base: "plain", accent: "#1b7a5f", closing, opening: "**刊头** <script>x</script>" })).toEqual(
    [],
  );
});
