/** The shapes of columns, units, people, tokens and terms that come in. */
import { z } from "zod";
import { TERM_KINDS, TERM_SEVERITIES } from "../../newsroom/term-store.ts";
import { ROLES, SCOPES, UNIT_KINDS } from "../../newsroom/types.ts";
import { line, slug } from "./schemas.ts";

export const newColumn = z.strictObject({ id: slug, name: line(40) });
export const newUnit = z.strictObject({ id: slug, name: line(40), kind: z.enum(UNIT_KINDS) });
export const newPerson = z.strictObject({
  id: slug,
  name: line(40),
  role: z.enum(ROLES),
  unit: slug.nullable().default(null),
});
export const newToken = z.strictObject({
  name: line(80),
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
  person: slug.nullable().default(null),
});

const term = {
  text: line(60),
  kind: z.enum(TERM_KINDS),
  /** The right form. */
  write_as: line(60).nullable(),
  /** Without one: error for what is forbidden, warning for what is preferred otherwise. */
  severity: z.enum(TERM_SEVERITIES),
  note: line(200, 0),
};
export const newTerm = z.strictObject({
  ...term,
  write_as: term.write_as.default(null),
  severity: term.severity.optional(),
  note: term.note.default(""),
});
export const termPatch = z.strictObject(term).partial();
