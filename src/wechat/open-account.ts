/** The account behind a channel, with its settings opened: what a call is made with. */
import type { Account } from "../channels/wechat/call.ts";
import type { ChannelRow } from "../delivery/channel-store.ts";
import { findChannelById } from "../delivery/channel-store.ts";
import type { DeliveryDeps } from "../delivery/deps.ts";
import { openConfig } from "../delivery/secrets.ts";

/** The account of this channel; null once it is removed or gone, or when no key opens its settings. */
export async function openAccount(
  deps: Pick<DeliveryDeps, "db" | "kindOf" | "keys">,
  channelId: number,
): Promise<(Account & Pick<ChannelRow, "name">) | null> {
  const channel = await findChannelById(deps.db, channelId);
  if (!channel || channel.status === "gone") return null;
  const kind = deps.kindOf(channel.kind);
  const opened = kind && (await openConfig(kind, channel, deps.keys).catch(() => null));
  return opened ? { id: channel.id, uid: channel.uid, name: channel.name, config: opened.config } : null;
}
