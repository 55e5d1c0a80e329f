/** The platform as the client meets it: gives tokens, takes calls made with the right one, and misbehaves by script. */
import type { Account } from "../../../src/channels/wechat/call.ts";
import type { ApiBases } from "../../../src/delivery/bases.ts";
import { wechatClient } from "../../../src/wechat/client/client.ts";
import type { LoadedPicture } from "../../../src/wechat/client/upload.ts";
import { Sqlite } from "../delivery/engine/sqlite.ts";

export const SECRET = "0123456789abcdef0123456789abcdef";
export const APP = "wx0123456789abcdef";

export const account = (config: object = {}): Account => ({
  id: 1,
  uid: "gzh",
  config: { app_id: APP, app_secret: SECRET, mode: "certified", ...config },
});

export const PICTURE: LoadedPicture = {
  type: "picture",
  bytes: new Uint8Array([0xff, 0xd8, 0x0d, 0x0a, 0x2d, 0x2d, 0xff, 0xd9]),
  mime: "image/jpeg",
  hash: "ab".repeat(32),
};

interface Heard {
  url: URL;
  type: string | null;
  body: string;
  bytes: Uint8Array | null;
}

type Answer = Response | object;

// The migrations take longer than a test.
const shared = new Sqlite();

/** A database with the account's channel and nothing else. */
export function channelAlone(): Sqlite {
  for (const sql of [
    `DELETE FROM wechat_uploads`,
    `DELETE FROM channels`,
    `DELETE FROM shards`,
    `INSERT INTO shards (id, members, purpose) VALUES (1, 1, 'news')`,
    `INSERT INTO channels (id, uid, shard, kind, name, status, config, filter, expires_after, start_seq, cursor, due_at, rev, created_at, updated_at)
     VALUES (1, 'gzh', 1, 'wechat', '公众号', 'active', '{}', '{}', 1, 0, 0, 0, 1, 0, 0)`,
  ])
    shared.query(sql);
  return shared;
}

export class Platform {
  readonly sqlite = channelAlone();
  now = Date.parse("2026-11-23T09:00:00+08:00");
  heard: Heard[] = [];
  /** The token that calls are taken with. */
  valid = "token-1";
  /** What a fetch gives, if not the valid one. */
  gives: string | null = null;
  expiresIn = 7200;
  forced = 0;
  /** Answers a token call, or leaves it to the usual. */
  onToken: (heard: Heard) => Answer | null = () => null;
  /** Answers a call with a valid token. */
  onCall: (heard: Heard) => Answer = () => ({ errcode: 0, errmsg: "ok" });
  picture: LoadedPicture = PICTURE;
  databaseFails = false;
  bases: ApiBases = {};

  readonly call = (...args: Parameters<ReturnType<typeof wechatClient>>) =>
    wechatClient({
      db: this.sqlite.d1(async (_, work) => {
        if (this.databaseFails) throw new Error("Network connection lost.");
        return work();
      }),
      fetch: async (url, init) => this.#answer(url, init),
      wall: () => this.now,
      keys: { current: "a secret for tests only" },
      apiBases: this.bases,
      loadPicture: async () => this.picture,
    })(...args);

  /** The paths of the calls so far, and the token of each. */
  get calls(): string[] {
    return this.heard.map(({ url, body }) => {
      if (url.pathname.endsWith("/stable_token")) return body.includes('"force_refresh":true') ? "force" : "fetch";
      return `${url.pathname.split("/").at(-1)} ${url.searchParams.get("access_token")}`;
    });
  }

  async #answer(url: string, init: RequestInit): Promise<Response> {
    const bytes = init.body instanceof Uint8Array ? init.body : null;
    const body = bytes ? new TextDecoder("latin1").decode(bytes) : String(init.body);
    const heard: Heard = { url: new URL(url), type: new Headers(init.headers).get("content-type"), body, bytes };
    this.heard.push(heard);
    const answer = heard.url.pathname.endsWith("/stable_token") ? this.#token(heard) : this.#call(heard);
    // As the platform does for some calls: JSON, and no word of it in the content type.
    return answer instanceof Response
      ? answer
      : new Response(JSON.stringify(answer), { headers: { "content-type": "text/plain" } });
  }

  #token(heard: Heard): Answer {
    const answer = this.onToken(heard);
    if (answer) return answer;
    if (heard.body.includes('"force_refresh":true')) {
      this.forced += 1;
      this.valid = `forced-${this.forced}`;
      this.gives = null;
    }
    return { access_token: this.gives ?? this.valid, expires_in: this.expiresIn };
  }

  #call(heard: Heard): Answer {
    const token = heard.url.searchParams.get("access_token");
    return token === this.valid ? this.onCall(heard) : { errcode: 40001, errmsg: `invalid credential ${token}` };
  }
}
