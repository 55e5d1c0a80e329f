/**
 * What WeChat's dark mode makes of a page, as its authors describe it (wechatjs/mp-darkmode, doc/cn/principle.md), about:
 * light greys turned over, bright backgrounds dimmed, letters and borders moved until they stand out. Runs in the page, so
 * it may use nothing from outside of itself.
 */
export function darken(): void {
  type Rgb = [number, number, number];
  const DARK: Rgb = [25, 25, 25];
  const brightness = ([r, g, b]: Rgb): number => (r * 299 + g * 587 + b * 114) / 1000;
  const parse = (colour: string): Rgb | null => {
    const [r, g, b, a] = (colour.match(/[\d.]+/g) ?? []).map(Number);
    return r === undefined || g === undefined || b === undefined || a === 0 ? null : [r, g, b];
  };
  const toHsl = ([r, g, b]: Rgb): [number, number, number] => {
    const [max, min] = [Math.max(r, g, b) / 255, Math.min(r, g, b) / 255];
    const d = max - min;
    const l = (max + min) / 2;
    if (d === 0) return [0, 0, l];
    const h =
      max === r / 255 ? ((g - b) / 255 / d) % 6 : max === g / 255 ? (b - r) / 255 / d + 2 : (r - g) / 255 / d + 4;
    return [h * 60, d / (1 - Math.abs(2 * l - 1)), l];
  };
  const fromHsl = (h: number, s: number, l: number): Rgb => {
    const part = (n: number): number => {
      const k = (n + h / 30 + 12) % 12;
      return Math.round(255 * (l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
    };
    return [part(0), part(8), part(4)];
  };
  const scaled = (colour: Rgb, to: number): Rgb => {
    const by = to / Math.max(1, brightness(colour));
    return colour.map((part) => Math.min(255, Math.round(part * by))) as Rgb;
  };
  const ground = (colour: Rgb): Rgb => {
    const [h, s, l] = toHsl(colour);
    if ((s === 0 && l > 0.4) || brightness(colour) > 250) return fromHsl(0, 0, Math.min(1, 1 + 0.098 - l));
    if (brightness(colour) > 190) return scaled(colour, 190);
    return l < 0.22 ? fromHsl(h, s, 0.22) : colour;
  };
  const letters = (colour: Rgb, on: Rgb): Rgb => {
    const apart = (one: Rgb): number => Math.abs(brightness(one) - brightness(on));
    if (brightness(colour) >= 250 || apart(colour) >= 65) return colour;
    const [h, s, l] = toHsl(colour);
    const turned = fromHsl(h, s, brightness(on) >= 100 ? Math.max(0, 0.9 - Math.max(l, 0.5)) : Math.max(l, 0.9 - l));
    if (apart(turned) >= 65) return turned;
    return scaled(turned, brightness(on) >= 100 ? brightness(on) - 65 : brightness(on) + 65);
  };
  const css = (colour: Rgb): string => `rgb(${colour.join(",")})`;

  const visit = (element: HTMLElement, on: Rgb, inherited: Rgb): void => {
    const { style } = element;
    const own = parse(style.backgroundColor);
    const back = own ? ground(own) : on;
    const border = parse(style.borderColor) ?? parse(style.borderBottomColor) ?? parse(style.borderLeftColor);
    const ink = parse(style.color) ?? inherited;
    if (own) element.style.backgroundColor = css(back);
    if (style.color || own) element.style.color = css(letters(ink, back));
    if (border) element.style.borderColor = css(letters(border, back));
    // The page's own dark sheet, for what says nothing itself.
    if (/^T[DH]$/.test(element.tagName)) element.style.borderColor = "#4b4b4b";
    if (element.tagName === "TH") element.style.backgroundColor = "#232323";
    for (const child of element.children) if (child instanceof HTMLElement) visit(child, back, ink);
  };
  document.body.style.background = css(DARK);
  document.body.style.color = "rgba(255,255,255,.6)";
  for (const section of document.querySelectorAll<HTMLElement>("body > section")) visit(section, DARK, [51, 51, 51]);
}
