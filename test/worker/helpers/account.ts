/** An office with a WeChat account on a simulated platform. */
import { env } from "cloudflare:workers";
import { kindOf } from "../../../src/channels/index.ts";
import { createChannel } from "../../../src/delivery/subscriptions.ts";
import { accountBooks } from "../../../src/wechat/books/books.ts";
import { wechatClient } from "../../../src/wechat/client/client.ts";
import { pictureLoader } from "../../../src/wechat/pictures/pictures.ts";
import type { Setup } from "../../outside/wechat/state.ts";
import { WechatSimulator } from "../../outside/wechat/simulator.ts";
import { at, watched, World } from "./world.ts";

export const APP = { app_id: "wx0123456789abcdef", secret: "0123456789abcdef0123456789abcdef" };
const HOUR = 3_600_000;

export class AccountWorld extends World {
  platform = new WechatSimulator({ now: () => this.wall });

  constructor() {
    super();
    const { deps } = this;
    deps.wechat = wechatClient({
      db: deps.db,
      fetch: deps.fetch,
      wall: deps.wall,
      keys: deps.keys,
      apiBases: {},
      loadPicture: pictureLoader({ ...deps, media: env.MEDIA, assets: env.ASSETS }),
    });
    deps.books = { wechat: accountBooks({ db: watched(env.DB, this.line), wall: deps.wall }) };
  }

  /** A new platform with the account on it: nothing was ever sent to it. */
  open(setup: Partial<Setup> = {}): void {
    this.platform = new WechatSimulator({ now: () => this.wall });
    this.platform.register({ ...APP, ...setup });
    this.endpoint = ({ url, headers, body, bytes }) =>
      this.platform.handle(new Request(url, { method: "POST", headers, body: bytes ?? body }));
  }

  /** Opens the account at the platform, and the channel here. */
  async account(config: object = {}, setup: Partial<Setup> = {}): Promise<string> {
    this.open(setup);
    const uid = "gzh";
    await createChannel(
      { ...this.deps, db: this.db, kindOf },
      {
        uid,
        kind: "wechat",
        name: "化德党建公众号",
        config: { app_id: APP.app_id, app_secret: APP.secret, mode: "certified", push_at: "17:30", ...config },
        filter: {},
        expiresAfter: 72 * HOUR,
      },
      { name: "test", role: null, scopes: [] },
      0,
    );
    return uid;
  }

  /** The minutes from `from` on (local times of the day), each with its tick, as the wall clock goes along. */
  async minutes(from: string, count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      this.wall = at(from) + i * 60_000;
      await this.tick(this.wall);
      await this.drain();
      // Delayed messages come within the minute.
      for (let second = 5; second < 60; second += 5) {
        this.wall += 5000;
        await this.drain();
      }
    }
  }

  /** Receipts in the order of posts. */
  receipts(): Promise<{ state: string; way: string; idx: number; url: string | null; why: string | null }[]> {
    return this.all(`SELECT state, way, idx, url, why FROM wechat_articles ORDER BY post_id`);
  }
}
