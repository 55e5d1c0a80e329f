/** D1 helpers: what every room's store shares. No domain words here. */

export type Statement = D1PreparedStatement;

/** A piece of SQL of ours with its parameters, marked `?`. */
export interface Sql {
  sql: string;
  args: readonly unknown[];
}

/** Rows of one statement, typed by the store that wrote it. */
export async function rows<Row>(statement: Statement): Promise<Row[]> {
  return (await statement.all<Row>()).results;
}

/** The first row, or null. */
export async function row<Row>(statement: Statement): Promise<Row | null> {
  return (await rows<Row>(statement))[0] ?? null;
}

/**
 * How a D1 failure may be met. `rejected`: it did not run, anyone may repeat it. `ambiguous`: it may have committed, so
 * only a guarded or idempotent batch may be repeated. `defect`: repeating gives the same error.
 * The messages are those of Cloudflare's D1 debugging page; D1 errors carry no code.
 */
type Failure = "rejected" | "ambiguous" | "defect";

export function failureOf(error: unknown): Failure {
  let text = "";
  for (let e: unknown = error; e instanceof Error; e = e.cause) text += ` ${e.message}`;
  if (/overloaded|Too many requests queued|daily .* limit/i.test(text)) return "rejected";
  if (
    /Network connection lost|storage caused object to be reset|reset because its code was updated|Cannot resolve D1 DB|internal error|SQLITE_BUSY|exceeded timeout/i.test(
      text,
    )
  )
    return "ambiguous";
  return "defect";
}

/** Whether an INSERT met a row with the same key. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof Error && /UNIQUE constraint failed/.test(error.message);
}
