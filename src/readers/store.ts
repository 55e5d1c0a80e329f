/** Mailboxes that wait for their owner's word. Times are of the wall clock: no tick's business time speaks of letters. */
import type { Filter } from "../delivery/filter.ts";
import type { Statement } from "../platform/d1.ts";
import { row, rows } from "../platform/d1.ts";
import { DAY, HOUR, MINUTE } from "../platform/time.ts";

/** How long a link to confirm holds. */
const CONFIRM_WITHIN = 2 * DAY;
/** Threat: somebody enters a stranger's address again and again. A mailbox gets this many letters in that time … */
const LETTERS = 3;
/** … and no two within this. */
const APART = 10 * MINUTE;
/** A letter that the provider does not take is tried this often: after 1, 5, 25 minutes, two hours. */
const TRIES = 5;
/** What a try may take, and the wait after the first that failed. */
const FIRST_WAIT = MINUTE;

/** A letter that is to be sent. `address` is sealed. */
export interface DueLetter {
  id: string;
  address: string;
  letters: number;
}

/** A mailbox that was given; `address` is null once it was confirmed. */
interface Confirmation {
  id: string;
  address: string | null;
  filter: Filter;
  expiresAt: number;
}

/**
 * Notes that a mailbox was given, so that it is sent a letter. Whether it was given before changes only how soon: see
 * {@link APART} and {@link LETTERS}. What is over, confirmed or expired, makes room first.
 */
export function askConfirmation(
  db: D1Database,
  asked: { id: string; addressHash: string; address: string; filter: Filter },
  now: number,
): Statement[] {
  return [
    db
      .prepare(`DELETE FROM confirmations WHERE address_hash = ?1 AND (address IS NULL OR expires_at <= ?2)`)
      .bind(asked.addressHash, now),
    db
      .prepare(
        `INSERT INTO confirmations (id, address_hash, address, filter, letters, tries, next_at, asked_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, 1, 0, ?5, ?5, ?5 + ${CONFIRM_WITHIN})
         ON CONFLICT (address_hash) DO UPDATE SET filter = excluded.filter, letters = letters + 1, tries = 0, next_at = excluded.next_at,
           asked_at = excluded.asked_at
         WHERE letters < ${LETTERS} AND asked_at <= ?5 - ${APART}`,
      )
      .bind(asked.id, asked.addressHash, asked.address, JSON.stringify(asked.filter), now),
  ];
}

/**
 * Takes letters whose time has come, the longest due first, and puts each one's next try off before it is sent: a Worker
 * that dies leaves it to that try, and two that run together do not send the same.
 */
export function takeDueLetters(db: D1Database, now: number, limit: number): Promise<DueLetter[]> {
  return rows(
    db
      .prepare(
        `UPDATE confirmations SET tries = tries + 1,
           next_at = CASE WHEN tries + 1 >= ${TRIES} THEN NULL ELSE ?1 + ${FIRST_WAIT} * CASE tries WHEN 0 THEN 1 WHEN 1 THEN 5 WHEN 2 THEN 25 ELSE 120 END END
         WHERE id IN (SELECT id FROM confirmations WHERE next_at <= ?1 AND address IS NOT NULL AND expires_at > ?1 ORDER BY next_at LIMIT ?2)
         RETURNING id, address, letters`,
      )
      .bind(now, limit),
  );
}

/** These letters are out: none of them is tried again. */
export function settleLetters(db: D1Database, sent: readonly Pick<DueLetter, "id" | "letters">[]): Statement {
  return db
    .prepare(
      `UPDATE confirmations SET next_at = NULL FROM json_each(?) j
       WHERE confirmations.id = j.value ->> 'id' AND letters = j.value ->> 'letters'`,
    )
    .bind(JSON.stringify(sent.map(({ id, letters }) => ({ id, letters }))));
}

/** The mailbox of this id, or null. */
export async function findConfirmation(db: D1Database, id: string): Promise<Confirmation | null> {
  const found = await row<Omit<Confirmation, "filter"> & { filter: string }>(
    db.prepare(`SELECT id, address, filter, expires_at AS expiresAt FROM confirmations WHERE id = ?`).bind(id),
  );
  return found && { ...found, filter: JSON.parse(found.filter) as Filter };
}

/** Its owner has confirmed it: the address is the channel's from now on, and no link makes it one again. */
export function settleConfirmation(db: D1Database, id: string): Statement {
  return db.prepare(`UPDATE confirmations SET address = NULL, next_at = NULL WHERE id = ?`).bind(id);
}

/** Forgets mailboxes that nobody confirmed in time, 500 at most. An hour later, so that a late click still learns why. */
export function forgetConfirmations(db: D1Database, now: number): Statement {
  return db
    .prepare(`DELETE FROM confirmations WHERE id IN (SELECT id FROM confirmations WHERE expires_at <= ?1 LIMIT 500)`)
    .bind(now - HOUR);
}
