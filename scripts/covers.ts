/**
 * `npm run covers`: draws the covers that articles without a picture show, one wide and one square for each column, each
 * publication, and one without a name, into `public/covers/`, with the manifest that the Worker picks from.
 *
 * `--office <url | file>`: whose columns and publications; an office's address (with its KANFA_ADMIN_TOKEN) or a file like
 * `seeds/office.json`, which is the default. `--designs <file>`: JSON, id → name of a design, or
 * `{"design": …, "lines": […]}` where a name is broken into other lines than it would be.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { chromium } from "playwright-core";
import type { Manifest, Prebuilt } from "../src/formats/cover.ts";
import { clientOf } from "./client.ts";
import type { DesignName } from "./covers/designs.ts";
import { DESIGNS } from "./covers/designs.ts";
import type { Lettering } from "./covers/page.ts";
import { coverPage } from "./covers/page.ts";
import { readSettings, ROOT } from "./settings.ts";

/** WeChat's two shapes of a cover: 2.35:1 at its recommended size, and 1:1. */
const SHAPES = { wide: [900, 383], square: [500, 500] } as const;

/** WeChat takes a thumb of 64 KB; a little less leaves no doubt about how it counts. */
const MOST = 60_000;

/** JPEG qualities, best first: the first that stays under {@link MOST} is taken. */
const QUALITIES = [88, 84, 78, 70, 60];

const FONTS = ["Noto Serif CJK SC", "Noto Sans CJK SC"];

interface Named {
  id: string;
  name: string;
}
interface Office {
  publications: Named[];
  columns: Named[];
}

class Refusal extends Error {}

/** All of a list of the API. */
async function listAll(client: ReturnType<typeof clientOf>, path: string): Promise<Named[]> {
  const items: Named[] = [];
  for (let cursor = ""; ;) {
    const page = await client.call<{ items: Named[]; next: string | null }>("GET", `${path}?limit=100${cursor}`);
    items.push(...page.items);
    if (page.next === null) return items;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}

async function readOffice(from: string): Promise<Office> {
  if (!/^https?:\/\//.test(from)) return JSON.parse(readFileSync(from, "utf8")) as Office;
  const client = clientOf(from.replace(/\/+$/, ""), readSettings().adminToken);
  const publications = await listAll(client, "/api/publications");
  return { publications, columns: await listAll(client, "/api/columns") };
}

interface Chosen {
  design?: DesignName;
  lines?: string[];
}

function readDesigns(file: string | undefined): Map<string, Chosen> {
  if (file === undefined) return new Map();
  const designs = JSON.parse(readFileSync(file, "utf8")) as Record<string, DesignName | Chosen>;
  const chosen = new Map(
    Object.entries(designs).map(([id, value]) => [id, typeof value === "string" ? { design: value } : value]),
  );
  for (const [id, { design }] of chosen)
    if (design !== undefined && !Object.hasOwn(DESIGNS, design))
      throw new Refusal(`${file}: “${id}” has the design “${design}”; there are ${Object.keys(DESIGNS).join(", ")}.`);
  return chosen;
}

async function openPage(): Promise<{ page: Page; close: () => Promise<void> }> {
  const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  if (executablePath === undefined)
    throw new Refusal("There is no Chromium to draw with: apt-get install chromium fonts-noto-cjk");
  const browser = await chromium.launch({
    executablePath,
    // The same pixels on any screen; the pages drawn are our own.
    args: ["--no-sandbox", "--force-color-profile=srgb", "--font-render-hinting=none"],
  });
  return { page: await browser.newPage(), close: () => browser.close() };
}

/** Throws unless the lettering is set in our faces: another face would be drawn silently, or boxes. */
async function requireFonts(page: Page): Promise<void> {
  await page.setContent(`<p>${FONTS.map((font) => `<span style="font-family:'${font}'">刊发</span>`).join("")}</p>`);
  const session = await page.context().newCDPSession(page);
  await session.send("DOM.enable");
  await session.send("CSS.enable");
  const { root } = await session.send("DOM.getDocument");
  const { nodeIds } = await session.send("DOM.querySelectorAll", { nodeId: root.nodeId, selector: "span" });
  for (const [i, nodeId] of nodeIds.entries()) {
    const { fonts } = await session.send("CSS.getPlatformFontsForNode", { nodeId });
    if (fonts.some(({ familyName }) => familyName === FONTS[i])) continue;
    throw new Refusal(`The font “${FONTS[i]}” is missing: apt-get install fonts-noto-cjk`);
  }
  await session.detach();
}

/** Draws a cover in both shapes, as `public/covers/<path>-….jpg` to be; its bytes go to `files`, by address. */
async function draw(
  page: Page,
  files: Map<string, Uint8Array>,
  design: DesignName,
  lettering: Lettering,
  path: string,
): Promise<Prebuilt> {
  const drawn = async (shape: keyof typeof SHAPES) => {
    const [width, height] = SHAPES[shape];
    await page.setViewportSize({ width, height });
    await page.setContent(coverPage(DESIGNS[design], lettering, width, height));
    for (const quality of QUALITIES) {
      const picture = await page.screenshot({ type: "jpeg", quality });
      if (picture.length > MOST) continue;
      const address = `/covers/${path}-${shape}.jpg`;
      files.set(address, picture);
      return { path: address, width, height, bytes: picture.length };
    }
    throw new Refusal(`The ${shape} cover of “${lettering.name}” does not get below ${MOST} bytes.`);
  };
  return { wide: await drawn("wide"), square: await drawn("square") };
}

/** Puts the files in the place of all that `public/covers/` had. Nothing is touched before everything is drawn. */
function replaceAll(files: ReadonlyMap<string, Uint8Array>): void {
  rmSync(join(ROOT, "public", "covers"), { recursive: true, force: true });
  for (const [address, bytes] of files) {
    const file = join(ROOT, "public", address);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { office: { type: "string" }, designs: { type: "string" } } });
  const seeds = (name: string) => join(ROOT, "seeds", name);
  const office = await readOffice(values.office ?? seeds("office.json"));
  const designs = readDesigns(values.designs ?? (values.office === undefined ? seeds("covers.json") : undefined));
  const turns = Object.keys(DESIGNS) as DesignName[];
  const house = office.publications[0]?.name ?? "";

  const { page, close } = await openPage();
  try {
    await requireFonts(page);
    const files = new Map<string, Uint8Array>();
    const manifest: Manifest = {
      plain: await draw(page, files, "red", { name: "", small: "" }, "plain"),
      publications: {},
      columns: {},
    };
    const drawNamed = ({ id, name }: Named, small: string, otherwise: DesignName, folder: string) => {
      const { design = otherwise, lines } = designs.get(id) ?? {};
      return draw(page, files, design, { name, small, lines }, `${folder}/${id}`);
    };
    for (const publication of office.publications)
      manifest.publications[publication.id] = await drawNamed(publication, "", "red", "publications");
    for (const [i, column] of office.columns.entries())
      manifest.columns[column.id] = await drawNamed(column, house, turns[i % turns.length]!, "columns");
    files.set("/covers/manifest.json", Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
    replaceAll(files);
    console.log(
      `public/covers: ${office.columns.length} columns, ${office.publications.length} publications, one plain.`,
    );
  } finally {
    await close();
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
