/** An account at a simulated platform, with posts that are out there: what happens to them afterwards is the test's. */
import type { Reply } from "../../../src/channels/kind.ts";
import { createChannel } from "../../../src/delivery/subscriptions.ts";
import { requireArticle } from "../../../src/articles/desk.ts";
import { wakeShards } from "../../../src/delivery/store.ts";
import { joined, unpick } from "../../../src/editions/plan-store.ts";
import { correctHandovers, recallHandovers } from "../../../src/handover/store.ts";
import { writeReceipts } from "../../../src/wechat/books/article-store.ts";
import { openSheet } from "../../../src/wechat/sheets/sheet-openings.ts";
import { recallAtAccounts } from "../../../src/wechat/takedowns/takedown-store.ts";
import { recallArticle } from "../../../src/wire/amend.ts";
import { NoAnswer } from "../../outside/wechat/faults.ts";
import { WechatSimulator } from "../../outside/wechat/simulator.ts";
import type { Article } from "../../outside/wechat/state.ts";
import { at, type World } from "../helpers/world.ts";

const APP = { app_id: "wx0123456789abcdef", secret: "0123456789abcdef0123456789abcdef" };
const ACTOR = { name: "test", role: null, scopes: [] };
const MINUTE = 60_000;

export class AccountAt {
  readonly world: World;
  wechat!: WechatSimulator;
  /** The channel's internal id. */
  id = 0;
  uid = "gzh";

  constructor(world: World) {
    this.world = world;
    world.deps.wechat = (_account, call) =>
      world.line.effect("wechat", () => this.call(call.path, "body" in call ? call.body : {}));
  }

  /** A new office with `posts` posts that were released, and an account that has none of them. Its channel rests: pushes are others' tests. */
  async open(posts: number): Promise<void> {
    const { world } = this;
    await world.wipe();
    this.wechat = new WechatSimulator({ now: () => world.wall });
    this.wechat.register({ ...APP, mass: { day: 9, month: 31 } });
    const publication = await world.publication({ quota: posts, releaseTimes: ["30 8 * * *"] });
    await createChannel(
      { ...world.deps, db: world.db },
      {
        uid: this.uid,
        kind: "wechat",
        name: "化德党建",
        config: { app_id: APP.app_id, app_secret: APP.secret, mode: "certified" },
        filter: {},
        expiresAfter: 72 * 60 * MINUTE,
      },
      ACTOR,
      0,
    );
    await world.db.prepare(`UPDATE channels SET status = 'paused'`).run();
    this.id = await world.one(`SELECT id FROM channels`);
    await world.articles(publication, posts);
    await this.pass(at("08:30") - world.wall);
  }

  /** Lets time pass on every clock, then ticks, and everything that is due is done. */
  async pass(ms: number): Promise<void> {
    const { world } = this;
    world.wall += ms;
    await this.wechat.run();
    await world.tick(world.wall);
    await world.drain();
  }

  async minutes(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.pass(MINUTE);
  }

  /** A call as the client makes it. */
  async call(path: string, body: object): Promise<Reply> {
    const post = (to: string, of: object) =>
      this.wechat.handle(new Request(`https://api.weixin.qq.com${to}`, { method: "POST", body: JSON.stringify(of) }));
    const asked = { grant_type: "client_credential", appid: APP.app_id, secret: APP.secret };
    const { access_token } = await (await post("/cgi-bin/stable_token", asked)).json<{ access_token: string }>();
    try {
      const response = await post(`${path}?access_token=${access_token}`, body);
      return { type: "response", status: response.status, headers: {}, body: await response.text() };
    } catch (error) {
      if (error instanceof NoAnswer) return { type: "timeout" };
      throw error;
    }
  }

