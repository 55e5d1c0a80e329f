/** Requests that carried an Idempotency-Key, and the answers to give again. */
import type { Statement } from "./d1.ts";
import { row } from "./d1.ts";
import { DAY } from "./time.ts";

/** How long an answer is given again. */
export const REQUEST_RETENTION = DAY;

export interface StoredRequest {
  fingerprint: string;
  lease_until: number | null;
  status: number | null;
  answer: string | null;
}

/**
 * Takes the key for a request that is about to run, until `until`. Gives true for the one request that may run: the
 * first, or one whose predecessor died before it could answer.
 */
export async function takeRequest(
  db: D1Database,
  request: { principal: string; key: string; fingerprint: string },
  until: number,
  now: number,
): Promise<boolean> {
  const taken = await row(
    db
      .prepare(
        `INSERT INTO requests (principal, key, fingerprint, lease_until, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (principal, key) DO UPDATE SET fingerprint = ?3, lease_until = ?4, status = NULL, answer = NULL, created_at = ?5
           WHERE requests.created_at < ?5 - ${REQUEST_RETENTION}
             OR (requests.status IS NULL AND requests.lease_until < ?5 AND requests.fingerprint = ?3)
         RETURNING 1 AS taken`,
      )
      .bind(request.principal, request.key, request.fingerprint, until, now),
  );
  return taken !== null;
}

/** What is known of an earlier request under the key. */
export function readRequest(db: D1Database, principal: string, key: string): Promise<StoredRequest | null> {
  return row(
    db
      .prepare(`SELECT fingerprint, lease_until, status, answer FROM requests WHERE principal = ? AND key = ?`)
      .bind(principal, key),
  );
}

/** Keeps the answer. */
export function keepAnswer(db: D1Database, principal: string, key: string, status: number, answer: string): Statement {
  return db
    .prepare(`UPDATE requests SET status = ?, answer = ?, lease_until = NULL WHERE principal = ? AND key = ?`)
    .bind(status, answer, principal, key);
}

/** The request failed in a way that may be repeated under the same key. */
export function dropRequest(db: D1Database, principal: string, key: string): Statement {
  return db.prepare(`DELETE FROM requests WHERE principal = ? AND key = ?`).bind(principal, key);
}

/** Forgets answers past their time. */
export function forgetRequests(db: D1Database, now: number): Statement {
  return db.prepare(`DELETE FROM requests WHERE created_at < ?`).bind(now - REQUEST_RETENTION);
}
