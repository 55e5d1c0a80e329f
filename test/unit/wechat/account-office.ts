/** Channels and a wire on the real statements, with one WeChat account on a simulated platform. */
import { wechat } from "../../../src/channels/wechat/index.ts";
import { accountConfig } from "../../../src/channels/wechat/account.ts";
import { accountBooks } from "../../../src/wechat/books/books.ts";
import { wechatClient } from "../../../src/wechat/client/client.ts";
import { runAccount, sweepAccounts } from "../../../src/wechat/takedowns/lane.ts";
import type { AnyKind } from "../../../src/channels/kind.ts";
import type { PostEvent } from "../../outside/wechat/events.ts";
import { WechatSimulator } from "../../outside/wechat/simulator.ts";
import type { Setup } from "../../outside/wechat/state.ts";
import { Office } from "../delivery/engine/office.ts";
import { APP } from "./at.ts";

/** Monday 23 November 2026, a quarter of an hour before the account's time. */
const BEFORE = Date.parse("2026-11-23T17:15:00+08:00");
const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16);

export class AccountOffice extends Office {
  readonly platform: WechatSimulator;

  /** `post` is where the platform's events go; without it nobody hears of them. */
  constructor(setup: Partial<Setup> = {}, post?: PostEvent) {
    super([wechat as unknown as AnyKind], BEFORE);
    this.platform = new WechatSimulator({ now: () => this.now, ...(post && { post }) });
    this.platform.register({ ...APP, ...setup });
    const { deps } = this;
    deps.wechat = wechatClient({
      db: deps.db,
      fetch: (url, init) =>
        this.effect(`fetch ${new URL(url).pathname}`, () => this.platform.handle(new Request(url, init))),
      wall: deps.wall,
      keys: deps.keys,
      apiBases: {},
      loadPicture: async ({ src }) => ({
        type: "picture",
        bytes: JPEG,
        mime: "image/jpeg",
        hash: src.padEnd(64, "0").slice(0, 64),
      }),
    });
    this.books["wechat"] = accountBooks({ db: deps.db, wall: deps.wall });
    deps.runAccount = (message, now) => runAccount(deps, message, now);
  }

  override async tick(): Promise<void> {
    await super.tick();
    await sweepAccounts(this.deps, this.now);
  }

  /** The account's channel, at the head of the wire, for all it is sent from now on. */
  account(config: object = {}): Promise<void> {
    const { app_id, secret: app_secret } = APP;
    return this.channel("gzh", "wechat", {
      config: accountConfig.parse({ app_id, app_secret, mode: "certified", ...config }),
    });
  }

  /** So many posts are released now, 稿件 1, 稿件 2 …; gives their seqs. */
  release(posts: number): number[] {
    return Array.from({ length: posts }, () => {
      const seq = this.append("published");
      this.sqlite.query(`UPDATE posts SET title = ? WHERE id = ?`, `稿件 ${seq}`, seq);
      return seq;
    });
  }

  /** What readers can open, in the order of publishing: how it went out, and its title. */
  get pages(): string[] {
    return this.platform.world.pages
      .filter(({ gone }) => gone === null)
      .map(({ kind, article }) => `${kind} ${article.title}`);
  }

  /** What the receipts say, in the order of posts. */
  get receipts(): string[] {
    return this.rows<{ state: string; way: string; idx: number }>(
      `SELECT state, way, idx FROM wechat_articles ORDER BY post_id`,
    ).map(({ state, way, idx }) => `${state} ${way} ${idx}`);
  }
}
