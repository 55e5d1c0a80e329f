import { Hono } from "hono";
import { audit } from "../../newsroom/audit-store.ts";
import { bumpOffice } from "../../newsroom/office-store.ts";
import {
  findNamed,
  findPerson,
  insertColumn,
  insertPerson,
  insertUnit,
  listColumns,
  listPeople,
  listUnits,
} from "../../newsroom/name-store.ts";
import { insertToken, listTokens, revokeToken, tokenLives } from "../../newsroom/token-store.ts";
import type { Scope } from "../../newsroom/types.ts";
import { randomText, sha256 } from "../../platform/crypto.ts";
import type { Statement } from "../../platform/d1.ts";
import { isDuplicate } from "../../platform/d1.ts";
import { invalid, notFound, Problem } from "../../platform/problem.ts";
import type { App, Ctx } from "../context.ts";
import { requireScope } from "./auth.ts";
import { readJson, readQuery } from "./body.ts";
import { idFor } from "./idempotency.ts";
import { operation } from "./operation.ts";
import { pageOf, positionOf } from "./paging.ts";
import * as schemas from "./newsroom-schemas.ts";
import { pageQuery } from "./schemas.ts";

export const newsroom = new Hono<App>();
const tag = "newsroom";

/** Writes something that has a public id of its own. Throws a 409 problem when the id is taken. */
async function make(c: Ctx, what: string, id: string, statement: Statement): Promise<void> {
  const { db } = c.get("deps");
  const actor = requireScope(c, "admin");
  try {
    await db.batch([
      statement,
      audit(db, { at: c.get("now"), actor: actor.name, action: `${what}.created`, subject: `${what}:${id}` }),
      bumpOffice(db),
    ]);
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new Problem(409, "Conflict", `There is a ${what} “${id}” already.`, {
      errors: [{ field: "id", message: "is taken" }],
    });
  }
}

const unitOf = async (c: Ctx, slug: string | null): Promise<number | null> => {
  if (slug === null) return null;
  const unit = await findNamed(c.get("deps").db, "units", slug);
  if (!unit) throw invalid("unit", `there is no unit “${slug}”`);
  return unit.id;
};

newsroom.get("/columns", operation({ summary: "List columns", tag, scope: "read", query: pageQuery }), async (c) => {
  requireScope(c, "read");
  const { cursor, limit } = readQuery(c, pageQuery);
  const rows = await listColumns(c.get("deps").db, positionOf(cursor, 0), limit + 1);
  return c.json(
    pageOf(
      rows,
      limit,
      (row) => row.id,
      ({ slug, name }) => ({ id: slug, name }),
    ),
  );
});

newsroom.post(
  "/columns",
  operation({ summary: "Add a column", tag, scope: "admin", body: schemas.newColumn, status: 201 }),
  async (c) => {
    requireScope(c, "admin");
    const column = await readJson(c, schemas.newColumn);
    await make(c, "column", column.id, insertColumn(c.get("deps").db, column.id, column.name, c.get("now")));
    return c.json(column, 201);
  },
);

newsroom.get("/units", operation({ summary: "List units", tag, scope: "read", query: pageQuery }), async (c) => {
  requireScope(c, "read");
  const { cursor, limit } = readQuery(c, pageQuery);
  const rows = await listUnits(c.get("deps").db, positionOf(cursor, 0), limit + 1);
  return c.json(
    pageOf(
      rows,
      limit,
      (row) => row.id,
      ({ slug, name, kind }) => ({ id: slug, name, kind }),
    ),
  );
});

newsroom.post(
  "/units",
  operation({ summary: "Add a unit", tag, scope: "admin", body: schemas.newUnit, status: 201 }),
  async (c) => {
    requireScope(c, "admin");
    const unit = await readJson(c, schemas.newUnit);
    await make(c, "unit", unit.id, insertUnit(c.get("deps").db, unit.id, unit.name, unit.kind, c.get("now")));
    return c.json(unit, 201);
  },
);

newsroom.get("/people", operation({ summary: "List people", tag, scope: "read", query: pageQuery }), async (c) => {
  requireScope(c, "read");
  const { cursor, limit } = readQuery(c, pageQuery);
  const rows = await listPeople(c.get("deps").db, positionOf(cursor, 0), limit + 1);
  return c.json(
    pageOf(
      rows,
      limit,
      (row) => row.id,
      ({ slug, name, role, unit }) => ({ id: slug, name, role, unit }),
    ),
  );
});

newsroom.post(
  "/people",
  operation({ summary: "Add a person", tag, scope: "admin", body: schemas.newPerson, status: 201 }),
  async (c) => {
    requireScope(c, "admin");
    const person = await readJson(c, schemas.newPerson);
    const unitId = await unitOf(c, person.unit);
    await make(
      c,
      "person",
      person.id,
      insertPerson(c.get("deps").db, person.id, person.name, person.role, unitId, c.get("now")),
    );
    return c.json(person, 201);
  },
);

newsroom.get(
  "/tokens",
  operation({ summary: "List tokens, without their secrets", tag: "tokens", scope: "admin", query: pageQuery }),
  async (c) => {
    requireScope(c, "admin");
    const { cursor, limit } = readQuery(c, pageQuery);
    const rows = await listTokens(c.get("deps").db, positionOf(cursor, 0), limit + 1);
    return c.json(
      pageOf(
        rows,
        limit,
        (row) => row.id,
        ({ uid, name, person, scopes }) => ({ id: uid, name, person, scopes: JSON.parse(scopes) as Scope[] }),
      ),
    );
  },
);

newsroom.post(
  "/tokens",
  operation({
    summary: "Make a token; it is shown once",
    tag: "tokens",
    scope: "admin",
    body: schemas.newToken,
    status: 201,
    answer: "The token, with `token`.",
  }),
  async (c) => {
    requireScope(c, "admin");
    const { db } = c.get("deps");
    const { name, scopes, person } = await readJson(c, schemas.newToken);
    const found = person === null ? null : await findPerson(db, person);
    if (person !== null && !found) throw invalid("person", `there is no person “${person}”`);
    const uid = await idFor(c);
    const token = `kanfa_${randomText(32)}`;
    await make(
      c,
      "token",
      uid,
      insertToken(db, { uid, hash: await sha256(token), name, personId: found?.id ?? null, scopes }, c.get("now")),
    );
    return c.json({ id: uid, name, person, scopes, token }, 201);
  },
);

newsroom.delete(
  "/tokens/:id",
  operation({ summary: "Revoke a token", tag: "tokens", scope: "admin", status: 204, answer: "It is revoked." }),
  async (c) => {
    const actor = requireScope(c, "admin");
    const { db } = c.get("deps");
    const uid = c.req.param("id");
    const [, revoked] = await db.batch([
      audit(
        db,
        { at: c.get("now"), actor: actor.name, action: "token.revoked", subject: `token:${uid}` },
        tokenLives(uid),
      ),
      revokeToken(db, uid, c.get("now")),
    ]);
    if (revoked!.meta.changes === 0) throw notFound("token", uid);
    return c.body(null, 204);
  },
);
