/**
 * What the formats cost: time and size of WeChat HTML beside `marked.parse`, @wenyan-md/core and baoyu-md, and of all
 * media together, on three lengths of article, in one run. `npm run bench -- formats` prints a table and the targets,
 * and fails where one is missed. The peers are installed at the first run, into bench/peers (about 250 MB).
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { marked } from "marked";
import {
  parseMarkdown,
  type Piece,
  pieceOf,
  renderDingtalk,
  renderDiscord,
  renderFeishu,
  renderSlack,
  renderTelegram,
  renderWechat,
  renderWecom,
} from "../src/formats/index.ts";
import { MEDIA } from "../test/unit/formats/media.ts";

const PEERS = join(import.meta.dirname, "peers");
const SEEDS = join(import.meta.dirname, "../seeds/articles");
/** A sample, in ms: several turns where an article is short, so that each contestant has its share of collected garbage. */
const SAMPLE = 6;
const WARM_UP = 2000;
const ROUNDS = 301;
/** The peers take their time: fewer rounds are enough to tell 50 × from less. */
const PEER_ROUNDS = 11;

/**
 * From how many characters on the size is held to its target: in a short notice the frame, the end and the list of links,
 * which every article has, weigh more than its text.
 */
const ORDINARY = 1000;

type Run = () => unknown;
type Contestant = { readonly name: string; readonly run: (markdown: string) => unknown };

/** Reports of the demo office, one after the other, each under its title: headings, tables, lists, bold, links. */
function article(...names: readonly string[]): string {
  const parts = names.map((name) => {
    const [, front = "", body = ""] =
      /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(readFileSync(join(SEEDS, `${name}.md`), "utf8")) ?? [];
    const title = /^title: (.*)$/m.exec(front)?.[1] ?? name;
    return names.length > 1 ? `# ${title}\n\n${body.trim()}` : body.trim();
  });
  return parts.join("\n\n");
}

const words = (markdown: string): number => [...markdown.replaceAll(/\s/g, "")].length;
const image = (src: string): string => `https://mmbiz.qpic.cn/mmbiz_jpg/${src.length}/0`;
const wechat = (markdown: string): string => renderWechat(parseMarkdown(markdown), { images: image });

const CHATS: readonly ((piece: Piece) => unknown)[] = [
  renderTelegram,
  renderWecom,
  renderDingtalk,
  renderFeishu,
  renderSlack,
  renderDiscord,
];
const SUMMARY = {
  title: "关于开展“便民服务日”活动的通知",
  digest: "",
  url: "https://kanfa.example/posts/7",
  cover: "https://kanfa.example/media/7.jpg",
  column: "要闻",
  unit: "长顺镇",
};

/** One reading, and an article's form in each medium: web, feed, e-mail, WeChat, plain text, and the six chat media. */
function allMedia(markdown: string): void {
  const doc = parseMarkdown(markdown);
  for (const { render } of MEDIA) render(doc);
  const piece = pieceOf(SUMMARY, doc);
  for (const render of CHATS) render(piece);
}

function installPeers(): boolean {
  const lock = (path: string) => (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).packages : {});
  const want = Object.keys(lock(join(PEERS, "package-lock.json"))).filter((path) => path !== "");
  const have = lock(join(PEERS, "node_modules/.package-lock.json"));
  if (want.filter((path) => !/linux|darwin|win32|freebsd|android/.test(path)).every((path) => path in have))
    return true;
  console.log("Installing the peers into bench/peers (once, about 250 MB) …");
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: PEERS,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  return status === 0;
}

async function loadPeers(): Promise<Contestant[]> {
  if (!installPeers()) {
    console.log("The peers could not be installed (npm's message is above): measured without them.\n");
    return [];
  }
  const load = (file: string) => import(pathToFileURL(join(PEERS, "node_modules", file)).href);
  const { renderStyledContent } = await load("@wenyan-md/core/dist/wrapper.js");
  const { renderMarkdownDocument } = await load("baoyu-md/dist/index.js");
  const style = { themeId: "default", hlThemeId: "solarized-light", isMacStyle: true, isAddFootnote: true };
  return [
    { name: "@wenyan-md/core", run: (markdown) => renderStyledContent(markdown, style) },
    {
      name: "baoyu-md",
      run: async (markdown) => {
        const { html } = await renderMarkdownDocument(markdown);
        return /<body[^>]*>([\s\S]*)<\/body>/.exec(html)?.[1]?.trim() ?? html;
      },
    },
  ];
}

/** Milliseconds of one call. */
async function time(run: Run): Promise<number> {
  const start = performance.now();
  const result = run();
  if (result instanceof Promise) await result;
  return performance.now() - start;
}

const quantile = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;

/**
 * Milliseconds of each, call by call in turns: what slows the machine slows all of them, and none is called again and
 * again until the processor foresees its every branch. So it is where Kanfa renders: a run of deliveries composes the
 * message of each kind once for a post (`Composer` in delivery/push.ts), after another kind's and before a third's.
 * Two things differ. Each kind reads the article anew there, while `all media` reads it once; and here all code is warm,
 * while a Worker that has just begun runs it for the first time. The times are those of a Worker that has been at it.
 */
