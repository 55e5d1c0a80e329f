/** The demo office in real Chromium: what a newcomer and a reader see. */
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, openOffice } from "./office.ts";

if (!CHROMIUM)
  console.warn(
    "Chromium is not installed: the browser tests are skipped. On Debian: apt-get install chromium fonts-noto-cjk",
  );

describe.skipIf(!CHROMIUM)("the readers' pages", () => {
  let office: Awaited<ReturnType<typeof openOffice>>;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    office = await openOffice();
    browser = await chromium.launch({
      executablePath: CHROMIUM!,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
    page = await browser.newPage();
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    page.on("requestfailed", (request) => faults.push(`failed: ${request.url()}`));
    page.on(
      "response",
      (response) => response.status() >= 400 && faults.push(`${response.status()} ${response.url()}`),
    );
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await office?.close();
  });

  it("show the edition of the day, all fifteen", async () => {
    await page.goto(office.url);
    const [daily] = office.editions;
    expect(daily!.picks.length).toBe(15);
    for (const pick of daily!.picks)
      expect(await page.getByText(pick.title, { exact: true }).count()).toBeGreaterThan(0);
  });

  it.each([
    ["a phone", 360, 740],
    ["a desktop", 1280, 900],
  ])("fit %s without sideways scrolling, and pass axe", async (_, width, height) => {
    await page.setViewportSize({ width, height });
    const { items } = await office.client.call<{ items: { post: { url: string; title: string } }[] }>(
      "GET",
      "/api/wire?limit=100",
    );
    // The second has what few articles have: footnotes, a box, a code to scan.
    const posts = [items[0]!, items.find(({ post }) => post.title.startsWith("农闲人不闲"))!];
    const paths = posts.map(({ post }) => new URL(post.url).pathname);
    for (const path of ["/", "/columns", "/subscribe", "/inbox", ...paths]) {
      await page.goto(`${office.url}${path}`);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
        path,
      ).toBe(0);
      // Run in an isolated world: the pages' own policy allows no script.
      await page.evaluate(axe.source);
      const found = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
      expect(found.violations.map((violation) => [path, violation.id, violation.nodes[0]?.html])).toEqual([]);
    }
  });

  it("show every article's body, and its pictures", async () => {
    const { items } = await office.client.call<{ items: { post: { url: string; title: string } }[] }>(
      "GET",
      "/api/wire?limit=100",
    );
    for (const { post } of items) {
      await page.goto(`${office.url}${new URL(post.url).pathname}`);
      expect(await page.locator("h1").innerText()).toBe(post.title);
      const broken = await page.evaluate(async () => {
        for (const image of document.images) image.loading = "eager";
        await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
        return [...document.images].filter((image) => image.naturalWidth === 0).map((image) => image.src);
      });
      expect(broken).toEqual([]);
      // Emphasis next to Chinese punctuation must not be left as asterisks.
      expect(await page.locator("main").innerText()).not.toContain("**");
    }
  });

  it("link to one another without a dead end", async () => {
    await page.goto(office.url);
    const links = await page.evaluate(() =>
      [...document.links].map((link) => link.href).filter((href) => href.startsWith(location.origin)),
    );
    expect(links.length).toBeGreaterThan(15);
    for (const link of new Set(links)) {
      const answer = await page.request.get(link);
      expect([answer.status(), link]).toEqual([200, link]);
    }
  });

  it("offer notifications where the browser can show them: on, and off again", async () => {
    const reader = await browser.newPage();
    // No push service can be reached from here: the browser's side is played.
    await reader.addInitScript(() => {
      const known = { endpoint: "https://push.example.net/x", keys: { p256dh: "p", auth: "a" } };
      let current: object | null = null;
      const subscription = { toJSON: () => known, unsubscribe: async () => void (current = null) };
      const pushManager = {
        getSubscription: async () => current,
        subscribe: async () => (current = subscription),
      };
      const registration = { pushManager };
      const serviceWorker = {
        getRegistration: async () => registration,
        register: async () => registration,
        ready: Promise.resolve(registration),
      };
      Object.defineProperty(navigator, "serviceWorker", { value: serviceWorker });
      Notification.requestPermission = async () => "granted";
    });
    const asked: string[] = [];
    await reader.route("**/push/subscriptions", (route) => {
      asked.push(`${route.request().method()} ${route.request().postData()}`);
      return route.fulfill({ status: asked.length === 1 ? 201 : 204 });
    });
    await reader.goto(`${office.url}/subscribe`);
    await reader.getByLabel("要闻速递").check();
    await reader.getByRole("button", { name: "开启新推文通知" }).click();
    await reader.getByText("已开启").waitFor();
    await reader.getByRole("button", { name: "关闭新推文通知" }).click();
    await reader.getByText("已关闭").waitFor();
    expect(asked).toEqual([
      'POST {"endpoint":"https://push.example.net/x","keys":{"p256dh":"p","auth":"a"},"columns":["yaowen"]}',
      'DELETE {"endpoint":"https://push.example.net/x","auth":"a"}',
    ]);
    await reader.close();
  });

  it("show no button without script", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(`${office.url}/subscribe`);
    expect(await plain.getByRole("button").allInnerTexts()).toEqual(["订阅邮件"]);
    await context.close();
  });

  it("have their like at WeChat: eight sent to all and seven published, with pictures of its own, and a receipt each", async () => {
    const { wechat, url } = office.platform;
    const [daily] = office.editions;
    const pages = wechat.world.pages;
    expect(pages.map(({ kind, article }) => `${kind} ${article.title}`)).toEqual(
      daily!.picks.map(({ title }, i) => `${i < 8 ? "mass" : "publish"} ${title}`),
    );
    expect(wechat.made("mass")).toHaveLength(1);
    const seen = new Set<string>();
    for (const { id, article } of pages) {
      await page.goto(`${url}/s/${id}`);
      expect(await page.getByText(article.title, { exact: true }).count()).toBeGreaterThan(0);
      const pictures = await page
        .locator("img")
        .evaluateAll((all) => all.map((each) => (each as HTMLImageElement).src));
      for (const src of pictures) seen.add(new URL(src).origin);
    }
    expect([...seen]).toEqual([url]);
    type Receipts = { picks: { wechat: { state: string; way: string; url: string }[] }[] };
    const edition = await office.client.call<Receipts>("GET", `/api/editions/${daily!.publication}/${daily!.date}`);
    const receipts = edition.picks.flatMap((pick) => pick.wechat);
    expect(receipts.map(({ state, url: at }) => `${state} ${at}`)).toEqual(
      pages.map(({ id }) => `published https://mp.weixin.qq.com/s/${id}`),
    );
  }, 60_000);

  it("gave no console error and no failed request", () => {
    expect(faults).toEqual([]);
  });
});
