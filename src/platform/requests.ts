/** Requests that carried an Idempotency-Key, and the answers to give again. */
import type { Statement } from "./d1.ts";
import { row } from "./d1.ts";
import { DAY } from "./time.ts";

/** How long an answer is given again. */
const REQUEST_RETENTION = DAY;

interface StoredRequest {
  fingerprint: string;
  lease_until: number | null;
  status: number | null;
  answer: string | null;
}

/**
 * Takes the key for a request that is about to run, until `until`. Gives the time of its first attempt to the one request
 * that may run: `now` for the first, an earlier time for one whose predecessors died before they could answer. Null for
 * everyone else.
 */
export async function takeRequest(
  db: D1Database,
  request: { principal: string; key: string; fingerprint: string },
  until: number,
  now: number,
): Promise<number | null> {
  const taken = await row<{ since: number }>(
    db
      .prepare(
        `INSERT INTO requests (principal, key, fingerprint, lease_until, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (principal, key) DO UPDATE SET fingerprint = ?3, lease_until = ?4, status = NULL, answer = NULL,
           created_at = CASE WHEN requests.created_at < ?5 - ${REQUEST_RETENTION} THEN ?5 ELSE requests.created_at END
           WHERE requests.created_at < ?5 - ${REQUEST_RETENTION}
             OR (requests.status IS NULL AND requests.lease_until < ?5 AND requests.fingerprint = ?3)
         RETURNING created_at AS since`,
      )
      .bind(request.principal, request.key, request.fingerprint, until, now),
  );
  return taken && taken.since;
}

/** What is known of an earlier request under the key. */
export function readRequest(db: D1Database, principal: string, key: string): Promise<StoredRequest | null> {
  return row(
    db
      .prepare(`SELECT fingerprint, lease_until, status, answer FROM requests WHERE principal = ? AND key = ?`)
      .bind(principal, key),
  );
}

/** The key of a request that runs, and until when: whoever ran for longer changes nothing any more. */
interface Held {
  principal: string;
  key: string;
  until: number;
}

const HELD = `WHERE principal = ? AND key = ? AND lease_until = ?`;

/** Keeps the answer. */
export function keepAnswer(db: D1Database, held: Held, status: number, answer: string): Statement {
  return db
    .prepare(`UPDATE requests SET status = ?, answer = ?, lease_until = NULL ${HELD}`)
    .bind(status, answer, held.principal, held.key, held.until);
}

/** The request was refused and did nothing: its key is free. */
export function dropRequest(db: D1Database, held: Held): Statement {
  return db.prepare(`DELETE FROM requests ${HELD}`).bind(held.principal, held.key, held.until);
}

/** The request failed and nobody knows how far it got: it may be repeated at once, as what it was. */
export function releaseRequest(db: D1Database, held: Held): Statement {
  return db.prepare(`UPDATE requests SET lease_until = 0 ${HELD}`).bind(held.principal, held.key, held.until);
}

/** Forgets answers past their time. */
export function forgetRequests(db: D1Database, now: number): Statement {
  return db.prepare(`DELETE FROM requests WHERE created_at < ?`).bind(now - REQUEST_RETENTION);
}
