/** Reading what was sent: capped, strict UTF-8, strict JSON, then a schema. Whatever is wrong is named. */
import type { z } from "zod";
import { MEDIA_LIMIT } from "../../articles/media.ts";
import type { FieldError } from "../../platform/problem.ts";
import { Problem } from "../../platform/problem.ts";
import type { Ctx } from "../context.ts";

/** Twice the largest text: JSON may escape every character of one. */
const BODY_LIMIT = 2 * 1024 * 1024;

const BODY = "(body)";

/** The request's body, read once and kept. Throws 413 as soon as it is over the limit, whatever Content-Length said. */
export async function bodyOf(
  c: Ctx,
  limit = c.req.path === "/api/media" ? MEDIA_LIMIT : BODY_LIMIT,
): Promise<Uint8Array<ArrayBuffer>> {
  const kept = c.get("body");
  if (kept) return kept;
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (c.req.raw.body)
    for await (const chunk of c.req.raw.body as ReadableStream<Uint8Array>) {
      size += chunk.length;
      if (size > limit)
        throw new Problem(413, "Too large", `The body may have ${limit} bytes at most.`, {
          errors: [{ field: BODY, message: `over ${limit} bytes` }],
        });
      chunks.push(chunk);
    }
  const body = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  c.set("body", body);
  return body;
}

/** The JSON body after the schema, at most `limit` bytes. An empty body counts as `{}` where the schema allows that. */
export async function readJson<Schema extends z.ZodType>(
  c: Ctx,
  schema: Schema,
  limit?: number,
): Promise<z.output<Schema>> {
  const bytes = await bodyOf(c, limit);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new Problem(400, "Malformed body", "The body is not UTF-8.", {
      errors: [{ field: BODY, message: "is not UTF-8" }],
    });
  }
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    throw new Problem(400, "Malformed body", "The body is not JSON.", {
      errors: [{ field: BODY, message: "is not JSON" }],
    });
  }
  return check(schema, value);
}

/** The query parameters after the schema. */
export function readQuery<Schema extends z.ZodType>(c: Ctx, schema: Schema): z.output<Schema> {
  return check(schema, c.req.query());
}

/** The value after the schema. Throws a 422 problem that names every field at fault; `whole` is the name of the value itself. */
export function check<Schema extends z.ZodType>(schema: Schema, value: unknown, whole = BODY): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue): FieldError[] => {
    const path = issue.path.map(String).join(".");
    if (issue.code !== "unrecognized_keys") return [{ field: path || whole, message: issue.message }];
    return issue.keys.map((key) => ({ field: path ? `${path}.${key}` : key, message: "is not a known field" }));
  });
  const first = errors[0]!;
  throw new Problem(422, "Invalid request", `${first.field}: ${first.message}`, { errors });
}

/** The revision that `If-Match` names. Throws 428 without the header, 412 for one that names no revision. */
export function ifMatch(c: Ctx): number {
  const header = c.req.header("if-match");
  if (header === undefined)
    throw new Problem(428, "Precondition required", 'Send the revision that you read as If-Match: "<rev>".', {
      errors: [{ field: "If-Match", message: "is missing" }],
    });
  const rev = /^(?:W\/)?"(\d{1,15})"$/.exec(header.trim())?.[1] ?? /^(\d{1,15})$/.exec(header.trim())?.[1];
  if (rev === undefined)
    throw new Problem(412, "Stale", 'If-Match must be a revision in quotes, such as "3".', {
      errors: [{ field: "If-Match", message: 'must be "<rev>"' }],
    });
  return Number(rev);
}
