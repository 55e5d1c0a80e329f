/** The channel kinds. To add one: a file beside these, and a line here (`docs/channels.md` says how). */
import { dingtalk } from "./dingtalk.ts";
import { discord } from "./discord.ts";
import { email } from "./email.ts";
import { feishu } from "./feishu.ts";
import { inbox } from "./inbox.ts";
import type { AnyKind } from "./kind.ts";
import { ntfy } from "./ntfy.ts";
import { slack } from "./slack.ts";
import { telegram } from "./telegram.ts";
import { webhook } from "./webhook.ts";
import { wechat } from "./wechat/index.ts";
import { webpush } from "./webpush.ts";
import { websub } from "./websub.ts";
import { wecom } from "./wecom.ts";

const kinds = [
  webhook,
  wecom,
  dingtalk,
  feishu,
  telegram,
  slack,
  discord,
  ntfy,
  webpush,
  email,
  websub,
  wechat,
  inbox,
] as const;

export const KIND_NAMES = kinds.map((kind) => kind.name);

/** Those that a person can make channels of. */
export const OFFERED_KINDS = (kinds as readonly { name: string; selfService?: true }[])
  .filter((kind) => !kind.selfService)
  .map((kind) => kind.name);

const byName = new Map<string, AnyKind>(kinds.map((kind) => [kind.name, kind as unknown as AnyKind]));

/** The kind of this name, or undefined. */
export function kindOf(name: string): AnyKind | undefined {
  return byName.get(name);
}
