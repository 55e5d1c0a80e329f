/** Random histories of an account's office, and what must hold when each has come to rest. */
import { expect } from "vitest";
import { accountConfig } from "../../../src/channels/wechat/account.ts";
import { answerCall } from "../../../src/wechat/callback/answer.ts";
import { insertTakedowns } from "../../../src/wechat/takedowns/takedown-store.ts";
import type { EventFault, Fault as CallFault, Outcome } from "../../outside/wechat/faults.ts";
import type { Page, Setup } from "../../outside/wechat/state.ts";
import type { Fault } from "../delivery/engine/office.ts";
import { AccountOffice } from "./account-office.ts";
import { APP } from "./at.ts";

const MINUTE = 60_000;
const TOKEN = "kanfaToken2026";

type Act = { do: "correct" | "recall"; post: number } | { do: "stop" };

export type Action =
  | { do: "release"; posts: number }
  | { do: "correct" | "recall"; post: number }
  /** So many minutes go by, a tick in each; in the first of them something may go wrong. */
  | { do: "minutes"; count: number; fault?: Fault | undefined }
  /** Time goes by without a tick. */
  | { do: "sleep"; minutes: number }
  | { do: "call"; fault: CallFault }
  | { do: "outcome"; outcome: Outcome }
  | { do: "event"; fault: EventFault }
  | { do: "decide"; yes: boolean }
  | { do: "stop" | "start" | "pause" | "resume" }
  /** The same while the platform takes the `nth` call of this path from now on, whose answer may be lost. */
  | {
      do: "meanwhile";
      path: string;
      nth: number;
      act: Act;
      lost: boolean;
    };

interface Row {
  post: number;
  state: string;
  way: string;
  idx: number;
  draft: string | null;
  url: string | null;
  why: string | null;
}

export class History {
  readonly office: AccountOffice;
  readonly #corrected = new Set<number>();
  readonly #recalled = new Set<number>();
  readonly #hooks: Extract<Action, { do: "meanwhile" }>[] = [];
  #posts = 0;

