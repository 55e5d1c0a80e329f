import { DEFAULT_THEME, refuseTheme } from "../formats/index.ts";
import { isDuplicate } from "../platform/d1.ts";
import { stamped } from "../platform/guard.ts";
import { newStamp } from "../platform/ids.ts";
import { conflict, notFound, Problem, stale } from "../platform/problem.ts";
import { KNOWN_LIMIT, LADDER_DEFAULTS, refuseLadder } from "./ladder-settings.ts";
import type { PublicationSettings } from "./publication-store.ts";
import { audit } from "./audit-store.ts";
import { bumpOffice } from "./office-store.ts";
import { findPublication, insertPublication, setStopped, updatePublication } from "./publication-store.ts";
import { listSlugs } from "./name-store.ts";
import type { Actor, Publication } from "./types.ts";

/** The publication with this public id. Throws a 404 problem. */
export async function requirePublication(db: D1Database, slug: string): Promise<Publication> {
  const found = await findPublication(db, slug);
  if (!found) throw notFound("publication", slug);
  return found;
}

/**
 * Makes the publication, or replaces its settings if `rev` is still its revision.
 * Throws 412 when someone else changed it first, 409 when someone else made it first or its medium would change, 422 when
 * the settings cannot work.
 */
export async function savePublication(
  db: D1Database,
  settings: PublicationSettings,
  rev: number | null,
  actor: Actor,
  now: number,
): Promise<{ publication: Publication; created: boolean }> {
  const existing = await findPublication(db, settings.slug);
  const subject = `publication:${settings.slug}`;
  if (existing && rev !== existing.rev) throw stale(existing.rev);
  await requireWorkable(db, settings);
  if (!existing) {
    try {
      await db.batch([
        insertPublication(db, settings, now),
        audit(db, { at: now, actor: actor.name, action: "publication.created", subject }),
        bumpOffice(db),
      ]);
    } catch (error) {
      if (isDuplicate(error)) throw conflict("Someone else has just made this publication. Read it, then change it.");
      throw error;
    }
  } else {
    if (settings.medium !== existing.medium)
      throw conflict(
        `A publication keeps its medium: this one is “${existing.medium}”. Make another for the other medium.`,
      );
    const stamp = newStamp();
    const guard = stamped("publications", existing.id, stamp);
    const [changed] = await db.batch([
      updatePublication(db, settings, existing.rev, stamp, now),
      audit(db, { at: now, actor: actor.name, action: "publication.changed", subject, detail: { ...settings } }, guard),
      bumpOffice(db),
    ]);
    if (changed!.meta.changes === 0) throw stale((await requirePublication(db, settings.slug)).rev);
  }
  return { publication: await requirePublication(db, settings.slug), created: !existing };
}

/** Throws a 422 problem that names every setting that can never work. */
async function requireWorkable(db: D1Database, settings: PublicationSettings): Promise<void> {
  const known = await listSlugs(db, KNOWN_LIMIT);
  const errors = [
    ...refuseLadder({ ...LADDER_DEFAULTS, ...settings.ladder }, { ...settings, ...known }),
    ...refuseTheme(settings.theme ?? DEFAULT_THEME).map(({ field, message }) => ({ field: `theme.${field}`, message })),
  ];
  if (errors.length === 0) return;
  const first = errors[0]!;
  throw new Problem(422, "Invalid request", `${first.field}: ${first.message}`, { errors });
}

/** 紧急停发 (`reason`) or its end (`null`): at once, audited, harmless twice. Gives the publication as it is then. */
export async function stopOrStart(
  db: D1Database,
  slug: string,
  reason: string | null,
  actor: Actor,
  now: number,
): Promise<Publication> {
  const publication = await requirePublication(db, slug);
  const stamp = newStamp();
  await db.batch([
    setStopped(db, publication.id, reason, stamp, now),
    audit(
      db,
      {
        at: now,
        actor: actor.name,
        action: reason === null ? "publication.started" : "publication.stopped",
        subject: `publication:${slug}`,
        detail: reason === null ? {} : { reason },
      },
      stamped("publications", publication.id, stamp),
    ),
  ]);
  return requirePublication(db, slug);
}
