import type { Channel } from "../../delivery/open-channel.ts";
import { deliveryId } from "../../delivery/push.ts";
import { HOUR, iso, isoOrNull } from "../../platform/time.ts";

/** A channel; its secrets are masked. */
export function channelView(channel: Channel) {
  const last =
    channel.last === null
      ? null
      : (JSON.parse(channel.last) as { from: number; to: number; outcome: string; at: number });
  return {
    id: channel.uid,
    rev: channel.rev,
    kind: channel.kind,
    origin: channel.origin,
    purpose: channel.purpose,
    name: channel.name,
    status: channel.status,
    failing_since: isoOrNull(channel.failingSince),
    cursor: channel.cursor,
    filter: channel.filter,
    config: channel.masked,
    ...(channel.publicKey !== null && { public_key: channel.publicKey }),
    expires_after_hours: channel.expiresAfter / HOUR,
    last_delivery: last && {
      id: deliveryId(channel.uid, last.from),
      from_seq: last.from,
      to_seq: last.to,
      outcome: last.outcome,
      at: iso(last.at),
    },
    created_at: iso(channel.createdAt),
    ...(channel.endsAt !== null && { ends_at: iso(channel.endsAt) }),
  };
}