  private constructor(setup: Partial<Setup>) {
    const callback = { url: "https://kanfa.test/callback", token: TOKEN, aes_key: null };
    this.office = new AccountOffice({ ...setup, callback }, (url, body) => this.#heard(url, body));
    const { platform } = this.office;
    const handle = platform.handle.bind(platform);
    platform.handle = async (request, options) => {
      const response = await handle(request, options);
      const { pathname } = new URL(request.url);
      for (const hook of this.#hooks) if (hook.path === pathname) hook.nth -= 1;
      const at = this.#hooks.findIndex(({ path, nth }) => path === pathname && nth <= 0);
      if (at < 0) return response;
      const [hook] = this.#hooks.splice(at, 1);
      await this.take(hook!.act);
      if (hook!.lost) throw new TypeError("the platform reset the connection");
      return response;
    };
  }

  static async begin(config: object, setup: Partial<Setup>): Promise<History> {
    const history = new History(setup);
    await history.office.account(config);
    return history;
  }

  /** An event, as the real callback takes it: a Worker of its own, which nothing happens to. */
  async #heard(url: string, body: string): Promise<{ status: number; text: () => Promise<string> }> {
    const { office } = this;
    const config = accountConfig.parse({ app_id: APP.app_id, mode: "certified", token: TOKEN });
    const [channel] = office.rows<{ id: number; uid: string; name: string }>(`SELECT id, uid, name FROM channels`);
    const answer = await answerCall(
      { db: office.sqlite.d1((_, work) => work()), keys: office.deps.keys, siteUrl: office.deps.siteUrl },
      { publication: { id: 1, slug: "daily", name: "日报" }, account: { ...channel!, config } },
      { query: Object.fromEntries(new URL(url).searchParams), body },
      office.now,
    );
    return { status: answer.status, text: async () => answer.body };
  }

  #live(post: number): number | null {
    const all = Array.from({ length: this.#posts }, (_, i) => i + 1).filter((n) => !this.#recalled.has(n));
    return all.length === 0 ? null : this.#seqs[all[post % all.length]! - 1]!;
  }
  readonly #seqs: number[] = [];

  async take(action: Action): Promise<void> {
    const { office } = this;
    const { world } = office.platform;
    switch (action.do) {
      case "release":
        this.#seqs.push(...office.release(action.posts));
        this.#posts = this.#seqs.length;
        return;
      case "correct":
      case "recall": {
        const post = this.#live(action.post);
        if (post === null) return;
        if (action.do === "recall") await this.#recall(post);
        else this.#correct(post);
        return;
      }
      case "minutes":
        office.spoil(action.fault ?? null);
        for (let i = 0; i < action.count; i++) {
          await this.#minute().catch(() => {});
          office.spoil(null);
          office.now += MINUTE;
        }
        return;
      case "sleep":
        office.now += action.minutes * MINUTE;
        return;
      case "call":
        // The script uses it up.
        office.platform.script.push({ ...action.fault });
        return;
      case "outcome":
        world.faults.outcomes.push({ ...action.outcome });
        return;
      case "event":
        world.faults.events.push({ ...action.fault });
        return;
      case "decide":
        if (office.platform.account(APP.app_id).sends.some(({ confirmed }) => confirmed !== null))
          office.platform.decide(APP.app_id, action.yes);
        return;
      case "meanwhile":
        this.#hooks.push({ ...action });
        return;
      case "stop":
      case "start":
        office.sqlite.query(`UPDATE publications SET stopped_at = ?`, action.do === "stop" ? office.now : null);
        return;
      case "pause":
      case "resume":
        office.status("gzh", action.do === "pause" ? "paused" : "active");
    }
  }

  #correct(post: number): void {
    this.#corrected.add(this.#seqs.indexOf(post) + 1);
    const { office } = this;
    const title = `更正 ${post} ${office.now}`;
    office.sqlite.query(`UPDATE posts SET title = ?, corrected_at = ? WHERE id = ?`, title, office.now, post);
    office.append("corrected", post);
  }

  /** As the desk does: what the account is known to have is taken down at once. */
  async #recall(post: number): Promise<void> {
    this.#recalled.add(this.#seqs.indexOf(post) + 1);
    const { office } = this;
    const channel = office.value<number>(`SELECT id FROM channels`);
    office.append("recalled", post);
    await insertTakedowns(
      office.sqlite.d1((_, work) => work()),
      channel,
      [post],
      "",
      office.now,
    ).run();
  }

