/** The demo office: loads `seeds/` through the API, as an editor would, and puts out one working day's edition. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Client } from "./client.ts";
import type { Office } from "./office.ts";
import { ROOT } from "./settings.ts";

interface Seeds {
  publications: (Record<string, unknown> & { id: string; plan_at: string; time_zone: string })[];
  columns: Record<string, unknown>[];
  units: Record<string, unknown>[];
  people: Record<string, unknown>[];
  /** WeChat accounts of the simulated platform: opened only where that stands in for the real one. */
  accounts: { name: string; filter: object; config: Record<string, unknown> & { push_at: string } }[];
}

const SEEDS = join(ROOT, "seeds");

const readOffice = (): Seeds => JSON.parse(readFileSync(join(SEEDS, "office.json"), "utf8")) as Seeds;

/** Whether the office has no publication yet. */
export async function isEmpty(client: Client): Promise<boolean> {
  return (await client.call<{ items: unknown[] }>("GET", "/api/publications")).items.length === 0;
}

/** Whether a test double stands in for WeChat (`npm run wechat`): the demo office has no account at the real one. */
export const wechatIsSimulated = (apiBases: string | undefined): boolean =>
  apiBases !== undefined && /"wechat":\s*"http:\/\/(?:127\.0\.0\.1|localhost)[:/]/.test(apiBases);

/**
 * Loads the office, its pictures and its articles, and its WeChat account if `accounts`. Each request carries a key:
 * loading twice makes nothing twice.
 */
export async function loadSeeds(client: Client, say: (line: string) => void, accounts = false): Promise<void> {
  const office = readOffice();
  for (const { id, ...settings } of office.publications) await client.call("PUT", `/api/publications/${id}`, settings);
  for (const list of ["columns", "units", "people"] as const)
    for (const item of office[list])
      await client.call("POST", `/api/${list}`, item, { "idempotency-key": `seed-${list}-${item.id as string}` });
  say(
    `机构：${office.publications.length} 个刊、${office.columns.length} 个专栏、${office.units.length} 个单位、${office.people.length} 人`,
  );

  const pictures = new Map<string, string>();
  for (const file of readdirSync(join(SEEDS, "media"))) {
    const { url } = await client.call<{ url: string }>(
      "POST",
      "/api/media",
      new Uint8Array(readFileSync(join(SEEDS, "media", file))),
    );
    pictures.set(`media/${file}`, url);
  }
  const files = readdirSync(join(SEEDS, "articles")).sort();
  for (const file of files) {
    const { front, markdown } = readArticle(join(SEEDS, "articles", file), pictures);
    const key = { "idempotency-key": `seed-${file}` };
    const { id } = await client.call<{ id: string }>("POST", "/api/articles", { ...front, markdown }, key);
    await client.call("POST", `/api/articles/${id}/submit`, {}, { "idempotency-key": `seed-submit-${file}` });
  }
  say(`稿件：${files.length} 篇已提交，图片 ${pictures.size} 张`);
  await client.call(
    "POST",
    "/api/channels",
    { kind: "inbox", name: "演示收件箱", filter: {} },
    { "idempotency-key": "seed-inbox" },
  );
  for (const account of accounts ? office.accounts : [])
    await client.call("POST", "/api/channels", { kind: "wechat", ...account }, { "idempotency-key": "seed-account" });
}

/** One seed article: front matter and Markdown, its picture names replaced by uploaded addresses. */
function readArticle(
  file: string,
  pictures: ReadonlyMap<string, string>,
): { front: Record<string, unknown>; markdown: string } {
  const [, head, body] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(readFileSync(file, "utf8")) ?? [];
  if (head === undefined || body === undefined) throw new Error(`${file} has no front matter.`);
  const front = parse(head) as Record<string, unknown>;
  if (typeof front.cover === "string") front.cover = pictures.get(front.cover) ?? null;
  const markdown = body
    .trim()
    .replaceAll(/\]\((media\/[^)\s]+)\)/g, (whole, name: string) => `](${pictures.get(name) ?? whole})`);
  return { front, markdown };
}

export interface Edition {
  publication: string;
  date: string;
  working_day: boolean;
  provisional: boolean;
  quota: number;
  shortfall: number;
  slots: { at: string; released_at: string | null }[];
  picks: {
    position: number;
    article_id: string;
    title: string;
    column: string | null;
    reason: string;
    seq: number | null;
  }[];
}

/** The current working day of the office, or the next one; with `after` (a date) the first one after that. */
export async function workday(client: Client, publication: string, zone: string, after = ""): Promise<Edition> {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
  for (let ahead = 0; ahead < 45; ahead++) {
    const date = day.format(Date.now() + ahead * 86_400_000);
    if (date <= after) continue;
    const edition = await client.call<Edition>("GET", `/api/editions/${publication}/${date}`);
    if (edition.working_day) return edition;
  }
  throw new Error("No working day within a month: is the calendar right?");
}

/**
 * Puts out the edition of the current or next working day at once, through the real tick: it fires the moments at which
 * that day would have been planned and released. Gives the editions as they are then.
 */
export async function publishWorkday(
  office: Pick<Office, "tick">,
  client: Client,
  say: (line: string) => void,
): Promise<Edition[]> {
  const { publications } = readOffice();
  const editions = await Promise.all(publications.map((p) => workday(client, p.id, p.time_zone)));
  const moments = editions.flatMap((edition, i) => {
    return [atTime(edition, publications[i]!.plan_at), ...edition.slots.map((slot) => Date.parse(slot.at))];
  });
  const channels = await client.call<{ items: { config: { push_at?: string } }[] }>("GET", "/api/channels?limit=100");
  for (const { config } of channels.items)
    if (config.push_at !== undefined) moments.push(atTime(editions[0]!, config.push_at));
  const ordered = [...new Set(moments)].sort((a, b) => a - b);
  for (const at of ordered) await office.tick(at);
  const last = ordered.at(-1);
  if (last !== undefined) await deliver(office, client, last, say);
  return Promise.all(editions.map((e) => client.call<Edition>("GET", `/api/editions/${e.publication}/${e.date}`)));
}

/** A local time of an edition's day, ms: with the offset of its slots. */
function atTime({ date, slots }: Edition, time: string): number {
  const offset = /(Z|[+-]\d\d:\d\d)$/.exec(slots[0]?.at ?? "Z")![0];
  return Date.parse(`${date}T${time}:00${offset}`);
}

/** Waits until every channel has what it is owed, nudging the office by a tick now and then. */
async function deliver(
  office: Pick<Office, "tick">,
  client: Client,
  at: number,
  say: (line: string) => void,
): Promise<void> {
  let head = 0;
  for (let page = "0"; page !== null;) {
    const wire = await client.call<{ items: { seq: number }[]; next: string | null }>(
      "GET",
      `/api/wire?after=${page}&limit=100`,
    );
    head = wire.items.at(-1)?.seq ?? head;
    if (wire.next === null) break;
    page = wire.next;
  }
  for (let second = 0; second < 120; second++) {
    const { items } = await client.call<{ items: { cursor: number }[] }>("GET", "/api/channels?limit=100");
    const behind = items.filter((channel) => channel.cursor < head).length;
    if (behind === 0) return say(`投递：通稿第 ${head} 条为止，全部送达`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    if (second % 10 === 9) await office.tick(at);
  }
  say("投递：还有渠道未送达，稍后会继续");
}