  async #answer(path: string, body: object): Promise<Record<string, unknown>> {
    const reply = await this.call(path, body);
    return JSON.parse(reply.type === "response" ? reply.body : "{}") as Record<string, unknown>;
  }

  /** A draft of so many articles, as one that was made by calls. */
  draft(articles: number): string {
    const media_id = `draft-${this.wechat.world.count++}`;
    const article = { title: "题", content: "<p>文</p>" } as unknown as Article;
    const made = {
      media_id,
      articles: Array.from({ length: articles }, () => article),
      create_time: 0,
      update_time: 0,
    };
    this.wechat.account(APP.app_id).drafts.set(media_id, made);
    return media_id;
  }

  /** Publishes posts as a push does, and writes their receipts. */
  async publish(posts: readonly number[], way: "mass" | "publish", bundle = `${this.uid}_0:1`): Promise<void> {
    const draft = this.draft(posts.length);
    const submit = { media_id: draft };
    const all = { filter: { is_to_all: true }, msgtype: "mpnews", mpnews: submit };
    const sent =
      way === "publish"
        ? await this.#answer("/cgi-bin/freepublish/submit", submit)
        : await this.#answer("/cgi-bin/message/mass/sendall", all);
    const job = String(sent[way === "publish" ? "publish_id" : "msg_id"]);
    this.world.wall += 10_000;
    await this.wechat.run();
    const done = way === "publish" ? await this.#answer("/cgi-bin/freepublish/get", { publish_id: job }) : {};
    await this.write(posts, { way, bundle, draft, job, articleId: (done["article_id"] as string) ?? null });
  }

  /** Puts posts into a draft that a person is to send, with its sheet. */
  async handOver(posts: readonly number[], bundle = `${this.uid}_0:1`): Promise<string> {
    const { world } = this;
    const draft = this.draft(posts.length);
    await this.write(posts, { way: "draft", bundle, draft, job: null, articleId: null });
    const articles = posts.map((postId, i) => ({ postId, idx: i + 1 }));
    const sheet = { channelId: this.id, bundle, draft, date: "2026-11-23", articles };
    await world.db.batch(openSheet(world.db, sheet, world.wall));
    return draft;
  }

  async write(
    posts: readonly number[],
    of: {
      way: "mass" | "publish" | "draft";
      bundle: string;
      draft: string;
      job: string | null;
      articleId: string | null;
    },
  ): Promise<void> {
    const { world } = this;
    const uids = await world.all<{ uid: string }>(
      `SELECT p.uid FROM json_each(?) j JOIN posts p ON p.id = j.value ORDER BY j.key`,
      JSON.stringify(posts),
    );
    const articles = uids.map(({ uid }, i) => ({ post: uid, idx: i + 1 }));
    const urls = Object.fromEntries(posts.map((post, i) => [i + 1, `https://mp.weixin.qq.com/s/post-${post}`]));
    const { articleId, ...more } = of;
    const drafted = of.way === "draft";
    const result = { state: drafted ? "drafted" : "published", articleId, urls: drafted ? {} : urls } as const;
    await writeReceipts(world.db, { channelId: this.id, articles, ...more, result }, world.wall).run();
  }

  /** Recalls the article of this post. */
  async recall(post: number): Promise<void> {
    const { db } = this.world;
    const desk = {
      db,
      planner: { unpick, joined },
      handovers: { corrected: correctHandovers, recalled: recallHandovers },
      accounts: { recalled: recallAtAccounts },
      mediaOf: () => [],
      wake: (now: number) => wakeShards(db, now),
    };
    const uid = await this.world.one<string>(
      `SELECT a.uid FROM posts p JOIN articles a ON a.id = p.article_id WHERE p.id = ?`,
      post,
    );
    await recallArticle(desk, await requireArticle(db, uid), "内容有误", ACTOR, this.world.wall);
  }

  /** Which pages everybody can read, by place, of each publication. */
  live(): boolean[] {
    return this.wechat.world.pages.map(({ gone }) => gone === null);
  }

  receipts() {
    return this.world.all<{
      post: number;
      state: string;
      way: string;
      idx: number;
      job: string | null;
      url: string | null;
      why: string | null;
    }>(`SELECT post_id AS post, state, way, idx, job, url, why FROM wechat_articles ORDER BY post_id`);
  }

  takedowns() {
    return this.world.all<{ post: number; state: string; tries: number; why: string | null; next_at: number | null }>(
      `SELECT post_id AS post, state, tries, why, next_at FROM wechat_takedowns ORDER BY post_id`,
    );
  }

  sheets() {
    return this.world.all<{ uid: string; kind: string; state: string; note: string; done_by: string | null }>(
      `SELECT uid, kind, state, note, done_by FROM wechat_sheets ORDER BY id`,
    );
  }

  alerts() {
    return this.world.all<{ kind: string; title: string; body: string }>(
      `SELECT kind, title, body FROM alerts WHERE kind LIKE 'wechat.%' AND kind <> 'wechat.sheet' ORDER BY seq`,
    );
  }

  states = async () => (await this.receipts()).map(({ state }) => state);
}
