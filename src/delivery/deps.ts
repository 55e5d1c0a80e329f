import type { Connection } from "./connections.ts";
import type { AnyKind, Books } from "../channels/kind.ts";
import type { WechatClient } from "../channels/wechat/call.ts";
import type { QueueMessage, AccountMessage } from "../env.ts";
import type { SecretKeys } from "../platform/crypto.ts";
import type { ApiBases } from "./bases.ts";
import type { Mailer } from "./mail.ts";
import type { OfficeKey } from "./office-keys.ts";
import type { Resolve } from "./resolve.ts";
import type { Fetch } from "./send.ts";

/** Everything that delivery touches outside itself: injected, so that tests can make each of them fail. */
export interface DeliveryDeps {
  db: D1Database;
  queue: Pick<Queue<QueueMessage>, "send" | "sendBatch">;
  fetch: Fetch;
  /** The wall clock, for leases, deadlines and signatures. */
  wall: () => number;
  keys: SecretKeys;
  /** The kind of this name, or undefined. */
  kindOf: (name: string) => AnyKind | undefined;
  /** Where readers reach the site, without a trailing slash. */
  siteUrl: string;
  allowPrivate: boolean;
  /** Looks a host's addresses up. */
  resolve: Resolve;
  /** Relays in front of platforms. Whoever runs the office set them: they are not asked about. */
  apiBases: ApiBases;
  /** The connections of this invocation; without it a run has six of its own. */
  connection?: Connection;
  /** Sends letters; null while no provider is set. */
  mail: Mailer | null;
  officeKey: OfficeKey;
  /** Makes calls of WeChat's API. */
  wechat: WechatClient;
  /** By the names of the kinds that keep some. */
  books: Readonly<Record<string, Books>>;
  /** Does what a WeChat account has to do beside its pushes. The wechat room provides it. */
  runAccount: (message: AccountMessage, now: number) => Promise<void>;
}
