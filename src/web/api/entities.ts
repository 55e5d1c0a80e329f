/** Rows as the API shows them: snake_case names, public ids only, times as ISO 8601 with zone. */
import type { ReviewRow, RevisionRow } from "../../articles/record-store.ts";
import { picturesOf } from "../../articles/media.ts";
import type { Article, Content } from "../../articles/types.ts";
import type { Channel } from "../../delivery/subscriptions.ts";
import { deliveryId } from "../../delivery/push.ts";
import type { DeliveryRow } from "../../delivery/ledger-store.ts";
import type { ResendRow } from "../../delivery/resend-store.ts";
import type { Day } from "../../editions/calendar/calendar.ts";
import type { CalendarYear } from "../../editions/calendar/change.ts";
import type { Changes, DayChange } from "../../editions/calendar/compare.ts";
import { countWorking, specialDays } from "../../editions/calendar/compare.ts";
import type { Proposal } from "../../editions/proposal.ts";
import type { Cover } from "../../formats/index.ts";
import { coverOf, THEME_NAMES, THEMES } from "../../formats/index.ts";
import type { Publication } from "../../newsroom/types.ts";
import { absolute } from "../../platform/address.ts";
import { HOUR, iso } from "../../platform/time.ts";
import type { Entry } from "../../wire/entry-store.ts";
import type { PostDetail } from "../../wire/post-store.ts";

const time = (ms: number | null, zone?: string): string | null => (ms === null ? null : iso(ms, zone));

/** The picture that stands for an article, and its crops as WeChat's `draft/add` takes them. */
function coverView({ from, wide, square, size, crops }: Cover) {
  return {
    from,
    wide,
    square,
    width: size?.width ?? null,
    height: size?.height ?? null,
    pic_crop_235_1: crops?.pic_crop_235_1 ?? null,
    pic_crop_1_1: crops?.pic_crop_1_1 ?? null,
  };
}

/** An article in a list: everything but its text. */
export function articleSummary(a: Omit<Article, "markdown">) {
  return {
    id: a.uid,
    rev: a.rev,
    status: a.status,
    publication: a.publication,
    kind: a.kind,
    title: a.title,
    digest: a.digest,
    column: a.column,
    unit: a.unit,
    credits: a.credits,
    cover: a.cover,
    cover_image: coverView(coverOf(a, a.pictures)),
    source: a.source,
    file: a.file ?? null,
    important: a.important,
    priority: a.priority,
    event_at: time(a.eventAt),
    embargo_until: time(a.embargoUntil),
    expires_at: time(a.expiresAt),
    must_run_on: a.mustRunOn,
    evergreen: a.evergreen,
    hash: a.hash,
    created_at: iso(a.createdAt),
    updated_at: iso(a.updatedAt),
  };
}

/** An article as editors see it; `url` once it is published. */
export function articleView(a: Article, url: string | null = null) {
  return { ...articleSummary(a), markdown: a.markdown, captions: a.captions ?? null, ...(url !== null && { url }) };
}

/** One text of an article with the decisions that were signed on it. */
export function revisionView(revision: RevisionRow, reviews: readonly ReviewRow[], current: string) {
  return {
    hash: revision.hash,
    current: revision.hash === current,
    title: revision.title,
    digest: revision.digest,
    markdown: revision.markdown,
    saved_by: revision.saved_by,
    saved_at: iso(revision.saved_at),
    reviews: reviews
      .filter((review) => review.hash === revision.hash)
      .map(({ stage, decision, gates, note, reviewer, at }) => ({
        stage,
        decision,
        gates: JSON.parse(gates) as string[],
        note,
        reviewer,
        at: iso(at),
      })),
  };
}

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
    planned_at: time(proposal.planned?.edition.plannedAt ?? null, zone),
    slots: proposal.slots.map((slot) => ({
      at: iso(slot.at, zone),
      released_at: time(slot.releasedAt, zone),
      late: slot.late,
    })),
    digest,
    picks: picks.map((pick) => ({
      position: pick.position,
      article_id: pick.uid,
      title: pick.title,
      column: pick.column,
      unit: pick.unit,
      slot: time(slotAt.get(pick.slot) ?? null, zone),
      rung: pick.rung,
      reason: pick.reason,
      placed_by: pick.placedBy,
      seq: pick.seq,
    })),
  };
}

const dayView = (day: Day) => ({
  working: day.working,
  provisional: day.provisional,
  name: day.name,
  source: day.source,
  ...(day.note && { note: day.note }),
});

