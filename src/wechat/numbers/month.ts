/** A publication's month at its account. */
import { accountOf } from "../accounts.ts";
import { listMonth } from "./store.ts";

/** What the monthly record says of a day. */
type RecordedDay = Record<"followers" | "came" | "went" | "reads", number | null>;

/** The figures of a publication's account by date, or null where it has no account. One query. */
export async function monthOf(
  db: D1Database,
  publication: string,
  month: string,
): Promise<ReadonlyMap<string, RecordedDay> | null> {
  const found = await listMonth(db, month);
  const accounts = [...new Map(found.map((row) => [row.id, row])).values()];
  const account = accountOf(accounts, publication);
  if (!account) return null;
  return new Map(
    found.flatMap(({ id, date, followers, came, went, reads }) =>
      id === account.id && date !== null ? [[date, { followers, came, went, reads }] as const] : [],
    ),
  );
}
