/** The office's word lists 用语: what must not appear, what must be written so. Each act is one batch with its audit row. */
import { isDuplicate } from "../platform/d1.ts";
import { newStamp } from "../platform/ids.ts";
import { conflict, notFound, Problem, stale } from "../platform/problem.ts";
import { audit } from "./audit-store.ts";
import type { TermFields, TermRow } from "./term-store.ts";
import { deleteTerm, findTerm, insertTerm, TERM_LIMIT, termAt, termStamped, updateTerm } from "./term-store.ts";
import type { Actor } from "./types.ts";

/** The term with this public id. Throws a 404 problem. */
export async function requireTerm(db: D1Database, uid: string): Promise<TermRow> {
  const found = await findTerm(db, uid);
  if (!found) throw notFound("term", uid);
  return found;
}

const taken = (text: string): Problem =>
  new Problem(409, "Conflict", `There is a term “${text}” already.`, {
    errors: [{ field: "text", message: "is taken" }],
  });

async function once<T>(text: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw isDuplicate(error) ? taken(text) : error;
  }
}

/** A new term. Throws 409 for a text that is listed already, or when the lists are full. */
export async function createTerm(
  db: D1Database,
  uid: string,
  term: TermFields,
  actor: Actor,
  now: number,
): Promise<TermRow> {
  const stamp = newStamp();
  const entry = { at: now, actor: actor.name, action: "term.created", subject: `term:${uid}`, detail: { ...term } };
  await once(term.text, () =>
    db.batch([insertTerm(db, uid, term, stamp, now), audit(db, entry, termStamped(uid, stamp))]),
  );
  const made = await findTerm(db, uid);
  if (!made) throw conflict(`The word lists are full: ${TERM_LIMIT} terms at most.`);
  return made;
}

/** Throws 412 when `rev` is not the term's revision any more, 409 for a text that another term has. */
export async function changeTerm(
  db: D1Database,
  term: TermRow,
  fields: TermFields,
  rev: number,
  actor: Actor,
  now: number,
): Promise<TermRow> {
  if (rev !== term.rev) throw stale(term.rev);
  const { uid } = term;
  const stamp = newStamp();
  const entry = { at: now, actor: actor.name, action: "term.changed", subject: `term:${uid}`, detail: { ...fields } };
  const [changed] = await once(fields.text, () =>
    db.batch([updateTerm(db, { uid, rev, stamp }, fields, now), audit(db, entry, termStamped(uid, stamp))]),
  );
  const after = await requireTerm(db, uid);
  if (changed!.meta.changes === 0) throw stale(after.rev);
  return after;
}

/** Throws 412 when `rev` is not the term's revision any more. */
export async function removeTerm(db: D1Database, term: TermRow, rev: number, actor: Actor, now: number): Promise<void> {
  const { uid, text } = term;
  const entry = { at: now, actor: actor.name, action: "term.deleted", subject: `term:${uid}`, detail: { text } };
  const [, deleted] = await db.batch([audit(db, entry, termAt(uid, rev)), deleteTerm(db, uid, rev)]);
  if (deleted!.meta.changes === 0) throw stale((await requireTerm(db, uid)).rev);
}