  async #minute(): Promise<void> {
    await this.office.platform.run();
    await this.office.tick();
    await this.office.drain();
  }

  /** Nothing goes wrong any more; time goes on until nobody has anything to do. */
  async rest(): Promise<void> {
    const { office } = this;
    const { world } = office.platform;
    this.#hooks.length = 0;
    world.faults.calls.length = 0;
    world.faults.outcomes.length = 0;
    office.sqlite.query(`UPDATE publications SET stopped_at = NULL`);
    office.status("gzh", "active");
    for (let moments = 0; moments < 1500; moments++) {
      await this.#minute();
      const due = [
        office.value<number | null>("SELECT min(due_at) FROM shards"),
        office.value<number | null>("SELECT min(next_at) FROM wechat_takedowns WHERE state = 'open'"),
        ...office.queue.map((message) => message.due),
        ...world.timers.map(({ at }) => at),
        ...world.outbox.map((event) => event.due),
      ].filter((at) => at !== null);
      if (due.length === 0) return;
      office.now = Math.max(office.now + MINUTE, Math.min(...due));
    }
    throw new Error(`still busy: ${JSON.stringify(office.rows("SELECT outcome, state, excerpt FROM deliveries"))}`);
  }

  check(): void {
    const { office } = this;
    const { world } = office.platform;
    const deliveries = office.rows(`SELECT entries, outcome, excerpt FROM deliveries WHERE outcome <> 'accepted'`);
    expect(deliveries, "every push came to its end").toEqual([]);
    const rows = office.rows<Row>(`SELECT post_id AS post, state, way, idx, draft, url, why FROM wechat_articles`);
    const receipts = new Map(rows.map((row) => [row.post, row]));
    const titles = new Map(
      office.rows<{ id: number; title: string }>(`SELECT id, title FROM posts`).map(({ id, title }) => [id, title]),
    );
    for (const [i, post] of this.#seqs.entries()) {
      const n = i + 1;
      const all = world.pages.filter(({ article }) => article.content_source_url.endsWith(`/posts/post-${post}`));
      this.#checkPost(post, n, all, receipts.get(post) ?? null, titles.get(post)!);
    }
    this.#checkQuiet();
  }

  #checkPost(post: number, n: number, all: readonly Page[], receipt: Row | null, title: string): void {
    const live = all.filter(({ gone }) => gone === null);
    const where = `post ${post}: ${JSON.stringify(receipt)}`;
    expect(all.filter(({ kind }) => kind === "mass").length, `${where} was sent to all once`).toBeLessThan(2);
    if (this.#recalled.has(n)) {
      expect(live.length, `${where} is recalled`).toBe(0);
      return;
    }
    if (!this.#corrected.has(n)) expect(all.length, `${where} went out once`).toBeLessThan(2);
    expect(receipt, where).not.toBeNull();
    if (receipt!.state === "published") {
      expect(live.length, `${where} is public once`).toBe(1);
      const [page] = live;
      if (receipt!.url !== null) expect(receipt!.url, where).toContain(page!.id);
      if (receipt!.way === "publish") expect(receipt!.url, where).not.toBeNull();
      if (page!.article.title !== title) this.#expectTold(post, title, where);
    } else if (receipt!.state === "drafted") {
      expect(live.length, where).toBe(0);
      const draft = this.office.platform.account(APP.app_id).drafts.get(receipt!.draft ?? "");
      const article = draft?.articles[receipt!.idx - 1];
      expect(article?.content_source_url, where).toContain(`/posts/post-${post}`);
    } else {
      expect([receipt!.state, live.length], where).toEqual(["failed", 0]);
      expect(receipt!.why, where).not.toMatch(/草稿不见了|一天里没有给出结果/);
    }
  }

  /** Readers, or the draft, have another text than the office: somebody was told. The sheet of a draft shows it by itself. */
  #expectTold(post: number, title: string, where: string): void {
    const left = this.office.value<number>(
      `SELECT count(*) FROM alerts WHERE kind = 'wechat.left_out' AND instr(body, ?)`,
      title,
    );
    if (left > 0) return;
    const sheets = this.office.rows(
      `SELECT 1 FROM wechat_sheets s JOIN wechat_sheet_posts p ON p.sheet_id = s.id WHERE s.kind = 'correct' AND p.post_id = ?`,
      post,
    );
    expect(sheets.length, `${where} is to be corrected by a person`).toBeGreaterThan(0);
  }

  /** What is told is told once, and nothing tells a secret. */
  #checkQuiet(): void {
    const { office } = this;
    const alerts = office.rows<{ day: number }>(
      `SELECT (at + 28800000) / 86400000 AS day, kind, title, body, subject, count(*) AS n FROM alerts WHERE kind <> 'wechat.sheet'
       GROUP BY day, kind, title, body, subject HAVING n > 1`,
    );
    expect(alerts, "told once").toEqual([]);
    const kept = JSON.stringify(
      ["alerts", "audit", "deliveries", "attempts", "wechat_health", "wechat_articles", "wechat_takedowns"].map(
        (table) => office.rows(`SELECT * FROM ${table}`),
      ),
    );
    for (const secret of [APP.secret, ...office.platform.world.tokens.keys()])
      expect(kept.includes(secret)).toBe(false);
  }
}
