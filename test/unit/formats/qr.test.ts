import jsQR from "jsqr";
import { describe, expect, it } from "vitest";
import { parseMarkdown, renderFeed, renderWeb } from "../../../src/formats/index.ts";
import { qrSvg } from "../../../src/formats/qr.ts";

const SITE = "https://site.example";

/** What a camera would read from the picture, drawn at three pixels a module on white; null when nothing. */
function scan(svg: string): string | null {
  const scale = 3;
  const side = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]) * scale;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [, x, y, width] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
    for (let row = Number(y) * scale; row < (Number(y) + 1) * scale; row++)
      for (let column = Number(x) * scale; column < (Number(x) + Number(width)) * scale; column++)
        pixels.fill(0, (row * side + column) * 4, (row * side + column) * 4 + 3);
  return jsQR(pixels, side, side)?.data ?? null;
}

const web = (markdown: string): string => renderWeb(parseMarkdown(markdown), { site: SITE });

describe("a code to scan", () => {
  it.each([
    ["https://a.cn/", "https://a.cn/"],
    ["https://a.cn/报名?项=1&b='\"", "https://a.cn/%E6%8A%A5%E5%90%8D?%E9%A1%B9=1&b=%27%22"],
    ["tel:12345", "tel:12345"],
    [`https://a.cn/${"x".repeat(200)}`, `https://a.cn/${"x".repeat(200)}`],
  ])("of %j is read by another program as %j", (address, read) => expect(scan(qrSvg(address) ?? "")).toBe(read));

  it.each(["", "/path", "//a.cn", `https://a.cn/${"x".repeat(201)}`, `https://a.cn/${"字".repeat(30)}`])(
    "is not made of %j",
    (address) => expect(qrSvg(address)).toBeNull(),
  );

  it("stays small", () => expect(qrSvg(`https://a.cn/${"x".repeat(200)}`)?.length).toBeLessThan(16_000));

  it("is drawn for a card that has a link and no image", () => {
    const html = web("::: 二维码 扫码报名\n[点此报名](/posts/x)\n:::");
    expect(scan(html)).toBe(`${SITE}/posts/x`);
    expect(html).toMatch(
      /^<figure class="card qrcode"><a href="\/posts\/x"><svg [^<>]*><path d="[^"]*"><\/path><\/svg><\/a>/,
    );
    expect(html.match(/<path/g)).toHaveLength(1);
  });

  it("is not drawn beside an image, for a video, or without a link", () => {
    for (const card of ["二维码\n![码](/q.png)\n[看](/x)", "视频\n[看](/x)", "二维码\n长按"])
      expect(web(`::: ${card}\n:::`)).not.toContain("<svg");
  });

  it("gives way to the address in words where it cannot be drawn, once", () => {
    const long = `https://a.cn/${"x".repeat(300)}`;
    expect(web(`::: 二维码\n[报名](${long})\n:::`)).toContain(`</a><br><small>${long}</small>`);
    expect(web(`::: 二维码\n<${long}>\n:::`)).not.toContain("<small>");
    const feed = (markdown: string) => renderFeed(parseMarkdown(markdown), SITE);
    expect(feed("::: 二维码\n[报名](/x)\n:::")).toBe(`<p><a href="${SITE}/x">报名</a><br><small>${SITE}/x</small></p>`);
  });
});
