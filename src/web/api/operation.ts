/** What the API says of itself: each route describes its operation, and `/api/openapi.json` collects them. */
import { describeRoute } from "hono-openapi";
import { z } from "zod";
import type { Scope } from "../../newsroom/types.ts";

interface Operation {
  summary: string;
  tag: string;
  scope: Scope | null;
  body?: z.ZodType;
  /** Media type of a body that is not JSON. */
  upload?: string;
  query?: z.ZodType;
  /** Status and meaning of success. */
  status?: number;
  answer?: string;
  /** Media types of an answer that is not only JSON. */
  answerType?: string | readonly string[];
  ifMatch?: boolean;
}

type JsonSchema = Record<string, unknown>;

const jsonSchema = (schema: z.ZodType): JsonSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  return rest;
};

const header = (name: string, required: boolean, description: string) => ({
  name,
  in: "header" as const,
  required,
  description,
  schema: { type: "string" as const },
});

const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
});

/** The middleware that carries an operation's description. */
export function operation(spec: Operation) {
  const query = spec.query
    ? Object.entries((jsonSchema(spec.query).properties ?? {}) as Record<string, JsonSchema>).map(([name, schema]) => ({
        name,
        in: "query" as const,
        required: false,
        schema,
      }))
    : [];
  return describeRoute({
    summary: spec.summary,
    tags: [spec.tag],
    ...(spec.scope && { security: [{ bearer: [spec.scope] }] }),
    parameters: [...query, ...(spec.ifMatch ? [header("If-Match", true, 'The revision that was read: "3".')] : [])],
    ...((spec.body || spec.upload) && {
      requestBody: {
        required: true,
        content: spec.body
          ? { "application/json": { schema: jsonSchema(spec.body) } }
          : { [spec.upload!]: { schema: { type: "string", format: "binary" } } },
      },
    }),
    responses: {
      [String(spec.status ?? 200)]: {
        description: spec.answer ?? "What was asked for.",
        ...(spec.status !== 204 && {
          content: Object.fromEntries([spec.answerType ?? "application/json"].flat().map((type) => [type, {}])),
        }),
      },
      ...(spec.scope && {
        401: problem("No token, or a wrong one."),
        403: problem(`The token lacks the scope “${spec.scope}”.`),
      }),
      ...((spec.body || spec.query || spec.upload) && { 422: problem("A field does not fit; `errors` names it.") }),
      ...(spec.ifMatch && { 412: problem("Changed since it was read."), 428: problem("If-Match is missing.") }),
    },
  } as Parameters<typeof describeRoute>[0]);
}
