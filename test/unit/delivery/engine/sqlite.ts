/**
 * D1 over Node's own SQLite, with the real migrations: the same statements as in workerd at a fraction of the cost, so
 * that a thousand histories fit into seconds. What D1 adds (limits, counts, latency) is not here; `test/worker` has it.
 */
import type { StatementSync } from "node:sqlite";
import { DatabaseSync } from "node:sqlite";

const migrations = import.meta.glob("../../../../migrations/*.sql", { query: "?raw", import: "default", eager: true });

type Value = string | number | null;

/** An effect on the world outside a decision: named, so that a history can be told, and able to fail. */
type Effect = <T>(name: string, work: () => Promise<T>) => Promise<T>;

export class Sqlite {
  readonly #db = new DatabaseSync(":memory:");
  readonly #prepared = new Map<string, StatementSync>();

  constructor() {
    const paths = Object.keys(migrations).toSorted();
    for (const path of paths) this.#db.exec(migrations[path]!);
  }

  /** Rows at once, past every effect: for looking on. */
  query<Row>(sql: string, ...args: Value[]): Row[] {
    let statement = this.#prepared.get(sql);
    if (!statement) this.#prepared.set(sql, (statement = this.#db.prepare(sql)));
    // A numbered parameter has a name, `?1`, to this library.
    if (!sql.includes("?1")) return statement.all(...args) as Row[];
    return statement.all(Object.fromEntries(args.map((arg, i) => [`?${i + 1}`, arg]))) as Row[];
  }

  #changes(): number {
    return this.query<{ n: number }>("SELECT changes() AS n")[0]!.n;
  }

  /** The database as the Worker sees it: each statement or batch is one effect, and a batch stands or falls together. */
  d1(effect: Effect): D1Database {
    const run = (sql: string, args: Value[]) => {
      const results = this.query(sql, ...args);
      return { success: true, results, meta: { changes: this.#changes() } };
    };
    const named = (sql: string) => sql.slice(0, 40);
    const statement = (sql: string, args: Value[]) => ({
      parts: { sql, args },
      bind: (...bound: unknown[]) => statement(sql, bound.map(bindable)),
      all: () => effect(named(sql), async () => run(sql, args)),
      run: () => effect(named(sql), async () => run(sql, args)),
    });
    const batch = (statements: ReturnType<typeof statement>[]) =>
      effect(`batch: ${named(statements[0]!.parts.sql)}`, async () => {
        this.#db.exec("BEGIN");
        try {
          const results = statements.map(({ parts }) => run(parts.sql, parts.args));
          this.#db.exec("COMMIT");
          return results;
        } catch (error) {
          this.#db.exec("ROLLBACK");
          throw error;
        }
      });
    return { prepare: (sql: string) => statement(sql, []), batch } as unknown as D1Database;
  }
}

function bindable(value: unknown): Value {
  if (typeof value === "boolean") return Number(value);
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  throw new Error(`D1 takes no ${typeof value}`);
}
