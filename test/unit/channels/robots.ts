// What the tests of all chat kinds go through: each kind, the config of its platform, and one request as it leaves.
import { kindOf } from "../../../src/channels/index.ts";
import type { AlertItem, Item, Kind, Outgoing } from "../../../src/channels/kind.ts";
import { CONFIGS, type Named } from "../../worker/helpers/platforms.ts";

export const NAMES = Object.keys(CONFIGS) as Named[];
/** Those whose config chooses between a digest and the text. */
export const STYLED = NAMES.filter((name) => chat(name).config.safeParse({ ...CONFIGS[name], style: "full" }).success);

export const WALL = Date.parse("2026-11-23T08:30:07.250+08:00");

export function chat(name: Named): Kind {
  return kindOf(name) as Kind;
}

/** A config as the office keeps it. */
export const settings = (name: Named, more: object = {}): unknown =>
  chat(name).config.parse({ ...CONFIGS[name], ...more });

/** The request for these entries or alerts. */
export async function requestFor(
  name: Named,
  say: { news: readonly Item[] } | { alerts: readonly AlertItem[] },
  more: object = {},
): Promise<Outgoing & { body: string }> {
  const kind = chat(name);
  const config = settings(name, more);
  const payload = "news" in say ? kind.compose(say.news, config) : kind.composeAlerts(say.alerts, config);
  const outgoing = await kind.request(payload, config, { id: "c_11", now: 0, wall: WALL });
  return outgoing as Outgoing & { body: string };
}
