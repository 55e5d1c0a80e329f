/** A world without anybody, and the accounts that are opened in it. */
import type { Account, AccountType, Setup, World } from "./state.ts";

const MASS: Readonly<Record<AccountType, Setup["mass"]>> = {
  certified: { day: 1, month: 31 },
  service: { day: 100, month: 4 },
  uncertified: { day: 0, month: 0 },
};

export const newWorld = (now: () => number): World => ({
  now,
  accounts: new Map(),
  tokens: new Map(),
  images: new Map(),
  pages: [],
  timers: [],
  outbox: [],
  log: [],
  rids: new Map(),
  faults: { calls: [], outcomes: [], events: [] },
  count: 0,
});

/** An account as one is opened: certified, no whitelist, no callback, unless it is said otherwise. */
export function newAccount(setup: Pick<Setup, "app_id" | "secret"> & Partial<Setup>): Account {
  const type = setup.type ?? "certified";
  return {
    type,
    whitelist: null,
    whitelist_for: "tokens",
    callback: null,
    mass: MASS[type],
    limits: {},
    comments: true,
    protected: false,
    token_trouble: null,
    followers: 1_000,
    numbers: {},
    library: 100_000,
    delay: 2_000,
    ...setup,
    stable: null,
    plain: null,
    forced: [],
    drafts: new Map(),
    materials: new Map(),
    publications: [],
    sends: [],
    menu: null,
    talks: new Map(),
    calls: new Map(),
    cleared: { all: [], one: [] },
  };
}
