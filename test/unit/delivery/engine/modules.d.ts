/** The part of Node's SQLite that stands in for D1 here. */
declare module "node:sqlite" {
  type Value = string | number | null;
  export class StatementSync {
    all(named: Record<string, Value>): Record<string, Value>[];
    all(...positional: Value[]): Record<string, Value>[];
  }
  export class DatabaseSync {
    constructor(path: string);
    exec(sql: string): void;
    prepare(sql: string): StatementSync;
  }
}

interface ImportMeta {
  glob(pattern: string, options: { query: string; import: string; eager: true }): Record<string, string>;
}
