/** 发布: an article gets its address and reaches nobody (developers.weixin.qq.com, 发布能力). */
import { draftOf, pageOf, shown } from "./drafts.ts";
import { emit, tag, text } from "./events.ts";
import { outcomeOf } from "./faults.ts";
import {
  type Account,
  type Article,
  type Call,
  type Handlers,
  later,
  letters,
  nextId,
  OK,
  type Page,
  post,
  type Publication,
  Refusal,
  seconds,
  type World,
} from "./state.ts";

const DONE = 0;
const RUNNING = 1;
const ALL_DELETED = 5;
const ALL_BANNED = 6;

export const urlOf = ({ id }: Page): string => `http://mp.weixin.qq.com/s/${id}`;

/** Puts articles where everybody can read them. */
export function show(
  world: World,
  account: Account,
  articles: readonly Article[],
  at: number,
  kind: Page["kind"],
  listed: boolean,
): Page[] {
  const pages = articles.map((article) => ({
    id: letters(world, 22),
    app_id: account.app_id,
    kind,
    listed,
    article,
    at,
    gone: null,
    reads: 0,
  }));
  world.pages.push(...pages);
  return pages;
}

export const certified = ({ type }: Account): void => {
  if (type === "uncertified") throw new Refusal(48001);
};

/** What an index from 1 means; 0, or none, means all. */
export function chosen(pages: readonly Page[], index: unknown): readonly Page[] {
  const at = Number(index ?? 0);
  if (at === 0) return pages;
  const page = pages[at - 1];
  if (!page) throw new Refusal(40114);
  return [page];
}

function finish(world: World, account: Account, publication: Publication): void {
  const { publish_id, status, article_id, pages, fail_idx } = publication;
  const items = pages.map((page, at) => tag("item", tag("idx", at + 1) + tag("article_url", text(urlOf(page)))));
  const done = tag("article_id", text(article_id)) + tag("article_detail", tag("count", pages.length) + items.join(""));
  const failed = fail_idx.map((idx) => tag("fail_idx", idx)).join("");
  const info = tag("publish_id", publish_id) + tag("publish_status", status) + (status === DONE ? done : failed);
  emit(world, account, "PUBLISHJOBFINISH", tag("PublishEventInfo", info));
}

function submit({ world, account, body, now, effect }: Call): object {
  certified(account);
  const { media_id, articles } = draftOf(account, body["media_id"]);
  const outcome = outcomeOf(world.faults, account.app_id, "publish");
  const publication: Publication = {
    publish_id: String(100_000_000 + nextId(world)),
    msg_data_id: 2_247_480_000 + nextId(world),
    media_id,
    article_id: letters(world, 40),
    status: RUNNING,
    fail_idx: [],
    pages: [],
    update_time: seconds(now),
  };
  account.publications.push(publication);
  effect("publish", publication.publish_id);
  // As it was handed in: what is changed meanwhile is not published.
  const taken = structuredClone(articles);
  later(world, now + (outcome.delay ?? account.delay), (at) => {
    publication.status = outcome.publish_status ?? DONE;
    publication.fail_idx = outcome.fail_idx ?? [];
    publication.update_time = seconds(at);
    if (publication.status === DONE) {
      publication.pages = show(world, account, taken, at, "publish", false);
      account.drafts.delete(media_id);
    }
    finish(world, account, publication);
  });
  return { ...OK, publish_id: publication.publish_id, msg_data_id: publication.msg_data_id };
}

/** Its status by now: what was published may be deleted or banned later. */
function statusOf({ status, pages }: Publication): number {
  if (status !== DONE) return status;
  if (pages.every(({ gone }) => gone === "banned")) return ALL_BANNED;
  return pages.every(({ gone }) => gone !== null) ? ALL_DELETED : DONE;
}

function result({ account, body }: Call): object {
  certified(account);
  const found = account.publications.find(({ publish_id }) => publish_id === String(body["publish_id"] ?? ""));
  if (!found) throw new Refusal(40035);
  const { publish_id, article_id, pages, fail_idx } = found;
  const publish_status = statusOf(found);
  if (publish_status !== DONE) return { publish_id, publish_status, fail_idx };
  const item = pages.flatMap((page, at) => (page.gone ? [] : [{ idx: at + 1, article_url: urlOf(page) }]));
  return { publish_id, publish_status, article_id, article_detail: { count: item.length, item }, fail_idx: [] };
}

function published({ account, body }: Call): Publication {
  certified(account);
  const found = account.publications.find(
    ({ article_id, status }) => status === DONE && article_id === body["article_id"],
  );
  if (!found) throw new Refusal(53600);
  return found;
}

const contents = (account: Account, { pages }: Publication, bare: boolean): object[] =>
  pages.map((page) => ({
    ...shown(account, bare ? { ...page.article, content: "" } : page.article, urlOf(page)),
    is_deleted: page.gone !== null,
  }));

export const publishHandlers: Handlers = {
  "/cgi-bin/freepublish/submit": post(submit),
  "/cgi-bin/freepublish/get": post(result),
  "/cgi-bin/freepublish/getarticle": post((call) => ({ news_item: contents(call.account, published(call), false) })),
  "/cgi-bin/freepublish/delete": post((call) => {
    const found = published(call);
    for (const page of chosen(found.pages, call.body["index"])) page.gone ??= "deleted";
    call.effect("delete", found.article_id);
    return OK;
  }),
  "/cgi-bin/freepublish/batchget": post(({ account, body }) => {
    certified(account);
    const done = account.publications.filter(({ status, pages }) => status === DONE && pages.some(({ gone }) => !gone));
    const { total_count, items, bare } = pageOf(body, done.toReversed());
    const item = items.map((one) => ({
      article_id: one.article_id,
      content: { news_item: contents(account, one, bare) },
      update_time: one.update_time,
    }));
    return { total_count, item_count: item.length, item };
  }),
};
