/**
 * The look before the release: a word may have been forbidden since an article was approved, or an article may have come
 * by a way that no look was on. What must not go out waits for a person, and the day goes on with the next article; what
 * only looks bad goes out. Either is told on the office's alert log.
 */
import type { NewAlert } from "../alerts/store.ts";
import { insertAlert } from "../alerts/store.ts";
import { mediaHash } from "../articles/media.ts";
import type { Proof } from "../articles/proof-store.ts";
import { readProofs } from "../articles/proof-store.ts";
import { holdArticle } from "../articles/queue-store.ts";
import { audit } from "../newsroom/audit-store.ts";
import type { Publication } from "../newsroom/types.ts";
import type { Statement } from "../platform/d1.ts";
import { stamped } from "../platform/guard.ts";
import { newStamp } from "../platform/ids.ts";
import type { Finding, Input, Term } from "../preflight/index.ts";
import { preflight, preflightBlocking, type TermMatcher } from "../preflight/index.ts";
import { inputFrom, matcherOf, mediaFacts } from "../preflight/input.ts";
import type { Planned } from "./store.ts";
import { countShortfall } from "./plan-store.ts";
import { removePick, stampRead } from "./wheel-store.ts";

const inputOf = (proof: Proof, zone: string, terms: TermMatcher): Input =>
  inputFrom(proof, { at: proof.at, zone, media: mediaFacts(proof.media, mediaHash), terms });

/** What keeps a text from going out, less what a person accepted in it. */
function unclear(proof: Proof, zone: string, terms: TermMatcher): Finding[] {
  return preflightBlocking(inputOf(proof, zone, terms)).filter(({ key }) => !proof.acknowledged.includes(key ?? ""));
}

/** The findings on the articles with these internal ids, by id; punctuation is not looked at. One query. */
export async function findingsOf(
  db: D1Database,
  zone: string,
  articleIds: readonly number[],
): Promise<Map<number, Finding[]>> {
  if (articleIds.length === 0) return new Map();
  const { proofs, terms } = await readProofs(db, articleIds);
  const matcher = matcherOf(terms satisfies Term[]);
  return new Map(proofs.map((proof) => [proof.id, preflight(inputOf(proof, zone, matcher)).findings]));
}

const inShort = (text: string): string =>
  text.length > 30 ? `${text.slice(0, 30).replace(/[\ud800-\udbff]$/, "")}…` : text;

const heldAlert = (proof: Proof, findings: readonly Finding[], now: number): NewAlert => ({
  at: now,
  kind: "article.held",
  title: `《${inShort(proof.title)}》发布前被暂缓`,
  body: [...new Set(findings.map(({ message }) => message)), "改好文字，或确认无误后重新提交，稿件即回到队列。"].join(
    "\n",
  ),
  subject: `article:${proof.uid}`,
});

const missingAlert = (proof: Proof, now: number): NewAlert => ({
  at: now,
  kind: "article.media_missing",
  title: `《${inShort(proof.title)}》缺图`,
  body: `稿件按时发布，但有 ${proof.missing} 个图片或视频在素材库里找不到。请补传后更正。`,
  subject: `article:${proof.uid}`,
});

/** A title may hold what must not be repeated. */
const nameless = (proof: Proof, findings: readonly Finding[]): Proof =>
  findings.some(({ place }) => place.field === "title") ? { ...proof, title: "标题从略" } : proof;

interface Clearance {
  /** Articles that must wait, each with why. */
  held: { proof: Proof; findings: Finding[] }[];
  /** What the office has to know of those that go out. */
  alerts: NewAlert[];
}

/** Looks at the texts with these internal ids. Reads only: one query. */
export async function clearanceOf(
  db: D1Database,
  zone: string,
  articleIds: readonly number[],
  now: number,
): Promise<Clearance> {
  if (articleIds.length === 0) return { held: [], alerts: [] };
  const { proofs, terms } = await readProofs(db, articleIds);
  const matcher = matcherOf(terms);
  const looked = proofs.map((proof) => ({ proof, findings: unclear(proof, zone, matcher) }));
  return {
    held: looked.filter(({ findings }) => findings.length > 0),
    alerts: looked
      .filter(({ proof, findings }) => findings.length === 0 && proof.missing > 0)
      .map(({ proof }) => missingAlert(proof, now)),
  };
}

/** Holds the articles back: out of the edition, `held` until a person submits them again, told in audit and alerts. */
export async function holdBack(
  db: D1Database,
  publication: Publication,
  { edition }: Planned,
  held: Clearance["held"],
  wake: (now: number) => Statement[],
  now: number,
): Promise<void> {
  const stamp = newStamp();
  const guard = stamped("editions", edition.id, stamp);
  await db.batch([
    stampRead(db, edition, stamp),
    ...held.flatMap(({ proof, findings }) => {
      return [
        holdArticle(db, proof.id, guard),
        removePick(db, edition.id, proof.id, guard),
        audit(
          db,
          {
            at: now,
            actor: "tick",
            action: "article.held",
            subject: `article:${proof.uid}`,
            detail: { hash: proof.hash, findings: [...new Set(findings.map(({ key }) => key))] },
          },
          guard,
        ),
        insertAlert(db, heldAlert(nameless(proof, findings), findings, now), guard),
      ];
    }),
    countShortfall(db, { publicationId: publication.id, date: edition.date, stamp }, edition.shortBecause),
    ...wake(now),
  ]);
}
