/**
 * `npm run themes`: a phone's view of every theme, and of one in WeChat's dark mode, into docs/images/themes. Needs
 * Chromium and Chinese fonts (on Debian: chromium, fonts-noto-cjk).
 */
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { parseMarkdown, renderWechat, type Theme, themeOf, THEME_NAMES, THEMES } from "../src/formats/index.ts";
import { wechatPage } from "../src/web/api/wechat-page.ts";
import { darken } from "./dark-mode.ts";
import { picture } from "./theme-pictures.ts";

const root = join(import.meta.dirname, "..");
const out = join(root, "docs/images/themes");
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const WIDTH = 390;
const GAP = 12;
/** Of the JPEG: what keeps each picture below 200 KB. */
const QUALITY = 38;

const OPENING = "**化德党建**　第86期　2026年11月22日";
const CLOSING = "::: 二维码 关注“化德党建”\n![二维码](https://img.example/qr.png)\n长按识别，看每天的新鲜事\n:::";

async function shoot(page: Page, theme: Theme, file: string, dark: boolean): Promise<void> {
  const markdown = readFileSync(join(root, "test/unit/formats/golden/office.md"), "utf8");
  const body = renderWechat(parseMarkdown(markdown), {
    images: (src) => src,
    theme: { ...theme, opening: OPENING, closing: CLOSING },
    column: { name: "头雁风采", issue: "第12期" },
    credits: [
      { role: "编辑", name: "李想" },
      { role: "监制", name: "吴桐" },
    ],
  });
  await page.setContent(wechatPage("白音村的灯：记驻村第一书记郑禾", body));
  if (dark) await page.evaluate(darken);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  const whole = (await page.screenshot({ fullPage: true })).toString("base64");
  // A long article is shown as two phones side by side.
  const split = await page.evaluate(() => {
    const half = document.documentElement.scrollHeight / 2;
    const ends = [...document.querySelectorAll("body > section > *")].map(
      (block) => block.getBoundingClientRect().bottom,
    );
    return Math.ceil(ends.find((end) => end > half) ?? half) + 12;
  });
  const phone = (top: number, length: number): string =>
    `<div style="width:${WIDTH}px;height:${length}px;background:url(data:image/png;base64,${whole}) 0 -${top}px/${WIDTH}px"></div>`;
  const both = await page.context().newPage();
  await both.setViewportSize({ width: 2 * WIDTH + GAP, height: split });
  await both.setContent(
    `<body style="display:flex;gap:${GAP}px;margin:0;background:#ccc">${phone(0, split)}${phone(split, height - split)}`,
  );
  await both.screenshot({ path: join(out, file), type: "jpeg", quality: QUALITY });
  await both.close();
  console.log(`${file}  ${Math.round(statSync(join(out, file)).size / 1024)} KB, ${height} px of article`);
}

if (!CHROMIUM) throw new Error("Chromium is not installed. On Debian: apt-get install chromium fonts-noto-cjk");
mkdirSync(out, { recursive: true });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
try {
  const context = await browser.newContext({ viewport: { width: WIDTH, height: 844 }, deviceScaleFactor: 2 });
  const page = await context.newPage();
  await page.route("https://img.example/**", (route) =>
    route.fulfill({ contentType: "image/svg+xml", body: picture(new URL(route.request().url()).pathname) }),
  );
  for (const name of THEME_NAMES) await shoot(page, THEMES[name].theme, `${name}.jpg`, false);
  await shoot(page, themeOf({ base: "dark" }), "dark-in-dark-mode.jpg", true);
} finally {
  await browser.close();
}
