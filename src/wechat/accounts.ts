/** The Official Accounts of the office, by the publication that they belong to. */
import type { AnyKind } from "../channels/kind.ts";
import type { AccountConfig } from "../channels/wechat/account.ts";
import type { Account } from "../channels/wechat/call.ts";
import type { Filter } from "../delivery/filter.ts";
import { readConfig } from "../delivery/secrets.ts";
import type { SecretKeys } from "../platform/crypto.ts";
import { rows } from "../platform/d1.ts";

export interface AccountDeps {
  db: D1Database;
  keys: SecretKeys;
  kindOf: (name: string) => AnyKind | undefined;
}

/** An account with its config opened; a secret that no key opens is missing from it. */
export interface OpenAccount extends Account {
  name: string;
  config: AccountConfig & Record<string, unknown>;
}

interface AccountRow {
  id: number;
  uid: string;
  name: string;
  config: string;
  filter: string;
}

/** More accounts than these no office has; those made first count. */
const MOST = 100;

/** The account of a publication, or null. One query, off an index of these channels only. */
export async function findAccount(deps: AccountDeps, publication: string): Promise<OpenAccount | null> {
  const { db, kindOf } = deps;
  if (!kindOf("wechat")) return null;
  const found = accountOf(
    await rows<AccountRow>(
      db.prepare(`SELECT id, uid, name, config, filter FROM channels WHERE kind = 'wechat' ORDER BY id LIMIT ${MOST}`),
    ),
    publication,
  );
  return found ? openRow(deps, found) : null;
}

/** An account as it is stored, with its config opened. Throws where the office does not know the kind. */
export async function openRow(
  { keys, kindOf }: Pick<AccountDeps, "keys" | "kindOf">,
  { id, uid, name, config }: Pick<AccountRow, "id" | "uid" | "name" | "config">,
): Promise<OpenAccount> {
  const kind = kindOf("wechat");
  if (!kind) throw new Error("There is no kind “wechat”.");
  const opened = await readConfig(kind, { uid, config }, keys);
  return { id, uid, name, config: opened.config as OpenAccount["config"] };
}

/**
 * Which of some accounts is a publication's: the one whose config names it; or else the first that names none and whose
 * filter lists it; or else the only one there is, if it names none at all. Secrets in `config` may be sealed.
 */
export function accountOf<Row extends { config: string; filter: string }>(
  accounts: readonly Row[],
  publication: string,
): Row | undefined {
  const named = accounts.map((row) => ({
    row,
    named: (JSON.parse(row.config) as Partial<AccountConfig>).publication,
    listed: (JSON.parse(row.filter) as Filter).publications ?? [],
  }));
  const found =
    named.find((each) => each.named === publication) ??
    named.find((each) => each.named === undefined && each.listed.includes(publication)) ??
    named.find((each) => named.length === 1 && each.named === undefined && each.listed.length === 0);
  return found?.row;
}
