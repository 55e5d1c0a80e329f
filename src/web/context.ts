/** What every request carries. The clock is read once, at the edge. */
import type { Context } from "hono";
import type { DeliveryDeps } from "../delivery/deps.ts";
import type { AmendingDesk } from "../wire/amend.ts";
import type { Env } from "../env.ts";
import type { Actor } from "../newsroom/types.ts";
import type { CallbackDeps } from "../wechat/callback/answer.ts";

export interface Deps extends DeliveryDeps {
  media: R2Bucket;
  desk: AmendingDesk;
  adminToken: string | undefined;
  denials: Pick<RateLimit, "limit">;
  subscriptions: Pick<RateLimit, "limit">;
  hub: Pick<RateLimit, "limit">;
  readers: Pick<RateLimit, "limit">;
  /** What else follows when the platform says that a job has ended. */
  wechatFinished?: CallbackDeps["wechatFinished"];
}

export interface App {
  Bindings: Env;
  Variables: {
    deps: Deps;
    /** Epoch ms when the request came. */
    now: number;
    /** Null without a token. */
    actor: Actor | null;
    /** Under an Idempotency-Key: epoch ms of the first attempt, earlier than `now` if that one died. */
    since?: number;
    /** The request's body, once it has been read. */
    body: Uint8Array<ArrayBuffer> | null;
  };
}

export type Ctx = Context<App>;