async function measure(contestants: readonly Contestant[], markdown: string): Promise<Map<string, number>> {
  if (contestants.length === 0) return new Map();
  const lanes = contestants.map(({ name, run }) => ({
    name,
    run: () => run(markdown),
    spent: 0,
    samples: [] as number[],
  }));
  /** Takes as many turns, and keeps the mean of each lane. Gives milliseconds of a turn of all. */
  const sample = async (turns: number): Promise<number> => {
    for (const lane of lanes) lane.spent = 0;
    for (let turn = 0; turn < turns; turn++)
      for (let at = 0; at < lanes.length; at++) {
        const lane = lanes[(turn + at) % lanes.length];
        if (lane) lane.spent += await time(lane.run);
      }
    for (const { spent, samples } of lanes) samples.push(spent / turns);
    return lanes.reduce((sum, { spent }) => sum + spent, 0) / turns;
  };
  const warm = await sample(Math.ceil(WARM_UP / (await sample(3))));
  for (const { samples } of lanes) samples.length = 0;
  // The fastest tenth is what it takes when nothing else happens on the machine. A peer's run is a sample of its own, and
  // the fastest are those that leave their garbage to the next: of these the median counts.
  const [rounds, part] = contestants === peers ? [PEER_ROUNDS, 0.5] : [ROUNDS, 0.1];
  const turns = contestants === peers ? 1 : Math.ceil(SAMPLE / warm);
  for (let round = 0; round < rounds; round++) await sample(turns);
  return new Map(lanes.map(({ name, samples }) => [name, quantile(samples, part)]));
}

const OURS = "WeChat HTML";
const ALL = "all media";
const PLAIN = "marked.parse";
const peers = await loadPeers();
const ours: Contestant[] = [
  { name: PLAIN, run: (markdown) => marked.parse(markdown) },
  { name: OURS, run: wechat },
  { name: ALL, run: allMedia },
];

const articles = [
  readFileSync(join(import.meta.dirname, "notice.md"), "utf8"),
  article("09-sanzhang-qingdan", "60-shiping-denghuo"),
  article(
    "01-changshun-leitai",
    "09-sanzhang-qingdan",
    "17-malingshu-chucang",
    "20-cunji-bangban",
    "43-zuzhi-guanxi",
    "45-gongre-fuwudui",
    "60-shiping-denghuo",
  ),
];

let missed = 0;
function target(what: string, value: number, holds: boolean, unit = " ×"): void {
  if (!holds) missed++;
  console.log(
    `${holds ? "pass" : "MISS"}  ${what}: ${value.toLocaleString("en", { maximumFractionDigits: 2 })}${unit}`,
  );
}

const report: (() => void)[] = [];
for (const markdown of articles) {
  const length = words(markdown);
  const times = new Map([...(await measure(ours, markdown)), ...(await measure(peers, markdown))]);
  const plain = times.get(PLAIN) ?? Number.NaN;
  const sizes = new Map<string, number>();
  for (const { name, run } of [...ours, ...peers]) {
    const html = await run(markdown);
    if (typeof html === "string") sizes.set(name, html.length);
  }
  console.log(`\n${length.toLocaleString("en")} characters`);
  console.table(
    Object.fromEntries(
      [...times].map(([name, ms]) => [
        name,
        {
          ms: Number(ms.toFixed(3)),
          "× marked": Number((ms / plain).toFixed(2)),
          "HTML characters": sizes.get(name) ?? "",
          "× its size": sizes.has(name) ? Number(((sizes.get(name) ?? 0) / (sizes.get(PLAIN) ?? 1)).toFixed(2)) : "",
        },
      ]),
    ),
  );
  const ratio = (name: string, to: string): number => (times.get(name) ?? Number.NaN) / (times.get(to) ?? Number.NaN);
  const size = sizes.get(OURS) ?? Number.NaN;
  const bigger = size / (sizes.get(PLAIN) ?? Number.NaN);
  report.push(() => {
    const at = `at ${length.toLocaleString("en")} characters`;
    target(`time of WeChat HTML ≤ 2 × marked.parse ${at}`, ratio(OURS, PLAIN), ratio(OURS, PLAIN) <= 2);
    if (length >= ORDINARY) target(`size of WeChat HTML ≤ 1.6 × marked.parse's ${at}`, bigger, bigger <= 1.6);
    target(`time of all media ≤ 4 × marked.parse ${at}`, ratio(ALL, PLAIN), ratio(ALL, PLAIN) <= 4);
    if (times.has("@wenyan-md/core")) {
      const faster = ratio("@wenyan-md/core", OURS);
      target(`WeChat HTML ≥ 50 × faster than wenyan ${at}`, faster, faster >= 50);
    }
    if (length >= 6000) target(`WeChat HTML < 20,000 characters ${at}`, size, size < 20_000, "");
  });
}
console.log("");
for (const print of report) print();
process.exitCode = missed > 0 ? 1 : 0;
