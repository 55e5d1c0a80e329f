/** The names that articles, filters and tokens refer to: columns, units, people. */
import type { Statement } from "../platform/d1.ts";
import { row, rows } from "../platform/d1.ts";
import type { Role, UnitKind } from "./types.ts";

/** Columns and units are alike to the database: a public id and a name. */
interface Named {
  id: number;
  slug: string;
  name: string;
}

/** Finds what a form or request named by its public id. */
export function findNamed(db: D1Database, table: "columns" | "units", slug: string): Promise<Named | null> {
  return row<Named>(db.prepare(`SELECT id, slug, name FROM ${table} WHERE slug = ?`).bind(slug));
}

export function insertColumn(db: D1Database, slug: string, name: string, now: number): Statement {
  return db.prepare(`INSERT INTO columns (slug, name, created_at) VALUES (?, ?, ?)`).bind(slug, name, now);
}

export function insertUnit(db: D1Database, slug: string, name: string, kind: UnitKind, now: number): Statement {
  return db.prepare(`INSERT INTO units (slug, name, kind, created_at) VALUES (?, ?, ?, ?)`).bind(slug, name, kind, now);
}

export function insertPerson(
  db: D1Database,
  slug: string,
  name: string,
  role: Role,
  unitId: number | null,
  now: number,
): Statement {
  return db
    .prepare(`INSERT INTO people (slug, name, role, unit_id, created_at) VALUES (?, ?, ?, ?, ?)`)
    .bind(slug, name, role, unitId, now);
}

interface UnitRow extends Named {
  kind: UnitKind;
}
interface PersonRow extends Named {
  role: Role;
  unit: string | null;
}

/** The public ids of the office's columns and units, at most `limit` of each. Two lists in one query. */
export async function listSlugs(db: D1Database, limit: number): Promise<{ columns: string[]; units: string[] }> {
  const slugs = (table: "columns" | "units") =>
    `(SELECT json_group_array(slug) FROM (SELECT slug FROM ${table} ORDER BY id LIMIT ?1))`;
  const found = await row<{ columns: string; units: string }>(
    db.prepare(`SELECT ${slugs("columns")} AS columns, ${slugs("units")} AS units`).bind(limit),
  );
  return { columns: JSON.parse(found!.columns) as string[], units: JSON.parse(found!.units) as string[] };
}

/** One page of columns after the internal id `after`. */
export function listColumns(db: D1Database, after: number, limit: number): Promise<Named[]> {
  return rows<Named>(
    db.prepare(`SELECT id, slug, name FROM columns WHERE id > ? ORDER BY id LIMIT ?`).bind(after, limit),
  );
}

/** One page of units after the internal id `after`. */
export function listUnits(db: D1Database, after: number, limit: number): Promise<UnitRow[]> {
  return rows<UnitRow>(
    db.prepare(`SELECT id, slug, name, kind FROM units WHERE id > ? ORDER BY id LIMIT ?`).bind(after, limit),
  );
}

/** One page of people after the internal id `after`. */
export function listPeople(db: D1Database, after: number, limit: number): Promise<PersonRow[]> {
  return rows<PersonRow>(
    db
      .prepare(
        `SELECT p.id, p.slug, p.name, p.role, u.slug AS unit FROM people p LEFT JOIN units u ON u.id = p.unit_id
         WHERE p.id > ? ORDER BY p.id LIMIT ?`,
      )
      .bind(after, limit),
  );
}

/** The person with this public id, or null. */
export function findPerson(db: D1Database, slug: string): Promise<{ id: number; role: Role } | null> {
  return row(db.prepare(`SELECT id, role FROM people WHERE slug = ?`).bind(slug));
}
