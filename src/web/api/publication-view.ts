import { THEME_NAMES, THEMES } from "../../formats/index.ts";
import type { Publication } from "../../newsroom/types.ts";
import { iso } from "../../platform/time.ts";

/** A publication with its settings. */
export function publicationView(p: Publication) {
  return {
    id: p.slug,
    rev: p.rev,
    name: p.name,
    medium: p.medium,
    time_zone: p.timeZone,
    quota: p.quota,
    plan_at: p.planAt,
    release_times: p.releaseTimes,
    stages: p.stages,
    warn_at: p.warnAt,
    outlets: p.outlets,
    rest_quota: p.ladder.restQuota,
    maximum: p.ladder.maximum,
    column_cap: p.ladder.columnCap,
    unit_cap: p.ladder.unitCap,
    column_caps: p.ladder.columnCaps,
    unit_caps: p.ladder.unitCaps,
    column_minimums: p.ladder.columnMinimums,
    credit_days: p.ladder.creditDays,
    credits: p.ladder.credits,
    cool_down_days: p.ladder.coolDownDays,
    reprint_share: p.ladder.reprintShare,
    slot_counts: p.ladder.slotCounts,
    lead: p.ladder.lead,
    old_days: p.ladder.oldDays,
    theme: p.theme,
    stopped: p.stoppedAt === null ? null : { at: iso(p.stoppedAt, p.timeZone), reason: p.stopReason },
  };
}

/** The themes that come with Kanfa, with all their values. */
export const themesView = () => THEME_NAMES.map((id) => ({ id, name: THEMES[id].name, ...THEMES[id].theme }));
