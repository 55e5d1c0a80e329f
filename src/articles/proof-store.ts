/** What a look at manuscripts needs to read: their texts, their pictures, the office's word lists, what was accepted. */
import type { Statement } from "../platform/d1.ts";
import { rows } from "../platform/d1.ts";
import type { Guard } from "../platform/guard.ts";
import { guarded } from "../platform/guard.ts";
import type { TermFields } from "../newsroom/term-store.ts";
import { allTerms } from "../newsroom/term-store.ts";
import type { MediaRow } from "./record-store.ts";
import type { Content, Kind } from "./types.ts";

/** What the linter asks of a picture or video. */
type KnownMedia = Pick<MediaRow, "hash" | "type" | "size">;

/** The text of an article that waits for its release. */
export interface Proof extends Content {
  id: number;
  uid: string;
  hash: string;
  /** When the event was, or when the article was made. */
  at: number;
  /** Those of its pictures that there are. */
  media: KnownMedia[];
  /** How many pictures and videos of ours it names that there are not. */
  missing: number;
  /** Keys of the findings that a person accepted in this text. */
  acknowledged: string[];
}

/** Of a longer text only so many characters are read again: many texts are read at once. */
const PROOF_LENGTH = 100_000;

interface ProofRow {
  what: "article" | "term";
  id: number;
  uid: string;
  kind: string;
  title: string | null;
  digest: string;
  markdown: string;
  meta: string;
  hash: string;
  media: string;
  missing: number;
  acknowledged: string;
  at: number;
}

/** The articles with these internal ids in their current texts, and all terms. One query. */
export async function readProofs(
  db: D1Database,
  articleIds: readonly number[],
): Promise<{ proofs: Proof[]; terms: TermFields[] }> {
  const found = await rows<ProofRow>(
    db
      .prepare(
        `SELECT 'article' AS what, a.id, a.uid, a.kind, r.title, r.digest, substr(r.markdown, 1, ${PROOF_LENGTH}) AS markdown,
           r.meta, r.hash,
           (SELECT json_group_array(json_object('hash', m.hash, 'type', m.type, 'size', m.size)) FROM json_each(r.media) j
              JOIN media m ON m.hash = j.value) AS media,
           (SELECT count(*) FROM json_each(r.media) j WHERE NOT EXISTS (SELECT 1 FROM media m WHERE m.hash = j.value)) AS missing,
           r.acknowledged, coalesce(a.event_at, a.created_at) AS at
         FROM json_each(?) i CROSS JOIN articles a ON a.id = i.value JOIN revisions r ON r.article_id = a.id AND r.hash = a.hash
         UNION ALL SELECT 'term', id, text, kind, write_as, severity, note, '', '', '', 0, '', 0 FROM terms`,
      )
      .bind(JSON.stringify(articleIds)),
  );
  return {
    proofs: found.filter(({ what }) => what === "article").map(toProof),
    terms: found
      .filter(({ what }) => what === "term")
      .map(
        // The columns of a term stand in those of an article, in the order of the query.
        (r) => ({ text: r.uid, kind: r.kind, writeAs: r.title, severity: r.digest, note: r.markdown }) as TermFields,
      ),
  };
}

const toProof = (r: ProofRow): Proof => ({
  ...(JSON.parse(r.meta) as Pick<Content, "credits" | "cover" | "source" | "captions">),
  id: r.id,
  uid: r.uid,
  kind: r.kind as Kind,
  title: r.title ?? "",
  digest: r.digest,
  markdown: r.markdown,
  hash: r.hash,
  media: JSON.parse(r.media) as KnownMedia[],
  missing: r.missing,
  acknowledged: JSON.parse(r.acknowledged) as string[],
  at: r.at,
});

/** What a look at one text needs: the pictures of ours among `hashes`, the terms, and what was accepted in it. One batch. */
export async function readFacts(
  db: D1Database,
  articleId: number,
  hash: string,
  hashes: readonly string[],
): Promise<{ media: KnownMedia[]; terms: TermFields[]; acknowledged: string[] }> {
  const [media, terms, accepted] = await db.batch([
    db
      .prepare(`SELECT m.hash, m.type, m.size FROM json_each(?) j CROSS JOIN media m ON m.hash = j.value`)
      .bind(JSON.stringify(hashes)),
    allTerms(db),
    db.prepare(`SELECT acknowledged FROM revisions WHERE article_id = ? AND hash = ?`).bind(articleId, hash),
  ]);
  const [revision] = accepted!.results as { acknowledged: string }[];
  return {
    media: media!.results as KnownMedia[],
    terms: terms!.results as TermFields[],
    acknowledged: JSON.parse(revision?.acknowledged ?? "[]") as string[],
  };
}

/** Notes on a text which findings a person accepts in it. */
export function acknowledge(
  db: D1Database,
  text: { articleId: number; hash: string },
  keys: readonly string[],
  guard: Guard,
): Statement {
  return guarded(
    db,
    `UPDATE revisions SET acknowledged = ? WHERE article_id = ? AND hash = ?`,
    [JSON.stringify(keys), text.articleId, text.hash],
    guard,
  );
}
