import type { Proposal } from "../../editions/proposal.ts";
import type { Publication } from "../../newsroom/types.ts";
import { iso, isoOrNull } from "../../platform/time.ts";

/** An edition: planned picks, and with `proposed` also those that planning now would add. */
export function editionView(
  publication: Publication,
  date: string,
  proposal: Proposal,
  digest: string,
  proposed: boolean,
) {
  const zone = publication.timeZone;
  const slotAt = new Map(proposal.slots.map((slot) => [slot.n, slot.at]));
  const added = proposed ? proposal.added.map((pick) => ({ ...pick, seq: null, placedBy: null })) : [];
  const picks = [...(proposal.planned?.picks ?? []), ...added].sort((a, b) => a.position - b.position);
  return {
    publication: publication.slug,
    date,
    working_day: proposal.day.working,
    provisional: proposal.day.provisional,
    quota: proposal.quota,
    shortfall: Math.max(0, proposal.quota - picks.length),
    short_because: proposal.quota > picks.length ? proposal.shortBecause : "",
    planned_at: isoOrNull(proposal.planned?.edition.plannedAt ?? null, zone),
    slots: proposal.slots.map((slot) => ({
      at: iso(slot.at, zone),
      released_at: isoOrNull(slot.releasedAt, zone),
      late: slot.late,
    })),
    digest,
    picks: picks.map((pick) => ({
      position: pick.position,
      article_id: pick.uid,
      title: pick.title,
      column: pick.column,
      unit: pick.unit,
      slot: isoOrNull(slotAt.get(pick.slot) ?? null, zone),
      rung: pick.rung,
      reason: pick.reason,
      placed_by: pick.placedBy,
      seq: pick.seq,
    })),
  };
}
