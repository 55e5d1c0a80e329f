import type { Statement } from "../platform/d1.ts";
import { row, rows } from "../platform/d1.ts";
import type { Guard } from "../platform/guard.ts";
import type { Role, Scope } from "./types.ts";

interface TokenRow {
  id: number;
  uid: string;
  name: string;
  scopes: string;
  person: string | null;
  role: Role | null;
}

/** The live token with this hash, or null. */
export function findToken(db: D1Database, hash: string): Promise<TokenRow | null> {
  return row<TokenRow>(
    db
      .prepare(
        `SELECT t.id, t.uid, t.name, t.scopes, p.slug AS person, p.role FROM tokens t LEFT JOIN people p ON p.id = t.person_id
         WHERE t.hash = ? AND t.revoked_at IS NULL`,
      )
      .bind(hash),
  );
}

/** One page of live tokens after the internal id `after`; never the tokens themselves. */
export function listTokens(db: D1Database, after: number, limit: number): Promise<TokenRow[]> {
  return rows<TokenRow>(
    db
      .prepare(
        `SELECT t.id, t.uid, t.name, t.scopes, p.slug AS person, p.role FROM tokens t LEFT JOIN people p ON p.id = t.person_id
         WHERE t.id > ? AND t.revoked_at IS NULL ORDER BY t.id LIMIT ?`,
      )
      .bind(after, limit),
  );
}

export function insertToken(
  db: D1Database,
  token: { uid: string; hash: string; name: string; personId: number | null; scopes: readonly Scope[] },
  now: number,
): Statement {
  return db
    .prepare(`INSERT INTO tokens (uid, hash, name, person_id, scopes, created_at) VALUES (?, ?, ?, ?, ?, ?)`)
    .bind(token.uid, token.hash, token.name, token.personId, JSON.stringify(token.scopes), now);
}

/** Holds while the token is live: what goes on record of its end comes before it in the batch. */
export function tokenLives(uid: string): Guard {
  return { sql: `EXISTS (SELECT 1 FROM tokens WHERE uid = ? AND revoked_at IS NULL)`, args: [uid] };
}

export function revokeToken(db: D1Database, uid: string, now: number): Statement {
  return db.prepare(`UPDATE tokens SET revoked_at = ? WHERE uid = ? AND revoked_at IS NULL`).bind(now, uid);
}
