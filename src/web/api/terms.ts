import { Hono } from "hono";
import type { z } from "zod";
import type { TermFields, TermRow } from "../../newsroom/term-store.ts";
import { listTerms } from "../../newsroom/term-store.ts";
import { changeTerm, createTerm, removeTerm, requireTerm } from "../../newsroom/terms.ts";
import { invalid } from "../../platform/problem.ts";
import type { App, Ctx } from "../context.ts";
import { requireScope } from "./auth.ts";
import { ifMatch, readJson, readQuery } from "./body.ts";
import { idFor } from "./idempotency.ts";
import { operation } from "./operation.ts";
import { pageOf, positionOf } from "./paging.ts";
import * as schemas from "./newsroom-schemas.ts";
import { pageQuery } from "./schemas.ts";

export const terms = new Hono<App>();
const tag = "terms";

const view = ({ uid, rev, text, kind, writeAs, severity, note }: TermRow) => ({
  id: uid,
  rev,
  text,
  kind,
  write_as: writeAs,
  severity,
  note,
});

function show(c: Ctx, term: TermRow, status: 200 | 201 = 200): Response {
  c.header("etag", `"${term.rev}"`);
  if (status === 201) c.header("location", `/api/terms/${term.uid}`);
  return c.json(view(term), status);
}

/** The fields as they would be kept. Throws a 422 problem for a term that could never be satisfied. */
function fieldsOf(sent: z.output<typeof schemas.newTerm>): TermFields {
  const { write_as: writeAs, ...rest } = sent;
  if (sent.kind === "preferred" && writeAs === null) throw invalid("write_as", "is required for a preferred form");
  if (writeAs === sent.text) throw invalid("write_as", "is the same as text");
  return { ...rest, severity: sent.severity ?? (sent.kind === "forbidden" ? "error" : "warning"), writeAs };
}

terms.get(
  "/terms",
  operation({ summary: "List the office's word lists", tag, scope: "read", query: pageQuery }),
  async (c) => {
    requireScope(c, "read");
    const { cursor, limit } = readQuery(c, pageQuery);
    const rows = await listTerms(c.get("deps").db, positionOf(cursor, 0), limit + 1);
    return c.json(pageOf(rows, limit, (row) => row.id, view));
  },
);

terms.post(
  "/terms",
  operation({
    summary: "Add a word that must not appear, or must be written otherwise",
    tag,
    scope: "admin",
    body: schemas.newTerm,
    status: 201,
    answer: "The term.",
  }),
  async (c) => {
    const actor = requireScope(c, "admin");
    const fields = fieldsOf(await readJson(c, schemas.newTerm));
    return show(c, await createTerm(c.get("deps").db, await idFor(c), fields, actor, c.get("now")), 201);
  },
);

terms.get("/terms/:id", operation({ summary: "Read a term", tag, scope: "read" }), async (c) => {
  requireScope(c, "read");
  return show(c, await requireTerm(c.get("deps").db, c.req.param("id")));
});

terms.patch(
  "/terms/:id",
  operation({ summary: "Change a term", tag, scope: "admin", body: schemas.termPatch, ifMatch: true }),
  async (c) => {
    const actor = requireScope(c, "admin");
    const { db } = c.get("deps");
    const rev = ifMatch(c);
    const patch = await readJson(c, schemas.termPatch);
    const term = await requireTerm(db, c.req.param("id"));
    const fields = fieldsOf({
      text: patch.text ?? term.text,
      kind: patch.kind ?? term.kind,
      write_as: patch.write_as === undefined ? term.writeAs : patch.write_as,
      severity: patch.severity ?? term.severity,
      note: patch.note ?? term.note,
    });
    return show(c, await changeTerm(db, term, fields, rev, actor, c.get("now")));
  },
);

terms.delete(
  "/terms/:id",
  operation({ summary: "Remove a term", tag, scope: "admin", ifMatch: true, status: 204, answer: "It is gone." }),
  async (c) => {
    const actor = requireScope(c, "admin");
    const { db } = c.get("deps");
    const rev = ifMatch(c);
    await removeTerm(db, await requireTerm(db, c.req.param("id")), rev, actor, c.get("now"));
    return c.body(null, 204);
  },
);