/** A year of the calendar: only the days that differ from an ordinary week. */
export function calendarView({ year, calendar }: CalendarYear) {
  const [from, to] = [`${year.year}-01-01`, `${year.year}-12-31`];
  const announced = calendar.announced(year.year);
  return {
    year: year.year,
    rev: year.rev,
    status: announced ? "announced" : "provisional",
    provisional: !announced,
    notice: year.notice,
    working_days: countWorking(calendar, from, to),
    days: specialDays(calendar, from, to).map(({ date, ...day }) => ({ date, ...dayView(day) })),
  };
}

/** What a change of the calendar does, day by day. */
export function calendarChangesView(changes: Changes) {
  const shown = ({ date, from, to }: DayChange) => ({ date, from: dayView(from), to: dayView(to) });
  return {
    added: changes.added.map(shown),
    removed: changes.removed.map(shown),
    changed: changes.changed.map(shown),
  };
}

/** A wire entry. */
export function entryView(e: Entry, siteUrl: string) {
  return {
    seq: e.seq,
    kind: e.kind,
    at: iso(e.at, e.timeZone),
    ...(e.note && { note: e.note }),
    post: {
      id: e.uid,
      title: e.title,
      digest: e.digest,
      url: `${siteUrl}/posts/${e.uid}`,
      column: e.column,
      unit: e.unit,
      publication: e.publication,
      ...(!e.recalled && { cover: absolute(coverOf(e, e.pictures).wide, siteUrl) }),
    },
  };
}

function postCover(p: PostDetail, siteUrl: string) {
  const { cover } = JSON.parse(p.meta) as Pick<Content, "cover">;
  const picked = coverOf({ ...p, cover }, picturesOf(p.pictures));
  return { cover: absolute(picked.wide, siteUrl), cover_image: coverView(picked) };
}

/** A post as anyone with a token reads it; without its text once it is recalled. */
export function postView(p: PostDetail, siteUrl: string) {
  return {
    id: p.uid,
    article_id: p.articleUid,
    seq: p.id,
    kind: p.kind,
    title: p.title,
    digest: p.digest,
    url: `${siteUrl}/posts/${p.uid}`,
    publication: p.publication,
    column: p.column,
    unit: p.unit,
    edition: p.editionDate,
    position: p.position,
    released_at: iso(p.releasedAt, p.timeZone),
    corrected_at: time(p.correctedAt, p.timeZone),
    recalled_at: time(p.recalledAt, p.timeZone),
    ...(p.recalledAt === null && { ...postCover(p, siteUrl), markdown: p.markdown }),
  };
}

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
    failing_since: channel.failingSince === null ? null : iso(channel.failingSince),
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

interface AttemptJson {
  n: number;
  at: number;
  ms: number | null;
  outcome: string;
  status: number | null;
  excerpt: string | null;
}

/** Attempts as people read them: the earlier ones, and the one that the row itself tells of if it is not among them. */
function attemptsOf(d: Pick<DeliveryRow, "attempts" | "n" | "outcome" | "at" | "ms" | "status" | "excerpt">) {
  const attempts = JSON.parse(d.attempts) as AttemptJson[];
  // One that was handed back unsent tells of no call; one that waits between two tells of its last.
  const tells = d.outcome !== "pending" || d.ms !== null;
  if (d.n > 0 && tells && !attempts.some((attempt) => attempt.n === d.n)) {
    const { n, at, ms, outcome, status, excerpt } = d;
    attempts.push({ n, at, ms, outcome, status, excerpt });
  }
  return attempts.sort((a, b) => a.n - b.n).map((attempt) => ({ ...attempt, at: iso(attempt.at) }));
}

/** A delivery of a channel's own with its attempts. */
export function deliveryView(d: DeliveryRow) {
  return {
    id: deliveryId(d.channel, d.from),
    channel: d.channel,
    trigger: "live",
    from_seq: d.from,
    to_seq: d.to,
    entries: JSON.parse(d.entries) as number[],
    outcome: d.outcome,
    next_at: time(d.nextAt),
    attempts: attemptsOf(d),
  };
}

/** A replay or test with its attempts. `repeats`: the id that its requests bear. */
export function resendView(d: ResendRow) {
  const entries = JSON.parse(d.entries) as number[];
  return {
    id: `${d.channel}_${d.trigger === "test" ? "t" : "r"}${d.id}`,
    channel: d.channel,
    trigger: d.trigger,
    ...(d.trigger === "replay" && { repeats: d.pushId }),
    from_seq: entries.length > 0 ? entries[0]! - 1 : null,
    to_seq: entries.at(-1) ?? null,
    entries,
    outcome: d.outcome,
    next_at: time(d.nextAt),
    attempts: attemptsOf(d),
  };
}
